package import UploadModel

/// One entry of a list, whole, as the file of its list holds it.
///
/// ```
/// flags (8 bits: MD5, SHA-1, SHA-256, PDQ, size, name, contributor, classification, from the lowest)
/// then what the flags say, in their order: 16, 20, 32 and 32 bytes; 64 bits, little-endian; three texts, each its
/// length (8 bits) and that many bytes of UTF-8
/// ```
package struct EntryRecord: Equatable, Sendable {
    /// Strongest last.
    package var digests: [Digest] = []
    package var perceptual: SIMD4<UInt64>?
    package var size: UInt64?
    package var name = ""
    package var contributor = ""
    package var classification = ""

    /// Bytes of a text.
    package static let longestText = 255

    package init() {}

    // MARK: Written

    /// - Parameters:
    ///   - bytes: The record is appended.
    ///   - digests: One of each algorithm at most, weakest first. Not taken from the record, so that a builder need
    ///     not make an array for each of 200 million.
    package static func append(
        to bytes: inout [UInt8],
        md5: Digest?,
        sha1: Digest?,
        sha256: Digest?,
        perceptual: SIMD4<UInt64>?,
        size: UInt64?,
        texts: (name: String, contributor: String, classification: String)
    ) {
        let flags = bytes.count
        bytes.append(0)
        var found: UInt8 = 0
        if let md5 { append(md5.words, 16, &bytes, &found, 0) }
        if let sha1 { append(sha1.words, 20, &bytes, &found, 1) }
        if let sha256 { append(sha256.words, 32, &bytes, &found, 2) }
        if let perceptual { append(perceptual, 32, &bytes, &found, 3) }
        if let size {
            bytes.append(littleEndian: size)
            found |= 1 << 4
        }
        append(texts.name, &bytes, &found, 5)
        append(texts.contributor, &bytes, &found, 6)
        append(texts.classification, &bytes, &found, 7)
        bytes[flags] = found
    }

    private static func append(
        _ words: SIMD4<UInt64>,
        _ byteCount: Int,
        _ bytes: inout [UInt8],
        _ found: inout UInt8,
        _ bit: UInt8
    ) {
        for word in 0..<(byteCount + 7) / 8 {
            bytes.append(bigEndian: words[word], first: min(8, byteCount - 8 * word))
        }
        found |= 1 << bit
    }

    private static func append(_ text: String, _ bytes: inout [UInt8], _ found: inout UInt8, _ bit: UInt8) {
        guard !text.isEmpty else { return }
        precondition(text.utf8.count <= longestText, "a text of an entry has at most 255 bytes")
        bytes.append(UInt8(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
        found |= 1 << bit
    }

    // MARK: Read

    /// - Returns: `nil` where the bytes end before the record does, or a text is not UTF-8.
    package init?(_ bytes: RawSpan, at offset: Int) {
        guard let end = Self.end(of: offset, in: bytes) else { return nil }
        let flags = bytes.byte(at: offset)
        var position = offset + 1
        for algorithm in DigestAlgorithm.allCases where flags & (1 << algorithm.rawValue) != 0 {
            digests.append(Digest(algorithm, words: Self.words(bytes, &position, algorithm.byteCount)))
        }
        if flags & (1 << 3) != 0 { perceptual = Self.words(bytes, &position, 32) }
        if flags & (1 << 4) != 0 {
            size = UInt64(littleEndian: bytes.loaded(at: position))
            position += 8
        }
        for (bit, text) in [(5, \EntryRecord.name), (6, \.contributor), (7, \.classification)]
        where flags & (1 << UInt8(bit)) != 0 {
            let count = Int(bytes.byte(at: position))
            let utf8 = (0..<count).map { bytes.byte(at: position + 1 + $0) }
            guard let string = String(validating: utf8, as: UTF8.self) else { return nil }
            self[keyPath: text] = string
            position += 1 + count
        }
        guard position == end else { return nil }
    }

    private static func words(_ bytes: RawSpan, _ position: inout Int, _ byteCount: Int) -> SIMD4<UInt64> {
        var words = SIMD4<UInt64>()
        for word in 0..<byteCount / 8 {
            words[word] = UInt64(bigEndian: bytes.loaded(at: position + 8 * word))
        }
        if byteCount % 8 == 4 {
            let last: UInt32 = bytes.loaded(at: position + byteCount - 4)
            words[byteCount / 8] = UInt64(UInt32(bigEndian: last)) << 32
        }
        position += byteCount
        return words
    }

    /// Calls `body` for each digest and hash of the record that begins at `offset` and has an ``end(of:in:)``.
    package static func forEachValue(
        of offset: Int,
        in bytes: RawSpan,
        _ body: (EntryKind, SIMD4<UInt64>) throws -> Void
    ) rethrows {
        var position = offset + 1
        for kind in EntryKind.allCases where bytes.byte(at: offset) & (1 << UInt8(kind.rawValue)) != 0 {
            try body(kind, words(bytes, &position, kind.keyByteCount))
        }
    }

    /// Where the record that begins at `offset` ends; `nil` where that lies outside.
    package static func end(of offset: Int, in bytes: RawSpan) -> Int? {
        guard offset >= 0, offset < bytes.byteCount else { return nil }
        let flags = bytes.byte(at: offset)
        var end = offset + 1
        for (bit, count) in [16, 20, 32, 32, 8].enumerated() where flags & (1 << UInt8(bit)) != 0 {
            end += count
        }
        for bit in 5..<8 where flags & (1 << UInt8(bit)) != 0 {
            guard end < bytes.byteCount else { return nil }
            end += 1 + Int(bytes.byte(at: end))
        }
        return end <= bytes.byteCount ? end : nil
    }
}
