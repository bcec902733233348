import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

@Suite struct DraftsTests {
    static let id = DraftID(Exhibit.uploadID)
    static let files = [
        DraftFile(name: "report.xml", bytes: Array("<report/>".utf8)),
        DraftFile(name: "findings.json", bytes: Array("{}".utf8)),
    ]

    @Test("a draft is there whole and sealed, readable for the desk and written by nobody")
    func draftIsPlaced() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        #expect(try vault.draft(Self.id, with: ScratchState.desk) == nil)
        try vault.placeDraft(Self.id, files: Self.files, for: ScratchState.audiences)
        #expect(try vault.hasDraft(Self.id))
        let found = try state.entries(below: "drafts")
        #expect(
            found.map { $0.path.split(separator: "/").last } == [
                "\(Self.id)", "draft.age.body", "draft.custodians.age.hdr", "draft.review.age.hdr",
            ]
        )
        #expect(found.map(\.status.mode) == [0o2750, 0o440, 0o440, 0o440])
        var visited: [DraftID] = []
        try vault.drafts { visited.append($0) }
        #expect(visited == [Self.id])
    }

    @Test("the desk and each custodian open a draft, nobody else does")
    func draftIsSealed() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try vault.placeDraft(Self.id, files: Self.files, for: ScratchState.audiences)
        for identity in ScratchState.custodians + [ScratchState.desk] {
            #expect(try vault.draft(Self.id, with: identity) == Self.files.reversed())
        }
        #expect(throws: SealingFault.notForThisIdentity) { try vault.draft(Self.id, with: .generate()) }
        let place = "drafts/\(Self.id)"
        let body = try state.read("\(place)/draft.age.body")
        let header = try state.read("\(place)/draft.review.age.hdr")
        let plain = try AgeProgram(state: state).open(header, body, ScratchState.desk)
        let json = try JSONValue(parsing: try #require(plain))
        #expect(json["files"]?["report.xml"] == "<report/>")
        #expect(json["schema"] == "breakwater-draft-2")
    }

    @Test("a draft that is there stays as it is")
    func draftTwice() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try vault.placeDraft(Self.id, files: Self.files, for: ScratchState.audiences)
        let before = try state.entries(below: "drafts").map(\.status.inode)
        try vault.placeDraft(Self.id, files: [Self.files[0]], for: ScratchState.audiences)
        #expect(try state.entries(below: "drafts").map(\.status.inode) == before)
        #expect(try vault.draft(Self.id, with: ScratchState.desk) == Self.files.reversed())
    }

    @Test("written again, it has the same plaintext")
    func sameAgain() throws {
        let plain = SealedDraft.bytes(of: Self.files, Self.id)
        #expect(plain == SealedDraft.bytes(of: Self.files.reversed(), Self.id))
        #expect(try SealedDraft.files(in: plain) == Self.files.reversed())
    }

    @Test("a draft that does not open again is not placed")
    func brokenSealer() throws {
        let state = try ScratchState()
        let broken = Sealer(recipients: { _ in [AgeIdentity.generate().recipient] })
        let vault = try state.vault(sealer: broken)
        #expect(throws: DamagedSeal.self) {
            try vault.placeDraft(Self.id, files: Self.files, for: ScratchState.audiences)
        }
        #expect(try state.names(below: "drafts").isEmpty)
    }

    @Test("a draft that a killed run left half-written is written anew")
    func draftAfterKill() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try state.root.makeDirectory(Array("drafts/.\(Self.id)".utf8), mode: 0o700)
        try state.replace("drafts/.\(Self.id)/draft.age.body", with: Array("<rep".utf8))
        #expect(try !vault.hasDraft(Self.id))
        try vault.placeDraft(Self.id, files: Self.files, for: ScratchState.audiences)
        #expect(try vault.draft(Self.id, with: ScratchState.desk) == Self.files.reversed())
        #expect(try state.names(below: "drafts").allSatisfy { !$0.hasPrefix(".") })
    }
}
