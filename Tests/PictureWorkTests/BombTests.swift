import CPictures
import Testing
import UploadModel

/// Pictures that were made to hurt.
@Suite struct BombTests {
    @Test(
        "a picture above the limit of pixels is refused by its header",
        arguments: ["bomb.png", "large-screen.gif"]
    )
    func pixels(name: String) throws {
        let (outcome, frames) = decoded(try sample(name), pixels: 200_000_000)
        #expect(outcome == BW_TOO_MANY_PIXELS && frames.isEmpty)
    }

    @Test(
        "what cannot be had row by row is refused above the limit of memory, and the rest is not",
        arguments: [
            ("tall-progressive.jpg", BW_TOO_MUCH_MEMORY), ("interlaced.png", BW_TOO_MUCH_MEMORY),
            ("still.gif", BW_TOO_MUCH_MEMORY), ("lossless.webp", BW_TOO_MUCH_MEMORY),
            ("lossy.webp", BW_TOO_MUCH_MEMORY), ("twelve.webp", BW_TOO_MUCH_MEMORY),
            ("rgb8.png", BW_WHOLE), ("tall.jpg", BW_WHOLE),
        ]
    )
    func memory(name: String, outcome: bw_outcome) throws {
        #expect(decoded(try sample(name), memory: 4_000).outcome == outcome)
    }

    @Test("a hundred thousand chunks are stepped over")
    func chunks() throws {
        let picture = try sample("rgb8.png")
        // Length, kind, checksum, for a chunk without data; libpng is told not to keep any.
        let text: [UInt8] = [0, 0, 0, 0] + Array("tEXt".utf8) + [0, 0, 0, 0]
        let unknown: [UInt8] = [0, 0, 0, 0] + Array("teSt".utf8) + [0, 0, 0, 0]
        let many = (0..<50_000).flatMap { _ in text + unknown }
        let afterHeader = 33
        let (outcome, frames) = decoded(picture[..<afterHeader] + many + picture[afterHeader...])
        #expect(outcome == BW_WHOLE && frames == decoded(picture).frames)
    }

    @Test("a thousand scans are refused, a hundred are not", arguments: [100, 1_000])
    func scans(count: Int) throws {
        let picture = try sample("progressive.jpg")
        let last = picture.indices.dropLast().last { picture[$0...].starts(with: [0xFF, 0xDA]) } ?? 0
        let scan = picture[last..<(picture.count - 2)]
        let many = picture[..<last] + (0..<count).flatMap { _ in scan } + [0xFF, 0xD9]
        #expect((decoded(Array(many)).outcome == BW_TOO_COMPLEX) == (count == 1_000))
    }

    @Test("a chunk that claims more than there is ends the picture")
    func lyingLength() throws {
        var picture = try sample("rgb8.png")
        picture.replaceSubrange(33..<37, with: [0x7F, 0xFF, 0xFF, 0xFF])
        #expect(decoded(picture).outcome != BW_WHOLE)
    }

    static let samples = [
        "rgb8.png", "rgb16.png", "interlaced.png", "palette-alpha.png", "grey1.png", "colour.jpg",
        "progressive.jpg", "cmyk-adobe.jpg", "ycck.jpg", "turned.jpg", "still.gif", "interlaced.gif",
        "disposals.gif", "twenty.gif", "lossy.webp", "lossless.webp", "alpha.webp", "twelve.webp",
    ]

    @Test("a picture that ends at any byte gives whole frames or none, and is marked", arguments: samples)
    func truncated(name: String) throws {
        let picture = try sample(name)
        let whole = decoded(picture)
        for end in PictureFormat.prefixLength..<picture.count {
            let (outcome, frames) = decoded(Array(picture[..<end]))
            #expect(frames.allSatisfy { $0.isComplete })
            if outcome == BW_WHOLE {
                #expect(frames == whole.frames, "\(name) without its last \(picture.count - end) bytes")
            } else {
                #expect(outcome == BW_TRUNCATED || outcome == BW_UNDECODABLE)
            }
        }
    }

    @Test(
        "half a picture keeps the rows that it has",
        arguments: ["rgb8.png", "colour.jpg", "still.gif", "lossy.webp", "disposals.gif", "twelve.webp"]
    )
    func half(name: String) throws {
        let picture = try sample(name)
        let (outcome, frames) = decoded(Array(picture[..<(picture.count * 2 / 3)]))
        #expect(outcome == BW_TRUNCATED)
        let part = try #require(frames.first)
        let all = try #require(decoded(picture).frames.first)
        let known = all.width * all.channels * 5
        #expect(part.samples[..<known] == all.samples[..<known])
    }

    @Test("mutated pictures give whole frames or none", arguments: samples)
    func mutated(name: String) throws {
        let picture = try sample(name)
        var random = SplitMix64(state: UInt64(picture.count))
        for _ in 0..<300 {
            var changed = picture
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                changed[Int.random(in: 3..<changed.count, using: &random)] = .random(
                    in: 0...255,
                    using: &random
                )
            }
            #expect(decoded(changed).frames.allSatisfy { $0.isComplete })
        }
    }
}

/// The same numbers in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
