import Testing

@testable import UploadModel

/// House guarantees that no order of facts may break, however odd.
@Suite struct CustodyWalkTests {
    @Test("the walks pass through every stage, so that they can say something")
    func walksGoFar() {
        #expect(Set(CustodyWalk.all.map(\.custody.stage.name)).count == 16)
    }

    @Test("nothing that was listed is released")
    func listedIsNeverReleased() {
        #expect(CustodyWalk.all(after: .released).first { $0.taken.map(\.name).contains("listed") } == nil)
    }

    @Test("what could not be compared is not released unless a person ordered it")
    func obstacleIsNeverReleased() {
        let released = CustodyWalk.all(after: .released).filter { !$0.sinceObstacle.isEmpty }
        #expect(!released.isEmpty)
        #expect(
            released.first { !$0.sinceObstacle.contains { $0.isOrder(.release) || $0.isOrder(.retry) } }
                == nil
        )
    }

    @Test("no order releases what could not be decoded")
    func undecodableStays() {
        let released = CustodyWalk.all.first { walk in
            guard walk.custody.stage == .held(.undecodable) else { return false }
            var custody = walk.custody
            return (try? custody.record(.ordered(order(.release)))) != nil || custody != walk.custody
        }
        #expect(released == nil)
    }

    @Test("a picture that could not be decoded is not released unless a person ordered it")
    func undecodedIsNeverReleased() {
        let released = CustodyWalk.all(after: .released).filter {
            $0.sinceRetry.contains(.perceptual(undecoded))
        }
        #expect(released.first { !$0.sinceRetry.contains { $0.isOrder(.release) } } == nil)
    }

    @Test("nothing that was listed lies in held/")
    func listedIsNeverHeld() {
        #expect(CustodyWalk.all(after: .held).first { $0.taken.map(\.name).contains("listed") } == nil)
    }

    @Test("an entry met and suppressed does not put the upload into held/ afterwards")
    func suppressedIsNeverHeld() {
        #expect(CustodyWalk.all(after: .held).first { $0.met("suppressed") } == nil)
    }

    @Test("only a bundle that is there makes the source go, and only then a draft is made")
    func sourceGoesLast() {
        for walk in CustodyWalk.all {
            switch walk.next {
            case .removeSource(let bundle): #expect(walk.taken.last == .bundled(bundle), "\(walk)")
            case .draft: #expect(walk.taken.last == .sourceRemoved && walk.met("bundled"), "\(walk)")
            default: break
            }
        }
    }

    @Test("nothing is released before it was digested and compared, or a person ordered it")
    func releasedUnread() {
        let unread = CustodyWalk.all(after: .released).first { walk in
            let compared = walk.met("digested") && (walk.met("unlisted") || walk.met("suppressed"))
            return !compared && !walk.sinceRetry.contains { $0.isOrder(.release) }
        }
        #expect(unread == nil)
    }

    @Test("rows rebuild custody and what is due, wherever the walk stopped")
    func replays() throws {
        for walk in CustodyWalk.all {
            let replayed = try Custody.replaying(walk.taken)
            #expect(replayed.custody == walk.custody && replayed.next == walk.next, "\(walk)")
        }
    }
}
