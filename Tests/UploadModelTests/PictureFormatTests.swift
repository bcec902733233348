import Testing
import UploadModel

@Suite struct PictureFormatTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let format: PictureFormat?
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "JPEG", bytes: [0xFF, 0xD8, 0xFF, 0xE0, 0, 16], format: .jpeg),
        Row(name: "PNG", bytes: [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + [0, 0, 0, 13], format: .png),
        Row(name: "GIF 87a", bytes: Array("GIF87a".utf8), format: .gif),
        Row(name: "GIF 89a", bytes: Array("GIF89a and more than the prefix".utf8), format: .gif),
        Row(name: "WebP", bytes: Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBPVP8 ".utf8), format: .webp),
        Row(
            name: "another RIFF",
            bytes: Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WAVEfmt ".utf8),
            format: nil
        ),
        Row(
            name: "WebP cut short",
            bytes: Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEB".utf8),
            format: nil
        ),
        Row(name: "PNG spoiled by a text transfer", bytes: [0x89] + Array("PNG\n\u{1A}\n".utf8), format: nil),
        Row(name: "two bytes of JPEG", bytes: [0xFF, 0xD8], format: nil),
        Row(name: "nothing", bytes: [], format: nil),
    ]

    @Test("a picture is told by its first bytes", arguments: rows)
    func formats(_ row: Row) {
        #expect(PictureFormat(firstBytes: row.bytes) == row.format)
    }
}

@Suite struct PerceptualHashTests {
    @Test("the distance of two hashes is the number of their bits that differ")
    func distance() {
        #expect(hash.distance(to: hash.bits) == 0)
        #expect(hash.distance(to: ~hash.bits) == 256)
        for bit in 0..<256 {
            var other = hash.bits
            other[bit / 64] ^= 1 << UInt64(bit % 64)
            #expect(hash.distance(to: other) == 1)
        }
    }

    @Test("a hash is written as lists write it, most significant digit first")
    func hex() {
        let text = PerceptualHash.hex(hash.bits)
        #expect(text.hasPrefix("0123456789abcdef0000000000000001"))
        #expect(PerceptualHash.bits(hex: text) == hash.bits)
        #expect(PerceptualHash.bits(hex: String(text.dropLast(2))) == nil)
        #expect(PerceptualHash.bits(hex: String(text.dropLast()) + "g") == nil)
    }
}
