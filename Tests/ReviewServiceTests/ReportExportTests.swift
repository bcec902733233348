import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What is approved, opened and exported, and what it rests on.
@Suite struct ReportExportTests {
    @Test("an approval looks at the world as it is: what cannot be opened is not approved any more")
    func bundleGone() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
        let exhibit = try scratch.preserve(minute: 1, content: "another")
        try scratch.desk.adopt()
        _ = try scratch.ask("report.draft", id)
        try Descriptor.directory("\(scratch.state)/vault/keys").removeTree(Array("\(exhibit)".utf8))
        #expect(throws: ReviewRefused.self) { try scratch.ask("report.approve", id, as: ScratchDesk.ben) }
    }

    @Test("an export states in the custody log which draft it opens, and an operator opens none")
    func openings() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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

    @Test("a demonstration is never exported")
    func demonstration() throws {
        let (scratch, id) = try ScratchDesk.oneCase(.demonstration)
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

    @Test("who signs a draft can read it before, as it will be exported, and the log has that first")
    func readBeforeSigning() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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

    @Test("a document that is not the approved one is not exported")
    func changedDocument() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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

    @Test("an export makes the report again: what the approval rested on may have changed")
    func staleApproval() throws {
        let (scratch, first) = try ScratchDesk.oneCase()
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
}
