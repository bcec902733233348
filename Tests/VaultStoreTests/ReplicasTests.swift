import Glibc
import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// A second copy is not forgotten with the setting that named it.
@Suite struct ReplicasTests {
    static let id = BundleID(Exhibit.uploadID)

    static func copied() throws -> (ScratchState, second: String) {
        let state = try ScratchState()
        let second = try SealedPreservationTests.second(state)
        let content = try state.upload(Exhibit.content)
        _ = try state.vault(secondCopy: second)
            .preserve(.sample(), content: content, context: nil, under: .usual())
        return (state, second)
    }

    static func destroy(_ state: ScratchState, in vault: Vault) throws -> JSONValue {
        let destroyer = try vault.destroyer(of: id, state: state.root)
        let bytes = try destroyer.destroy(
            id,
            basis: .notCSAM,
            approvals: DestroyerTests.approvals,
            content: nil,
            at: DestroyerTests.time
        )
        return try JSONValue(parsing: bytes)
    }

    @Test(
        "an exhibit is not destroyed while a copy of it is not open, and then in both, as its certificate says"
    )
    func forgotten() throws {
        let (state, second) = try Self.copied()
        let without = try state.vault()
        #expect(try without.secondCopies(of: Self.id) == [second])
        #expect(try Vault.secondCopies(of: Self.id, state: state.root) == [second])
        let before = try state.entries().map(\.path)
        #expect(throws: SecondCopyRefused.notOpen(second)) { try Self.destroy(state, in: without) }
        #expect(try state.entries().map(\.path) == before)
        let found = try without.inspect(Self.id).map(\.fault)
        #expect(found == [.notLookedAt(second)] && found.allSatisfy { $0.isNote })
        let certificate = try Self.destroy(state, in: state.vault(secondCopy: second))
        #expect(certificate["second_copies"] == .array([.string(second)]))
        let left = try state.entries().map(\.path).filter { $0.contains("\(Self.id)") }
        #expect(left.allSatisfy { $0.hasPrefix("vault/certificates/") })
    }

    @Test("another directory is not the copy that was written, unless the old path leads to it")
    func moved() throws {
        let (state, second) = try Self.copied()
        try state.root.makeDirectory(Array("third".utf8), mode: 0o750)
        let other = try state.vault(secondCopy: "\(state.path)/third")
        #expect(try other.closedCopies(of: Self.id) == [second])
        try state.root.removeTree(Array("third".utf8))
        try state.root.rename(Array("second".utf8), to: state.root, Array("third".utf8))
        let vault = try state.vault(secondCopy: "\(state.path)/third")
        #expect(try vault.secondCopies(of: Self.id) == [second, "\(state.path)/third"])
        #expect(throws: SecondCopyRefused.notOpen(second)) {
            _ = try vault.destroyer(of: Self.id, state: state.root)
        }
        symlink("third", second)
        #expect(try vault.closedCopies(of: Self.id) == [])
        unlink(second)
    }

    @Test("what was copied before copies were written down is written down at the next start")
    func before() throws {
        let (state, second) = try Self.copied()
        try state.root.removeTree(Array("vault/replicas".utf8))
        _ = try state.vault(secondCopy: second)
        #expect(try state.vault().closedCopies(of: Self.id) == [second])
    }
}
