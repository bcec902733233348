import Crypto

/// A header together with the ephemeral keys that wrapped it. With them its writer can check what came to the disk,
/// which otherwise takes a recipient's private key. Forgotten together with the file key.
struct WrittenHeader: Sendable {
    let header: AgeHeader
    private let ephemerals: [Curve25519.KeyAgreement.PrivateKey]

    init(_ key: borrowing FileKey, for recipients: [AgeRecipient]) throws(SealingFault) {
        ephemerals = recipients.map { _ in Curve25519.KeyAgreement.PrivateKey() }
        var stanzas: [KeyStanza] = []
        for (recipient, ephemeral) in zip(recipients, ephemerals) {
            stanzas.append(try KeyStanza(wrapping: key, for: recipient, ephemeral: ephemeral))
        }
        header = AgeHeader(key, stanzas: stanzas)
    }

    /// Whether `bytes`, read back, is a header that gives exactly `recipients` this file key.
    func opens(_ bytes: [UInt8], for recipients: [AgeRecipient], _ key: borrowing FileKey) -> Bool {
        guard let read = try? AgeHeader(reading: bytes), read.stanzas.count == recipients.count,
            ephemerals.count == recipients.count, (try? read.check(key)) != nil
        else { return false }
        return zip(zip(read.stanzas, ephemerals), recipients).allSatisfy { pair, recipient in
            (try? pair.0.fileKey(ephemeral: pair.1, for: recipient))?.bytes == key.bytes
        }
    }
}
