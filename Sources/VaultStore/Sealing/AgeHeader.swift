import Crypto

/// A header of age version 1: one file key, wrapped for each of its recipients, under a MAC.
///
/// We keep it apart from the body that it opens. Put before that body it is a whole age file.
///
/// - Source: C2SP age, "Header"; https://age-encryption.org/v1.
package struct AgeHeader: Equatable, Sendable {
    package let bytes: [UInt8]
    let stanzas: [KeyStanza]
    private let mac: [UInt8]

    /// Bytes; ours stay under a thousand.
    package static let largest = 64 * 1_024
    private static let version = "age-encryption.org/v1"

    /// Wraps `key` for everybody in `recipients`.
    ///
    /// - Precondition: At least one recipient.
    /// - Throws: ``SealingFault/weakPoint``.
    package init(_ key: borrowing FileKey, for recipients: [AgeRecipient]) throws(SealingFault) {
        self = try WrittenHeader(key, for: recipients).header
    }

    init(_ key: borrowing FileKey, stanzas: [KeyStanza]) {
        precondition(!stanzas.isEmpty, "a header without recipients opens for nobody")
        let text = Self.version + "\n" + stanzas.map(\.text).joined() + "---"
        mac = Self.mac(of: Array(text.utf8), key)
        bytes = Array("\(text) \(CanonicalBase64.text(mac))\n".utf8)
        self.stanzas = stanzas
    }

    /// The file key, if one of the stanzas is for `identity`.
    ///
    /// - Throws: ``SealingFault/notForThisIdentity``, ``SealingFault/headerNotAuthentic``, or another fault of its
    ///   stanzas.
    package func fileKey(with identity: AgeIdentity) throws(SealingFault) -> FileKey {
        for stanza in stanzas {
            if let key = try stanza.fileKey(with: identity) {
                try check(key)
                return key
            }
        }
        throw .notForThisIdentity
    }

    /// - Throws: ``SealingFault/headerNotAuthentic``.
    func check(_ key: borrowing FileKey) throws(SealingFault) {
        let covered = bytes.dropLast(CanonicalBase64.text(mac).utf8.count + 2)
        let macKey = key.derived(salt: [], info: "header")
        let isRight = HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: covered, using: macKey)
        if !isRight { throw .headerNotAuthentic }
    }

    private static func mac(of covered: [UInt8], _ key: borrowing FileKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: covered, using: key.derived(salt: [], info: "header")))
    }
}

// MARK: - Reading

extension AgeHeader {
    /// Reads a header that stands alone; what the format refuses is refused.
    ///
    /// - Throws: ``SealingFault/malformedHeader(_:)``.
    package init(reading bytes: [UInt8]) throws(SealingFault) {
        guard bytes.count <= Self.largest else { throw .malformedHeader("longer than 64 KiB") }
        guard bytes.last == UInt8(ascii: "\n") else { throw .malformedHeader("it is cut short") }
        let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first, first.elementsEqual(Self.version.utf8) else {
            throw .malformedHeader("another version, or no header at all")
        }
        var rest = lines.dropFirst()
        var stanzas: [KeyStanza] = []
        while let line = rest.first, !line.starts(with: "---".utf8) {
            stanzas.append(try KeyStanza(reading: &rest))
        }
        guard rest.count == 1, let last = rest.first, last.starts(with: "--- ".utf8),
            let mac = CanonicalBase64.bytes(last.dropFirst(4)), mac.count == 32
        else { throw .malformedHeader("its last line is not one MAC") }
        guard !stanzas.isEmpty else { throw .malformedHeader("it is for nobody") }
        if stanzas.count > 1, stanzas.contains(where: { $0.arguments.first == "scrypt" }) {
            throw .malformedHeader("a passphrase beside other recipients")
        }
        for stanza in stanzas { _ = try stanza.share() }
        self.bytes = bytes
        self.stanzas = stanzas
        self.mac = mac
    }
}

extension KeyStanza {
    /// Takes one stanza's lines off the front of `lines`.
    fileprivate init(reading lines: inout ArraySlice<ArraySlice<UInt8>>) throws(SealingFault) {
        guard let first = lines.popFirst(), first.starts(with: "-> ".utf8) else {
            throw .malformedHeader("a line that begins no stanza")
        }
        let arguments = first.dropFirst(3).split(
            separator: UInt8(ascii: " "),
            omittingEmptySubsequences: false
        )
        guard arguments.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (33...126).contains($0) } }) else {
            throw .malformedHeader("an argument that is not visible ASCII")
        }
        var body: [UInt8] = []
        while true {
            guard let line = lines.popFirst(), line.count <= Self.columns, !line.starts(with: "-".utf8),
                let bytes = CanonicalBase64.bytes(line)
            else { throw .malformedHeader("a stanza's body that is not canonical base64 in 64 columns") }
            body += bytes
            if line.count < Self.columns { break }
        }
        self.init(arguments: arguments.map { String(decoding: $0, as: UTF8.self) }, body: body)
    }
}
