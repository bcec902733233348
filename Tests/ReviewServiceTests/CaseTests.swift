import CyberTip
import GRDB
import JSONText
import LinuxIO
import Synchronization
import Testing
import UploadModel

@testable import ReviewService

@Suite struct CaseTests {
    @Test("two uploads of one account in a window are one draft with two files")
    func oneCase() throws {
        let scratch = try ScratchDesk()
        let first = try scratch.preserve(minute: 0)
        try scratch.preserve(minute: 9, content: "another")
        #expect(try scratch.desk.adopt() == 2)
        let cases = try scratch.cases()
        #expect(cases.count == 1)
        #expect(scratch.id(of: cases.first) == "\(CaseID(first.upload))")
        #expect(cases.first?["exhibits"]?.intValue == 2)
        try scratch.approve(scratch.id(of: cases.first))
        let files = try scratch.ask(
            "report.export",
            ["id": .string(scratch.id(of: cases.first))],
            as: ScratchDesk.ben
        )
        guard case .files(let documents) = files.payload else { return #expect(Bool(false), "no files") }
        #expect(
            documents.map(\.name) == [
                "draft.json", "file-1.xml", "file-2.xml", "report.xml", "summary.html", "summary.txt",
            ]
        )
    }

    @Test("a third after the approval is a linked new case, which names the report of the first")
    func afterApproval() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let first = scratch.id(of: try scratch.cases().first)
        try scratch.approve(first)
        try scratch.preserve(minute: 20)
        try scratch.desk.adopt()
        #expect(try scratch.cases().count == 2)
        let second = scratch.id(of: try scratch.cases().last)
        let linked = try scratch.ask("case.show", ["id": .string(second)]).value["linked"]?.arrayValue
        #expect(linked == [.string(first)])
        try scratch.submit(first, as: 5_000_000_000)
        let desk = scratch.desk
        let id = CaseID(second)!
        let report = try desk.report(of: id, try desk.review(of: id))
        #expect(
            String(decoding: report.reportXML, as: UTF8.self).contains(
                "<priorCTReports>5000000000</priorCTReports>"
            )
        )
    }

    @Test("exhibits of two nodes of one account are one case, and taking them in again changes nothing")
    func twoNodes() throws {
        let scratch = try ScratchDesk()
        let node = "\(scratch.path)/state/run-of-another"
        try ThisProcess.makeDirectoryIfMissing(node, mode: 0o710)
        try scratch.preserve(minute: 30)
        try scratch.preserve(minute: 0, content: "of another node", at: node)
        try scratch.desk.adopt()
        let answer = try scratch.ask("case.adopt", ["directory": .string(node)], as: ScratchDesk.otto)
        #expect(answer.value["adopted"]?.intValue == 1)
        #expect(try scratch.cases().map { $0["exhibits"]?.intValue } == [2])
        #expect(try scratch.desk.adopt() == 0)
        #expect(try scratch.ask("case.adopt", ["directory": .string(node)]).value["adopted"]?.intValue == 0)
    }

    @Test("an exhibit that does not open keeps no other from its case, and the list says why")
    func unopened() throws {
        let scratch = try ScratchDesk()
        let closed = try scratch.preserve(minute: 0, readableByDesk: false)
        try scratch.preserve(minute: 1)
        #expect(try scratch.desk.adopt() == 1)
        #expect(try scratch.desk.adopt() == 0)
        let list = try scratch.ask("case.list")
        #expect(list.value.arrayValue?.map { $0["case"] == nil } == [false, true])
        #expect(list.value.arrayValue?.last?["exhibit"]?.stringValue == "\(closed)")
        #expect(list.lines.count == 2)
        #expect(list.lines.last?.contains("\(closed)") == true)
        #expect(scratch.desk.unopened.withLock { $0.takeNews() }.map(\.bundle) == [closed])
        #expect(scratch.desk.unopened.withLock { $0.takeNews() }.isEmpty)
    }

    @Test("500 matches of one account are one case, and another account's is another")
    func flood() throws {
        let scratch = try ScratchDesk()
        for minute in 0..<500 { try scratch.preserve(minute: Int64(minute), content: "number \(minute)") }
        try scratch.preserve(minute: 10, account: "account-2")
        try scratch.preserve(minute: 10, account: nil)
        try scratch.desk.adopt()
        #expect(try scratch.cases().compactMap { $0["exhibits"]?.intValue }.sorted() == [1, 1, 500])
    }

    @Test("exhibits with the same bytes are linked, and both stay in the report")
    func duplicates() throws {
        let scratch = try ScratchDesk()
        let first = try scratch.preserve(minute: 0)
        let second = try scratch.preserve(minute: 1)
        try scratch.desk.adopt()
        let id = scratch.id(of: try scratch.cases().first)
        let exhibits = try scratch.ask("case.show", ["id": .string(id)]).value["exhibits"]?.arrayValue ?? []
        #expect(exhibits.map { $0["same_bytes"] } == [["\(second)"], ["\(first)"]])
        #expect(exhibits.allSatisfy { $0["in_report"]?.boolValue == true })
    }

    @Test("a case is opened without a match, with text, and drafts")
    func openedByPerson() throws {
        let scratch = try ScratchDesk()
        let chat = NamedFile(name: "chat.txt", bytes: Array("hello".utf8))
        let opened = try scratch.ask(
            "case.open",
            [
                "type": .string(IncidentType.enticement.rawValue), "reason": "a user complained",
                "account": "account-9",
            ],
            files: [chat]
        )
        let id = scratch.id(of: opened.value)
        // Nobody has said when it happened, and that the case was opened now says nothing of that.
        let unready = try scratch.ask("report.lint", ["id": .string(id)])
        #expect(unready.value["counts"]?["blocking"]?.intValue == 1, "\(unready.lines)")
        #expect(unready.lines.contains { $0.contains("incidentDateTime: missing") })
        #expect(throws: DeskRefused.self) { try scratch.tell(id, at: "yesterday") }
        #expect(throws: DeskRefused.self) { try scratch.tell(id, at: "2030-01-01T00:00:00Z") }
        #expect(throws: DeskRefused.self) {
            try scratch.tell(id, context: #"{"uploader_ref":"account-10"}"#)
        }
        try scratch.tell(id, at: "2026-11-20T10:00:00+01:00", context: Self.told)
        let lint = try scratch.ask("report.lint", ["id": .string(id)])
        #expect(lint.value["counts"]?["blocking"]?.intValue == 0, "\(lint.lines)")
        try scratch.approve(id)
        let files = try scratch.ask("report.export", ["id": .string(id)], as: ScratchDesk.ben)
        guard case .files(let documents) = files.payload else { return #expect(Bool(false), "no files") }
        let report =
            documents.first { $0.name == "report.xml" }.map { String(decoding: $0.bytes, as: UTF8.self) }
            ?? ""
        #expect(report.contains("<incidentType>Online Enticement of Children for Sexual Acts</incidentType>"))
        #expect(report.contains("<espIdentifier>account-9</espIdentifier>"))
        #expect(report.contains("<incidentDateTime>2026-11-20T10:00:00+01:00</incidentDateTime>"))
        #expect(report.contains("<chatClient>Example Chat</chatClient>"))
        #expect(report.contains("<espIdentifier>child-1</espIdentifier>"))
        #expect(documents.contains { $0.name == "file-1.xml" })
    }

    private static let told = #"""
        {"uploader_ref":"account-9","places":[{"chatImIncident":{"chatClient":"Example Chat"}}],
        "victims":[{"espIdentifier":"child-1"}]}
        """#

    private func openByPerson(_ scratch: ScratchDesk, _ type: IncidentType, account: String?) throws -> String
    {
        let request: JSONObject = [
            "type": .string(type.rawValue), "reason": "a user complained", "account": .optional(account),
            "at": "2026-11-20T10:00:00+01:00",
        ]
        return scratch.id(of: try scratch.ask("case.open", request).value)
    }

    @Test("one number at two services is two accounts, and two cases")
    func twoServices() throws {
        let scratch = try ScratchDesk()
        for (minute, service) in [(0, "Alpha Photos"), (1, "Beta Chat"), (2, "Alpha Photos")] {
            let context = #"{"uploader_ref":"42","service":"\#(service)"}"#
            try scratch.preserve(minute: Int64(minute), content: "of \(minute)", context: context)
        }
        try scratch.desk.adopt()
        let cases = try scratch.cases()
        #expect(cases.compactMap { $0["exhibits"]?.intValue }.sorted() == [1, 2])
        let linked = try scratch.ask("case.show", ["id": .string(scratch.id(of: cases.first))])
        #expect(linked.value["linked"] == [])
    }

    @Test(
        "a match does not join a case of another type that a person opened",
        arguments: IncidentType.allCases
    )
    func personsCase(_ type: IncidentType) throws {
        let scratch = try ScratchDesk()
        let id = try openByPerson(scratch, type, account: "account-4711")
        try scratch.preserve(minute: 2)
        try scratch.desk.adopt()
        #expect(try scratch.cases().count == 2)
        let shown = try scratch.ask("case.show", ["id": .string(id)]).value
        #expect(shown["exhibits"] == [] && shown["linked"]?.arrayValue?.count == 1)
    }

    @Test("that police gave the lead to a match is said in its supplement, as the finding tells")
    func policeLead() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let first = scratch.id(of: try scratch.cases().first)
        _ = try scratch.ask("case.mark", ["id": .string(first), "marks": ["leadFromPolice"]])
        let lint = try scratch.desk.report(of: CaseID(first)!, try scratch.desk.review(of: CaseID(first)!))
        let told = lint.findings.filter { $0.rule == "RL44" }
        #expect(told.map { $0.remedy?.contains("\"report supplement\"") } == [true])
        try scratch.approve(first)
        try scratch.submit(first, as: 111)
        let more = scratch.id(of: try scratch.ask("report.supplement", ["id": .string(first)]).value)
        _ = try scratch.ask("case.mark", ["id": .string(more), "marks": ["leadFromPolice"]])
        let context = #"""
            {"uploader_ref":"account-4711","service":"Example Photos",
            "law_enforcement":{"agencyName":"Example Police"}}
            """#
        try scratch.tell(more, context: context)
        let report = try scratch.desk.report(of: CaseID(more)!, try scratch.desk.review(of: CaseID(more)!))
        #expect(String(decoding: report.reportXML, as: UTF8.self).contains("Example Police"))
        #expect(!report.findings.contains { $0.rule == "RL44" })
    }

    @Test(
        "a supplement is of the type and time of its report, and names its number",
        arguments: [nil, "account-9"]
    )
    func supplement(account: String?) throws {
        let scratch = try ScratchDesk()
        let first = try openByPerson(scratch, .enticement, account: account)
        try scratch.approve(first)
        try scratch.submit(first, as: 111)
        let more = scratch.id(of: try scratch.ask("report.supplement", ["id": .string(first)]).value)
        #expect(
            try scratch.ask("report.draft", ["id": .string(more)]).value["draft"]?["blocking"]?.intValue == 0
        )
        let report = try scratch.desk.report(of: CaseID(more)!, try scratch.desk.review(of: CaseID(more)!))
        let xml = String(decoding: report.reportXML, as: UTF8.self)
        #expect(xml.contains("<incidentType>\(IncidentType.enticement.rawValue)</incidentType>"))
        #expect(xml.contains("<incidentDateTime>2026-11-20T10:00:00+01:00</incidentDateTime>"))
        #expect(xml.contains("supplements report 111"))
        #expect(xml.contains("<priorCTReports>111</priorCTReports>") == (account != nil))
    }

    @Test("what a person marks a case with is in its report, or is asked for")
    func marked() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let id = scratch.id(of: try scratch.cases().first)
        let marks: JSONValue = ["sextortion", "compromiseSuspected", "leadFromPolice"]
        _ = try scratch.ask("case.mark", ["id": .string(id), "marks": marks])
        let report = try scratch.desk.report(of: CaseID(id)!, try scratch.desk.review(of: CaseID(id)!))
        #expect(String(decoding: report.reportXML, as: UTF8.self).contains("<sextortion/>"))
        #expect(Set(["RL32", "RL44"]).isSubset(of: report.findings.compactMap(\.rule)))
        // A flag that the settings' state of the schema does not have yet.
        let early = #expect(throws: MarkRefused.self) {
            try scratch.ask("case.mark", ["id": .string(id), "marks": ["informational"]])
        }
        #expect(early?.hint.hasPrefix("report.profile") == true)
        #expect(try scratch.desk.review(of: CaseID(id)!).marks.count == 3)
        #expect(throws: DeskRefused.self) {
            try scratch.ask("case.mark", ["id": .string(id), "marks": ["spum"]])
        }
        #expect(throws: ReviewRefused.unfit("case context")) {
            try scratch.tell(id, at: "2026-11-20T10:00:00Z")
        }
    }

    @Test("time since the first match raises alarms")
    func alarms() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        func alarm() throws -> String? { try scratch.cases().first?["alarm"]?.stringValue }
        #expect(try alarm() == "none")
        scratch.clock.advance(hours: 4)
        #expect(try alarm() == "4 h")
        scratch.clock.advance(hours: 20)
        #expect(try alarm() == "24 h")
        _ = try scratch.ask(
            "case.escalate",
            ["id": .string(scratch.id(of: try scratch.cases().first)), "reason": "a child is at risk now"]
        )
        #expect(try alarm() == "urgent")
    }

    @Test("rows are never changed or taken out, and another process finds the desk in use")
    func rows() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        for statement in ["DELETE FROM events", "UPDATE events SET staff = 'x'"] {
            #expect(throws: DeskBookFault.self) {
                try scratch.desk.book.write { try $0.db.execute(sql: statement) }
            }
        }
        #expect(throws: DeskUnusable.inUse("\(scratch.path)/desk")) { try scratch.reopen() }
    }

    @Test("case show says since when the case waits, what colleagues wrote, and which cases it belongs with")
    func shown() throws {
        let scratch = try ScratchDesk()
        let exhibit = try scratch.preserve(minute: 0)
        try scratch.preserve(minute: 2_000, content: "another")
        try scratch.desk.adopt()
        let ids = try scratch.cases().map { scratch.id(of: $0) }
        let id: JSONValue = .string("case-\(exhibit.upload)")
        let other = try #require(ids.first { .string($0) != id })
        _ = try scratch.ask("case.note", ["id": id, "text": "a remark"])
        _ = try scratch.ask("exhibit.dispose", ["id": id, "as": "not_csam", "reason": "our own office"])
        scratch.clock.advance(hours: 4)
        let lines = try scratch.ask("case.show", ["id": id]).lines
        #expect(
            lines.contains {
                $0.hasPrefix("first       \(ScratchDesk.start), 5 h ") && $0.contains("alarm: ")
            }
        )
        #expect(lines.contains { $0.hasPrefix("            SHA-256 ") })
        #expect(lines.contains("linked      \(other), of the same account"))
        #expect(lines.contains { $0.hasPrefix("row ") && $0.hasSuffix("  ana  noted: a remark") })
        #expect(lines.contains { $0.hasSuffix("  ana  disposed: \(exhibit), not_csam, our own office") })
        try Descriptor.directory("\(scratch.state)/vault/keys").removeTree(Array("\(exhibit)".utf8))
        #expect(
            try scratch.ask("case.show", ["id": id]).lines.contains(
                "report      none: no exhibit that belongs in the report can be read"
            )
        )
    }

    @Test("who is asked for something that their roles do not allow gets the way out")
    func roles() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let id = JSONValue.string(scratch.id(of: try scratch.cases().first))
        #expect(throws: DeskRefused.self) { try scratch.ask("case.show", ["id": id], as: ScratchDesk.otto) }
        #expect(throws: ReviewRefused.self) {
            try scratch.ask("exhibit.classify", ["id": id, "class": "A1"], as: ScratchDesk.ben)
        }
        func said(_ verb: String, _ more: JSONObject, as staff: Staff) throws -> String {
            var request = more
            request["id"] = id
            let error = #expect(throws: (any Error).self) { try scratch.ask(verb, request, as: staff) }
            let way = try #require(error as? any WayOut)
            return "\(way.description); \(way.hint)"
        }
        let refusals: [(String, JSONObject, Staff, String)] = [
            ("report.approve", [:], ScratchDesk.ana, "\"report approve\"; it needs the role approver"),
            (
                "exhibit.annotate", ["flags": []], ScratchDesk.ben,
                "\"exhibit annotate\"; it needs the role reviewer"
            ),
            (
                "view.start", ["purpose": "triage"], ScratchDesk.otto,
                "\"view start\"; it needs the role reviewer"
            ),
            (
                "hold.add", ["kind": "court"], ScratchDesk.ana,
                "\"retention hold add\"; it needs the role counsel or"
            ),
            ("custody.read", [:], ScratchDesk.ana, "\"custody --desk\"; it needs the role auditor or"),
        ]
        // A draft to approve, so that the review is asked.
        _ = try scratch.ask("report.draft", ["id": id])
        for (verb, members, staff, words) in refusals {
            let text = try said(verb, members, as: staff)
            #expect(text.hasPrefix("your roles do not allow \(words)"), "\(text)")
        }
        #expect(
            try said("report.supplement", [:], as: ScratchDesk.ana).hasPrefix(
                "no report of this case is submitted;"
            )
        )
        #expect(
            try said("exhibit.classify", ["class": "A7"], as: ScratchDesk.ana)
                == "\"class\" has to be A1, A2, B1 or B2; the verb's --help says what it takes"
        )
        #expect(throws: ReviewRefused.noReason) {
            try scratch.ask("exhibit.dispose", ["id": id, "as": "not_csam"])
        }
        try scratch.preserve(minute: 1, content: "another")
        try scratch.desk.adopt()
        #expect(
            try said("exhibit.classify", ["class": "A1"], as: ScratchDesk.ana).hasSuffix(
                "has 2 exhibits; name the exhibit that you mean; \"breakwater case show\" lists them"
            )
        )
        #expect(throws: DeskRefused.noSuch("case-ff")) { try scratch.ask("case.show", ["id": "case-ff"]) }
        #expect(throws: DeskRefused.self) { try scratch.ask("case.burn", ["id": id]) }
    }
}
