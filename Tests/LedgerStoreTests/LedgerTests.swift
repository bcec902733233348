import Foundation
import GRDB
import JSONText
import LedgerStore
import Testing
import UploadModel

@Suite struct LedgerTests {
    let scratch: Scratch
    let ledger: Ledger

    init() throws {
        scratch = try Scratch()
        ledger = try Ledger(opening: scratch.path)
    }

    struct Life: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let events: [CustodyEvent]
        let stage: String
    }

    static let hash = PerceptualHash(
        bits: SIMD4(.max, 0, 1, 2),
        quality: 100,
        reading: .full,
        orientation: .rotate90
    )
    static let picture = CustodyEvent.digested(digests, picture: true)

    static let lives = [
        Life(testDescription: "interrupted twice", events: [.interrupted, .interrupted], stage: "claimed"),
        Life(
            testDescription: "suppressed and released",
            events: [
                picture, .perceptual(.unusable), .suppressed([match(.watch), match(.benign)]), .released,
            ],
            stage: "released"
        ),
        Life(
            testDescription: "undecodable, held, tried again, gone",
            events: [
                picture, .perceptual(.failed(.undecodable)), .unlisted, .held, .ordered(order(.retry)),
                .vanished,
            ],
            stage: "withdrawn"
        ),
        Life(
            testDescription: "similar, preserved, destroyed",
            events: [
                picture, .perceptual(.hashes([hash, hash], truncated: true)), .listed([similar]),
                .bundled(BundleID(upload(1))), .sourceRemoved, .ordered(order(.destroy)), .destroyed,
            ],
            stage: "destroyed"
        ),
        Life(
            testDescription: "drafted and restored",
            events: toDraft + [.ordered(order(.restore)), .restored],
            stage: "restored"
        ),
        Life(testDescription: "held", events: toHeld, stage: "held"),
    ]

    @Test("an upload is read back as it was written, and under its stage", arguments: lives)
    func readsBack(_ life: Life) async throws {
        try await ledger.append(entry(1, life.events))
        let found = try #require(try ledger.upload(upload(1)))
        #expect(found.rows == rows(life.events))
        #expect(found.path == oddPath && found.spool == "main" && !found.hasContext)
        #expect(try ledger.counts() == [life.stage: 1])
        #expect(try ledger.uploads(in: [life.stage], limit: 9) == [found])
    }

    @Test("the lives above hold every kind of row")
    func everyKind() {
        let kinds = Set(Self.lives.flatMap { $0.events.map(\.name) })
        #expect(kinds.count == 16, "\(kinds.sorted())")
    }

    @Test("rows appended one at a time are those appended in one go")
    func oneByOne() async throws {
        for (second, event) in toDraft.enumerated() {
            try await ledger.append(entry(1, [event], from: Int64(second)))
        }
        #expect(try ledger.upload(upload(1))?.rows == rows(toDraft))
    }

    @Test("what waits together is committed together")
    func batches() async throws {
        let before = ledger.commits
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask { [ledger] in try await ledger.append(entry(number, toHeld)) }
            }
            try await group.waitForAll()
        }
        #expect(try ledger.counts() == ["held": 200])
        #expect(ledger.commits - before < 200)
        #expect(ledger.commits > before)
    }

    @Test("an entry out of order is refused whole, and those that waited with it are written")
    func outOfOrder() async throws {
        try await ledger.append(entry(0, toHeld))
        let refused = await withTaskGroup(of: LedgerFault?.self) { group in
            for number in 0..<50 {
                group.addTask { [ledger] in
                    do throws(LedgerFault) {
                        try await ledger.append(
                            entry(number, number == 0 ? [.ordered(order(.retry)), .held] : toHeld)
                        )
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: [LedgerFault]()) { if let fault = $1 { $0.append(fault) } }
        }
        var custody = Custody()
        let cause = #expect(throws: OutOfOrder.self) { try custody.record(.held) }
        #expect(try refused == [.outOfOrder(upload(0), #require(cause))])
        #expect(try ledger.upload(upload(0))?.rows == rows(toHeld))
        #expect(try ledger.counts() == ["held": 50])
    }

    @Test("entries of the start are appended all or none")
    func appendNow() throws {
        #expect(throws: LedgerFault.self) { try ledger.appendNow([entry(1, toHeld), entry(2, [.restored])]) }
        #expect(try ledger.counts().isEmpty)
        let before = ledger.commits
        try ledger.appendNow([entry(1, toHeld), entry(2, [.interrupted])])
        #expect(try ledger.counts() == ["held": 1, "claimed": 1])
        #expect(ledger.commits == before + 1)
    }

    @Test("the context's bytes are kept until the draft is written, and that there was one is kept for good")
    func context() async throws {
        let sidecar: [UInt8] = [0, 0xFF] + Array("{\"ip\":\"192.0.2.1\"}".utf8)
        try await ledger.append(entry(1, toBundle, context: sidecar))
        #expect(try ledger.context(of: upload(1)) == sidecar)
        try await ledger.append(entry(1, [.drafted(DraftID(upload(1)))]))
        #expect(try ledger.context(of: upload(1)) == nil)
        #expect(try ledger.upload(upload(1))?.hasContext == true)
    }

    @Test("a match without a draft keeps the context's bytes until custody ends")
    func contextOfUndrafted() async throws {
        let events: [CustodyEvent] = [.digested(digests, picture: false), .listed([match(.watch)])]
        try await ledger.append(entry(1, events, context: [1, 2, 3]))
        try await ledger.append(entry(1, [.bundled(BundleID(upload(1))), .sourceRemoved]))
        #expect(try ledger.counts() == ["awaiting-review": 1])
        #expect(try ledger.context(of: upload(1)) == [1, 2, 3])
        try await ledger.append(entry(1, [.ordered(order(.destroy)), .destroyed]))
        #expect(try ledger.context(of: upload(1)) == nil)
    }

    @Test("a deleted context is nowhere in the file once the ledger is closed")
    func contextIsOverwritten() async throws {
        let mark = Array("invented-screen-name".utf8)
        try await ledger.append(entry(1, toBundle, context: mark))
        try await ledger.append(entry(1, [.drafted(DraftID(upload(1)))]))
        try ledger.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
        #expect(bytes.range(of: Data(mark)) == nil)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "-wal"))
    }

    @Test("only what does not rest is unfinished, oldest first, however many")
    func unfinished() throws {
        let entries = (0..<150).reversed().map { entry($0, $0 % 2 == 0 ? [.interrupted] : toHeld) }
        try ledger.appendNow(entries + [entry(150, toDraft), entry(151, toBundle), entry(152, [.vanished])])
        var visited: [UploadID] = []
        try ledger.unfinished { found in
            visited.append(found.id)
            try ledger.appendNow([entry(0, [.interrupted])])
        }
        #expect(visited == stride(from: 0, to: 150, by: 2).map(upload) + [upload(151)])
    }

    @Test("pages follow each other without a gap")
    func pages() throws {
        try ledger.appendNow(
            (0..<7).map { entry($0, $0 == 3 ? toDraft : toHeld) } + [entry(8, [.interrupted])]
        )
        let first = try ledger.uploads(in: ["held", "awaiting-review"], limit: 4).map(\.id)
        let second = try ledger.uploads(in: ["held", "awaiting-review"], after: first.last, limit: 4).map(
            \.id
        )
        #expect(first + second == (0..<7).map(upload))
        #expect(try ledger.uploads(in: [], limit: 4).isEmpty)
    }

    @Test("an upload that is forgotten leaves nothing")
    func forgets() async throws {
        try ledger.appendNow((1...4).map { entry($0, [.interrupted], context: [9]) })
        try await ledger.forget([upload(1), upload(2), upload(77)])
        try ledger.forgetNow([upload(3)])
        #expect(try ledger.counts() == ["claimed": 1])
        #expect(try ledger.upload(upload(1)) == nil && ledger.context(of: upload(2)) == nil)
        try ledger.close()
        let kept = try await DatabaseQueue(path: scratch.path).read {
            try Int.fetchAll($0, sql: "SELECT count(*) FROM event UNION ALL SELECT count(*) FROM context")
        }
        #expect(kept == [1, 1])
    }

    @Test("a prefix finds its upload, and two when it is ambiguous")
    func prefixes() throws {
        try ledger.appendNow((1...3).map { entry($0, toHeld) })
        let whole = "\(upload(2))"
        let common = "\(upload(1))".prefix { whole.contains($0) }.prefix(8)
        #expect(try ledger.find(prefix: whole) == [upload(2)])
        #expect(try ledger.find(prefix: String(whole.prefix(13))) == [upload(2)])
        #expect(try ledger.find(prefix: String(common)).count == 2)
        #expect(try ledger.find(prefix: "").count == 2)
        for none in ["ffff", "%", "*", whole + "0", whole.uppercased()] {
            #expect(try ledger.find(prefix: none).isEmpty)
        }
    }

    @Test("the highest counter never goes down, also over a restart and beyond 2^63")
    func counter() throws {
        #expect(try ledger.highestCounter() == 0)
        for (raised, highest) in [(7, 7), (3, 7), (1 << 63, 1 << 63), (9, 1 << 63), (.max, .max)]
            as [(UInt64, UInt64)]
        {
            try ledger.raiseCounter(to: raised)
            #expect(try ledger.highestCounter() == highest)
        }
        try ledger.close()
        #expect(try Ledger(opening: scratch.path).highestCounter() == .max)
    }

    @Test("what append returned for is there after a sudden end")
    func suddenEnd() async throws {
        for number in 0..<20 { try await ledger.append(entry(number, toHeld)) }
        try await ledger.append(entry(3, [.ordered(order(.preserve))]))
        let copy = try scratch.copyAside()
        #expect(try Ledger(reading: copy).counts() == ["held": 19, "quarantined": 1])
        let after = try Ledger(opening: copy)
        #expect(try after.counts() == ["held": 19, "quarantined": 1])
        #expect(try after.upload(upload(3)) == ledger.upload(upload(3)))
    }
}
