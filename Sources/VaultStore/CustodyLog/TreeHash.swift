import Crypto
import UploadModel

/// One SHA-256 of the tree: of an entry, or of two subtrees.
///
/// - Source: RFC 6962, section 2.1.
package struct TreeHash: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    static let byteCount = 32

    /// - Returns: `nil` unless there are exactly 32 bytes.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for (place, byte) in bytes.enumerated() {
            words[place / 8] |= UInt64(byte) << (56 - 8 * UInt64(place % 8))
        }
        self.words = words
    }

    private init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { raw in
            var words = SIMD4<UInt64>()
            for place in 0..<4 {
                words[place] = UInt64(
                    bigEndian: raw.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self)
                )
            }
            return words
        }
    }

    init(leaf entry: [UInt8]) {
        var hash = SHA256()
        hash.update(data: [0])
        hash.update(data: entry)
        self.init(hash.finalize())
    }

    init(node left: TreeHash, _ right: TreeHash) {
        var hash = SHA256()
        hash.update(data: [1] + left.bytes + right.bytes)
        self.init(hash.finalize())
    }

    /// Of the tree without entries.
    static let empty = TreeHash(SHA256.hash(data: [] as [UInt8]))

    var bytes: [UInt8] {
        (0..<4).flatMap { place in
            (0..<8).map { UInt8(truncatingIfNeeded: words[place] >> (56 - 8 * UInt64($0))) }
        }
    }

    package var hex: String { Hex.text(bytes) }
    package var base64: String { Base64.text(bytes) }

    init?(base64 text: some StringProtocol) {
        guard let bytes = Base64.bytes(text) else { return nil }
        self.init(bytes)
    }
}
