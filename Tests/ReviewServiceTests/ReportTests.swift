import CyberTip
import Digests
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

@Suite struct ReportTests {
    private func oneCase(
        _ environment: Environment = .test,
        grade: Grade = .g1,
        listClass: ListClass = .csam,
        context: String? = nil
    ) throws -> (ScratchDesk, JSONObject) {
        let scratch = try ScratchDesk(environment)
        let matches = [Match.invented(DigestSet(of: Array("invented".utf8)), listClass, grade: grade)]
        try scratch.preserve(minute: 0, matches: matches, context: context)
        try scratch.desk.adopt()
        return (scratch, ["id": .string(scratch.id(of: try scratch.cases().first))])
    }

    static let silent: [(ListClass, Grade)] = [
        (.exploitative, .g1), (.ncii, .g1), (.watch, .g1), (.minorReported, .g1), (.csam, .conflicting),
        (.csam, .g4),
    ]

    @Test("what makes no report by itself is drafted once a person has classified it", arguments: silent)
    func classified(_ listClass: ListClass, _ grade: Grade) throws {
        let (scratch, id) = try oneCase(grade: grade, listClass: listClass)
        #expect(throws: DeskRefused.nothingToReport) { try scratch.ask("report.draft", id) }
        var request = id
        request["class"] = "A2"
        _ = try scratch.ask("exhibit.classify", request)
        #expect(try scratch.ask("report.draft", id).value["draft"]?["blocking"]?.intValue == 0)
    }

    @Test("an approval looks at the world as it is: what cannot be opened is not approved any more")
    func bundleGone() throws {
        let (scratch, id) = try oneCase()
        let exhibit = try scratch.preserve(minute: 1, content: "another")
        try scratch.desk.adopt()
        _ = try scratch.ask("report.draft", id)
        try Descriptor.directory("\(scratch.state)/vault/keys").removeTree(Array("\(exhibit)".utf8))
        #expect(throws: ReviewRefused.self) { try scratch.ask("report.approve", id, as: ScratchDesk.ben) }
    }

    @Test("a report's number and its receipt are those of one case")
    func takenTwice() throws {
        let (scratch, first) = try oneCase()
        try scratch.preserve(minute: 1, account: "account-4712", content: "another")
        try scratch.desk.adopt()
        let one = try #require(first["id"]?.stringValue)
        let two = try #require(try scratch.cases().map { scratch.id(of: $0) }.first { $0 != one })
        try scratch.approve(one)
        try scratch.submit(one, as: 4_711)
        try scratch.approve(two)
        #expect(throws: DeskRefused.submittedAs("report 4711", CaseID(one)!)) {
            try scratch.submit(two, as: 4_711)
        }
        try scratch.submit(two, as: 4_712)
    }

    @Test("an export states in the custody log which draft it opens, and an operator opens none")
    func openings() throws {
        let (scratch, id) = try oneCase()
        for verb in ["report.draft", "report.export"] {
            let before = try scratch.entries(.contextOpened).count
            #expect(throws: DeskRefused.self) { try scratch.ask(verb, id, as: ScratchDesk.otto) }
            #expect(try scratch.entries(.contextOpened).count == before)
        }
        try scratch.approve(try #require(id["id"]?.stringValue))
        _ = try scratch.ask("report.export", id, as: ScratchDesk.ben)
        let opened = try scratch.entries(.contextOpened).filter { $0.reason == "report.export" }
        #expect(opened.compactMap { $0.references["draft"] }.count == 1)
    }

    @Test("a draft that lies there already is opened only once the log says so, also to be replaced")
    func redrafted() throws {
        let scratch = try ScratchDesk()
        let home = CaseID(.fresh(at: ScratchDesk.start))
        let documents = [NamedFile(name: "draft.json", bytes: Array("{}".utf8))]
        let name = documents.draftDigest
        let files = scratch.desk.files
        var openings = 0
        try files.keep(documents, asDraft: name, of: home) { openings += 1 }
        #expect(openings == 0, "nothing lay there")
        try files.keep(documents, asDraft: name, of: home) { openings += 1 }
        #expect(openings == 1)
        // What somebody changed stays unopened, and as it is, where the log cannot take the entry.
        let folder = try Descriptor.directory("\(scratch.path)/desk/drafts/\(home)")
        try folder.removeTree(Array(name.utf8))
        try files.keep([NamedFile(name: "draft.json", bytes: [1])], asDraft: name, of: home) {}
        #expect(throws: CustodyLogFault.self) {
            try files.keep(documents, asDraft: name, of: home) {
                throw CustodyLogFault.damaged(file: "a test")
            }
        }
        #expect(try files.documents(of: name, home).draftDigest != name)
        try files.keep(documents, asDraft: name, of: home) { openings += 1 }
        #expect(openings == 2)
        #expect(try files.documents(of: name, home) == documents)
    }

    @Test("drafting the same again states which draft it opens, before its row")
    func draftedAgain() throws {
        let (scratch, id) = try oneCase()
        let draft = try scratch.ask("report.draft", id).value["draft"]?["sha256"]?.stringValue
        let home = try #require(CaseID(id["id"]?.stringValue ?? ""))
        #expect(try scratch.entries(.contextOpened).allSatisfy { $0.references["draft"] == nil })
        // As a desk leaves it that stopped between the files and their row: the same documents, made at the same time.
        let at = try #require(try scratch.desk.book.read { try $0.rows(of: home) }.last?.at)
        scratch.clock.stop(at: at)
        let again = try scratch.ask("report.draft", id).value["draft"]?["sha256"]?.stringValue
        #expect(again == draft)
        let opened = try scratch.entries(.contextOpened).filter { $0.references["draft"] == draft }
        #expect(opened.map(\.reason) == ["report.draft"])
        let last = try scratch.entries().map(\.kind).suffix(2)
        #expect(Array(last) == [.contextOpened, .reportDrafted])
    }

    @Test(
        "a receipt is read back as it came by who may, with an entry first; a changed one and an unsent report are refused"
    )
    func receipt() throws {
        let (scratch, id) = try oneCase()
        #expect(throws: ReviewRefused.notSubmitted) {
            try scratch.ask("report.receipt", id, as: ScratchDesk.cara)
        }
        let home = try #require(id["id"]?.stringValue)
        try scratch.approve(home)
        try scratch.submit(home, as: 77)
        #expect(throws: DeskRefused.self) { try scratch.ask("report.receipt", id) }
        let answer = try scratch.ask("report.receipt", id, as: ScratchDesk.aude)
        guard case .files(let files) = answer.payload else {
            Issue.record("no receipt came")
            return
        }
        #expect(files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["<r>77</r>"])
        #expect(answer.value["report"]?.stringValue == "77")
        let digest = try #require(answer.value["receipt_sha256"]?.stringValue)
        let entry = try #require(try scratch.entries(.contextOpened).last)
        #expect(entry.reason == "report.receipt" && entry.actor.staff == ScratchDesk.aude.id)
        #expect(entry.references == ["receipt": digest])
        try Descriptor.directory("\(scratch.path)/desk/receipts").removeTree(Array(digest.utf8))
        try scratch.desk.files.keep(receipt: Array("<r>78</r>".utf8), as: digest)
        #expect(throws: DeskFileChanged.self) {
            try scratch.ask("report.receipt", id, as: ScratchDesk.aude)
        }
    }

    @Test(
        "a case is submitted once: who comes second with another number changes nothing, and no receipt stays"
    )
    func submittedTwice() throws {
        let (scratch, id) = try oneCase()
        let home = try #require(id["id"]?.stringValue)
        try scratch.approve(home)
        try scratch.submit(home, as: 77)
        var second = id
        second["report"] = "78"
        #expect(throws: ReviewRefused.submitted) {
            try scratch.ask(
                "report.mark-submitted",
                second,
                as: ScratchDesk.cara,
                files: [NamedFile(name: "other.xml", bytes: Array("<r>78</r>".utf8))]
            )
        }
        #expect(try scratch.desk.review(of: CaseID(home)!).submission?.report == 77)
        var kept = try DirectoryEntries(
            of: Descriptor.directory("\(scratch.path)/desk/receipts"),
            subject: "kept"
        )
        var names = 0
        while try kept.next() != nil { names += 1 }
        #expect(names == 1)
    }

    @Test(
        "a draft that does not name the report which another case of the account got meanwhile is not approved"
    )
    func reportedMeanwhile() throws {
        let (scratch, first) = try oneCase()
        let one = try #require(first["id"]?.stringValue)
        // A day later: the same account, and a case of its own.
        try scratch.preserve(minute: 2_000, content: "another")
        try scratch.desk.adopt()
        let two = try #require(try scratch.cases().map { scratch.id(of: $0) }.first { $0 != one })
        let request: JSONObject = ["id": .string(two)]
        _ = try scratch.ask("report.draft", request)
        try scratch.approve(one)
        try scratch.submit(one, as: 5_000_000_000)
        #expect(throws: ReviewRefused.draftChanged) {
            try scratch.ask("report.approve", request, as: ScratchDesk.ben)
        }
        #expect(try scratch.desk.review(of: CaseID(two)!).approval == nil)
        _ = try scratch.ask("report.draft", request)
        _ = try scratch.ask("report.approve", request, as: ScratchDesk.ben)
        let answer = try scratch.ask("report.export", request, as: ScratchDesk.ben)
        guard case .files(let files) = answer.payload else { return }
        let texts = files.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(texts.contains { $0.contains("<priorCTReports>5000000000</priorCTReports>") })
    }

    @Test("who lost a role while the request came in does nothing with it")
    func roleLost() throws {
        let (scratch, id) = try oneCase()
        let was = ScratchDesk.ana
        let isNow = Staff(id: was.id, user: was.user, roles: [.auditor])
        try scratch.desk.serve(DeskStaff([1_001: isNow], isSmallTeam: false))
        #expect(throws: DeskRefused.rolesChanged(was.id)) { try scratch.ask("case.claim", id, as: was) }
    }

    @Test("a member of another type is refused and not read as left out")
    func wrongTypes() throws {
        let (scratch, id) = try oneCase()
        var flags = id
        flags["flags"] = "viral"
        #expect(throws: DeskRefused.malformed("\"flags\" is not a list of texts")) {
            try scratch.ask("exhibit.annotate", flags)
        }
        var view = id
        view["partial"] = "true"
        #expect(throws: DeskRefused.malformed("\"partial\" is not true or false")) {
            try scratch.ask("view.complete", view)
        }
        #expect(throws: DeskRefused.self) { try scratch.ask("case.show", ["id": "case-"]) }
    }

    @Test("a demonstration is never exported")
    func demonstration() throws {
        let (scratch, id) = try oneCase(.demonstration)
        let lint = try scratch.ask("report.lint", id)
        #expect(lint.code == .no)
        #expect(lint.lines.contains { $0.contains("a demonstration must not be sent") })
        _ = try scratch.ask("report.draft", id)
        #expect(throws: ReviewRefused.self) { try scratch.ask("report.approve", id, as: ScratchDesk.ben) }
        // As if a person had approved it before the rules knew better.
        let home = CaseID(id["id"]?.stringValue ?? "")!
        let draft = try #require(try scratch.desk.review(of: home).draft)
        let row = ReviewRow(
            at: ScratchDesk.start,
            by: ScratchDesk.ben.id,
            roles: [.approver],
            event: .approved(draft.sha256)
        )
        try scratch.desk.book.write {
            try $0.append([row], to: home, standing: try #require(try $0.case(home)))
        }
        #expect(throws: DeskRefused.demonstration) {
            try scratch.ask("report.export", id, as: ScratchDesk.ben)
        }
    }

    @Test("only a view to its end, delivered whole, makes the flag true in the documents")
    func viewed() throws {
        let (scratch, id) = try oneCase()
        func flag() throws -> Bool {
            let home = CaseID(id["id"]?.stringValue ?? "")!
            let report = try scratch.desk.report(of: home, try scratch.desk.review(of: home))
            return report.file.isViewed
        }
        func see(_ verb: String) throws -> DeskAnswer {
            var request = id
            request["purpose"] = "triage"
            request["again"] = true
            let answer = try scratch.ask("view.start", request)
            guard case .view(let bundle, let grant, let home) = answer.payload else { return answer }
            var seen: [UInt8] = []
            try scratch.desk.deliver(bundle, grant: grant, case: home) { seen += $0 }
            #expect(seen == Array("invented".utf8))
            return try scratch.ask(verb, id)
        }
        #expect(try flag() == false)
        _ = try see("view.abort")
        #expect(try flag() == false)
        #expect(try see("view.complete").value["viewed"]?.boolValue == true)
        #expect(try flag())
    }

    @Test("an exhibit that is gone is named, and the rest of its case is shown and drafted")
    func missing() throws {
        let (scratch, id) = try oneCase()
        let second = try scratch.preserve(minute: 2, content: "another")
        try scratch.desk.adopt()
        try Descriptor.directory("\(scratch.state)/vault/keys").removeTree(Array("\(second)".utf8))
        let shown = try scratch.ask("case.show", id)
        #expect(shown.value["exhibits"]?.arrayValue?.count == 1)
        #expect(shown.lines.contains { $0.hasPrefix("finding     blocking: \(second)") })
        #expect(try scratch.ask("report.lint", id).code == .no)
        #expect(try scratch.ask("report.draft", id).value["draft"]?["blocking"]?.intValue == 1)
        let certificates = try Descriptor.directory("\(scratch.state)/vault")
            .ensureDirectory(Array("certificates".utf8), mode: 0o700, subject: "certificates")
        try certificates.writeDurably(
            Array("{}".utf8),
            as: Array("\(second).json".utf8),
            mode: 0o600,
            subject: "certificate"
        )
        #expect(try scratch.ask("report.lint", id).code == .done)
        #expect(try scratch.ask("report.draft", id).value["draft"]?["blocking"]?.intValue == 0)
    }

    @Test("a document that is not the approved one is not exported")
    func changedDocument() throws {
        let (scratch, id) = try oneCase()
        let home = id["id"]?.stringValue ?? ""
        try scratch.approve(home)
        let draft = try #require(try scratch.desk.review(of: CaseID(home)!).draft)
        let folder = try Descriptor.directory("\(scratch.path)/desk/drafts/\(home)")
        let other = [NamedFile(name: "draft.json", bytes: Array(#"{"environment":"test"}"#.utf8))]
        try folder.removeTree(Array(draft.sha256.utf8))
        try scratch.desk.files.keep(other, asDraft: draft.sha256, of: CaseID(home)!) {}
        #expect(throws: ReviewRefused.draftChanged) {
            try scratch.ask("report.export", id, as: ScratchDesk.ben)
        }
        try folder.unlink(Array("\(draft.sha256)/draft.age.body".utf8))
        try folder.writeDurably(
            [1, 2, 3],
            as: Array("\(draft.sha256)/draft.age.body".utf8),
            mode: 0o400,
            subject: "draft"
        )
        #expect(throws: DeskFileChanged.self) { try scratch.ask("report.export", id, as: ScratchDesk.ben) }
    }

    @Test("who may not attach, open or record a submission writes nothing")
    func refusedFirst() throws {
        let (scratch, id) = try oneCase()
        let file = [NamedFile(name: "chat.txt", bytes: Array("hello".utf8))]
        var open: JSONObject = ["reason": "a user complained"]
        open["type"] = .string(IncidentType.enticement.rawValue)
        var sent = id
        sent["report"] = "77"
        for (verb, request) in [
            ("exhibit.attach", id), ("case.open", open), ("report.mark-submitted", sent),
        ] {
            #expect(throws: ReviewRefused.self) {
                try scratch.ask(verb, request, as: ScratchDesk.otto, files: file)
            }
        }
        for name in ["attachments", "receipts", "lookups"] {
            let directory = try Descriptor.directory("\(scratch.path)/desk/\(name)")
            var entries = try DirectoryEntries(of: directory, subject: name)
            #expect(try entries.next() == nil)
        }
    }

    @Test("nobody is shown the same bytes twice unasked")
    func again() throws {
        let (scratch, id) = try oneCase()
        var request = id
        request["purpose"] = "triage"
        guard case .view(let bundle, let grant, let home) = try scratch.ask("view.start", request).payload
        else { return }
        try scratch.desk.deliver(bundle, grant: grant, case: home) { _ in }
        _ = try scratch.ask("view.complete", id)
        #expect(throws: DeskRefused.alreadySeen(bundle, by: ScratchDesk.ana.id)) {
            try scratch.ask("view.start", request)
        }
        let same = try scratch.preserve(minute: 3, account: "account-2")
        try scratch.desk.adopt()
        request["id"] = .string("\(same)")
        #expect(throws: DeskRefused.alreadySeen(same, by: ScratchDesk.ana.id)) {
            try scratch.ask("view.start", request)
        }
        request["again"] = true
        #expect(try scratch.ask("view.start", request).code == .done)
    }

    @Test("a report goes from draft to submission, and what comes later is a case of its own")
    func whole() throws {
        let (scratch, id) = try oneCase()
        let home = id["id"]?.stringValue ?? ""
        _ = try scratch.ask(
            "exhibit.attach",
            id,
            files: [NamedFile(name: "chat.txt", bytes: Array("hello".utf8))]
        )
        try scratch.approve(home)
        try scratch.submit(home, as: 77)
        #expect(try scratch.cases().first?["stage"]?.stringValue == "submitted")
        #expect(throws: ReviewRefused.submitted) {
            try scratch.ask("exhibit.annotate", ["id": .string(home), "flags": []])
        }
        let more = try scratch.ask(
            "report.supplement",
            id,
            files: [NamedFile(name: "late.txt", bytes: Array("late".utf8))]
        )
        #expect(more.value["supplements"]?.stringValue == home)
        let other = scratch.id(of: more.value)
        try scratch.approve(other)
        try scratch.submit(other, as: 78)
        // What was submitted is handed out again, whatever was submitted since.
        #expect(try scratch.ask("report.export", id, as: ScratchDesk.ben).code == .done)
        let figures = try scratch.ask("report.figures", ["from": "2026-01-01", "to": "2027-12-31"]).value
        #expect(figures["exhibits found not_csam"]?.intValue == 0)
        #expect(figures["reports submitted"]?.intValue == 2)
        #expect(figures["cases opened"]?.intValue == 2)
    }

    @Test("a draft shows what changed since the one before")
    func difference() throws {
        let (scratch, id) = try oneCase()
        _ = try scratch.ask("report.draft", id)
        _ = try scratch.ask("report.diff", id)
        var request = id
        request["flags"] = ["viral"]
        _ = try scratch.ask("exhibit.annotate", request)
        _ = try scratch.ask("report.draft", id)
        // Ben saw none of the drafts, so that nothing is left out of what he is to sign.
        let whole = try scratch.ask("report.diff", id, as: ScratchDesk.ben).lines
        #expect(whole.contains { $0.hasPrefix("+") && $0.contains("originalFileHash") })
        let lines = try scratch.ask("report.diff", id).lines
        #expect(lines.contains { $0.hasPrefix("+") && $0.contains("<viral/>") })
        #expect(!lines.contains { $0.contains("originalFileHash") })
    }

    @Test("who signs a draft can read it before, as it will be exported, and the log has that first")
    func readBeforeSigning() throws {
        let (scratch, id) = try oneCase()
        #expect(throws: ReviewRefused.noCurrentDraft) { try scratch.ask("report.show", id) }
        _ = try scratch.ask("report.draft", id)
        let home = CaseID(id["id"]?.stringValue ?? "")!
        let draft = try #require(try scratch.desk.review(of: home).draft)
        let files = try scratch.desk.files.documents(of: draft.sha256, home)
        func text(_ name: String) -> String {
            String(decoding: files.first { $0.name == name }?.bytes ?? [], as: UTF8.self)
        }
        let shown = try scratch.ask("report.show", id, as: ScratchDesk.ben)
        #expect(shown.value["documents"]?["summary.txt"]?.stringValue == text("summary.txt"))
        #expect(shown.lines.joined(separator: "\n").hasSuffix(text("summary.txt")))
        let opened = try #require(try scratch.entries(.contextOpened).last)
        #expect(opened.references["draft"] == draft.sha256)
        #expect(opened.reason == "report.show")
        var request = id
        request["form"] = "xml"
        let xml = try scratch.ask("report.show", request).value["documents"]
        #expect(xml?["report.xml"]?.stringValue == text("report.xml"))
        #expect(xml?["file-1.xml"]?.stringValue == text("file-1.xml"))
        request["form"] = "html"
        guard case .files(let page) = try scratch.ask("report.show", request).payload else {
            Issue.record("no page")
            return
        }
        #expect(page == files.filter { $0.name == "summary.html" })
        #expect(throws: DeskRefused.self) { try scratch.ask("report.show", id, as: ScratchDesk.otto) }
    }

    @Test("an export makes the report again: what the approval rested on may have changed")
    func staleApproval() throws {
        let (scratch, first) = try oneCase()
        let one = try #require(first["id"]?.stringValue)
        // A day later, so that the account's next upload is a case of its own.
        try scratch.preserve(minute: 3_000, content: "another")
        try scratch.desk.adopt()
        let two = try #require(try scratch.cases().map { scratch.id(of: $0) }.first { $0 != one })
        try scratch.approve(two)
        try scratch.approve(one)
        try scratch.submit(one, as: 777)
        let id: JSONObject = ["id": .string(two)]
        #expect(throws: DeskRefused.staleApproval) {
            try scratch.ask("report.export", id, as: ScratchDesk.ben)
        }
        #expect(try scratch.entries(.reportExported).count == 1)
        var back = id
        back["reason"] = "another report of the account was submitted"
        _ = try scratch.ask("report.return", back, as: ScratchDesk.ben)
        try scratch.approve(two)
        try scratch.submit(two, as: 778)
        let draft = try #require(try scratch.desk.review(of: CaseID(two)!).draft)
        let files = try scratch.desk.files.documents(of: draft.sha256, CaseID(two)!)
        #expect(files.contains { String(decoding: $0.bytes, as: UTF8.self).contains("777") })
    }

    @Test("hostile text stays text in what a person reads")
    func hostile() throws {
        let context = #"""
            {"uploader_ref":"<script>alert(1)</script>","original_filename":"a\u0001\u202egpj.\"x\"']]>&.jpg",
            "screen_name":"<img src=x onerror=y>"}
            """#
        let (scratch, id) = try oneCase(context: context)
        let home = CaseID(id["id"]?.stringValue ?? "")!
        let report = try scratch.desk.report(of: home, try scratch.desk.review(of: home))
        let html = String(decoding: report.summaryHTML, as: UTF8.self)
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!html.contains("<script") && !html.contains("<img"))
        let all = html + String(decoding: report.summaryText, as: UTF8.self)
        #expect(!all.unicodeScalars.contains { $0.value == 0x202E || $0.value == 1 })
        #expect(html.contains("\\u{202E}"))
    }

    @Test("a roster, a book and a log outlive the desk")
    func kept() throws {
        let (scratch, id) = try oneCase()
        _ = try scratch.ask("case.note", ["id": id["id"]!, "text": "a remark"])
        let log = scratch.desk.log
        try log.publish()
        #expect(log.verifier.name.hasPrefix("breakwater-review-"))
        let rows = try scratch.desk.book.read { try $0.rows(of: CaseID(id["id"]?.stringValue ?? "")!) }
        #expect(rows.map(\.event.name) == ["opened", "joined", "noted"])
    }
}
