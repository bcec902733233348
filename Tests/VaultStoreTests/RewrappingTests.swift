import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// Headers made anew for other recipients, and taken from those who need them no more.
@Suite struct RewrappingTests {
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
            custodians: [ScratchState.custodians[1].recipient, KeysTests.one.recipient],
            review: []
        )
        #expect(try !vault.rewrap(bundle, by: Rewrapping(with: KeysTests.two, for: audiences)))
        #expect(try vault.rewrap(bundle, by: Rewrapping(with: ScratchState.custodians[0], for: audiences)))
        for part in SealedPart.allCases {
            for identity in [ScratchState.custodians[1], KeysTests.one] {
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
        let audiences = Audiences(custodians: [KeysTests.one.recipient, KeysTests.two.recipient], review: [])
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
        let audiences = Audiences(custodians: [KeysTests.one.recipient, KeysTests.two.recipient], review: [])
        let rewrapping = Rewrapping(with: ScratchState.custodians[0], for: audiences)
        #expect(try rewrapping.all(in: folder).rewrapped == [bundle])
        #expect(try vault.inspect(bundle).map(\.fault) == [.copiesDiffer("keys/\(bundle)")])
        #expect(try vault.rewrap(bundle, by: rewrapping))
        #expect(try vault.inspect(bundle) == [])
        #expect(try state.names(below: "second/keys").allSatisfy { !$0.hasPrefix(".") })
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
