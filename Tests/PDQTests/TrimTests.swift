import PDQ
import Testing
import UploadModel

@Suite struct TrimTests {
    struct Border: CustomTestStringConvertible, Sendable {
        let name: String
        let (top, bottom, left, right): (Int, Int, Int, Int)
        let shade: UInt8
        let shadeBelow: UInt8
        var testDescription: String { name }

        init(
            _ name: String,
            _ top: Int,
            _ bottom: Int,
            _ left: Int,
            _ right: Int,
            _ shade: UInt8,
            below: UInt8? = nil
        ) {
            (self.name, self.top, self.bottom, self.left, self.right) = (name, top, bottom, left, right)
            (self.shade, shadeBelow) = (shade, below ?? shade)
        }

        /// The picture with the border around it, as a camera or a page leaves it: not quite uniform.
        func around(_ picture: Picture) -> Picture {
            Picture(left + picture.width + right, top + picture.height + bottom) { row, column, channel in
                let (y, x) = (row - top, column - left)
                let isInside = (0..<picture.height).contains(y) && (0..<picture.width).contains(x)
                let border = (y < picture.height ? shade : shadeBelow) + UInt8((row * 7 + column * 3) % 5)
                return isInside ? picture[y, x, channel] : border
            }
        }
    }

    static let borders = [
        Border("letterbox", 60, 60, 0, 0, 0),
        Border("pillars", 0, 0, 80, 80, 0),
        Border("white page", 30, 50, 20, 70, 245),
        Border("one side", 0, 0, 0, 40, 90),
        Border("black above, white below", 50, 60, 0, 0, 0, below: 250),
        Border("large frame", 200, 200, 200, 200, 0),
    ]

    @Test("a border hides a picture from its hash, and trimming finds it again", arguments: borders)
    func found(_ border: Border) throws {
        let picture = Picture.spots(320, 240)
        let plain = try #require(picture.readings().hash(.full))
        let readings = border.around(picture).readings()
        #expect(try #require(readings.hash(.full)).distance(to: plain.bits) > PerceptualHash.farthest)
        #expect(try #require(readings.hash(.trimmed)).distance(to: plain.bits) <= 16)
    }

    @Test("what fits into 512 x 512 is trimmed exactly")
    func exact() throws {
        let picture = Picture.spots(300, 200)
        let border = Picture(340, 260) { row, column, channel in
            let (y, x) = (row - 30, column - 20)
            let isInside = (0..<200).contains(y) && (0..<300).contains(x)
            return isInside ? picture[y, x, channel] : 0
        }
        let hash = try #require(border.readings().hash(.trimmed))
        // The luma that is kept is rounded to a byte, which moves next to nothing.
        #expect(hash.distance(to: try #require(picture.readings().hash(.full)).bits) <= 2)
    }

    static let without = [
        ("no border", Picture.spots(300, 200)),
        ("flat", Picture.flat(300, 200, 80)),
        ("two halves", Picture(200, 200) { row, _, _ in row < 100 ? 0 : 255 }),
        ("an icon on a page", Border("", 200, 200, 200, 200, 240).around(.spots(20, 20))),
    ]

    @Test("pictures without a border have no trimmed reading", arguments: without)
    func none(name: String, picture: Picture) {
        #expect(picture.readings().hash(.trimmed) == nil)
    }
}
