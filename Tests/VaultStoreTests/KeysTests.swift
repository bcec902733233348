import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

@Suite struct KeysTests {
    static let start = Timestamp(nanoseconds: 1_795_291_204_000_000_000)
    static let (one, two, three) = (AgeIdentity.generate(), AgeIdentity.generate(), AgeIdentity.generate())

    static func after(days: Int64) -> Timestamp {
        Timestamp(nanoseconds: start.nanoseconds + days * 86_400_000_000_000)
    }

    static func keys(_ identities: [AgeIdentity], demonstration: AgeIdentity? = nil) -> SealingKeys {
        SealingKeys(
            custodians: identities.map { Custodian(name: "k", recipient: $0.recipient) },
            demonstration: demonstration?.recipient
        )
    }

    // MARK: - Drills

    static func drill(_ identity: AgeIdentity, _ vault: Vault, _ state: ScratchState, at time: Timestamp)
        throws
    {
        let path = try vault.beginDrill(identity.recipient, at: time)
        let challenge = try AgeFile(state.read(path))
        let answer = String(decoding: try challenge.open(with: [identity]), as: UTF8.self)
        try vault.endDrill(identity.recipient, answer: answer, at: time)
    }

    @Test("an unsealed copy is kept until two keys have answered, and again when one has lapsed")
    func drillsDecideOnCopies() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        let keys = Self.keys([Self.one, Self.two])
        #expect(try vault.terms(keys, at: Self.start).keepsPlainCopy)
        try Self.drill(Self.one, vault, state, at: Self.start)
        #expect(try vault.terms(keys, at: Self.start).keepsPlainCopy)
        try Self.drill(Self.two, vault, state, at: Self.after(days: 30))
        #expect(try !vault.terms(keys, at: Self.after(days: 30)).keepsPlainCopy)
        #expect(try !vault.terms(keys, at: Self.after(days: 90)).keepsPlainCopy)
        #expect(try vault.terms(keys, at: Self.after(days: 91)).keepsPlainCopy)
        try Self.drill(Self.one, vault, state, at: Self.after(days: 91))
        #expect(try vault.drilledCount(keys, at: Self.after(days: 91)) == 2)
    }

    @Test("the demonstration's key never counts as drilled")
    func demonstrationIsNotDrilled() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try Self.drill(Self.one, vault, state, at: Self.start)
        try Self.drill(Self.two, vault, state, at: Self.start)
        let keys = Self.keys([Self.one], demonstration: Self.two)
        #expect(try vault.drilledCount(keys, at: Self.start) == 1)
    }

    @Test("a wrong answer, an answer to an older challenge and an answer to none do not count")
    func wrongAnswers() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        #expect(throws: DrillRefused.neverAsked) {
            try vault.endDrill(Self.one.recipient, answer: "a", at: Self.start)
        }
        let path = try vault.beginDrill(Self.one.recipient, at: Self.start)
        let old = String(decoding: try AgeFile(state.read(path)).open(with: [Self.one]), as: UTF8.self)
        #expect(throws: SealingFault.notForThisIdentity) {
            try AgeFile(state.read(path)).open(with: [Self.two])
        }
        _ = try vault.beginDrill(Self.one.recipient, at: Self.start)
        for answer in ["", "0", old] {
            #expect(throws: DrillRefused.wrongAnswer) {
                try vault.endDrill(Self.one.recipient, answer: answer, at: Self.start)
            }
        }
        #expect(try vault.drill(Self.one.recipient)?.answeredAt == nil)
    }

    @Test("a challenge counts once, and for seven days")
    func challengesAreSpent() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        func answer(_ path: String) throws -> String {
            String(decoding: try AgeFile(state.read(path)).open(with: [Self.one]), as: UTF8.self)
        }
        let first = try answer(vault.beginDrill(Self.one.recipient, at: Self.start))
        try vault.endDrill(Self.one.recipient, answer: first, at: Self.after(days: 7))
        #expect(throws: DrillRefused.answeredBefore) {
            try vault.endDrill(Self.one.recipient, answer: first, at: Self.after(days: 7))
        }
        #expect(try vault.drill(Self.one.recipient)?.answeredAt == Self.after(days: 7))
        let second = try answer(vault.beginDrill(Self.one.recipient, at: Self.after(days: 10)))
        #expect(throws: DrillRefused.tooOld) {
            try vault.endDrill(Self.one.recipient, answer: second, at: Self.after(days: 18))
        }
        #expect(try vault.drill(Self.one.recipient)?.answeredAt == Self.after(days: 7))
    }

    @Test("age opens a challenge")
    func ageOpensChallenge() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        let path = try vault.beginDrill(Self.one.recipient, at: Self.start)
        let whole = try state.read(path)
        let (header, body) = AgeProgram.cut(whole)
        let answer = try #require(try AgeProgram(state: state).open(header, body, Self.one))
        try vault.endDrill(
            Self.one.recipient,
            answer: String(decoding: answer, as: UTF8.self),
            at: Self.start
        )
        #expect(try vault.drill(Self.one.recipient)?.isValid(at: Self.start) == true)
    }

    // MARK: - Settings

    @Test("keys are read from a list, and from a directory by the name of their file")
    func keysAreRead() throws {
        let state = try ScratchState()
        var settings = EvidenceSettings()
        settings.custodians = .recipients([Self.one.recipient.text, Self.two.recipient.text])
        settings.review = Self.three.recipient.text
        let listed = try SealingKeys(reading: settings)
        #expect(try listed.audiences().custodians == [Self.one.recipient, Self.two.recipient])
        #expect(try listed.audiences().review == [Self.three.recipient])
        try state.root.makeDirectory(Array("keys".utf8), mode: 0o700)
        try state.replace("keys/b.pub", with: Array("\(Self.two.recipient.text)\n".utf8))
        try state.replace("keys/a.pub", with: Array("# legal\n\(Self.one.recipient.text)\r\n".utf8))
        try state.replace("keys/notes.txt", with: [1])
        settings.custodians = .directory("\(state.path)/keys")
        #expect(try SealingKeys(reading: settings).custodians.map(\.name) == ["a", "b"])
        try state.replace(
            "keys/c.pub",
            with: Array("\(Self.one.recipient.text)\n\(Self.two.recipient.text)\n".utf8)
        )
        #expect(throws: EvidenceRefused.notOneRecipient(file: "\(state.path)/keys/c.pub")) {
            try SealingKeys(reading: settings)
        }
    }

    @Test("what is no key, no key at all, and one key twice are refused")
    func refusedKeys() {
        var settings = EvidenceSettings()
        #expect(throws: EvidenceRefused.noKeys) { try SealingKeys(reading: settings) }
        settings.custodians = .recipients(["age1qqq"])
        #expect(throws: EvidenceRefused.notARecipient(key: "evidence.custodians")) {
            try SealingKeys(reading: settings)
        }
        settings.custodians = .recipients([Self.one.recipient.text, Self.one.recipient.text])
        #expect(throws: EvidenceRefused.sameKeyTwice) { try SealingKeys(reading: settings) }
    }

    @Test("the demonstration's key serves synthetic lists only, and never in production")
    func demonstration() throws {
        var real = ListSource(name: "real", file: "/f", supplier: "s", listClass: .csam)
        var synthetic = real
        synthetic.synthetic = true
        real.synthetic = false
        let shown = Self.keys([Self.one, Self.two], demonstration: Self.three)
        try shown.check(.demonstration, [synthetic])
        #expect(throws: EvidenceRefused.demonstrationBesideRealList("real")) {
            try shown.check(.demonstration, [synthetic, real])
        }
        #expect(throws: EvidenceRefused.demonstrationInProduction) {
            try shown.check(.production, [synthetic])
        }
        let few = Self.keys([Self.one])
        try few.check(.test, [synthetic])
        #expect(throws: EvidenceRefused.tooFewCustodians(list: "real", found: 1)) {
            try few.check(.test, [real])
        }
        try Self.keys([Self.one, Self.two]).check(.production, [real])
        #expect(!shown.mayServeRealLists && !few.mayServeRealLists)
    }

    // MARK: - Retiring, shredding, rewrapping

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
        "after rewrapping the new custodian opens what is there and the old one does not; bodies are as they were"
    )
    func rewrapping() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        let body = try state.read("\(place)/data/content.age.body")
        let bundle = BundleID(Exhibit.uploadID)
        let vault = try state.vault()
        let audiences = Audiences(
            custodians: [ScratchState.custodians[1].recipient, Self.one.recipient],
            review: []
        )
        #expect(try !vault.rewrap(bundle, by: Rewrapping(with: Self.two, for: audiences)))
        #expect(try vault.rewrap(bundle, by: Rewrapping(with: ScratchState.custodians[0], for: audiences)))
        for part in SealedPart.allCases {
            for identity in [ScratchState.custodians[1], Self.one] {
                _ = try vault.bytes(of: part, in: bundle, with: identity, limit: 1 << 20)
            }
            for identity in [ScratchState.custodians[0], ScratchState.desk] {
                #expect(throws: SealingFault.notForThisIdentity) {
                    try vault.bytes(of: part, in: bundle, with: identity, limit: 1 << 20)
                }
            }
        }
        #expect(try state.read("\(place)/data/content.age.body") == body)
        #expect(try vault.custodians(of: bundle) == Set(audiences.custodians.map(\.fingerprint)))
        #expect(
            try state.entries(below: "vault/keys").allSatisfy { [0o2750, 0o440].contains($0.status.mode) }
        )
    }

    @Test("a folder of headers is rewrapped on a machine that has nothing else")
    func rewrappingCopies() throws {
        let state = try ScratchState()
        try state.preserve()
        try state.preserve(.sample(upload: .other))
        let folder = try state.root.open(Array("vault/keys".utf8), .directory)
        let audiences = Audiences(custodians: [Self.one.recipient, Self.two.recipient], review: [])
        let outcome = try Rewrapping(with: ScratchState.custodians[0], for: audiences).all(in: folder)
        #expect(Set(outcome.rewrapped) == [BundleID(Exhibit.uploadID), BundleID(.other)])
        #expect(outcome.closed.isEmpty)
        let again = try Rewrapping(with: ScratchState.custodians[0], for: audiences).all(in: folder)
        #expect(again.rewrapped.isEmpty && again.closed.count == 2)
    }

    @Test("headers that a killed run left under no name but a hidden one are taken up at the next start")
    func recoveredHeaders() throws {
        let state = try ScratchState()
        try state.preserve()
        let bundle = BundleID(Exhibit.uploadID)
        let keys = try state.root.open(Array("vault/keys".utf8), .directory)
        try keys.rename(bundle.name, to: keys, bundle.name.hidden)
        #expect(try state.vault().headerFaults(of: bundle) == [])
        #expect(try state.opened("content", of: bundle) == Exhibit.content)
        // Beside the named ones the hidden ones are of the past, and of no bundle they are nobody's.
        for name in [bundle.name.hidden, BundleID(.other).name.hidden] {
            try keys.makeDirectory(name, mode: 0o750)
        }
        _ = try state.vault()
        #expect(try state.names(below: "vault/keys").allSatisfy { !$0.hasPrefix(".") })
        // Half-written headers of a bundle that has no others are no headers, and are not thrown away either.
        try keys.rename(bundle.name, to: keys, bundle.name.hidden)
        try state.root.unlink(Array("vault/keys/.\(bundle)/content.custodians.age.hdr".utf8))
        _ = try state.vault()
        #expect(try state.names(below: "vault/keys").contains(".\(bundle)/recipients.json"))
        #expect(try !state.vault().headerFaults(of: bundle).isEmpty)
    }

    @Test("a rewrap that was killed is taken up again, in a folder and between the two copies")
    func rewrappingAgain() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: SealedPreservationTests.second(state))
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let folder = try state.root.open(Array("vault/keys".utf8), .directory)
        try folder.rename(bundle.name, to: folder, bundle.name.hidden)
        let audiences = Audiences(custodians: [Self.one.recipient, Self.two.recipient], review: [])
        let rewrapping = Rewrapping(with: ScratchState.custodians[0], for: audiences)
        #expect(try rewrapping.all(in: folder).rewrapped == [bundle])
        #expect(try vault.inspect(bundle).map(\.fault) == [.copiesDiffer("keys/\(bundle)")])
        #expect(try vault.rewrap(bundle, by: rewrapping))
        #expect(try vault.inspect(bundle) == [])
        #expect(try state.names(below: "second/keys").allSatisfy { !$0.hasPrefix(".") })
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
        #expect(came.map(\.fault) == [.headersCameBack("keys/\(bundle)")])
        #expect(came.map(\.place) == [.secondCopy])
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

    @Test("keys that are all retired are refused, and the desk seals to the ones that are left")
    func onlyRetired() throws {
        let keys = SealingKeys(custodians: [Custodian(name: "one", recipient: Self.one.recipient)])
        let gone: Set = [Self.one.recipient.fingerprint]
        #expect(throws: EvidenceRefused.noKeys) { try keys.without(gone).audiences() }
        var settings = EvidenceSettings()
        settings.custodians = .recipients([Self.one.recipient.text, Self.two.recipient.text])
        let left = try SealingKeys.audiences(ofDesk: Self.three, settings, without: gone)
        #expect(left.custodians == [Self.two.recipient])
        settings.custodians = .recipients([Self.one.recipient.text])
        #expect(throws: EvidenceRefused.noKeys) {
            try SealingKeys.audiences(ofDesk: Self.three, settings, without: gone)
        }
    }

    @Test("when a review ends its headers go, in both copies, and the custodians' stay")
    func withdrawal() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: SealedPreservationTests.second(state))
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        try vault.withdrawHeaders(.review, of: bundle)
        #expect(throws: SealingFault.notForThisIdentity) {
            try vault.bytes(of: .content, in: bundle, with: ScratchState.desk, limit: 1 << 20)
        }
        #expect(try state.opened("content", of: bundle) == Exhibit.content)
        #expect(try vault.inspect(bundle) == [])
        #expect(try state.names(below: "second/keys/\(bundle)").allSatisfy { !$0.contains("review") })
    }
}
