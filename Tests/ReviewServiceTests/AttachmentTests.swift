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
