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
        _ = try vault.shredHeaders(of: bundle, by: .other)
        let log = try Self.log(ordering: .other)
        func found(_ vault: Vault, repairing: Bool = false) throws -> [EvidenceFinding] {
            try vault.inspect(bundle, repairing: repairing, against: log).filter { $0.fault != .notInLog }
        }
        #expect(try found(vault).map(\.fault) == [.headersShredded, .notLookedAt(path)])

        let both = try Vault.openForReading(state: state.root, secondCopy: path)
        let came = try found(both, repairing: true)
        #expect(
            came.map(\.fault) == [
                .missing("shredded/\(bundle).json"), .headersCameBack("keys/\(bundle)"),
            ]
        )
        #expect(came.allSatisfy { $0.place == .secondCopy && $0.isRepaired })
        #expect(try found(both).map(\.fault) == [.headersShredded])
        #expect(BundleFault.headersShredded.isNote)
    }

    @Test("a start removes headers that a kill left, or a backup brought back, after the log had the order")
    func shreddedAtStart() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let folder = try state.root.open(Array("vault/keys".utf8), .directory)
        let headers = try folder.headers(of: bundle)
        _ = try vault.shredHeaders(of: bundle, by: .other)
        try folder.placeHeaders(headers, of: bundle)
        #expect(try state.vault().completeShreddings(Self.log(ordering: .other).shreddings) == [])
        #expect(try folder.headers(of: bundle).isEmpty)
    }

    struct Stray: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        /// What the log says of the order that the record names, or of another one.
        var logged = CustodyEntryKind.orderReceived
        var reason = "keys.shred"
        var order = UploadID.other
    }

    private static let record =
        #"{"exhibit":"\#(BundleID(Exhibit.uploadID))","order":"\#(UploadID.other)","schema":"breakwater-shredded-1"}"#

    static let strays = [
        Stray(testDescription: "no record at all", text: "{}"),
        Stray(
            testDescription: "no order",
            text: record.replacing(#""order":"\#(UploadID.other)","#, with: "")
        ),
        Stray(testDescription: "an order that was never taken", text: record, order: Exhibit.uploadID),
        Stray(testDescription: "an order to destroy", text: record, reason: "destroy"),
        Stray(testDescription: "an order that was refused", text: record, logged: .orderRefused),
    ]

    @Test(
        "a record that names no order of our log takes nothing away, from neither disk, and is told",
        arguments: strays,
        ["vault", "second"]
    )
    func unordered(stray: Stray, place: String) throws {
        let state = try ScratchState()
        let path = try SealedPreservationTests.second(state)
        var vault = try state.vault(secondCopy: path)
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        try state.root.makeDirectory(Array("\(place)/shredded".utf8), mode: 0o750)
        try state.replace("\(place)/shredded/\(bundle).json", with: Array(stray.text.utf8))
        let before = try state.entries().map(\.path)

        let log = try Self.log(stray.logged, stray.reason, ordering: stray.order)
        vault = try state.vault(secondCopy: path)
        let told = try vault.completeShreddings(log.shreddings)
        let fault = BundleFault.shreddingNotOrdered("shredded/\(bundle).json")
        #expect(
            told.map(\.fault) == [fault] && told.map(\.place) == [place == "vault" ? .vault : .secondCopy]
        )
        let found = try vault.inspect(bundle, repairing: true, against: log)
        #expect(found.map(\.fault) == [fault, .notInLog] && !fault.isNote)
        #expect(try state.entries().map(\.path) == before)
        #expect(try state.opened("content", of: bundle) == Exhibit.content)
        // The same file, once such an order was given, is what the log says.
        let ordered = try Self.log(ordering: .other)
        if stray.text == Self.record {
            #expect(try vault.completeShreddings(ordered.shreddings) == [])
            #expect(try state.entries().allSatisfy { !$0.path.hasSuffix(".hdr") })
        }
    }

    @Test(
        "after the log was lost a shredding is not believed, and nothing is repaired, until it is ordered again"
    )
    func logLost() throws {
        let state = try ScratchState()
        let path = try SealedPreservationTests.second(state)
        let vault = try state.vault(secondCopy: path)
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let folder = try state.root.open(Array("second/keys".utf8), .directory)
        let headers = try folder.headers(of: bundle)
        _ = try vault.shredHeaders(of: bundle, by: .other)
        try folder.placeHeaders(headers, of: bundle)

        let fresh = try state.vault(secondCopy: path)
        #expect(try fresh.completeShreddings { _ in [] }.map(\.place) == [.vault, .secondCopy])
        let found = try fresh.inspect(bundle, repairing: true, against: nil)
        #expect(!found.isEmpty && found.allSatisfy { !$0.isRepaired })
        #expect(try folder.headers(of: bundle) == headers)
        #expect(try state.names(below: "vault/keys").isEmpty)

        _ = try fresh.shredHeaders(of: bundle, by: bundle.upload)
        #expect(try folder.headers(of: bundle).isEmpty)
        let again = try state.vault(secondCopy: path)
        #expect(try again.completeShreddings { [$0.upload] } == [])
    }

    private static func log(
        _ kind: CustodyEntryKind = .orderReceived,
        _ reason: String = "keys.shred",
        ordering order: UploadID
    ) throws -> LoggedEvidence {
        let log = try ScratchLog()
        try log.open().append(
            CustodyStatement(
                at: DestroyerTests.time,
                kind,
                by: .daemon,
                about: CustodySubject(exhibit: BundleID(Exhibit.uploadID)),
                reason: reason,
                references: ["order": "\(order)"],
                approvals: DestroyerTests.approvals
            )
        )
        return try LoggedEvidence(LogReader(of: log.scratch.root))
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
            let log = try Self.log(ordering: .other)
            #expect(try looking.isShredded(bundle, by: log))
            let found = try looking.inspect(bundle, against: log)
            #expect(found.map(\.fault).first == .missing("shredded/\(bundle).json"))
            #expect(try state.vault(secondCopy: path).completeShreddings { _ in [.other] } == [])
        }
        for record in records {
            #expect(try state.read("second/\(record)") == state.read("vault/\(record)"))
        }
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
