import Crypto

/// The 16 random bytes that one body is sealed with. Forgotten, and its memory cleared, when its owner lets go.
///
/// - Source: C2SP age, "File key".
package struct FileKey: ~Copyable, Sendable {
    static let byteCount = 16

    let key: SymmetricKey

    /// A fresh one from the system's random source.
    package init() { key = SymmetricKey(size: .bits128) }

    init(_ bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    /// HKDF-SHA-256 to 32 bytes.
    func derived(salt: [UInt8], info: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key,
            salt: salt,
            info: Array(info.utf8),
            outputByteCount: 32
        )
    }

    var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }
}
