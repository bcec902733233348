import Testing
import UploadModel

/// House guarantees that no order of facts may break, however odd.
@Suite struct CustodyWalkTests {
    static let seeds: Range<UInt64> = 0..<400

    @Test("the walks pass through every stage, so that they can say something")
    func walksGoFar() {
        var seen: Set<String> = []
        for seed in Self.seeds { _ = CustodyWalk(seed: seed) { seen.insert($0.custody.stage.name) } }
        #expect(seen.count == 16, "\(seen)")
    }

    @Test("nothing that was listed is released", arguments: seeds)
    func listedIsNeverReleased(seed: UInt64) {
        let walk = CustodyWalk(seed: seed)
        #expect(!(walk.isListed && walk.taken.contains(.released)), "seed \(seed): \(walk.names)")
    }

    @Test("what could not be compared is not released unless a person ordered it", arguments: seeds)
    func obstacleIsNeverReleased(seed: UInt64) {
        CustodyWalk(seed: seed) { walk in
            guard walk.taken.last == .released, let stop = walk.lastObstacle else { return }
            let ordered = walk.taken[stop...].contains { $0.isOrder(.release) || $0.isOrder(.retry) }
            #expect(ordered, "seed \(seed): \(walk.names)")
        }
    }

    @Test("no order releases what could not be decoded", arguments: seeds)
    func undecodableStays(seed: UInt64) {
        CustodyWalk(seed: seed) { walk in
            guard walk.custody.stage == .held(.undecodable) else { return }
            var custody = walk.custody
            #expect(throws: OutOfOrder.self) { try custody.record(.ordered(order(.release))) }
            #expect(custody == walk.custody)
        }
    }

    @Test("nothing that was listed lies in held/", arguments: seeds)
    func listedIsNeverHeld(seed: UInt64) {
        CustodyWalk(seed: seed) { walk in
            if case .held = walk.custody.stage { #expect(!walk.isListed, "seed \(seed): \(walk.names)") }
        }
    }

    @Test("only a bundle that is there makes the source go", arguments: seeds)
    func sourceGoesLast(seed: UInt64) {
        CustodyWalk(seed: seed) { walk in
            if case .removeSource(let bundle) = walk.next {
                #expect(walk.taken.last == .bundled(bundle), "seed \(seed): \(walk.names)")
            }
        }
    }

    @Test("rows rebuild custody and what is due, wherever the walk stopped", arguments: seeds)
    func replays(seed: UInt64) throws {
        try CustodyWalk(seed: seed) { walk in
            let replayed = try Custody.replaying(walk.taken)
            #expect(replayed.custody == walk.custody)
            #expect(replayed.next == walk.next)
        }
    }

    @Test("an entry met and suppressed does not put the upload into held/ afterwards", arguments: seeds)
    func suppressedIsNeverHeld(seed: UInt64) {
        CustodyWalk(seed: seed) { walk in
            guard case .held = walk.custody.stage else { return }
            let met = walk.sinceRetry.contains { if case .suppressed = $0 { true } else { false } }
            #expect(!met, "seed \(seed): \(walk.names)")
        }
    }

    @Test("a picture that could not be decoded is not released unless a person ordered it", arguments: seeds)
    func undecodedIsNeverReleased(seed: UInt64) {
        CustodyWalk(seed: seed) { walk in
            guard walk.taken.last == .released, walk.sinceRetry.contains(.perceptual(undecoded)) else { return }
            #expect(walk.sinceRetry.contains { $0.isOrder(.release) }, "seed \(seed): \(walk.names)")
        }
    }
}

extension CustodyWalk {
    var names: String { taken.map(\.name).joined(separator: " ") }

    var lastObstacle: Int? {
        taken.lastIndex { if case .unreadable = $0 { true } else { false } }
    }
}
