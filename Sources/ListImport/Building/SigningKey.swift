import Crypto
package import LinuxIO
import UploadModel

/// The Ed25519 key that signs generations. Its file holds the seed, 64 hexadecimal digits and a newline.
package struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    private init(_ key: Curve25519.Signing.PrivateKey) { self.key = key }

    package static func generate() -> SigningKey { SigningKey(Curve25519.Signing.PrivateKey()) }

    /// Reads what ``write(to:)`` wrote.
    ///
    /// - Throws: ``BuildFault/notASigningKey``, which says nothing of the text.
    package init(file text: String) throws(BuildFault) {
        guard text.utf8.last == UInt8(ascii: "\n"), let seed = Hex.bytes(text.utf8.dropLast()),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { throw .notASigningKey }
        self.key = key
    }

    /// What the daemon's settings want, 64 hexadecimal digits.
    package var publicKeyHex: String { Hex.text(key.publicKey.rawRepresentation) }

    /// 64 bytes.
    package func signature(of bytes: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: bytes)) }

    /// Writes the key to `path`, mode 0600, and its public half beside it, mode 0644: `.pub` in the place of `.key`, or
    /// after a name that has no `.key`.
    ///
    /// - Throws: `SyscallError`; where either file is there already (EEXIST) both are left as they were.
    package func write(to path: String) throws(SyscallError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.dropLast().joined(separator: "/")
        let name = Array((parts.last ?? "").utf8)
        let directory = try Descriptor.directory(parts.count == 1 ? "." : parent.isEmpty ? "/" : parent)
        let base = name.suffix(4) == Array(".key".utf8)[...] ? Array(name.dropLast(4)) : name
        let publicName = base + Array(".pub".utf8)
        try directory.writeNew(
            Array("\(publicKeyHex)\n".utf8),
            as: publicName,
            mode: 0o644,
            subject: path + ".pub"
        )
        do throws(SyscallError) {
            let seed = Hex.text(key.rawRepresentation)
            try directory.writeNew(Array("\(seed)\n".utf8), as: name, mode: 0o600, subject: path)
        } catch {
            try? directory.unlink(publicName)
            throw error
        }
        try directory.sync(subject: path)
    }
}
