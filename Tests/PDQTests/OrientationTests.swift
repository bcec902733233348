import PDQ
import Testing
import UploadModel

@Suite struct OrientationTests {
    /// The pixel of the stored picture that is seen at a place of the turned one.
    static func turned(_ picture: Picture, _ orientation: Orientation) -> Picture {
        let (right, bottom) = (picture.width - 1, picture.height - 1)
        let exchanges = [.rotate90, .rotate270, .flipPlus1, .flipMinus1].contains(orientation)
        let (width, height) =
            exchanges ? (picture.height, picture.width) : (picture.width, picture.height)
        return Picture(width, height) { row, column, channel in
            switch orientation {
            case .original: picture[row, column, channel]
            case .rotate90: picture[column, right - row, channel]
            case .rotate180: picture[bottom - row, right - column, channel]
            case .rotate270: picture[bottom - column, row, channel]
            case .flipX: picture[bottom - row, column, channel]
            case .flipY: picture[row, right - column, channel]
            case .flipPlus1: picture[column, row, channel]
            case .flipMinus1: picture[bottom - column, right - row, channel]
            }
        }
    }

    /// With 64 times 1, 5 or 9 pixels a side the box is centred and each sample is the middle of its cell, so only
    /// rounding tells a turned picture from a turned spectrum. With other sides both are up to a pixel aside,
    /// which is much in a small picture.
    static let sizes = [(320, 64), (64, 576), (320, 320)]

    @Test("a turned picture is found by its orientation, and by no other", arguments: sizes)
    func sameAsTurned(width: Int, height: Int) throws {
        let picture = Picture.spots(width, height)
        let hashes = picture.readings().hashes.filter { $0.reading == .full }
        for orientation in Orientation.allCases {
            let turned = try #require(Self.turned(picture, orientation).readings().hash(.full))
            #expect(turned.quality >= PerceptualHash.leastQuality)
            for hash in hashes {
                let distance = hash.distance(to: turned.bits)
                let isAsExpected = hash.orientation == orientation ? distance <= 1 : distance > 60
                #expect(isAsExpected, "\(orientation) is \(distance) from \(hash.orientation)")
            }
        }
    }

    @Test("every orientation has as many bits set as the stored picture", arguments: [(64, 64), (200, 150)])
    func balanced(width: Int, height: Int) {
        for hash in Picture.spots(width, height).readings().hashes {
            #expect((0..<4).reduce(0) { $0 + hash.bits[$1].nonzeroBitCount } == 128)
            #expect(hash.isBalanced)
        }
    }
}
