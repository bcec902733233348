import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// Keys and headers that custodians take away for good.
@Suite struct ShreddingTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let custodians: Set<String>
        var isKept = true
        var isApproved = false
        let mayRetire: Bool
        let mayShred: Bool
    }

    /// `a` retires; `a`, `b` and `c` are drilled, `x` is not.
    static let rows = [
        Row(
            testDescription: "three drilled keys",
            custodians: ["a", "b", "c"],
            mayRetire: true,
            mayShred: false
        ),
        Row(testDescription: "two drilled keys", custodians: ["a", "b"], mayRetire: false, mayShred: false),
        Row(
            testDescription: "one that would stay is not drilled",
            custodians: ["a", "b", "x"],
            mayRetire: false,
            mayShred: false
        ),
        Row(
            testDescription: "not for the key that retires",
            custodians: ["b", "x"],
            mayRetire: true,
            mayShred: false
        ),
        Row(
            testDescription: "no longer kept",
            custodians: ["a", "b"],
            isKept: false,
            mayRetire: true,
            mayShred: true
        ),
        Row(
            testDescription: "its destruction approved",
            custodians: ["a"],
            isApproved: true,
            mayRetire: true,
            mayShred: true
        ),
    ]

    @Test(
        "a key retires, and headers go, unless a kept exhibit would have fewer than two drilled keys",
        arguments: rows
    )
    func rules(row: Row) {
        let holding = KeyHolding(
            BundleID(.other),
            custodians: row.custodians,
            isKept: row.isKept,
            isApprovedForDestruction: row.isApproved
        )
        let retiring = KeyRules.objections(toRetiring: "a", [holding], drilled: ["a", "b", "c"])
        #expect(retiring.isEmpty == row.mayRetire)
        #expect(KeyRules.objections(toShredding: [holding]).isEmpty == row.mayShred)
    }

    @Test(
        "after its headers are shredded nobody opens an exhibit, its bag still verifies, each place is told"
    )
    func shredding() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: SealedPreservationTests.second(state))
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual(true))
        let said = try vault.shredHeaders(of: bundle, by: .fresh(at: Timestamp(nanoseconds: 1)))
        #expect(
            said == [
                ShreddedHeaders(place: .vault, headers: 4), ShreddedHeaders(place: .secondCopy, headers: 4),
            ]
        )
        for identity in ScratchState.custodians + [ScratchState.desk] {
            #expect(throws: SealingFault.notForThisIdentity) {
                try vault.bytes(of: .content, in: bundle, with: identity, limit: 1 << 20)
            }
        }
        #expect(try vault.verify(bundle) == [])
        // The unsealed copy has an entry of its own in the custody log, and goes after it.
        #expect(try vault.plainCopies() == [bundle])
        let left = try state.entries().filter { $0.path.hasSuffix(".hdr") }
        #expect(left.isEmpty)
        #expect(
            try vault.shredHeaders(of: bundle, by: .fresh(at: Timestamp(nanoseconds: 1))).map(\.headers) == [
                0, 0,
            ]
        )
    }

    @Test("a copy that was away when headers were shredded brings none back; what is missing is a note")
    func shreddedForGood() throws {
        let state = try ScratchState()
        let path = try SealedPreservationTests.second(state)
        var vault = try state.vault(secondCopy: path)
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        vault = try state.vault()
        _ = try vault.shredHeaders(of: bundle, by: bundle.upload)
        #expect(try vault.inspect(bundle).map(\.fault) == [.headersShredded, .notLookedAt(path)])

        let both = try Vault.openForReading(state: state.root, secondCopy: path)
        let came = try both.inspect(bundle, repairing: true)
        #expect(
            came.map(\.fault) == [
                .missing("shredded/\(bundle).json"), .headersCameBack("keys/\(bundle)"),
            ]
        )
        #expect(came.allSatisfy { $0.place == .secondCopy && $0.isRepaired })
        #expect(try both.inspect(bundle).map(\.fault) == [.headersShredded])
        #expect(BundleFault.headersShredded.isNote)
    }

    @Test("a start removes headers that a backup brought back after they were shredded")
    func shreddedAtStart() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let folder = try state.root.open(Array("vault/keys".utf8), .directory)
        let headers = try folder.headers(of: bundle)
        _ = try vault.shredHeaders(of: bundle, by: bundle.upload)
        try folder.placeHeaders(headers, of: bundle)
        _ = try state.vault()
        #expect(try folder.headers(of: bundle).isEmpty)
    }

    @Test("what was taken away is written in both copies, and comes back from either when the other is lost")
    func records() throws {
        let state = try ScratchState()
        let path = try SealedPreservationTests.second(state)
        let vault = try state.vault(secondCopy: path)
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let key = KeysTests.one.recipient.fingerprint
        let order = KeyOrder(id: .other, .retire(key), reason: "", at: KeysTests.start, approvals: [])
        try vault.retire(key, by: order, at: KeysTests.start)
        _ = try vault.shredHeaders(of: bundle, by: .other)
        let records = ["retired/\(key).json", "shredded/\(bundle).json"]
        for (lost, other) in [("vault", "second"), ("second", "vault")] {
            for record in records {
                #expect(try state.read("\(lost)/\(record)") == state.read("\(other)/\(record)"))
            }
            for folder in ["retired", "shredded"] {
                try state.root.removeTree(Array("\(lost)/\(folder)".utf8), subject: folder)
            }
            let looking = try Vault.openForReading(state: state.root, secondCopy: path)
            #expect(try looking.retiredKeys() == [key])
            #expect(try looking.isShredded(bundle))
            let found = try looking.inspect(bundle)
            #expect(found.map(\.fault).first == .missing("shredded/\(bundle).json"))
            _ = try state.vault(secondCopy: path)
        }
        for record in records {
            #expect(try state.read("second/\(record)") == state.read("vault/\(record)"))
        }
    }

    @Test("a stray file of the second copy takes no headers and no key away")
    func strayRecords() throws {
        let state = try ScratchState()
        let path = try SealedPreservationTests.second(state)
        var vault = try state.vault(secondCopy: path)
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        try state.root.makeDirectory(Array("second/shredded".utf8), mode: 0o700)
        try state.replace("second/shredded/\(bundle).json", with: Array("{}".utf8))
        vault = try state.vault(secondCopy: path)
        #expect(try !vault.isShredded(bundle))
        #expect(try state.opened("content", of: bundle) == Exhibit.content)
    }

    @Test("none is retired where there is no vault yet, and a vault that may not be read is said")
    func unreadable() throws {
        let state = try ScratchState()
        #expect(try SealingKeys.retired(inState: "\(state.path)/none") == [])
        #expect(try SealingKeys.retired(inState: state.path) == [])
        try state.replace("vault", with: [1])
        #expect(throws: SyscallError.self) { try SealingKeys.retired(inState: state.path) }
    }

    @Test("keys that are all retired are refused, and the desk seals to the ones that are left")
    func onlyRetired() throws {
        let keys = SealingKeys(custodians: [Custodian(name: "one", recipient: KeysTests.one.recipient)])
        let gone: Set = [KeysTests.one.recipient.fingerprint]
        #expect(throws: EvidenceRefused.noKeys) { try keys.without(gone).audiences() }
        var settings = EvidenceSettings()
        settings.custodians = .recipients([KeysTests.one.recipient.text, KeysTests.two.recipient.text])
        let left = try SealingKeys.audiences(ofDesk: KeysTests.three, settings, without: gone)
        #expect(left.custodians == [KeysTests.two.recipient])
        settings.custodians = .recipients([KeysTests.one.recipient.text])
        #expect(throws: EvidenceRefused.noKeys) {
            try SealingKeys.audiences(ofDesk: KeysTests.three, settings, without: gone)
        }
    }
}
