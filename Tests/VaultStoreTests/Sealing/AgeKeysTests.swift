import Testing

@testable import VaultStore

@Suite struct AgeKeysTests {
    @Test("a pair of keys that age-keygen made reads as a pair, and is written as age-keygen did")
    func knownPair() throws {
        // The age specification's own example key.
        let text = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
        let identity = try AgeIdentity(text: text)
        #expect(identity.secretText == text)
        #expect(identity.recipient.text == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
        #expect(try AgeRecipient(text: identity.recipient.text) == identity.recipient)
    }

    @Test("every generated key is read back as it was")
    func roundTrip() throws {
        for _ in 0..<50 {
            let identity = AgeIdentity.generate()
            let again = try AgeIdentity(text: identity.secretText)
            #expect(again.recipient == identity.recipient)
            #expect(try AgeRecipient(text: identity.recipient.text) == identity.recipient)
        }
    }

    @Test("what is not exactly a recipient is none")
    func notRecipients() {
        let good = AgeIdentity.generate().recipient.text
        let flipped = good.dropLast() + (good.hasSuffix("q") ? "p" : "q")
        let bad = [
            "", "age1", good.uppercased(), String(flipped), good + "q", String(good.dropLast()), " " + good,
            good + "\n", "Age1" + good.dropFirst(4), "age2" + good.dropFirst(4), "é" + good,
            Bech32.text("age", [1, 2, 3]), Bech32.text("agf", AgeIdentity.generate().recipient.point),
            AgeIdentity.generate().secretText,
        ]
        for text in bad {
            #expect(throws: SealingFault.notARecipient, "\(text)") { try AgeRecipient(text: text) }
        }
    }

    @Test("an identity file may hold comments and several identities, and nothing else")
    func identityFile() throws {
        let (one, two) = (AgeIdentity.generate(), AgeIdentity.generate())
        let file =
            "# created: 2026-01-01\n# public key: \(one.recipient.text)\n\n\(one.secretText)\n\(two.secretText)\r\n"
        #expect(try AgeIdentity.all(inFile: file).map(\.recipient) == [one.recipient, two.recipient])
        for bad in [
            "", "# nothing\n", "\(one.secretText)\nsomething\n", one.recipient.text,
            one.secretText.lowercased(),
        ] {
            #expect(throws: SealingFault.notAnIdentity) { try AgeIdentity.all(inFile: bad) }
        }
    }

    @Test("base64 has one spelling")
    func canonicalBase64() {
        for count in 0..<40 {
            let bytes = inventedBytes(count)
            #expect(CanonicalBase64.bytes(CanonicalBase64.text(bytes).utf8) == bytes)
        }
        for bad in ["A", "AA=", "AB", "AAB", "AA==", "A A", "AAAAA", "-_", "AAA\n"] {
            #expect(CanonicalBase64.bytes(bad.utf8) == nil, "\(bad)")
        }
    }
}
