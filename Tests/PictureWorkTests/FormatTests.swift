import CPictures
import Testing

/// The decode cases: one gradient in every form, compared with the formula that it was made by.
@Suite struct FormatTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        var tolerance = 0
        let pixel: @Sendable (Int, Int) -> [Int]
        var testDescription: String { name }
    }

    static let colours: @Sendable (Int, Int) -> [Int] = { [$0 * 4, $1 * 5, ($0 + $1) % 32 < 16 ? 200 : 40] }
    static let smooth: @Sendable (Int, Int) -> [Int] = { [$0 * 4, $1 * 5, 128] }
    static let palette: @Sendable (Int, Int) -> [Int] = { x, _ in entry(x) }
    static let inks: @Sendable (Int, Int) -> [Int] = {
        [$0 * 4 * 215 / 255, $1 * 5 * 215 / 255, 128 * 215 / 255]
    }

    static func entry(_ index: Int) -> [Int] { [index * 4, 255 - index * 4, 7] }

    static let rows = [
        Row(name: "rgb8.png", pixel: colours),
        Row(name: "rgb16.png", pixel: colours),
        Row(name: "rgb-alpha.png", pixel: colours),
        Row(name: "interlaced.png", pixel: colours),
        Row(name: "grey1.png") { [($0 / 4 + $1 / 4) % 2 * 255] },
        Row(name: "grey2.png") { x, _ in [x / 4 % 4 * 85] },
        Row(name: "grey8.png") { x, _ in [x * 4] },
        Row(name: "grey16.png") { x, _ in [x * 4] },
        Row(name: "grey-alpha.png") { x, _ in [x * 4] },
        Row(name: "interlaced-grey.png") { x, _ in [x * 4] },
        Row(name: "palette8.png", pixel: palette),
        Row(name: "palette-alpha.png", pixel: palette),
        Row(name: "palette1.png") { x, _ in x % 2 == 0 ? [9, 8, 7] : [200, 100, 50] },
        Row(name: "colour.jpg", tolerance: 8, pixel: smooth),
        Row(name: "subsampled.jpg", tolerance: 16, pixel: smooth),
        Row(name: "progressive.jpg", tolerance: 16, pixel: smooth),
        Row(name: "turned.jpg", tolerance: 8, pixel: smooth),
        Row(name: "grey.jpg", tolerance: 8) { x, _ in [x * 4] },
        Row(name: "cmyk-adobe.jpg", tolerance: 8, pixel: inks),
        Row(name: "cmyk-unmarked.jpg", tolerance: 8, pixel: inks),
        Row(name: "ycck.jpg", tolerance: 12, pixel: inks),
        Row(name: "still.gif", pixel: palette),
        Row(name: "interlaced.gif") { _, y in entry(y) },
        Row(name: "transparent.gif", pixel: palette),
        Row(name: "small-screen.gif", pixel: palette),
        Row(name: "lossy.webp", tolerance: 16, pixel: smooth),
        Row(name: "lossless.webp", pixel: colours),
        Row(name: "alpha.webp", pixel: colours),
    ]

    @Test("every form of a picture comes out as the rows that it was made of", arguments: rows)
    func decodes(_ row: Row) throws {
        let (outcome, frames) = decoded(try sample(row.name))
        #expect(outcome == BW_WHOLE)
        let frame = try #require(frames.first)
        #expect(frames.count == 1 && frame.width == 61 && frame.height == 47 && frame.isComplete)
        var worst = 0
        for y in 0..<frame.height {
            for x in 0..<frame.width {
                let (found, wanted) = (frame.pixel(x, y), row.pixel(x, y))
                try #require(found.count == wanted.count)
                for (one, other) in zip(found, wanted) { worst = max(worst, abs(Int(one) - other)) }
            }
        }
        #expect(worst <= row.tolerance)
    }

    @Test("what a GIF's frame does not cover has the colour of its first index")
    func smallFrame() throws {
        let frame = try #require(decoded(try sample("small-frame.gif")).frames.first)
        #expect(frame.pixel(9, 20) == [0, 255, 7] && frame.pixel(10, 20) == [252, 3, 7])
        #expect(frame.pixel(14, 25) == [252, 3, 7] && frame.pixel(15, 25) == [0, 255, 7])
    }

    @Test("a frame without pixels hides none that follow it", arguments: [(0, 0), (0, 47), (61, 0)])
    func emptyFrame(width: UInt8, height: UInt8) throws {
        let picture = try sample("still.gif")
        let afterColours = 6 + 7 + 3 << (Int(picture[10] & 7) + 1)
        // Place and sides, then the codes "clear" and "end" of a picture with six bits a pixel.
        let empty: [UInt8] = [0x2C, 0, 0, 0, 0, width, 0, height, 0, 0, 6, 2, 0xC0, 0x20, 0]
        let both = decoded(picture[..<afterColours] + empty + picture[afterColours...])
        #expect(both.outcome == BW_WHOLE && both.frames.last == decoded(picture).frames.first)
    }

    @Test("frames are laid over one another as viewers do it")
    func disposals() throws {
        let (outcome, frames) = decoded(try sample("disposals.gif"))
        try #require(outcome == BW_WHOLE && frames.count == 4)
        func pixels(_ x: Int, _ y: Int) -> [[UInt8]] { frames.map { $0.pixel(x, y) } }
        func entries(_ indexes: Int...) -> [[UInt8]] {
            indexes.map { Self.entry($0).map { UInt8($0) } }
        }
        #expect(pixels(10, 10) == entries(10, 63, 10, 10), "put back as it was")
        #expect(pixels(31, 5) == entries(31, 31, 60, 0), "cleared")
        #expect(pixels(32, 5) == entries(32, 32, 32, 0), "seen through, then cleared")
        #expect(pixels(50, 40) == entries(50, 50, 50, 62))
    }

    /// Frames of that file have data of one block each.
    @Test("a frame whose data makes no sense hides none that follow it", arguments: [0, 3, 18])
    func damagedFrame(damaged: Int) throws {
        var picture = try sample("twenty.gif")
        let whole = decoded(picture)
        let starts = picture.indices.filter { picture[$0...].starts(with: [0x2C, 0, 0, 0, 0, 8, 0, 8, 0]) }
        try #require(starts.count == 20)
        // Behind the description, the size of codes and the length of the block: no code that can come first.
        picture.replaceSubrange(starts[damaged] + 12..<starts[damaged] + 15, with: [0xFF, 0xFF, 0xFF])
        let found = decoded(picture)
        #expect(found.outcome == BW_TRUNCATED)
        #expect(found.frames.count == whole.frames.count)
        #expect(found.frames.last == whole.frames.last)
    }

    @Test("an animation gives its first frame and eight more, evenly spread")
    func sampled() throws {
        let (outcome, frames) = decoded(try sample("twenty.gif"))
        #expect(outcome == BW_WHOLE)
        #expect(frames.map { Int($0.pixel(0, 0)[0]) / 4 } == [0, 2, 4, 6, 8, 11, 13, 15, 17])
        let webp = decoded(try sample("twelve.webp"))
        #expect(webp.outcome == BW_WHOLE)
        #expect(webp.frames.map { Int($0.pixel(0, 0)[0]) / 20 } == [0, 1, 2, 4, 5, 6, 8, 9, 10])
    }

    @Test("an animation's frames share the limit of pixels, and its first frame always counts")
    func sharedPixels() throws {
        let all = try sample("twenty.gif")
        #expect(decoded(all, pixels: 64).frames.count == 1)
        #expect(decoded(all, pixels: 5 * 64).frames.count == 5)
        #expect(decoded(try sample("twelve.webp"), pixels: 3 * 32 * 24).frames.count == 3)
    }
}
