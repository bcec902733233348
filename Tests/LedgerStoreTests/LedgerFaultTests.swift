import Foundation
import GRDB
import Testing
import UploadModel

@testable import LedgerStore

@Suite struct LedgerFaultTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Stands for a disk with room for `pages` more.
    private func leaveRoom(for pages: Int, in ledger: Ledger) throws {
        try ledger.book.writeWithoutTransaction { db in
            let used = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(used + pages)")
        }
    }

    @Test("a full disk fails everybody who waited, leaves the book as it was, and may pass")
    func full() async throws {
        let ledger = try Ledger(opening: scratch.path)
        try await ledger.append(entry(0, toHeld))
        let commits = ledger.commits
        try leaveRoom(for: 2, in: ledger)
        let large = [UInt8](repeating: 7, count: 60_000)
        await #expect(throws: LedgerFault.full) {
            try await ledger.append(entry(1, toBundle, context: large))
        }
        #expect(throws: LedgerFault.full) {
            try ledger.appendNow([entry(0, [.ordered(order(.retry))]), entry(1, toBundle, context: large)])
        }
        #expect(try ledger.counts() == ["held": 1])
        #expect(ledger.commits == commits)
        #expect(LedgerFault.full.mayPass)

        try leaveRoom(for: 100, in: ledger)
        try await ledger.append(entry(1, toBundle, context: large))
        #expect(try ledger.context(of: upload(1)) == large)
    }

    @Test("after the disk has failed nothing is written until the ledger is opened anew")
    func diskFailure() async throws {
        let fault = LedgerFault.ioError(code: ResultCode.SQLITE_IOERR_FSYNC.rawValue)
        let ledger = try Ledger(opening: scratch.path)
        #expect(throws: fault) {
            try ledger.write { _ in throw DatabaseError(resultCode: .SQLITE_IOERR_FSYNC) }
        }
        await #expect(throws: fault) { try await ledger.append(entry(1, toHeld)) }
        #expect(try ledger.counts().isEmpty)
        #expect(!fault.mayPass)
        try await Ledger(opening: scratch.path).append(entry(1, toHeld))
    }

    @Test("a file that is no database is named damaged and left alone")
    func garbage() throws {
        let bytes = Data("this was never a ledger, although it has its name".utf8)
        try bytes.write(to: URL(fileURLWithPath: scratch.path))
        #expect(throws: LedgerFault.damaged("not an SQLite database")) { try Ledger(opening: scratch.path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == bytes)
    }

    @Test("a damaged page is found at the start", arguments: [1, 2, 3, 4, 5])
    func damagedPage(_ page: Int) throws {
        let ledger = try Ledger(opening: scratch.path)
        try ledger.appendNow((0..<300).map { entry($0, toHeld) })
        try ledger.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path))
        try file.seek(toOffset: UInt64(page * 4_096))
        try file.write(contentsOf: Data(repeating: 0xEE, count: 4_096))
        try file.close()
        #expect { try Ledger(opening: scratch.path) } throws: { error in
            if case .damaged = error as? LedgerFault { true } else { false }
        }
    }

    static let forgeries = [
        "UPDATE event SET name = 'invented'": "member \"event\" is missing or unreadable",
        "UPDATE event SET detail = '{' WHERE number = 0": "cut short at byte 1",
        "UPDATE upload SET path = x'2F'": "its path cannot be read",
    ]

    @Test("a row that cannot be read back is damage, with the upload's id", arguments: forgeries)
    func forged(_ sql: String, _ finding: String) async throws {
        try await written()
        try scratch.meddle(sql)
        let ledger = try Ledger(opening: scratch.path)
        #expect(throws: LedgerFault.damaged("upload \(upload(1)): \(finding)")) {
            try ledger.upload(upload(1))
        }
    }

    @Test("an upload whose rows cannot follow each other takes no more, and others do")
    func forgedOrder() async throws {
        try await written()
        try scratch.meddle("DELETE FROM event WHERE number = 0")
        let ledger = try Ledger(opening: scratch.path)
        let damage = LedgerFault.damaged("upload \(upload(1)): \"held\" cannot follow stage \"claimed\"")
        await #expect(throws: damage) { try await ledger.append(entry(1, [.ordered(order(.retry))])) }
        try await ledger.append(entry(2, toHeld))
    }

    @Test("a later version's ledger is refused and left alone")
    func newer() async throws {
        try await written()
        try scratch.meddle("PRAGMA user_version = 99")
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
        #expect(throws: LedgerFault.newerSchema(found: 99, known: 1)) { try Ledger(opening: scratch.path) }
        #expect(throws: LedgerFault.newerSchema(found: 99, known: 1)) { try Ledger(reading: scratch.path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == before)
    }

    @Test("another program's database is not taken over")
    func foreign() throws {
        try scratch.meddle("CREATE TABLE theirs (a)")
        let foreign = LedgerFault.damaged("another program's database lies in its place")
        #expect(throws: foreign) { try Ledger(opening: scratch.path) }
        try scratch.meddle("INSERT INTO theirs VALUES (1)")
    }

    @Test("a reader makes no ledger and says that there is none")
    func noLedger() throws {
        #expect(throws: LedgerFault.notThere) { try Ledger(reading: scratch.path) }
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
        #expect(throws: LedgerFault.notThere) { try Ledger(opening: scratch.file("no/such/ledger.db")) }
        try Data().write(to: URL(fileURLWithPath: scratch.path))
        #expect(throws: LedgerFault.notThere) { try Ledger(reading: scratch.path) }
    }

    @Test("a reader sees what is committed, beside the daemon and after it, and writes nothing")
    func reader() async throws {
        let ledger = try Ledger(opening: scratch.path)
        let reader = try Ledger(reading: scratch.path)
        try await ledger.append(entry(1, toHeld))
        #expect(try reader.counts() == ["held": 1])
        await #expect(throws: LedgerFault.readOnly) { try await reader.append(entry(2, toHeld)) }
        #expect(throws: LedgerFault.readOnly) { try reader.raiseCounter(to: 4) }
        try reader.close()
        try ledger.close()
        let later = try Ledger(reading: scratch.path)
        #expect(try later.counts() == ["held": 1])
    }

    @Test("a closed ledger says so")
    func closed() async throws {
        let ledger = try Ledger(opening: scratch.path)
        try ledger.close()
        await #expect(throws: LedgerFault.closed) { try await ledger.append(entry(1, toHeld)) }
        #expect(throws: LedgerFault.closed) { try ledger.counts() }
        try ledger.close()
    }

    @Test("every commit is flushed before it is answered")
    func durable() throws {
        let ledger = try Ledger(opening: scratch.path)
        let settings = try ledger.book.read { db in
            try ["synchronous", "journal_mode"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(settings == ["2", "wal"])
    }

    private func written() async throws {
        let ledger = try Ledger(opening: scratch.path)
        try await ledger.append(entry(1, toHeld))
        try ledger.close()
    }
}
