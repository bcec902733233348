import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What a person says was sent: one report, one number, one receipt.
@Suite struct ReportReceiptTests {
    @Test("a report's number and its receipt are those of one case")
    func takenTwice() throws {
        let (scratch, first) = try ScratchDesk.oneCase()
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

    @Test(
        "a receipt is read back as it came by who may, with an entry first; a changed one and an unsent report are refused"
    )
    func receipt() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
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
        let (scratch, id) = try ScratchDesk.oneCase()
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
        let (scratch, first) = try ScratchDesk.oneCase()
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
}
