/// The digests that hash lists carry, weakest first.
package enum DigestAlgorithm: UInt8, CaseIterable, Comparable, Sendable {
    case md5
    case sha1
    case sha256

    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        }
    }

    /// As written in JSON, lists and messages.
    package var name: String {
        switch self {
        case .md5: "md5"
        case .sha1: "sha1"
        case .sha256: "sha256"
        }
    }

    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A set of algorithms: what a generation asks for, what agreed at a match.
package struct DigestAlgorithms: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package init(_ algorithm: DigestAlgorithm) { rawValue = 1 << algorithm.rawValue }

    package static let all = DigestAlgorithms(DigestAlgorithm.allCases)

    package init(_ algorithms: some Sequence<DigestAlgorithm>) {
        rawValue = algorithms.reduce(0) { $0 | 1 << $1.rawValue }
    }

    package var count: Int { rawValue.nonzeroBitCount }

    package func has(_ algorithm: DigestAlgorithm) -> Bool { contains(DigestAlgorithms(algorithm)) }

    /// The members, weakest first.
    package var members: [DigestAlgorithm] { DigestAlgorithm.allCases.filter(has) }

    package var strongest: DigestAlgorithm? { members.last }
}

/// One digest value: sixteen, twenty or thirty-two bytes in words, no heap.
///
/// Values compare as their bytes do, so a table sorted by one is sorted by the other.
package struct Digest: Hashable, Comparable, Sendable {
    package let algorithm: DigestAlgorithm
    /// Big-endian, zero after the algorithm's last byte.
    package let words: SIMD4<UInt64>

    /// - Returns: `nil` unless `bytes` has exactly the algorithm's length.
    package init?(_ algorithm: DigestAlgorithm, _ bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() {
            words[index / 8] |= UInt64(byte) << (56 - 8 * UInt64(index % 8))
        }
        self.algorithm = algorithm
        self.words = words
    }

    /// The same without going through a collection: this runs three times for every upload.
    package init?(_ algorithm: DigestAlgorithm, _ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == algorithm.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for half in 0..<bytes.count / 4 {
            let four = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4 * half, as: UInt32.self))
            words[half / 2] |= UInt64(four) << (half % 2 == 0 ? 32 : 0)
        }
        self.algorithm = algorithm
        self.words = words
    }

    /// Reads hexadecimal text in either case; its length says which algorithm it is.
    package init?(hex: some Collection<UInt8>) {
        guard let bytes = Hex.bytes(hex),
            let algorithm = DigestAlgorithm.allCases.first(where: { $0.byteCount == bytes.count })
        else { return nil }
        self.init(algorithm, bytes)
    }

    package var bytes: [UInt8] { (0..<algorithm.byteCount).map(byte) }

    /// Takes words as ``words`` has them; what lies after the algorithm's last byte must be zero.
    package init(_ algorithm: DigestAlgorithm, words: SIMD4<UInt64>) {
        self.algorithm = algorithm
        self.words = words
    }

    package func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index / 8] >> (56 - 8 * UInt64(index % 8)))
    }

    package var hex: String { Hex.text(bytes) }

    package static func < (a: Digest, b: Digest) -> Bool {
        guard a.algorithm == b.algorithm else { return a.algorithm < b.algorithm }
        for index in 0..<4 where a.words[index] != b.words[index] { return a.words[index] < b.words[index] }
        return false
    }
}

/// The digests of one run of bytes, as many as were asked for, with the number of bytes they are of.
package struct DigestSet: Hashable, Sendable {
    package let byteCount: UInt64
    package private(set) var md5: Digest?
    package private(set) var sha1: Digest?
    package private(set) var sha256: Digest?

    /// Of so many bytes, with no digest yet.
    package init(byteCount: UInt64) { self.byteCount = byteCount }

    package init(byteCount: UInt64, _ digests: some Sequence<Digest>) {
        self.init(byteCount: byteCount)
        for digest in digests { self[digest.algorithm] = digest }
    }

    package subscript(algorithm: DigestAlgorithm) -> Digest? {
        get {
            switch algorithm {
            case .md5: md5
            case .sha1: sha1
            case .sha256: sha256
            }
        }
        set {
            switch algorithm {
            case .md5: md5 = newValue
            case .sha1: sha1 = newValue
            case .sha256: sha256 = newValue
            }
        }
    }

    package var algorithms: DigestAlgorithms {
        var found: DigestAlgorithms = []
        visit { found.insert(DigestAlgorithms($0.algorithm)) }
        return found
    }

    package var members: [Digest] { DigestAlgorithm.allCases.compactMap { self[$0] } }

    /// Calls `body` with each member, weakest first; without an array, for what is done for every upload.
    package func visit(_ body: (Digest) throws -> Void) rethrows {
        if let md5 { try body(md5) }
        if let sha1 { try body(sha1) }
        if let sha256 { try body(sha256) }
    }
}
