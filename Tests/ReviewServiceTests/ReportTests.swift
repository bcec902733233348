import CyberTip
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

@Suite struct ReportTests {
    static let silent: [(ListClass, Grade)] = [
        (.exploitative, .g1), (.ncii, .g1), (.watch, .g1), (.minorReported, .g1), (.csam, .conflicting),
        (.csam, .g4),
    ]

    @Test("what makes no report by itself is drafted once a person has classified it", arguments: silent)
    func classified(_ listClass: ListClass, _ grade: Grade) throws {
        let (scratch, id) = try ScratchDesk.oneCase(grade: grade, listClass: listClass)
        #expect(throws: DeskRefused.nothingToReport) { try scratch.ask("report.draft", id) }
        var request = id
        request["class"] = "A2"
        _ = try scratch.ask("exhibit.classify", request)
        #expect(try scratch.ask("report.draft", id).value["draft"]?["blocking"]?.intValue == 0)
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
        let (scratch, id) = try ScratchDesk.oneCase()
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

    @Test("an exhibit that is gone is named, and the rest of its case is shown and drafted")
    func missing() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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

    @Test("a report goes from draft to submission, and what comes later is a case of its own")
    func whole() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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
        let (scratch, id) = try ScratchDesk.oneCase()
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

    @Test("hostile text stays text in what a person reads")
    func hostile() throws {
        let context = #"""
            {"uploader_ref":"<script>alert(1)</script>","original_filename":"a\u0001\u202egpj.\"x\"']]>&.jpg",
            "screen_name":"<img src=x onerror=y>"}
            """#
        let (scratch, id) = try ScratchDesk.oneCase(context: context)
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
        let (scratch, id) = try ScratchDesk.oneCase()
        _ = try scratch.ask("case.note", ["id": id["id"]!, "text": "a remark"])
        let log = scratch.desk.log
        try log.publish()
        #expect(log.verifier.name.hasPrefix("breakwater-review-"))
        let rows = try scratch.desk.book.read { try $0.rows(of: CaseID(id["id"]?.stringValue ?? "")!) }
        #expect(rows.map(\.event.name) == ["opened", "joined", "noted"])
    }

    @Test("only a view to its end, delivered whole, makes the flag true in the documents")
    func viewed() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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
}
