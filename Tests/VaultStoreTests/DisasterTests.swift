import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// What may befall a vault, drawn by seed: whatever is lost, the custodians who are left open every exhibit, and a
/// thief opens none.
@Suite struct DisasterTests {
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    enum Disaster: CaseIterable {
        case diskLost, secondDiskLost, keyLost, vaultStolen, logKeyStolen, sealerBroken, partsRot
    }

    static let sizes = [0, 1, 500, 65_535, 65_536, 65_537, 70_000]

    @Test(
        "240 disasters: nothing is lost to the custodians, nothing is given to the thief",
        arguments: 0..<24
    )
    func disasters(seed: UInt64) throws {
        var dice = Dice(state: seed)
        for _ in 0..<10 {
            let disaster = Disaster.allCases.randomElement(using: &dice)!
            let size = Self.sizes.randomElement(using: &dice)!
            try Self.survive(disaster, inventedBytes(size), &dice)
        }
    }

    private static func survive(_ disaster: Disaster, _ plain: [UInt8], _ dice: inout Dice) throws {
        let state = try ScratchState()
        try state.root.makeDirectory(Array("second".utf8), mode: 0o750)
        let second = "\(state.path)/second"
        let content = try state.upload(plain)
        let bundle = BundleID(Exhibit.uploadID)
        if disaster == .sealerBroken {
            let broken = SealedPreservationTests.broken.randomElement(using: &dice)!
            let vault = try state.vault(secondCopy: second, sealer: broken.sealer)
            // A nonce that does not count is right where there is one chunk only.
            let caught =
                (try? vault.preserve(.sample(digests: nil), content: content, context: nil, under: .usual()))
                == nil
            #expect(try caught == !vault.has(bundle), "\(broken), \(plain.count) bytes")
            if !caught { #expect(try state.opened("content", of: bundle) == plain, "\(broken)") }
        }
        let vault = try state.vault(secondCopy: second)
        _ = try vault.preserve(.sample(digests: nil), content: content, context: nil, under: .usual())
        try state.root.unlink(Array("upload".utf8))
        var custodians = ScratchState.custodians
        switch disaster {
        case .diskLost:
            try state.root.removeTree(Array("vault".utf8))
        case .secondDiskLost:
            try state.root.removeTree(Array("second".utf8))
            try state.root.makeDirectory(Array("second".utf8), mode: 0o750)
        case .keyLost:
            custodians.remove(at: Int.random(in: 0...1, using: &dice))
        case .partsRot:
            let shelf = Bool.random(using: &dice) ? "vault" : "second"
            let files = try state.entries(below: shelf).filter {
                $0.status.kind == .regular && $0.status.size > 0
            }
            let file = files.randomElement(using: &dice)!
            try state.change(file.path) { bytes in
                bytes[Int.random(in: 0..<bytes.count, using: &dice)] ^=
                    1 << UInt8.random(in: 0...6, using: &dice)
            }
        case .logKeyStolen: try forge(&dice)
        case .vaultStolen, .sealerBroken: break
        }
        let after = try state.vault(secondCopy: second)
        _ = try after.inspect(bundle, repairing: true)
        for identity in custodians {
            #expect(try opens(state, bundle, identity) == plain, "\(disaster), \(plain.count) bytes")
        }
        let thief = AgeIdentity.generate()
        #expect(throws: SealingFault.notForThisIdentity, "\(disaster)") {
            try after.bytes(of: .content, in: bundle, with: thief, limit: 1 << 20)
        }
    }

    @Test(
        "80 headers rot where there is no second copy: it is found, and the last plaintext stays",
        arguments: 0..<8
    )
    func headersRotAlone(seed: UInt64) throws {
        var dice = Dice(state: seed)
        for _ in 0..<10 {
            let state = try ScratchState()
            let (vault, keys) = try HeaderRecordTests.drilled(state)
            let bundle = HeaderRecordTests.id
            let file = try state.entries(below: "vault/keys").filter { $0.path.hasSuffix(".age.hdr") }
                .randomElement(using: &dice)!
            if Bool.random(using: &dice) {
                try HeaderRecordTests.rot(state, file.path)
            } else {
                try state.change(file.path) { bytes in
                    bytes[Int.random(in: 0..<bytes.count, using: &dice)] ^=
                        1 << UInt8.random(in: 0...6, using: &dice)
                }
            }
            let removed = try vault.removePlainCopies(keys, at: KeysTests.start) { _ in }
            #expect(removed == [], "\(file.path)")
            #expect(try state.read("vault/plain/\(bundle)") == Exhibit.content, "\(file.path)")
            #expect(try !vault.headerFaults(of: bundle).isEmpty, "\(file.path)")
        }
    }

    /// Another history under the stolen key is found by whoever kept a checkpoint, whether it is longer or shorter.
    private static func forge(_ dice: inout Dice) throws {
        let log = try ScratchLog()
        let kept = try log.fill(Int.random(in: 2...40, using: &dice))
        #expect(try log.verdict(older: [kept]).findings.isEmpty)
        let forged = try ScratchLog()
        try forged.fill(Int.random(in: 1...60, using: &dice), from: 1)
        let findings = try forged.verdict(older: [kept]).findings
        let size = kept.checkpoint.size
        #expect(
            findings.contains { finding in
                switch finding {
                case .forked(size), .rolledBack(from: size, to: _): true
                default: false
                }
            },
            "\(findings)"
        )
    }

    /// From whichever copy has a header that is sound: a header that rotted is told by its MAC, with its key.
    private static func opens(_ state: ScratchState, _ bundle: BundleID, _ identity: AgeIdentity) throws
        -> [UInt8]?
    {
        for root in ["vault", "second"] {
            let header = try state.read("\(root)/keys/\(bundle)/content.custodians.age.hdr")
            let place = ScratchState.place(of: bundle).replacing("vault", with: root)
            let body = try state.root.open(Array("\(place)/data/content.age.body".utf8))
            let stream = try? OpeningStream(header: header, identity: identity)
            guard let plain = try? stream?.bytes(of: body, limit: 1 << 20, subject: "test") else { continue }
            return plain
        }
        return nil
    }
}
