import LedgerStore
import LinuxIO
import Logging
import Testing
import UploadModel
import VaultStore

@testable import ScanService

/// The daemon's door to its custody log, used by many at once and after a kill.
@Suite struct RecordTests {
    @Test("what several threads note, require and write is there once each")
    func manyWriters() throws {
        let house = try ScratchHouse()
        let record = try Self.record(of: house)
        let threads = (0..<6).map { thread in
            BlockingThread("test") {
                for n in 0..<120 {
                    let statement = Self.statement("\(thread)-\(n)")
                    switch thread {
                    case 0: record.turn()
                    case 1, 2: try? record.require([statement])
                    default: record.note(statement)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        record.close()
        let said = try house.custodyEntries().compactMap { $0.references["n"] }
        let expected = (1..<6).flatMap { thread in (0..<120).map { "\(thread)-\($0)" } }
        #expect(said.sorted() == expected.sorted())
        // What one thread noted stays in its order.
        #expect(said.filter { $0.hasPrefix("3-") } == (0..<120).map { "3-\($0)" })
        #expect(try house.custodyFindings().isEmpty)
    }

    @Test("a statement that no entry holds is said to be missing, and nothing waits for it")
    func tooLong() throws {
        let house = try ScratchHouse()
        let record = try Self.record(of: house)
        let long = Self.statement(String(repeating: "9", count: 70_000))
        record.note(Self.statement("1"), long, Self.statement("2"))
        record.turn()
        #expect(throws: CustodyLogFault.self) { try record.require([long]) }
        try record.require([Self.statement("3")])
        record.close()
        let said = try house.custodyEntries().map {
            $0.references["n"] ?? "\($0.kind.rawValue) \($0.reason ?? "")"
        }
        #expect(said == ["1", "log.gap too-long", "2", "3"])
        #expect(try house.custodyFindings().isEmpty)
    }

    @Test("a match with thousands of entries is one entry of the log, which names some and counts the rest")
    func manyMatches() throws {
        let house = try ScratchHouse()
        let matches = Array(repeating: try house.match(), count: 20_000)
        let row = LedgerRow(event: .listed(matches), at: Timestamp(nanoseconds: 1))
        let directory = try Descriptor.directory("\(house.path)/state")
        let said = Record.statements(row, of: .first, state: directory, keepsPlainCopy: false)
        #expect(said.first?.references["more_entries"] == "19744")
        #expect(said.first?.references["entries"]?.split(separator: " ").count == 256)
    }

    @Test("a clock that was set is told by how much, and one that is disciplined is not")
    func clockSteps() {
        let watch = ClockWatch()
        let now = Clocks.realtime - Clocks.monotonic
        #expect(watch.step(to: now + 900_000_000) == nil)
        #expect(watch.step(to: now + 3_600_900_000_000) == 3_600_000)
        #expect(watch.step(to: now + 3_600_900_000_000) == nil)
        #expect(watch.step(to: now) == -3_600_900)
    }

    private static func record(of house: ScratchHouse) throws -> Record {
        let state = try StateDirectory(opening: house.settings.state.root)
        return try Record(
            state,
            ledger: Ledger(opening: state.ledgerPath),
            logger: Logger(label: "record") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func statement(_ n: String) -> CustodyStatement {
        CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .exhibitVerified,
            by: .daemon,
            about: CustodySubject(exhibit: BundleID(.first)),
            references: ["n": n]
        )
    }

    @Test("what a killed run had only in memory is entered from the rows, once and before what follows")
    func afterAKill() async throws {
        let house = try ScratchHouse()
        try house.bundled(at: "spool/work/a", "a")
        try await house.run { try house.isQuarantined(.first) }
        let expected = [
            "match.detected", "file.quarantined", "exhibit.sealed", "plaintext.kept", "plaintext.removed",
            "report.drafted",
        ]
        #expect(try house.kinds(of: BundleID(.first)) == expected)
        #expect(try house.custodyFindings().isEmpty)
        // Nothing lacks any more, so another kill adds nothing.
        try await house.run()
        #expect(try house.kinds(of: BundleID(.first)) == expected)
        let sealed = try house.custodyEntries().filter { $0.kind == .exhibitSealed }
        let row = try house.readLedger {
            try $0.upload(.first)?.rows.first { $0.event == .bundled(BundleID(.first)) }
        }
        #expect(sealed.map(\.at.microsecondText) == [row?.at.microsecondText])
    }
}

extension ScratchHouse {
    func custodyEntries() throws -> [CustodyEntry] {
        var found: [CustodyEntry] = []
        try LogReader(of: Descriptor.directory("\(path)/state/custody")).bundles { _, entries in
            found += try entries.map { try CustodyEntry(canonical: $0) }
            return true
        }
        return found
    }

    func custodyFindings() throws -> [LogFinding] {
        let directory = try Descriptor.directory("\(path)/state/custody")
        let key = try #require(try LogKey.read(in: directory))
        return try CustodyVerifier(key.verifier).verdict(on: directory).findings
    }

    func kinds(of bundle: BundleID) throws -> [String] {
        try custodyEntries().filter { $0.subject.exhibit == bundle }.map(\.kind.rawValue)
    }
}
