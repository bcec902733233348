import PDQ
import Testing
import UploadModel

@Suite struct ReadingsTests {
    @Test(
        "a picture with a side under 5 has no hash",
        arguments: [(1, 1), (1, 400), (4, 4), (4, 600), (600, 4)]
    )
    func tooSmall(width: Int, height: Int) {
        let readings = Picture.noise(width, height, seed: 1).readings()
        #expect(readings.hashes.isEmpty)
        #expect(PerceptualFinding(readings.hashes, truncated: false) == .unusable)
    }

    @Test("a side of 5 is enough", arguments: [(5, 5), (5, 300), (700, 5)])
    func small(width: Int, height: Int) {
        #expect(Picture.noise(width, height, seed: 1).readings().hash(.full) != nil)
    }

    @Test("a large picture is found by both readings in all orientations")
    func large() throws {
        let readings = Picture.spots(600, 130).readings()
        #expect(readings.hashes.count == 16)
        #expect(
            readings.hashes.map(\.reading) == [Reading](repeating: .full, count: 8)
                + .init(repeating: .r512, count: 8)
        )
        let full = try #require(readings.hash(.full))
        #expect(try #require(readings.hash(.r512)).distance(to: full.bits) <= 10)
        #expect(
            PerceptualFinding(readings.hashes, truncated: true) == .hashes(readings.hashes, truncated: true)
        )
    }

    /// Quality alone does not see that: it is 70.
    @Test("half black and half white says too little")
    func unbalanced() throws {
        let readings = Picture(300, 300) { _, column, _ in column < 150 ? 0 : 255 }.readings()
        let hash = try #require(readings.hash(.full))
        #expect(hash.quality >= PerceptualHash.leastQuality)
        #expect(!hash.isBalanced)
        #expect(PerceptualFinding(readings.hashes, truncated: false) == .unusable)
    }

    @Test("quality is the same however the picture is turned")
    func quality() {
        let qualities = Picture.spots(300, 200).readings().hashes.map(\.quality)
        #expect(Set(qualities).count == 1)
    }
}
