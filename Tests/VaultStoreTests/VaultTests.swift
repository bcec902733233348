import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

@Suite struct VaultTests {
    @Test("a new vault's directories are the desk's to read and nobody else's")
    func directoriesAreMade() throws {
        let state = try ScratchState()
        _ = try state.vault()
        let found = try state.entries()
        #expect(found.map(\.path) == ["drafts", "vault", "vault/exhibits", "vault/keys"])
        #expect(found.allSatisfy { $0.status.mode == 0o2750 })
    }

    @Test("a run that was killed between making a directory and giving it its mode is made good")
    func modesAreMadeGood() throws {
        let state = try ScratchState()
        try state.root.makeDirectory(Array("vault".utf8), mode: 0o700)
        _ = try state.vault()
        #expect(try state.root.status(of: Array("vault".utf8)).mode == 0o2750)
    }

    @Test("opening removes what killed runs left half-written, and nothing else")
    func leftoversAreRemoved() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        let month = place.split(separator: "/").dropLast().joined(separator: "/")
        for leftover in ["\(month)/.\(BundleID(Exhibit.uploadID))", "drafts/.\(Exhibit.uploadID)"] {
            try state.root.makeDirectory(Array(leftover.utf8), mode: 0o700)
            try state.replace("\(leftover)/content", with: [1, 2, 3])
        }
        try state.root.makeDirectory(Array("drafts/.kept".utf8), mode: 0o700)
        _ = try state.vault()
        #expect(try state.names(below: "drafts") == [".kept"])
        #expect(
            try state.names(below: month).filter { !$0.contains("/") } == ["\(BundleID(Exhibit.uploadID))"]
        )
    }

    @Test("who only looks makes nothing and removes nothing")
    func readingChangesNothing() throws {
        let state = try ScratchState()
        #expect(throws: SyscallError.self) { try Vault.openForReading(state: state.root) }
        #expect(try state.entries().isEmpty)
        let place = try state.preserve()
        try state.root.makeDirectory(Array("drafts/.\(Exhibit.uploadID)".utf8), mode: 0o700)
        let vault = try Vault.openForReading(state: state.root)
        #expect(try state.names(below: "drafts") == [".\(Exhibit.uploadID)"])
        #expect(try vault.verify(BundleID(Exhibit.uploadID)) == [])
        #expect(place == "vault/exhibits/2025/11/ex-\(Exhibit.uploadID)")
    }

    @Test("every complete bundle is visited, oldest month first, and no half-written one")
    func bundlesAreVisited() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        let days: [Int64] = [20_000, 20_100, 20_400]
        let ids = days.map { UploadID(at: Timestamp(seconds: $0 * 86_400, nanoseconds: 0), random: (7, 9)) }
        for id in ids.reversed() { try state.preserve(.sample(upload: id)) }
        let hidden = ScratchState.place(of: BundleID(ids[0])).replacing("ex-", with: ".ex-")
        try state.root.makeDirectory(Array(hidden.utf8), mode: 0o700)
        var visited: [BundleID] = []
        try vault.bundles { visited.append($0) }
        #expect(visited == ids.map(BundleID.init))
        #expect(try vault.has(visited[0]))
        #expect(try !vault.has(BundleID(Exhibit.uploadID)))
    }
}
