import LinuxIO
import PictureWire
import Testing
import UploadModel

@testable import Decoding

/// Pictures that were made to hurt, through the whole path: the worker answers every one of them and lives on.
@Suite struct BombsInTheCageTests {
    static let samples = [
        "rgb8.png", "interlaced.png", "palette-alpha.png", "colour.jpg", "progressive.jpg", "ycck.jpg",
        "disposals.gif", "twenty.gif", "lossy.webp", "lossless.webp", "twelve.webp",
    ]

    @Test("mutated and truncated pictures neither kill a worker nor make it grow")
    func mutated() throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        let pictures = try Self.samples.map { try sample($0) }
        var state: UInt64 = 7
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return Int(state >> 33) % count
        }
        var early: UInt64 = 0
        for round in 0..<600 {
            var picture = pictures[round % pictures.count]
            for _ in 0..<3 { picture[3 + random(picture.count - 3)] = UInt8(random(256)) }
            if round % 4 == 0 { picture.removeLast(random(picture.count / 2)) }
            _ = pool.perceptual(of: try file(picture))
            if round == 200 { early = resident(pool) }
        }
        #expect(pool.figures.losses.isEmpty && pool.figures.started == 1)
        #expect(early > 0 && resident(pool) < early + 8 << 20)
    }

    @Test(
        "a picture that is too large is refused with that reason",
        arguments: ["bomb.png", "large-screen.gif"]
    )
    func tooLarge(name: String) throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        #expect(pool.perceptual(of: try file(try sample(name))) == .failed(.pictureTooLarge))
        #expect(pool.figures.answers == [.tooManyPixels: 1])
    }

    @Test("rows of a million pixels are too long for the hasher, and half of them are not")
    func wide() throws {
        var settings = hasty
        settings.cpuSeconds = 20
        settings.wallSeconds = 60
        let pool = try DecoderPool(settings, program("breakwater-decoder"))
        for (name, outcome) in [("wide.png", PictureOutcome.tooMuchMemory), ("half-wide.png", .whole)] {
            _ = pool.perceptual(of: try file(try sample(name)))
            #expect(pool.figures.answers[outcome] == 1)
        }
    }

    @Test("above the limit of memory the reason is the worker's")
    func memory() throws {
        var settings = hasty
        settings.memory = 61 * 512 + 4_000
        let pool = try DecoderPool(settings, program("breakwater-decoder"))
        for name in ["tall-progressive.jpg", "interlaced.png", "lossless.webp", "still.gif"] {
            #expect(
                pool.perceptual(of: try file(try sample(name))) == .failed(.pictureTooLarge)
            )
        }
        #expect(pool.figures.answers == [.tooMuchMemory: 4])
    }

    /// Bytes that the pool's idle worker has resident.
    private func resident(_ pool: DecoderPool) -> UInt64 {
        guard let worker = pool.idleProcesses.first,
            let text = try? Descriptor.open("/proc/\(worker)/statm").readAll(limit: 4_096)
        else { return 0 }
        let pages = String(decoding: text, as: UTF8.self).split(separator: " ").dropFirst().first
        return (pages.flatMap { UInt64($0) } ?? 0) * 4_096
    }
}
