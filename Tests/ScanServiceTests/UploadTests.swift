import Intake
import LedgerStore
import LinuxIO
import Testing
import UploadModel

@testable import ScanService

@Suite struct UploadTests {
    private let house: ScratchHouse
    private let spool: Spool

    init() throws {
        house = try ScratchHouse()
        spool = try Spool(opening: house.settings.spools[0])
    }

    private func known(_ events: [CustodyEvent]) throws -> Upload {
        let rows = events.map { LedgerRow(event: $0, at: Timestamp(nanoseconds: 1)) }
        let path = try #require(SpoolPath(Array("a".utf8)))
        return try Upload(
            LedgerUpload(id: .first, spool: "main", path: path, rows: rows, hasContext: false),
            in: spool,
            index: 0
        )
    }

    @Test("starting over goes back to what is durable, and no further")
    func startOver() throws {
        var upload = try known([.interrupted])
        let digests = try house.digests(of: "bytes")
        try upload.record(.digested(digests, picture: false))
        try upload.record(.unlisted)
        #expect(upload.next == .release && upload.facts.count == 2)
        upload.startOver()
        #expect(upload.next == .digest && upload.facts.isEmpty && upload.custody.stage == .claimed)
        #expect(upload.custody.interruptions == 1)

        try upload.record(.digested(digests, picture: false))
        upload.factsAreDurable()
        try upload.record(.unlisted)
        upload.startOver()
        #expect(upload.next == .compare && upload.facts.isEmpty)
    }

    @Test("a refused fact changes nothing and never becomes a row")
    func refused() throws {
        var upload = try known([])
        #expect(throws: OutOfOrder.self) { try upload.record(.released) }
        #expect(upload.facts.isEmpty && upload.next == .digest)
    }

    @Test("an upload that was only interrupted leaves no rows; one that met an entry does")
    func rows() throws {
        #expect(try !known([]).leavesRows && !known([.interrupted]).leavesRows)
        #expect(try known([.unreadable(.fifo)]).leavesRows)
        var upload = try known([])
        for event in try house.suppressed("bytes") { try upload.record(event) }
        #expect(upload.leavesRows)
    }

    @Test("what went away before anything was compared leaves no trace, unless it has rows")
    func withdrawn() throws {
        var fresh = try known([])
        try fresh.record(.vanished)
        #expect(fresh.leavesNoTrace)
        var interrupted = try known([.interrupted])
        try interrupted.record(.vanished)
        #expect(!interrupted.leavesNoTrace)
    }

    @Test("a held upload lies in held/ until a retry brings it back")
    func place() throws {
        #expect(try !known([.unreadable(.fifo)]).place.isSetAside)
        #expect(try known([.unreadable(.fifo), .held]).place.isSetAside)
        #expect(try !known(house.held(.retry)).place.isSetAside)
        #expect(try known(house.held(.release)).place.isSetAside)
    }
}

@Suite struct TriesTests {
    private let second: Int64 = 1_000_000_000

    @Test("pauses double from a second, and the eighth failure is the last")
    func pauses() {
        var tries = Tries()
        let pauses = (0..<8).map { _ in tries.failed(now: 5).map { $0 / second } }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, nil])
        #expect(tries.count == 8)
    }

    @Test("after an hour there is no further try")
    func hour() {
        var tries = Tries()
        #expect(tries.failed(now: 5) == second)
        #expect(tries.failed(now: 5 + 3_599 * second) == 2 * second)
        #expect(tries.failed(now: 5 + 3_600 * second) == nil)
    }
}
