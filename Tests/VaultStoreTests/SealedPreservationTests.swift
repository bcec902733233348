import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// What sealing adds to preserving: who can open it, and what is never given up before that is proven.
@Suite struct SealedPreservationTests {
    static let id = BundleID(Exhibit.uploadID)

    @Test("age opens both parts of a bundle for each custodian and for the desk, and for nobody else")
    func ageOpens() throws {
        let state = try ScratchState()
        let place = try state.preserve(context: Array("{}".utf8))
        let age = AgeProgram(state: state)
        for (identity, audience) in [
            (ScratchState.custodians[0], Audience.custodians), (ScratchState.custodians[1], .custodians),
            (ScratchState.desk, .review),
        ] {
            for part in ["content", "subject"] {
                let header = try state.read("vault/keys/\(Self.id)/\(part).\(audience.rawValue).age.hdr")
                let body = try state.read("\(place)/data/\(part).age.body")
                let plain = try #require(try age.open(header, body, identity))
                #expect(plain == (try state.opened(part, of: Self.id, with: identity)))
                #expect(try age.open(header, body, .generate()) == nil)
            }
        }
    }

    @Test("headers of two recipients have 266 bytes, of one 168, and a record says whom they are for")
    func headersLieApart() throws {
        let state = try ScratchState()
        try state.preserve()
        let found = try state.entries(below: "vault/keys/\(Self.id)")
        let sizes = Dictionary(
            uniqueKeysWithValues: found.map { (String($0.path.split(separator: "/").last!), $0.status.size) }
        )
        #expect(sizes["content.custodians.age.hdr"] == 266)
        #expect(sizes["subject.review.age.hdr"] == 168)
        #expect(sizes.count == 5)
        let custodians = try state.vault().custodians(of: Self.id)
        #expect(custodians == Set(ScratchState.custodians.map(\.recipient.fingerprint)))
    }

    @Test("nothing that a bundle shows tells who uploaded, or what")
    func nothingIsShown() throws {
        let state = try ScratchState()
        try state.preserve(context: Array("{\"email\": \"somebody@mail.example\"}".utf8))
        for entry in try state.entries(below: "vault") where entry.status.kind == .regular {
            let text = String(decoding: try state.read(entry.path), as: UTF8.self)
            for secret in ["somebody", "holiday", "invented bytes"] {
                #expect(!text.contains(secret), "\(entry.path) holds \(secret)")
            }
        }
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sealer: Sealer
    }

    static let broken = [
        Broken(
            testDescription: "a nonce that does not count",
            sealer: Sealer(chunk: { cipher, plain, _, isLast in cipher.seal(plain, number: 0, isLast: isLast)
            })
        ),
        Broken(
            testDescription: "a nonce that counts from one",
            sealer: Sealer(chunk: { cipher, plain, number, isLast in
                cipher.seal(plain, number: number + 1, isLast: isLast)
            })
        ),
        Broken(
            testDescription: "a last chunk that does not say so",
            sealer: Sealer(chunk: { cipher, plain, number, _ in
                cipher.seal(plain, number: number, isLast: false)
            })
        ),
        Broken(
            testDescription: "a last chunk that is cut short",
            sealer: Sealer(chunk: { cipher, plain, number, isLast in
                let kept = isLast ? plain.extracting(first: plain.byteCount / 2) : plain
                return cipher.seal(kept, number: number, isLast: isLast)
            })
        ),
        Broken(
            testDescription: "a recipient who is another",
            sealer: Sealer(recipients: { [AgeIdentity.generate().recipient] + $0.dropFirst() })
        ),
        Broken(testDescription: "a recipient left out", sealer: Sealer(recipients: { Array($0.prefix(1)) })),
        Broken(
            testDescription: "one recipient too many",
            sealer: Sealer(recipients: { $0 + [AgeIdentity.generate().recipient] })
        ),
    ]

    @Test("a sealer that is broken is caught before the bundle has its name", arguments: broken)
    func brokenSealer(row: Broken) throws {
        let state = try ScratchState()
        let vault = try state.vault(sealer: row.sealer)
        let content = try state.upload(inventedBytes(140_000))
        #expect(throws: DamagedBundle.self) {
            try vault.preserve(.sample(digests: nil), content: content, context: nil, under: .usual())
        }
        #expect(try !vault.has(Self.id))
        let left = try state.entries(below: "vault/exhibits").filter { $0.status.kind == .regular }
        #expect(left.isEmpty)
        #expect(
            try state.vault().preserve(.sample(digests: nil), content: content, context: nil, under: .usual())
                == Self.id
        )
    }

    @Test("an unsealed copy is kept while asked for, of exactly the bytes, for the daemon alone")
    func plainCopy() throws {
        let state = try ScratchState()
        try state.preserve(context: Array("{}".utf8), keepingPlain: true)
        #expect(try state.read("vault/plain/\(Self.id)") == Exhibit.content)
        let modes = try state.entries(below: "vault/plain").map(\.status.mode)
        #expect(modes == [0o600, 0o600])
        #expect(try state.root.status(of: Array("vault/plain".utf8)).mode == 0o700)
        #expect(try state.vault().plainCopies() == [Self.id])
        let subject = try JSONValue(parsing: state.read("vault/plain/\(Self.id).subject.json"))
        #expect(subject["context"]?["base64"] == "e30=")
    }

    @Test("an unsealed copy that a killed run did not finish is made at the next try")
    func plainCopyIsCompleted() throws {
        let state = try ScratchState()
        try state.preserve()
        #expect(try state.vault().plainCopies().isEmpty)
        try state.preserve(keepingPlain: true)
        #expect(try state.read("vault/plain/\(Self.id)") == Exhibit.content)
    }

    @Test("an unsealed copy goes after its entry was recorded, and only from beside a sound bundle")
    func plainCopiesAreRemoved() throws {
        struct Full: Error {}
        let state = try ScratchState()
        let vault = try state.vault()
        let damaged = try state.preserve(keepingPlain: true)
        try state.preserve(.sample(upload: .other), keepingPlain: true)
        try state.change("\(damaged)/data/content.age.body") { $0[30] ^= 1 }
        for identity in ScratchState.custodians {
            try KeysTests.drill(identity, vault, state, at: KeysTests.start)
        }
        let (keys, now) = (KeysTests.keys(ScratchState.custodians), KeysTests.start)
        #expect(throws: Full.self) { try vault.removePlainCopies(keys, at: now) { _ in throw Full() } }
        #expect(try vault.plainCopies().count == 2)
        var recorded: [PlainCopyRemoval] = []
        let removed = try vault.removePlainCopies(keys, at: now) { recorded.append($0) }
        #expect(removed == [BundleID(.other)])
        #expect(
            recorded == [
                PlainCopyRemoval(bundle: BundleID(.other), byteCount: UInt64(Exhibit.content.count))
            ]
        )
        #expect(try vault.plainCopies() == [Self.id])
        #expect(try state.names(below: "vault/plain") == ["\(Self.id)", "\(Self.id).subject.json"])
    }

    @Test("an unsealed copy stays while fewer than two of its own bundle's custodians are drilled")
    func othersDrills() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try state.preserve(keepingPlain: true)
        let (own, others) = (ScratchState.custodians, [AgeIdentity.generate(), .generate()])
        for identity in others + own.prefix(1) {
            try KeysTests.drill(identity, vault, state, at: KeysTests.start)
        }
        let keys = KeysTests.keys(own + others)
        #expect(try vault.drilledCount(keys, at: KeysTests.start) == 3)
        #expect(try vault.removePlainCopies(keys, at: KeysTests.start) { _ in }.isEmpty)
        try KeysTests.drill(own[1], vault, state, at: KeysTests.start)
        #expect(try vault.removePlainCopies(keys, at: KeysTests.start) { _ in } == [Self.id])
    }

    // MARK: - The second copy

    static func second(_ state: ScratchState) throws -> String {
        if try state.root.statusIfThere(of: Array("second".utf8)) == nil {
            try state.root.makeDirectory(Array("second".utf8), mode: 0o750)
        }
        return "\(state.path)/second"
    }

    @Test("the second copy has the same bag and headers before preserving is done")
    func secondCopy() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: Self.second(state))
        let content = try state.upload(Exhibit.content)
        _ = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        for folder in ["exhibits", "keys"] {
            let (here, there) = (
                try state.names(below: "vault/\(folder)"), try state.names(below: "second/\(folder)")
            )
            #expect(here == there)
            for entry in try state.entries(below: "second/\(folder)") where entry.status.kind == .regular {
                let other = "vault" + entry.path.dropFirst("second".count)
                #expect(try state.read(entry.path) == state.read(other))
                #expect(entry.status.mode == 0o440)
            }
        }
        #expect(try vault.inspect(Self.id) == [])
    }

    @Test("a second copy that is missing or cannot be written keeps the source where it is")
    func secondCopyFails() throws {
        let state = try ScratchState()
        #expect(throws: SyscallError.self) { try state.vault(secondCopy: "\(state.path)/nowhere") }
        let vault = try state.vault(secondCopy: Self.second(state))
        try state.root.removeTree(Array("second".utf8))
        let content = try state.upload(Exhibit.content)
        #expect(throws: SyscallError.self) {
            try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        }
        // With the disk back, the next try completes it from what is sealed already.
        let again = try state.vault(secondCopy: Self.second(state))
        _ = try again.preserve(.sample(), content: content, context: nil, under: .usual())
        #expect(try again.inspect(Self.id) == [])
    }

    @Test("one copy is repaired from the other, and what was damaged is set aside, not deleted")
    func repair() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: Self.second(state))
        let content = try state.upload(Exhibit.content)
        _ = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let bag = String(decoding: Self.id.path, as: UTF8.self)
        try state.change("vault/exhibits/\(bag)/data/content.age.body") { $0[40] ^= 1 }
        try state.root.removeTree(Array("second/keys/\(Self.id)".utf8))
        let found = try vault.inspect(Self.id)
        #expect(found.contains { $0.place == .vault && !$0.isRepaired })
        #expect(found.contains { $0.place == .secondCopy && $0.fault.description.contains("missing") })
        let repaired = try vault.inspect(Self.id, repairing: true)
        #expect(repaired.allSatisfy { $0.isRepaired || $0.fault.isNote })
        // What was set aside is said from now on, and is no fault.
        let faults = try vault.inspect(Self.id).map(\.fault)
        #expect(faults == [.setAside("exhibits/\(bag.replacing("ex-", with: ".damaged-ex-"))")])
        #expect(try state.opened("content", of: Self.id) == Exhibit.content)
        #expect(try state.names(below: "vault/exhibits").contains { $0.contains(".damaged-\(Self.id)") })
        _ = try state.vault(secondCopy: Self.second(state))
        #expect(try state.names(below: "vault/exhibits").contains { $0.contains(".damaged-\(Self.id)") })
    }

    @Test("in production the second copy lies on another disk than the state, or the start is refused")
    func anotherDisk() throws {
        #expect(SecondCopyRule.allows(device: 2, besideStateOn: 1, in: .production))
        #expect(!SecondCopyRule.allows(device: 1, besideStateOn: 1, in: .production))
        #expect(SecondCopyRule.allows(device: 1, besideStateOn: 1, in: .demonstration))
        let state = try ScratchState()
        let second = try Self.second(state)
        #expect(throws: SecondCopyRefused.sameDisk(second)) {
            try Vault.open(state: state.root, secondCopy: second, environment: .production)
        }
        #expect(try state.entries().map(\.path) == ["second"])
    }

    @Test("two copies that are both damaged are left as they are")
    func bothDamaged() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: Self.second(state))
        let content = try state.upload(Exhibit.content)
        _ = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let bag = String(decoding: Self.id.path, as: UTF8.self)
        for root in ["vault", "second"] {
            try state.change("\(root)/exhibits/\(bag)/data/exhibit.json") { $0[9] ^= 1 }
        }
        let before = try state.entries().map(\.path)
        #expect(try vault.inspect(Self.id, repairing: true).allSatisfy { !$0.isRepaired })
        #expect(try state.entries().map(\.path) == before)
    }
}
