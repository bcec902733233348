import Crypto
import Testing

@testable import VaultStore

@Suite struct AgeHeaderTests {
    static let identity = AgeIdentity.generate()
    static let other = AgeIdentity.generate()
    static let key: [UInt8] = Array(1...16)

    static func header(_ recipients: [AgeRecipient] = [identity.recipient]) throws -> [UInt8] {
        try AgeHeader(FileKey(key), for: recipients).bytes
    }

    @Test("one recipient makes a header of 168 bytes, two one of 266")
    func lengths() throws {
        #expect(try Self.header().count == 168)
        #expect(try Self.header([Self.identity.recipient, Self.other.recipient]).count == 266)
    }

    @Test("it gives the file key to each of its recipients")
    func opens() throws {
        let header = try AgeHeader(reading: Self.header([Self.identity.recipient, Self.other.recipient]))
        #expect(try header.keyBytes(Self.identity) == Self.key)
        #expect(try header.keyBytes(Self.other) == Self.key)
    }

    @Test("any byte changed is refused")
    func everyByte() throws {
        let whole = try Self.header()
        for index in whole.indices {
            for bit in [UInt8(1), 4, 32, 128] {
                var bytes = whole
                bytes[index] ^= bit
                #expect(throws: SealingFault.self, "byte \(index), bit \(bit)") {
                    try AgeHeader(reading: bytes).keyBytes(Self.identity)
                }
            }
        }
    }

    @Test("a stanza taken out or added is found")
    func missingStanza() throws {
        let text = String(
            decoding: try Self.header([Self.other.recipient, Self.identity.recipient]),
            as: UTF8.self
        )
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeSubrange(1...2)
        let bytes = Array(lines.joined(separator: "\n").utf8)
        #expect(throws: SealingFault.headerNotAuthentic) {
            try AgeHeader(reading: bytes).keyBytes(Self.identity)
        }
    }

    @Test("stanzas of types that we do not know are passed over")
    func unknownStanzas() throws {
        let file = FileKey(Self.key)
        let mine = try KeyStanza(wrapping: file, for: Self.identity.recipient, ephemeral: .init())
        for count in [0, 1, 47, 48, 49, 96, 200] {
            let grease = KeyStanza(arguments: ["grease-\(count)", "a!~"], body: inventedBytes(count))
            let header = AgeHeader(file, stanzas: [grease, mine])
            #expect(try AgeHeader(reading: header.bytes).keyBytes(Self.identity) == Self.key)
        }
    }

    struct Spoiled: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let spoil: @Sendable (String) -> String

        init(_ name: String, _ spoil: @escaping @Sendable (String) -> String) {
            testDescription = name
            self.spoil = spoil
        }
    }

    static let spoiled = [
        Spoiled("another version") { $0.replacing("age-encryption.org/v1", with: "age-encryption.org/v2") },
        Spoiled("nothing") { _ in "" },
        Spoiled("only its first line") { _ in "age-encryption.org/v1\n" },
        Spoiled("no stanza") {
            $0.split(separator: "\n").enumerated().filter { $0.offset != 1 && $0.offset != 2 }.map(\.element)
                .joined(separator: "\n") + "\n"
        },
        Spoiled("no end of line") { String($0.dropLast()) },
        Spoiled("more after its end") { $0 + "x" },
        Spoiled("an empty line after its end") { $0 + "\n" },
        Spoiled("CRLF") { $0.split(separator: "\n").joined(separator: "\r\n") + "\r\n" },
        Spoiled("a padded share") { $0.replacing("\n", with: "=\n", after: "X25519 ") },
        Spoiled("a padded MAC") { $0.dropLast() + "=\n" },
        Spoiled("two spaces") { $0.replacing("X25519 ", with: "X25519  ") },
        Spoiled("a space at the end of a line") { $0.replacing("\n", with: " \n", after: "X25519 ") },
        Spoiled("a tab for a space") { $0.replacing("X25519 ", with: "X25519\t") },
        Spoiled("a share too many") { $0.replacing("\n", with: " AAAA\n", after: "X25519 ") },
        Spoiled("no share") { text in
            let lines = text.split(separator: "\n")
            return ([lines[0], "-> X25519"] + lines[2...]).joined(separator: "\n") + "\n"
        },
        Spoiled("an empty body") { text in
            let lines = text.split(separator: "\n")
            return "\(lines[0])\n\(lines[1])\n\n\(lines[3])\n"
        },
        Spoiled("a body in two lines") { text in
            let lines = text.split(separator: "\n")
            return
                "\(lines[0])\n\(lines[1])\n\(lines[2].prefix(20))\n\(lines[2].dropFirst(20))\n\(lines[3])\n"
        },
        Spoiled("a MAC without its space") { $0.replacing("--- ", with: "---") },
        Spoiled("a passphrase beside it") {
            $0.replacing(
                "-> X25519",
                with:
                    "-> scrypt bBjlhJVYZeE4aqUdmtRHfw 15\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n-> X25519"
            )
        },
    ]

    @Test("what breaks the format is no header", arguments: spoiled)
    func spoiledHeader(row: Spoiled) throws {
        let good = String(decoding: try Self.header(), as: UTF8.self)
        let bad = row.spoil(good)
        #expect(bad != good)
        #expect {
            _ = try AgeHeader(reading: Array(bad.utf8))
        } throws: { error in
            if case .malformedHeader = error as? SealingFault { true } else { false }
        }
    }

    @Test("a point that hides nothing is refused, as recipient and as share")
    func weakPoint() throws {
        let zero = AgeRecipient(point: [UInt8](repeating: 0, count: 32))
        #expect(throws: SealingFault.weakPoint) { _ = try AgeHeader(FileKey(Self.key), for: [zero]) }
        let stanza = KeyStanza(
            arguments: ["X25519", CanonicalBase64.text([UInt8](repeating: 0, count: 32))],
            body: inventedBytes(32)
        )
        let header = AgeHeader(FileKey(Self.key), stanzas: [stanza])
        #expect(throws: SealingFault.weakPoint) { try header.keyBytes(Self.identity) }
    }

    @Test("its writer can tell whom it opens for without a private key")
    func writerChecks() throws {
        let key = FileKey(Self.key)
        let both = [Self.identity.recipient, Self.other.recipient]
        let written = try WrittenHeader(key, for: both)
        let good = written.header.bytes
        func opens(_ bytes: [UInt8], _ recipients: [AgeRecipient], _ key: borrowing FileKey) -> Bool {
            written.opens(bytes, for: recipients, key)
        }
        let stranger = AgeIdentity.generate().recipient
        let answers = [
            opens(good, both, key), opens(good, both.reversed(), key), opens(good, [both[0]], key),
            opens(good, [both[0], stranger], key), opens(good, both, FileKey(inventedBytes(16))),
            opens(try Self.header(both), both, key), opens(Array(good.dropLast()), both, key),
        ]
        #expect(answers == [true, false, false, false, false, false, false])
    }
}

extension AgeHeader {
    @discardableResult
    fileprivate func keyBytes(_ identity: AgeIdentity) throws -> [UInt8] {
        try fileKey(with: identity).bytes
    }
}

extension String {
    /// Replaces the first `part` that comes after `mark`.
    fileprivate func replacing(_ part: String, with other: String, after mark: String) -> String {
        guard let start = firstRange(of: mark)?.upperBound else { return self }
        return self[..<start] + String(self[start...]).replacing(part, with: other)
    }
}
