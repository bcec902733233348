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
}
