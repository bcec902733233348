import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What the desk's custody log says beside the acts of a review, and who may read it.
@Suite struct DeskLogTests {
    private func oneCase() throws -> (scratch: ScratchDesk, exhibit: BundleID, id: JSONObject) {
        let scratch = try ScratchDesk()
        let exhibit = try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        return (scratch, exhibit, ["id": .string(scratch.id(of: try scratch.cases().first))])
    }

    @Test("each opening of a sealed record is stated, with who or what, and why; once for each act")
    func opened() throws {
        let (scratch, exhibit, id) = try oneCase()
        #expect(try scratch.entries(.contextOpened).map(\.reason) == ["adoption"])
        #expect(try scratch.entries(.contextOpened).map(\.actor) == [.system])
        _ = try scratch.ask("case.show", id)
        _ = try scratch.ask("report.lint", id, as: ScratchDesk.ben)
        let entries = try scratch.entries(.contextOpened).dropFirst()
        #expect(entries.map(\.reason) == ["case.show", "report.lint"])
        #expect(entries.map(\.actor.staff) == [ScratchDesk.ana.id, ScratchDesk.ben.id])
        #expect(entries.allSatisfy { $0.subject.exhibit == exhibit })
        // A list opens nothing.
        _ = try scratch.cases()
        #expect(try scratch.entries(.contextOpened).count == 3)
    }

    @Test("what does not open is tried again and again under one entry")
    func unopened() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0, readableByDesk: false)
        for _ in 0..<3 { #expect(try scratch.desk.adopt() == 0) }
        #expect(try scratch.entries(.contextOpened).count == 1)
    }

    @Test("what cannot be stated is not opened")
    func unwritten() throws {
        let (scratch, _, id) = try oneCase()
        let room = 256 - Int(scratch.desk.log.size % 256)
        let others = (0..<room).map { _ in CustodyStatement(at: ScratchDesk.start, .alarmRaised, by: .system)
        }
        try scratch.desk.log.append(others)
        // The next entry needs a new file, and there is nowhere to put it.
        try Descriptor.directory("\(scratch.path)/desk").removeTree(Array("custody".utf8))
        #expect(throws: CustodyLogFault.self) { try scratch.ask("case.show", id) }
        #expect(throws: CustodyLogFault.self) {
            try scratch.desk.shelved(CaseID(id["id"]?.stringValue ?? "")!)
        }
    }

    @Test(
        "who is refused by role or is nobody of the staff stands in the log, and why a viewing was not begun"
    )
    func refused() throws {
        let (scratch, exhibit, id) = try oneCase()
        #expect(throws: DeskRefused.self) { try scratch.ask("case.show", id, as: ScratchDesk.otto) }
        var request = id
        request["class"] = "A1"
        #expect(throws: ReviewRefused.self) {
            try scratch.ask("exhibit.classify", request, as: ScratchDesk.ben)
        }
        let denied = try scratch.entries(.accessDenied)
        #expect(denied.map(\.reason) == ["case.show", "exhibit.classify"])
        #expect(denied.map(\.actor.staff) == [ScratchDesk.otto.id, ScratchDesk.ben.id])
        // A stranger who tries all the time is told each time, and fills nothing.
        for _ in 0..<5 { #expect(throws: DeskRefused.stranger(4_711)) { try scratch.desk.turnAway(4_711) } }
        let strangers = try scratch.entries(.accessDenied).filter { $0.reason == "stranger" }
        #expect(strangers.map(\.references) == [["uid": "4711"]])
        #expect(throws: ReviewRefused.noReason) {
            try scratch.ask("view.start", ["id": .string("\(exhibit)"), "purpose": " "])
        }
        let views = try scratch.entries(.viewDenied)
        #expect(views.map(\.reason) == ["no-purpose"])
        #expect(views.map(\.subject.exhibit) == [exhibit])
    }

    @Test(
        "the log says whose roles changed since they were served last, also over a restart, and never a user's name"
    )
    func roles() throws {
        let scratch = try ScratchDesk()
        let first = try scratch.entries(.roleChanged)
        #expect(first.map(\.reason) == Array(repeating: "added", count: 6))
        try scratch.desk.serve(ScratchDesk.people)
        #expect(try scratch.entries(.roleChanged).count == 6)
        var people = ScratchDesk.people.people
        people[1_001] = Staff(id: ScratchDesk.ana.id, user: "anna.legal.name", roles: [.reviewer, .approver])
        people[1_003] = nil
        try scratch.desk.serve(DeskStaff(people, isSmallTeam: true))
        let news = try scratch.entries(.roleChanged).dropFirst(6)
        #expect(news.map(\.reason) == ["changed", "removed", "small-team"])
        #expect(news.first?.references == ["sid": "ana", "before": "reviewer", "after": "approver reviewer"])
        #expect(scratch.desk.rules.isSmallTeam)
        #expect(scratch.desk.person(of: 1_003) == nil)
        let bytes = try Descriptor.open("\(scratch.path)/desk/custody/journal").readAll(limit: 1 << 20)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("anna.legal.name"))
    }

    @Test("an auditor gets a copy of the log that verifies by itself, without what it only commits to")
    func audit() throws {
        let (scratch, _, id) = try oneCase()
        _ = try scratch.ask("case.note", ["id": id["id"]!, "text": "a private remark"])
        for _ in 0..<300 { _ = try scratch.ask("case.show", id) }
        #expect(throws: DeskRefused.self) { try scratch.ask("custody.read") }
        let answer = try scratch.ask("custody.read", as: ScratchDesk.aude)
        guard case .log(let files, let directory, let paths) = answer.payload else {
            Issue.record("no log came")
            return
        }
        #expect(paths.contains("tile/entries/000"))
        let names = files.map(\.name) + paths
        #expect(!names.contains { $0.hasPrefix("details") || $0.hasPrefix("key") || $0.hasPrefix("heads") })
        let source = try Descriptor.directory(directory)
        let copy = try Descriptor.directory(scratch.path)
            .ensureDirectory(Array("state".utf8), mode: 0o700, subject: "copy")
            .ensureDirectory(Array("copy".utf8), mode: 0o700, subject: "copy")
        for path in paths {
            let bytes = try source.open(Array(path.utf8)).readAll(limit: 64 << 20, subject: path)
            try Self.write(NamedFile(name: path, bytes: bytes), below: copy)
        }
        for file in files {
            #expect(!String(decoding: file.bytes, as: UTF8.self).contains("a private remark"))
            try Self.write(file, below: copy)
        }
        let key = try #require(answer.value["vkey"]?.stringValue.flatMap { LogVerifier($0) })
        let verdict = try CustodyVerifier(key).verdict(on: copy)
        #expect(verdict.findings.isEmpty)
        #expect(verdict.signed > 300)
    }

    private static func write(_ file: NamedFile, below root: borrowing Descriptor) throws {
        var here = try root.duplicate()
        let parts = file.name.split(separator: "/").map { Array($0.utf8) }
        for part in parts.dropLast() {
            here = try here.ensureDirectory(part, mode: 0o700, subject: file.name)
        }
        try here.writeNew(file.bytes, as: parts.last ?? [], mode: 0o600, subject: file.name)
    }
}

@Suite struct ExposureLimitTests {
    @Test("who has viewed enough for a day is refused, until another person allows as much again")
    func limit() throws {
        let scratch = try ScratchDesk(viewsPerDay: 1)
        let exhibits = try (0..<3).map { number in
            try scratch.preserve(
                minute: Int64(number),
                account: "account-\(number)",
                content: "invented \(number)"
            )
        }
        try scratch.desk.adopt()
        func view(_ number: Int) throws {
            let request: JSONObject = ["id": .string("\(exhibits[number])"), "purpose": "triage"]
            guard case .view(let bundle, let grant, let home) = try scratch.ask("view.start", request).payload
            else { return }
            try scratch.desk.deliver(bundle, grant: grant, case: home) { _ in }
            _ = try scratch.ask("view.complete", ["id": .string("\(exhibits[number])")])
        }
        try view(0)
        #expect(throws: DeskRefused.enoughForToday(1)) { try view(1) }
        #expect(try scratch.entries(.viewDenied).map(\.reason) == ["enough-for-today"])
        let mine = try scratch.ask("view.exposure").value
        #expect((mine["viewings"]?.intValue, mine["limit"]?.intValue) == (1, 1))
        #expect(try scratch.ask("view.exposure", as: ScratchDesk.ben).value["viewings"]?.intValue == 0)
        let allow: JSONObject = ["staff": "Ana", "reason": "one more, agreed with her"]
        #expect(throws: DeskRefused.self) { try scratch.ask("view.allow", allow) }
        #expect(throws: DeskRefused.oneself) {
            try scratch.ask("view.allow", ["staff": "ben", "reason": "more"], as: ScratchDesk.ben)
        }
        _ = try scratch.ask("view.allow", allow, as: ScratchDesk.ben)
        try view(1)
        #expect(throws: DeskRefused.enoughForToday(2)) { try view(2) }
        scratch.clock.advance(hours: 25)
        try view(2)
    }
}
