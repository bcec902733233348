import Crypto
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// Bundles and certificates held against what a custody log says of them.
@Suite struct LoggedEvidenceTests {
    static let bundle = BundleID(Exhibit.uploadID)

    private static func sealed(_ tagManifest: String?) -> CustodyStatement {
        CustodyStatement(
            at: DestroyerTests.time,
            .exhibitSealed,
            by: .daemon,
            about: CustodySubject(exhibit: bundle),
            references: tagManifest.map { ["tagmanifest": $0] } ?? [:]
        )
    }

    private static func destroyed(_ certificate: [UInt8], since: String?) -> CustodyStatement {
        var references = ["certificate": Hex.text(SHA256.hash(data: certificate))]
        references["since"] = since
        return CustodyStatement(
            at: DestroyerTests.time,
            .destroyExecuted,
            by: .daemon,
            about: CustodySubject(exhibit: bundle),
            reason: "expiry",
            references: references,
            approvals: DestroyerTests.approvals
        )
    }

    private func said(_ statements: [CustodyStatement]) throws -> LoggedEvidence {
        let log = try ScratchLog()
        let open = try log.open()
        if !statements.isEmpty { try open.append(contentsOf: statements) }
        return try LoggedEvidence(LogReader(of: log.scratch.root))
    }

    private func tagManifest(_ state: ScratchState) throws -> String {
        let place = ScratchState.place(of: Self.bundle)
        return Hex.text(SHA256.hash(data: try state.read("\(place)/tagmanifest-sha256.txt")))
    }

    @Test("a sound bundle is what the log says was sealed; another tag manifest and no entry are told")
    func sealedAsLogged() throws {
        let state = try ScratchState()
        try state.preserve()
        let vault = try state.vault()
        let log = try said([Self.sealed(try tagManifest(state))])
        #expect(try vault.inspect(Self.bundle, against: log).isEmpty)
        let other = try said([Self.sealed(String(repeating: "0", count: 64))])
        #expect(try vault.inspect(Self.bundle, against: other).map(\.fault) == [.sealedOtherwise])
        let nothing = try said([])
        #expect(try vault.inspect(Self.bundle, against: nothing).map(\.fault) == [.notInLog])
    }

    @Test("a bag that somebody wrote anew, sound in itself, is not the one that was sealed")
    func writtenAnew() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        let log = try said([Self.sealed(try tagManifest(state))])
        try state.root.removeTree(Array(place.utf8))
        try state.root.removeTree(Array("vault/keys/\(Self.bundle)".utf8))
        try state.preserve(.sample(), Array("other invented bytes".utf8))
        let vault = try state.vault()
        #expect(try vault.verify(Self.bundle).isEmpty)
        #expect(try vault.inspect(Self.bundle, against: log).map(\.fault) == [.sealedOtherwise])
    }

    @Test("a bundle that vanished is known by the log alone")
    func vanished() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        let log = try said([Self.sealed(try tagManifest(state))])
        try state.root.removeTree(Array(place.utf8))
        let vault = try state.vault()
        #expect(try vault.everyBundle().isEmpty)
        #expect(try vault.everyBundle(known: log) == [Self.bundle])
        #expect(try vault.inspect(Self.bundle, against: log).map(\.fault).contains(.absent))
    }

    @Test("a certificate is the logged one, and its time had come by the arithmetic of retention")
    func certificates() throws {
        let state = try DestroyerTests.filled()
        for directory in ["exhibits", "keys"] {
            _ = try state.root.open(Array("vault".utf8), .directory).vaultDirectory(directory)
        }
        let bytes = try DestroyerTests.destroy(state).bytes
        let vault = try Vault.openForReading(state: state.open(drafts: true))
        func faults(_ statements: [CustodyStatement]) throws -> [BundleFault] {
            try vault.faults(of: Self.bundle, against: said(statements))
        }
        // Executed on 21 November 2026: 13 months before it was 22 October 2025.
        #expect(try faults([Self.destroyed(bytes, since: "2025-10-21T00:00:00Z")]) == [])
        #expect(try faults([Self.destroyed(bytes, since: "2025-10-23T00:00:00Z")]) == [.destroyedTooEarly])
        #expect(try faults([Self.destroyed(bytes, since: nil)]) == [.destroyedTooEarly])
        #expect(try faults([Self.destroyed([1], since: "2025-10-21T00:00:00Z")]) == [.certificateDiffers])
        #expect(try faults([]) == [.notInLog])
    }

    @Test("what a repair set aside is said, and makes nothing unsound")
    func setAside() throws {
        let state = try ScratchState()
        try state.root.makeDirectory(Array("second".utf8), mode: 0o750)
        let vault = try state.vault(secondCopy: "\(state.path)/second")
        _ = try vault.preserve(
            .sample(),
            content: state.upload(Exhibit.content),
            context: nil,
            under: .usual()
        )
        try state.change("\(ScratchState.place(of: Self.bundle))/data/exhibit.json") { $0[0] ^= 1 }
        let repaired = try vault.inspect(Self.bundle, repairing: true)
        #expect(repaired.allSatisfy { $0.isRepaired || $0.fault.isNote })
        let after = try vault.inspect(Self.bundle).map(\.fault)
        #expect(after == [.setAside("exhibits/2025/11/.damaged-\(Self.bundle)")])
        #expect(after.first?.isNote == true)
    }
}

extension ScratchState {
    /// The state with a directory that a vault has beside its own.
    fileprivate func open(drafts: Bool) throws -> Descriptor {
        _ = try root.ensureDirectory(Array("drafts".utf8), mode: 0o750, subject: "drafts")
        return try root.duplicate()
    }
}
