package import UploadModel

/// What a table of entries is sorted by, in the order of the tables.
package enum EntryKind: Int, CaseIterable, Sendable {
    case md5, sha1, sha256, perceptual

    package init(_ algorithm: DigestAlgorithm) {
        self =
            switch algorithm {
            case .md5: .md5
            case .sha1: .sha1
            case .sha256: .sha256
            }
    }

    package var keyByteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256, .perceptual: 32
        }
    }
}

/// A digest or a perceptual hash as words that compare as its bytes do.
///
/// A key's last word ends where the key ends and may overlap the one before, so that 20 bytes need no tail.
struct EntryKey: Comparable, Sendable {
    private let words: SIMD4<UInt64>

    init(_ digest: Digest) {
        words = Self.words(digest.algorithm.byteCount) { start in
            (0..<8).reduce(0) { $0 << 8 | UInt64(digest.byte(start + $1)) }
        }
    }

    init(_ perceptual: SIMD4<UInt64>) { words = perceptual }

    init(_ bytes: RawSpan, at offset: Int, byteCount: Int) {
        words = Self.words(byteCount) { start in UInt64(bigEndian: bytes.loaded(at: offset + start)) }
    }

    private static func words(_ byteCount: Int, _ read: (Int) -> UInt64) -> SIMD4<UInt64> {
        var words = SIMD4<UInt64>()
        for word in 0..<wordCount(byteCount) { words[word] = read(start(of: word, byteCount)) }
        return words
    }

    private static func wordCount(_ byteCount: Int) -> Int { (byteCount + 7) / 8 }

    private static func start(of word: Int, _ byteCount: Int) -> Int { min(8 * word, byteCount - 8) }

    /// The first eight bytes.
    var leading: UInt64 { words[0] }

    func bytes(_ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { index in
            let start = Self.start(of: index / 8, byteCount)
            return UInt8(truncatingIfNeeded: words[index / 8] >> (56 - 8 * UInt64(index - start)))
        }
    }

    var perceptual: SIMD4<UInt64> { words }

    static func < (a: EntryKey, b: EntryKey) -> Bool {
        for word in 0..<4 where a.words[word] != b.words[word] { return a.words[word] < b.words[word] }
        return false
    }
}

/// Where an entry stands.
package struct EntryPlace: Hashable, Comparable, Sendable {
    /// The list's place in the manifest, from 0.
    package let list: Int
    /// From 1, within its list.
    package let ordinal: UInt64

    package init(list: Int, ordinal: UInt64) {
        self.list = list
        self.ordinal = ordinal
    }

    package static func < (a: EntryPlace, b: EntryPlace) -> Bool { (a.list, a.ordinal) < (b.list, b.ordinal) }
}

extension RawSpan {
    /// Checked against the bounds; every pattern of bits is an integer, so the load is a safe one.
    func loaded<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as: Word.Type = Word.self) -> Word
    {
        unsafeLoadUnaligned(fromByteOffset: offset, as: Word.self)
    }

    func byte(at offset: Int) -> UInt8 { loaded(at: offset) }
}
