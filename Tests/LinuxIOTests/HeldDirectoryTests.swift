import Testing

@testable import LinuxIO

/// A directory that is held open and the path that led to it.
@Suite struct HeldDirectoryTests {
    @Test("a directory that was renamed away, or replaced, is not at its path; put back it is")
    func replaced() throws {
        let scratch = try Scratch()
        let keys = try scratch.directory("keys")
        let held = try HeldDirectory(keys, at: "\(scratch.path)/keys")
        #expect(held.trouble() == nil)
        try scratch.root.rename(bytes("keys"), to: scratch.root, bytes("old"))
        #expect(held.trouble() == .elsewhere)
        try scratch.root.makeDirectory(bytes("keys"), mode: 0o700)
        #expect(held.trouble() == .elsewhere)
        try scratch.root.rename(bytes("keys"), to: scratch.root, bytes("new"))
        try scratch.root.rename(bytes("old"), to: scratch.root, bytes("keys"))
        #expect(held.trouble() == nil)
    }
}
