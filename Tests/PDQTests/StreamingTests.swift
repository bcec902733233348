import Testing
import UploadModel

@testable import PDQ

@Suite struct StreamingTests {
    /// Sides around the sizes of bands, windows and readings.
    static let sides = [
        1, 2, 5, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129, 130, 255, 256, 257, 385,
    ]

    @Test("rows one by one give each float that whole planes give", arguments: 0..<30)
    func sameAsPlanes(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let width = Self.sides.randomElement(using: &random)!
        let height = Self.sides.randomElement(using: &random)!
        let planes = Planes(Picture.noise(width, height, seed: seed))
        #expect(Self.streamed(planes) == planes.points, "\(width) x \(height)")
    }

    @Test("a longer side than 512 is read at 512 x 512 too", arguments: [(513, 40), (40, 600), (530, 220)])
    func squeezed(width: Int, height: Int) throws {
        let picture = Picture.noise(width, height, seed: 3)
        let hash = try #require(picture.readings().hash(.r512))
        #expect(hash == Self.hash(Planes(picture).resized(512, 512), .r512))
    }

    @Test("a picture that fits into 512 x 512 has one reading", arguments: [(5, 5), (512, 512), (512, 9)])
    func fits(width: Int, height: Int) {
        let readings = Picture.noise(width, height, seed: 4).readings()
        #expect(readings.hash(.r512) == nil)
        #expect(readings.hashes.map(\.orientation) == Orientation.allCases)
    }

    @Test("a reading alone is what it is beside the others", arguments: [(700, 40), (40, 700), (512, 9)])
    func alone(width: Int, height: Int) throws {
        let picture = Picture.spots(width, height)
        let all = picture.readings()
        for reading in Reading.allCases {
            let alone = picture.readings(wanted: [reading])
            if let hash = all.hash(reading) { #expect(alone.hash(reading) == hash) }
            #expect(alone.hashes.count <= Orientation.allCases.count)
        }
        #expect(!picture.readings(wanted: [.r512]).hashes.isEmpty)
    }

    @Test("without the full reading, rows that 512 do not need are not looked at")
    func skipped() {
        var hasher = PictureHasher(width: 100, height: 2_000, readings: [.r512])
        var looked = 0
        for _ in 0..<2_000 { hasher.addLuma { _ in looked += 1 } }
        #expect(looked == 512)
        #expect(hasher.finish().hashes.count == Orientation.allCases.count)
    }

    @Test("rows that never came count as black", arguments: [0, 1, 50, 119])
    func truncated(rows: Int) {
        let picture = Picture.spots(100, 120)
        let padded = Picture(100, 120) { $0 < rows ? picture[$0, $1, $2] : 0 }
        #expect(picture.readings(rows: rows) == padded.readings())
    }

    /// The hash of planes that were blurred whole.
    static func hash(_ planes: Planes, _ reading: Reading) -> PerceptualHash? {
        planes.points.withUnsafeBufferPointer { points in
            var grid = PointGrid(height: PointGrid.side)
            for row in 0..<PointGrid.side { grid.add(points.baseAddress! + PointGrid.side * row) }
            var readings = Readings()
            readings.add(grid, reading)
            return readings.hash(reading)
        }
    }

    /// What is left of the planes' luma by way of the filter.
    static func streamed(_ planes: Planes) -> [Float] {
        planes.luma.withUnsafeBufferPointer { luma in
            var filter = TentFilter(width: planes.width, height: planes.height, .portable)
            for row in 0..<planes.height {
                filter.next.update(from: luma.baseAddress! + row * planes.width, count: planes.width)
                filter.add()
            }
            let points = filter.finish()
            return (0..<64 * 64).map { points.row($0 / 64)[$0 % 64] }
        }
    }
}
