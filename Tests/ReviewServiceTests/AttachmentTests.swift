import CyberTip
import Digests
import Glibc
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What persons put beside a case: kept as long as the case, held, handed over, and withdrawn.
@Suite struct AttachmentTests {
    private static let chat = NamedFile(name: "chat.txt", bytes: Array("an invented chat".utf8))
    private static let letter = NamedFile(name: "letter.txt", bytes: Array("an invented letter".utf8))

    /// A case that a person opened, without an upload.
    private func opened(with files: [NamedFile] = [chat]) throws -> (ScratchDesk, JSONObject) {
        let scratch = try ScratchDesk()
        let answer = try scratch.ask(
            "case.open",
            [
                "type": .string(IncidentType.enticement.rawValue), "reason": "a user complained",
                "account": "account-4711",
            ],
            files: files
        )
        return (scratch, ["id": answer.value["case"] ?? .null])
    }

    private func attachment(_ scratch: ScratchDesk, _ id: JSONObject) throws -> JSONValue {
        let shown = try scratch.ask("case.show", id).value["attachments"]?.arrayValue
        return try #require(shown?.first)
    }

    private func with(_ id: JSONObject, _ more: JSONObject) -> JSONObject {
        var all = id
        for (key, value) in more { all[key] = value }
        return all
    }

    @Test("a hold or an extension of nothing is refused and leaves nothing behind")
    func nothingKept() throws {
        let (scratch, id) = try opened(with: [])
        let refusal = KeepingRefused.nothingKept(id["id"]?.stringValue ?? "")
        #expect(throws: refusal) {
            try scratch.ask(
                "hold.add",
                with(id, ["kind": "court"]),
                as: ScratchDesk.lena,
                files: [Self.letter]
            )
        }
        let longer = with(id, ["until": "2029-01-31", "purpose": "prevent-exploitation"])
        #expect(throws: refusal) { try scratch.ask("retention.extend", longer, as: ScratchDesk.cara) }
        let folder = try Descriptor.directory("\(scratch.path)/desk/attachments")
        var entries = try DirectoryEntries(of: folder, subject: "attachments")
        #expect(try entries.next() == nil)
    }

    @Test("an attachment has the term of its case, and a hold of the case holds it, also after a restart")
    func heldWithItsCase() throws {
        let (scratch, id) = try opened()
        let attachment = try attachment(scratch, id)
        func line(_ desk: CaseDesk) throws -> JSONValue? {
            try desk.retention(due: false).value.arrayValue?.first
        }
        #expect(try line(scratch.desk)?["attachment"] == attachment)
        #expect(try line(scratch.desk)?["standing"]?.stringValue == "unsubmitted")
        let held = try scratch.ask(
            "hold.add",
            with(id, ["kind": "court"]),
            as: ScratchDesk.lena,
            files: [Self.letter]
        )
        #expect(held.value["attachments"]?.arrayValue == [attachment])
        #expect(try line(scratch.desk)?["holds"]?.arrayValue?.first?["hold"] == held.value["hold"])
        let entry = try #require(try scratch.entries(.holdPlaced).last)
        #expect(entry.references["attachment"] == attachment.stringValue)
        #expect(entry.reason == "court")
        _ = try scratch.ask(
            "hold.release",
            with(id, ["hold": held.value["hold"] ?? .null]),
            as: ScratchDesk.cara
        )
        #expect(try line(scratch.desk)?["holds"]?.arrayValue == [])
        let home = CaseID(id["id"]?.stringValue ?? "")!
        #expect(try scratch.desk.attachmentKeepings(of: home).first?.retention.holds.count == 1)
    }

    @Test(
        "what is attached to a case's report is handed over with it, and opens with the recipient's key alone"
    )
    func handedOver() throws {
        let (scratch, id) = try opened(with: [Self.chat, Self.letter])
        let attachment = try attachment(scratch, id)
        _ = try scratch.ask(
            "exhibit.detach",
            with(id, ["attachment": attachment, "reason": "another case's"])
        )
        _ = try Descriptor.directory(scratch.state)
            .ensureDirectory(Array("custody".utf8), mode: 0o2750, subject: "custody")
        let key = "\(scratch.path)/desk/recipient.key"
        #expect(system("age-keygen -o '\(key)' 2>/dev/null && age-keygen -y '\(key)' > '\(key).pub'") == 0)
        let recipient = String(
            decoding: try Descriptor.open("\(key).pub").readAll(limit: 100).dropLast(),
            as: UTF8.self
        )
        let request = with(id, ["recipient": .string(recipient)])
        let answer = try scratch.ask("evidence.export", request, as: ScratchDesk.cara)
        guard case .tree(let staging, let paths) = answer.payload else {
            Issue.record("nothing was built")
            return
        }
        let all = (answer.value["attachments"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(all.count == 1 && all.first != attachment.stringValue)
        let place = try #require(paths.first { $0.hasSuffix("\(all[0])/content.age.body") })
        let body = "\(staging)/\(place)"
        let header = "\(body.dropLast(4))hdr"
        #expect(system("cat '\(header)' '\(body)' | age -d -i '\(key)' > '\(key).opened'") == 0)
        #expect(try Descriptor.open("\(key).opened").readAll(limit: 100) == Self.letter.bytes)
        let name = try #require(answer.value["export"]?.stringValue)
        let bag = "\(staging)/\(name)"
        #expect(system("cd '\(bag)' && sha512sum --check --strict --quiet manifest-sha512.txt") == 0)
        #expect(try scratch.entries(.exportRequested).count == 1)
        #expect(try scratch.entries(.exportBuilt).map(\.references["attachment"]) == [all[0]])
    }

    @Test(
        "an attachment and an escalation are withdrawn with a reason; the report forgets them, the rows do not"
    )
    func withdrawn() throws {
        let (scratch, id) = try opened()
        let attachment = try attachment(scratch, id)
        let home = CaseID(id["id"]?.stringValue ?? "")!
        func report() throws -> String {
            let report = try scratch.desk.report(of: home, try scratch.desk.review(of: home))
            return ([report.reportXML] + report.fileXML).map { String(decoding: $0, as: UTF8.self) }.joined()
        }
        let reason: JSONValue = "They meet the child on Saturday at noon."
        _ = try scratch.ask("case.escalate", with(id, ["reason": reason]))
        #expect(try report().contains("escalateToHighPriority"))
        #expect(try report().contains("chat.txt"))
        #expect(throws: ReviewRefused.noReason) {
            try scratch.ask("case.withdraw-escalation", with(id, ["reason": " "]))
        }
        _ = try scratch.ask("case.withdraw-escalation", with(id, ["reason": "meant for another case"]))
        let detach = with(id, ["attachment": attachment, "reason": "another case's\u{1B}[2J"])
        #expect(throws: ReviewRefused.self) { try scratch.ask("exhibit.detach", detach, as: ScratchDesk.ben) }
        _ = try scratch.ask("exhibit.detach", detach)
        #expect(throws: DeskRefused.self) { try scratch.ask("exhibit.detach", detach) }
        #expect(throws: ReviewRefused.notEscalated) {
            try scratch.ask("case.withdraw-escalation", with(id, ["reason": "again"]))
        }
        #expect(try !report().contains("escalateToHighPriority"))
        #expect(try !report().contains("chat.txt"))
        #expect(try scratch.entries(.caseEscalated).map(\.reason) == [nil, "withdrawn"])
        let entry = try #require(try scratch.entries(.exhibitAttached).last)
        #expect(entry.reason == "withdrawn")
        #expect(entry.references == ["attachment": attachment.stringValue ?? ""])
        // It is preserved and can be looked at, and who reads the case reads why it is out.
        let still = try scratch.ask("exhibit.attachment", with(id, ["attachment": attachment]))
        guard case .files(let files) = still.payload else {
            Issue.record("no file")
            return
        }
        #expect(files.map(\.bytes) == [Self.chat.bytes])
        let shown = try scratch.ask("case.show", id)
        #expect(shown.value["withdrawn"]?.arrayValue == [attachment])
        #expect(shown.lines.contains { $0.contains("escalation-withdrawn: meant for another case") })
        #expect(shown.lines.contains { $0.contains("another case's\u{1B}[2J") })
    }
}
