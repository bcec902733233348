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

    @Test("a draft is there whole, readable for the desk and written by nobody")
    func draftIsPlaced() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        #expect(try vault.draft(Self.id) == nil)
        try vault.placeDraft(Self.id, files: Self.files)
        #expect(try vault.draft(Self.id) == Self.files.reversed())
        let found = try state.entries(below: "drafts")
        #expect(found.map(\.status.mode) == [0o2750, 0o440, 0o440])
        var visited: [DraftID] = []
        try vault.drafts { visited.append($0) }
        #expect(visited == [Self.id])
    }

    @Test("the same draft again changes nothing; another under its name is refused")
    func draftTwice() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try vault.placeDraft(Self.id, files: Self.files)
        let before = try state.entries(below: "drafts").map(\.status.inode)
        try vault.placeDraft(Self.id, files: Self.files.reversed())
        #expect(throws: DraftDiffers(draft: Self.id)) {
            try vault.placeDraft(Self.id, files: [Self.files[0]])
        }
        #expect(try state.entries(below: "drafts").map(\.status.inode) == before)
        #expect(try vault.draft(Self.id) == Self.files.reversed())
    }

    @Test("a draft that a killed run left half-written is written anew")
    func draftAfterKill() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try state.root.makeDirectory(Array("drafts/.\(Self.id)".utf8), mode: 0o700)
        try state.replace("drafts/.\(Self.id)/report.xml", with: Array("<rep".utf8))
        #expect(try vault.draft(Self.id) == nil)
        try vault.placeDraft(Self.id, files: Self.files)
        #expect(try vault.draft(Self.id) == Self.files.reversed())
        #expect(try state.names(below: "drafts").allSatisfy { !$0.hasPrefix(".") })
    }
}
