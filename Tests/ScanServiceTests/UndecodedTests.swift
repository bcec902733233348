import Intake
import LinuxIO
import Testing
import UploadModel

@testable import ScanService

/// What becomes of a picture about which no decoder says anything.
@Suite(.serialized) struct UndecodedTests {
    /// What the decoder of these tests cannot read the first time.
    private static let picture = "GIF89a unread, and some more"

    private func scratch(listing listed: String = ScratchHouse.listed) throws -> ScratchHouse {
        let house = try ScratchHouse {
            $0.decoder = PicturesTests.bare(requiresSandbox: false)
            $0.decoder.workers = 1
        }
        try house.list(["demo": [listed]], hashes: [PicturesTests.hash])
        try house.put("spool/work/a", Self.picture)
        return house
    }

    /// A house that knows its spool, as one whose loops run does.
    private func claimed(_ scratch: ScratchHouse) throws -> (House, Upload) {
        let (house, upload) = try scratch.claimed("a")
        let watch = try SpoolWatch(
            upload.spool,
            index: 0,
            arrivals: house.arrivals,
            interval: 3_600_000_000_000,
            report: { _ in },
            reopened: { _ in }
        )
        house.setWatches([watch])
        return (house, upload)
    }

    /// The picture as it comes from the lanes.
    private func undecoded(_ scratch: ScratchHouse, _ upload: Upload, afterTries: Int) throws -> Undecoded {
        var upload = upload
        let digests = try scratch.digests(of: Self.picture)
        for _ in 0..<afterTries { _ = upload.tries.failed(now: Clocks.monotonic) }
        try upload.record(.digested(digests, picture: true))
        let file = try Descriptor.open("\(scratch.path)/spool/work/a")
        return Undecoded(upload: upload, digests: digests, status: try file.status())
    }

    private func departed(_ house: House) async -> [Upload] {
        house.departures.finish()
        var departed: [Upload] = []
        for await case .upload(let upload) in house.departures.stream { departed.append(upload) }
        return departed
    }

    @Test("a picture that a decoder could not read starts over, and is released once one could")
    func readAgain() throws {
        let scratch = try scratch()
        let (house, upload) = try claimed(scratch)
        Judge(house).decode(try undecoded(scratch, upload, afterTries: 0))
        let parked = try #require(house.parked())
        #expect(parked.custody.stage == .claimed && parked.facts.isEmpty && parked.tries.count == 1)
        #expect(try scratch.exists("spool/work/a") && scratch.released().isEmpty)
        Judge(house).decode(try undecoded(scratch, parked, afterTries: 0))
        #expect(try scratch.released() == ["a"])
    }

    @Test("when no try is left it is held with a reason that no order releases")
    func noTryLeft() async throws {
        let scratch = try scratch()
        let (house, upload) = try claimed(scratch)
        Judge(house).decode(try undecoded(scratch, upload, afterTries: Tries.most - 1))
        #expect(await departed(house).map(\.next) == [.hold(.undecodable)])
        #expect(Obstacle.undecodable.isOfPictures)
        #expect(try scratch.exists("spool/work/a") && scratch.released().isEmpty)
    }

    @Test("when no try is left its digests are compared all the same")
    func noTryLeftAndListed() async throws {
        let scratch = try scratch(listing: Self.picture)
        let (house, upload) = try claimed(scratch)
        Judge(house).decode(try undecoded(scratch, upload, afterTries: Tries.most - 1))
        let met = await departed(house)
        #expect(met.count == 1)
        guard case .bundle(let matches) = met.first?.next else {
            Issue.record("not preserved: \(met.map(\.next))")
            return
        }
        #expect(!matches.isEmpty)
    }
}
