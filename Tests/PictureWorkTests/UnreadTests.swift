import Glibc
import LinuxIO
import PictureWire
import Testing
import UploadModel

@testable import PictureWork

/// Reading that fails is no end of file: nothing is said of the picture then.
@Suite struct UnreadTests {
    static let samples = [
        "rgb8.png", "interlaced.png", "colour.jpg", "progressive.jpg", "cmyk-adobe.jpg", "twenty.gif",
        "lossy.webp", "lossless.webp", "twelve.webp",
    ]

    private func outcome(of bytes: some Collection<UInt8>, byteCount: Int) throws -> DecodedPicture {
        let job = PictureJob(number: 1, byteCount: UInt64(byteCount))
        return PictureBytes().decode(try file(Array(bytes)), .roomy, job)
    }

    @Test("bytes that are missing from a file of known size make no truncated picture", arguments: samples)
    func missing(name: String) throws {
        let picture = try sample(name)
        let whole = try outcome(of: picture, byteCount: picture.count)
        for end in (0..<12).map({ picture.count * $0 / 12 }) + [picture.count - 1] {
            let decoded = try outcome(of: picture[..<end], byteCount: picture.count)
            // Nobody asks for what lies behind the last pixel.
            let isNeeded = end <= picture.count / 2
            #expect(decoded == .failed(.unread) || !isNeeded && decoded == whole, "\(name), \(end) bytes")
        }
    }

    @Test("a file that ends where its size says was read whole, cut short as it may be", arguments: samples)
    func short(name: String) throws {
        let picture = try sample(name)
        for end in [picture.count / 4, picture.count / 2, picture.count * 9 / 10, picture.count] {
            #expect(try outcome(of: picture[..<end], byteCount: end).outcome != .unread)
        }
        #expect(try outcome(of: picture, byteCount: picture.count).outcome == .whole)
    }

    @Test("a read that the kernel refuses says nothing of the picture, and the next is read")
    func refused() throws {
        let bytes = PictureBytes()
        let job = PictureJob(number: 1, byteCount: 4_096)
        // EISDIR, which stands for EIO: both are -1 to the reader.
        #expect(bytes.decode(try Descriptor.directory("/"), .roomy, job) == .failed(.unread))
        let picture = try sample("rgb8.png")
        let next = PictureJob(number: 2, byteCount: UInt64(picture.count))
        #expect(bytes.decode(try file(picture), .roomy, next).outcome == .whole)
    }

    @Test("a read that fails after the first rows makes no truncated picture")
    func later() throws {
        let picture = Self.stored(side: 300)
        let decoded = try outcome(of: picture[..<150_000], byteCount: picture.count)
        #expect(decoded == .failed(.unread))
        let short = try outcome(of: picture[..<150_000], byteCount: 150_000)
        #expect(short.outcome == .truncated && short.height == 300)
        #expect(try outcome(of: picture, byteCount: picture.count).outcome == .whole)
    }

    /// A square PNG that is longer than what is read at a time: colours of no meaning, uncompressed (RFC 1951, 3.2.4).
    private static func stored(side: Int) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - $0 * 8)) }
        }
        func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
            word(data.count) + Array(kind.utf8) + data + [0, 0, 0, 0]
        }
        let row = (0...side * 3).map { $0 == 0 ? 0 : UInt8(truncatingIfNeeded: $0 &* $0 / 7) }
        let length = row.count
        let low: [UInt8] = [UInt8(length & 255), UInt8(length >> 8)]
        var blocks: [UInt8] = [0x78, 0x01]
        for number in 1...side { blocks += [number == side ? 1 : 0] + low + low.map { ~$0 } + row }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", word(side) + word(side) + [8, 2, 0, 0, 0])
            + chunk("IDAT", blocks + [0, 0, 0, 0]) + chunk("IEND", [])
    }
}

/// A file without a name.
private func file(_ content: [UInt8]) throws -> Descriptor {
    var template = Array("/tmp/picture-XXXXXX".utf8CString)
    let file = Descriptor(owning: mkstemp(&template))
    unlink(template)
    try file.write(content)
    return file
}
