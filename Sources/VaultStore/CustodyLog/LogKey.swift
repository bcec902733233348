package import Crypto
import UploadModel

/// The Ed25519 key that signs a log's checkpoints, with the log's origin: what Go's note package calls a signer.
///
/// - Source: C2SP signed-note; golang.org/x/mod/sumdb/note.
package struct LogKey: Sendable {
    package let origin: String
    private let key: Curve25519.Signing.PrivateKey

    /// A new log's key. The origin is `<name>-<first 8 digits of the public key's digest>`, so no two logs share one.
    package init(naming name: String) {
        key = Curve25519.Signing.PrivateKey()
        let digest = SHA256.hash(data: key.publicKey.rawRepresentation)
        origin = "\(name)-\(Hex.text(digest.prefix(4)))"
    }

    package init(origin: String, key: Curve25519.Signing.PrivateKey) {
        (self.origin, self.key) = (origin, key)
    }

    /// Reads what ``fileText`` writes; `nil` for anything else.
    package init?(file text: String) {
        let parts = text.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY", parts[4].hasSuffix("\n"),
            let bytes = Base64.bytes(parts[4].dropLast()), bytes.count == 33, bytes[0] == 1,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst())
        else { return nil }
        self.init(origin: String(parts[2]), key: key)
        guard LogVerifier.isName(origin), verifier.idText == parts[3] else { return nil }
    }

    /// One line; whoever reads it can sign in the log's name.
    package var fileText: String {
        "PRIVATE+KEY+\(origin)+\(verifier.idText)+\(Base64.text([1] + key.rawRepresentation))\n"
    }

    package var verifier: LogVerifier { LogVerifier(name: origin, key: key.publicKey) }

    func signed(_ checkpoint: Checkpoint) throws -> SignedCheckpoint {
        let text = checkpoint.text
        let signature = Array(try key.signature(for: Array(text.utf8)))
        let line = "\u{2014} \(origin) \(Base64.text(verifier.id + signature))\n"
        return SignedCheckpoint(checkpoint: checkpoint, text: "\(text)\n\(line)")
    }
}

/// The public half: what checks a log's checkpoints.
package struct LogVerifier: Sendable, CustomStringConvertible {
    package let name: String
    private let key: Curve25519.Signing.PublicKey

    fileprivate init(name: String, key: Curve25519.Signing.PublicKey) { (self.name, self.key) = (name, key) }

    /// Reads `<name>+<id>+<key>`; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isName(parts[0]), let bytes = Base64.bytes(parts[2]), bytes.count == 33,
            bytes[0] == 1,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes.dropFirst())
        else { return nil }
        self.init(name: String(parts[0]), key: key)
        guard idText == parts[1] else { return nil }
    }

    package var description: String {
        "\(name)+\(idText)+\(Base64.text([1] + key.rawRepresentation))"
    }

    fileprivate var id: [UInt8] {
        let named = Array(name.utf8) + [10, 1] + key.rawRepresentation
        return Array(SHA256.hash(data: named).prefix(4))
    }

    fileprivate var idText: String { Hex.text(id) }

    /// Whether a signed note carries a signature of this key over its text.
    func hasSigned(_ note: SignedCheckpoint) -> Bool {
        note.signatures.contains { signature in
            guard signature.name == name, signature.bytes.starts(with: id) else { return false }
            return key.isValidSignature(signature.bytes.dropFirst(4), for: Array(note.signedText.utf8))
        }
    }

    fileprivate static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "+") }
    }
}
