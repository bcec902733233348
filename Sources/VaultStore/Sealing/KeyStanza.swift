import Crypto

/// One recipient's part of a header: the file key, wrapped for a public key.
///
/// - Source: C2SP age, "The X25519 recipient type".
struct KeyStanza: Equatable {
    let arguments: [String]
    let body: [UInt8]

    static let x25519 = "X25519"

    init(arguments: [String], body: [UInt8]) {
        self.arguments = arguments
        self.body = body
    }

    /// Wraps `file` for `recipient`; `ephemeral` is used for this stanza alone.
    init(
        wrapping file: borrowing FileKey,
        for recipient: AgeRecipient,
        ephemeral: Curve25519.KeyAgreement.PrivateKey
    ) throws(SealingFault) {
        let share = Array(ephemeral.publicKey.rawRepresentation)
        let secret = try Self.secret(ephemeral, recipient.point)
        let key = Self.wrapKey(secret, share: share, recipient: recipient.point)
        // Sealing fails for a key or nonce of a wrong size alone.
        let box = try! ChaChaPoly.seal(file.bytes, using: key, nonce: Self.zeroNonce)
        arguments = [Self.x25519, CanonicalBase64.text(share)]
        body = Array(box.ciphertext) + Array(box.tag)
    }

    /// The header's lines of it.
    var text: String {
        var text = "-> " + arguments.joined(separator: " ") + "\n"
        var rest = Array(CanonicalBase64.text(body).utf8)[...]
        while rest.count >= Self.columns {
            text += String(decoding: rest.prefix(Self.columns), as: UTF8.self) + "\n"
            rest = rest.dropFirst(Self.columns)
        }
        return text + String(decoding: rest, as: UTF8.self) + "\n"
    }

    /// A body's last line is always shorter.
    static let columns = 64

    // MARK: - Unwrapping

    /// The ephemeral share; `nil` for a stanza of another type.
    ///
    /// - Throws: ``SealingFault/malformedHeader(_:)`` when it calls itself X25519 and is not.
    func share() throws(SealingFault) -> [UInt8]? {
        guard arguments.first == Self.x25519 else { return nil }
        guard arguments.count == 2, let share = CanonicalBase64.bytes(arguments[1].utf8), share.count == 32
        else {
            throw .malformedHeader("an X25519 stanza without one share of 32 bytes")
        }
        guard body.count == FileKey.byteCount + 16 else {
            throw .malformedHeader("an X25519 stanza whose body is not 32 bytes")
        }
        return share
    }

    /// The file key, if this stanza is for `identity`.
    func fileKey(with identity: AgeIdentity) throws(SealingFault) -> FileKey? {
        guard let share = try share() else { return nil }
        return open(try Self.secret(identity.key, share), share, identity.recipient)
    }

    /// The file key, by the ephemeral key that wrapped it: how its writer checks it without anybody's private key.
    func fileKey(
        ephemeral: Curve25519.KeyAgreement.PrivateKey,
        for recipient: AgeRecipient
    ) throws(SealingFault) -> FileKey? {
        guard let share = try share(), share == Array(ephemeral.publicKey.rawRepresentation) else {
            return nil
        }
        return open(try Self.secret(ephemeral, recipient.point), share, recipient)
    }

    private func open(_ secret: SharedSecret, _ share: [UInt8], _ recipient: AgeRecipient) -> FileKey? {
        let key = Self.wrapKey(secret, share: share, recipient: recipient.point)
        guard
            let box = try? ChaChaPoly.SealedBox(
                nonce: Self.zeroNonce,
                ciphertext: body.dropLast(16),
                tag: body.suffix(16)
            ),
            let bytes = try? ChaChaPoly.open(box, using: key)
        else { return nil }
        return FileKey(Array(bytes))
    }

    /// The wrap key is used once, so its nonce may stand still.
    private static var zeroNonce: ChaChaPoly.Nonce {
        try! ChaChaPoly.Nonce(data: [UInt8](repeating: 0, count: 12))
    }

    private static func secret(
        _ mine: Curve25519.KeyAgreement.PrivateKey,
        _ theirs: [UInt8]
    ) throws(SealingFault) -> SharedSecret {
        guard let point = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: theirs),
            let secret = try? mine.sharedSecretFromKeyAgreement(with: point),
            // Crypto lets a point of low order through, whose secret anybody knows.
            secret.withUnsafeBytes({ $0.contains { $0 != 0 } })
        else { throw .weakPoint }
        return secret
    }

    private static func wrapKey(_ secret: SharedSecret, share: [UInt8], recipient: [UInt8]) -> SymmetricKey {
        secret.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: share + recipient,
            sharedInfo: Array("age-encryption.org/v1/X25519".utf8),
            outputByteCount: 32
        )
    }
}
