import Crypto
import UploadModel

/// A public key that a file is sealed to, `age1...`.
///
/// - Source: C2SP age, "The X25519 recipient type".
package struct AgeRecipient: Hashable, Sendable {
    package let text: String
    /// The X25519 point, 32 bytes.
    let point: [UInt8]

    package init(text: some StringProtocol) throws(SealingFault) {
        guard let (name, bytes) = Bech32.decode(text), name == "age", bytes.count == 32,
            text.first?.isLowercase == true
        else { throw .notARecipient }
        self.text = String(text)
        point = bytes
    }

    init(point: [UInt8]) {
        text = Bech32.text("age", point)
        self.point = point
    }

    /// First 16 hexadecimal digits of the SHA-256 of the point: how records name the key.
    package var fingerprint: String { Hex.text(Array(SHA256.hash(data: point).prefix(8))) }
}

/// A private key that opens what was sealed to its recipient, `AGE-SECRET-KEY-1...`. It never reaches a message.
package struct AgeIdentity: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey

    package init(text: some StringProtocol) throws(SealingFault) {
        guard let (name, bytes) = Bech32.decode(text), name == "age-secret-key-",
            text.first?.isUppercase == true,
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        else { throw .notAnIdentity }
        self.key = key
    }

    /// The identities of a file as `age-keygen` writes it: one a line, comments and empty lines between.
    package static func all(inFile text: String) throws(SealingFault) -> [AgeIdentity] {
        var found: [AgeIdentity] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            found.append(try AgeIdentity(text: line.filter { !$0.isWhitespace }))
        }
        guard !found.isEmpty else { throw .notAnIdentity }
        return found
    }

    private init(key: Curve25519.KeyAgreement.PrivateKey) { self.key = key }

    package static func generate() -> AgeIdentity { AgeIdentity(key: Curve25519.KeyAgreement.PrivateKey()) }

    package var recipient: AgeRecipient { AgeRecipient(point: Array(key.publicKey.rawRepresentation)) }

    /// What its file holds; for nobody else.
    package var secretText: String {
        Bech32.text("AGE-SECRET-KEY-", Array(key.rawRepresentation)).uppercased()
    }
}
