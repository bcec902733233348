import PDQ
import Testing
import UploadModel

/// Hashes that Meta's C++ library gave for pictures made by a formula, bit for bit.
@Suite struct VectorTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let name: String
        let picture: Picture
        let quality: Int
        let hash: String
        var testDescription: String { "\(name) \(picture.height) x \(picture.width)" }

        init(_ name: String, _ picture: Picture, _ quality: Int, _ hash: String) {
            (self.name, self.picture, self.quality, self.hash) = (name, picture, quality, hash)
        }
    }

    static let slopes = [
        Vector("P0", .p0(5, 5), 6, "96a564d9695a9b2631ccc6b595a43b4ece7369d896a564d9695a9f26318cc4b1"),
        Vector("P0", .p0(64, 64), 100, "ed7d122b3c5dfaab55aa834a1edbf99a863328ea5752b826010cfff8c3c0081d"),
        Vector("P0", .p0(200, 100), 100, "d92593253367e667cc651ce778e7e1e183e70fe1ffc0fe000000f48fa007fd07"),
        Vector("P0", .p0(128, 128), 100, "924b36dacc9a9999731bc6381c7af8f381f01ff0ff800000fd934e03f7d32da3"),
        Vector("P0", .p0(129, 129), 100, "965a64dacd9a999a633ace323c72f0f283f23fe0fe000000ffe31403fff31f03"),
        Vector("P0", .p0(513, 300), 100, "0053000003ff00000000235a25ef23ff23d927bf23df27ff27ff23ff27f727fd"),
    ]

    /// Frequencies that are nothing on paper: each bit is what rounding left of them, so these pass only when
    /// every sum is made in the reference's order and no product is fused with it.
    static let stressOfRounding = [
        Vector("P0", .p0(16, 16), 28, "5a64f2125e8d7a733858a3a545cba5b907ba1825348659b98bb8a447a72d3557"),
        Vector("P1", .p1(513, 300), 100, "546aa78f807f907b8da7ab15564aada5ab15525aa9b554ea72586f847f807870"),
        Vector("P1", .p1(64, 64), 100, "3529870f807f90fb0d272b95564a2d25d0fad25aa935d46a72d8ef847f0078f0"),
    ]

    static let shades: [(UInt8, String)] = [
        (0, String(repeating: "0", count: 64)),
        (1, "000000002c4b11342c4b2c4b0000554b00002c4b113411342c4b585e2c4b017e"),
        (128, "000000002c4b11342c4b2c4b0000554b00002c4b113411342c4b585e2c4b017e"),
        (77, "00002c4b2c4b0000000000008200017e0000cc530000554b13a0554b585e1706"),
        (255, "00001134000011342c4b00002c4b1134000000002c4b2c4b00002c4b8200554b"),
    ]

    @Test("pictures by formula hash as in the reference", arguments: slopes + stressOfRounding)
    func sameAsReference(_ vector: Vector) throws {
        let hash = try #require(vector.picture.readings().hash(.full))
        #expect(hash.text == vector.hash)
        #expect(hash.quality == vector.quality)
    }

    @Test("a flat picture hashes by its shade, and says too little", arguments: shades)
    func flat(shade: UInt8, text: String) throws {
        for (width, height) in [(5, 5), (64, 64), (200, 100)] {
            // Grey, since the weights of red, green and blue do not add up to one in floats.
            let readings = Self.greyReadings(width, height, shade)
            let hash = try #require(readings.hash(.full))
            #expect(hash.text == text)
            #expect(hash.quality == 0)
            #expect(PerceptualFinding(readings.hashes, truncated: false) == .unusable)
        }
    }

    static func greyReadings(_ width: Int, _ height: Int, _ shade: UInt8) -> Readings {
        var hasher = PictureHasher(width: width, height: height)
        for _ in 0..<height { hasher.addLuma { $0.update(repeating: Float(shade), count: width) } }
        return hasher.finish()
    }
}
