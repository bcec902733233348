import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// What is written down of headers, so that without anybody's private key it is told whether they are what was written.
@Suite struct HeaderRecordTests {
    static let id = BundleID(Exhibit.uploadID)
    static let folder = "vault/keys/\(id)"
    static let header = "content.custodians.age.hdr"

    /// Changes what wraps the file key, for every recipient, so that the header still reads as one.
    static func rot(_ state: ScratchState, _ path: String) throws {
        try state.change(path) { bytes in
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
                Array.init
            )
            for index in lines.indices where lines[index].starts(with: Array("-> X25519 ".utf8)) {
                let first = lines[index + 1][0]
                lines[index + 1][0] = first == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            }
            bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        }
    }

    /// As 0.1.0 wrote it.
    static func makeOld(_ state: ScratchState, _ folder: String = folder) throws {
        try state.change("\(folder)/recipients.json") { bytes in
            var json = (try? JSONValue(parsing: bytes))?.objectValue ?? [:]
            let listed = json
            json = ["schema": "breakwater-recipients-1"]
            for audience in ["custodians", "review"] { json[audience] = listed[audience] }
            bytes = JSONValue.object(json).canonical
        }
    }

    /// A preserved exhibit with its unsealed copy, and both custodians have answered.
    static func drilled(_ state: ScratchState) throws -> (Vault, SealingKeys) {
        try state.preserve(keepingPlain: true)
        let vault = try state.vault()
        for identity in ScratchState.custodians {
            try KeysTests.drill(identity, vault, state, at: KeysTests.start)
        }
        return (vault, KeysTests.keys(ScratchState.custodians))
    }

    @Test("the last plaintext stays beside headers that read as headers and open for nobody")
    func rottenHeader() throws {
        let state = try ScratchState()
        let (vault, keys) = try Self.drilled(state)
        try Self.rot(state, "\(Self.folder)/\(Self.header)")
        for identity in ScratchState.custodians {
            #expect(throws: SealingFault.self) { try state.opened("content", of: Self.id, with: identity) }
        }
        let fault = BundleFault.differs("keys/\(Self.id)/\(Self.header)", manifest: "recipients.json")
        #expect(try vault.headerFaults(of: Self.id) == [fault])
        #expect(try vault.inspect(Self.id).map(\.fault) == [fault])
        #expect(try vault.removePlainCopies(keys, at: KeysTests.start) { _ in } == [])
        #expect(try state.read("vault/plain/\(Self.id)") == Exhibit.content)
    }

    @Test("a header or record that went away, or that nobody wrote, is told")
    func otherFiles() throws {
        let state = try ScratchState()
        let vault = try {
            try state.preserve()
            return try state.vault()
        }()
        try state.root.rename(
            Array("\(Self.folder)/subject.review.age.hdr".utf8),
            to: state.root,
            Array("\(Self.folder)/other.age.hdr".utf8)
        )
        let path = "keys/\(Self.id)"
        #expect(
            try vault.headerFaults(of: Self.id) == [
                .unlisted("\(path)/other.age.hdr", manifest: "recipients.json"),
                .missing("\(path)/subject.review.age.hdr"),
            ]
        )
        try state.change("\(Self.folder)/recipients.json") { $0[2] ^= 1 }
        #expect(try vault.headerFaults(of: Self.id) == [.malformed("\(path)/recipients.json")])
        try state.root.unlink(Array("\(Self.folder)/recipients.json".utf8))
        #expect(try vault.headerFaults(of: Self.id) == [.missing("\(path)/recipients.json")])
    }

    @Test(
        "headers of 0.1.0 open and verify, it is said that they have no digests, and their unsealed copy stays"
    )
    func oldHeaders() throws {
        let state = try ScratchState()
        let (vault, keys) = try Self.drilled(state)
        try Self.makeOld(state)
        #expect(try state.opened("content", of: Self.id) == Exhibit.content)
        #expect(try vault.headerFaults(of: Self.id) == [])
        let found = try vault.inspect(Self.id).map(\.fault)
        #expect(found == [.headersWithoutDigests] && found.allSatisfy { $0.isNote })
        #expect(try vault.removePlainCopies(keys, at: KeysTests.start) { _ in } == [])
        // Made anew they have digests, and nothing stands in the way any more.
        let rewrapping = Rewrapping(with: ScratchState.custodians[0], for: ScratchState.audiences)
        #expect(try vault.rewrap(Self.id, by: rewrapping))
        #expect(try vault.inspect(Self.id) == [])
        #expect(try vault.removePlainCopies(keys, at: KeysTests.start) { _ in } == [Self.id])
    }

    @Test(
        "a review that ends takes its digests along, and blesses nothing that rotted",
        arguments: [false, true]
    )
    func withdrawal(isOld: Bool) throws {
        let state = try ScratchState()
        try state.preserve()
        if isOld { try Self.makeOld(state) }
        let vault = try state.vault()
        try Self.rot(state, "\(Self.folder)/\(Self.header)")
        try vault.withdrawHeaders(.review, of: Self.id)
        #expect(try vault.headerFaults(of: Self.id).count == (isOld ? 0 : 1))
        #expect(try vault.shelf.hasHeaderDigests(of: Self.id) == !isOld)
        #expect(try vault.custodians(of: Self.id).count == 2)
    }

    @Test("rotten headers of either copy are mended from the other", arguments: ["vault", "second"])
    func secondCopy(rotten: String) throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: SealedPreservationTests.second(state))
        let content = try state.upload(Exhibit.content)
        _ = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let path = "\(rotten)/keys/\(Self.id)/\(Self.header)"
        try Self.rot(state, path)
        let found = try vault.inspect(Self.id, repairing: true)
        #expect(found.map(\.place.rawValue) == [rotten == "vault" ? "vault" : "second copy"])
        #expect(found.allSatisfy { $0.isRepaired })
        #expect(try vault.inspect(Self.id) == [])
        #expect(try state.opened("content", of: Self.id) == Exhibit.content)
    }
}
