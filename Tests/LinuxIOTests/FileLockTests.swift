import Testing

@testable import LinuxIO

@Suite struct FileLockTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func take(_ name: String = "lock") throws -> FileLock? {
        try FileLock.take(name, in: scratch.root, subject: "lock")
    }

    @Test("a lock is held by one, in this process too, and free when its owner lets go")
    func exclusive() throws {
        do {
            let first = try #require(try take())
            #expect(try take() == nil)
            #expect(try take() == nil)
            withExtendedLifetime(first) {}
        }
        #expect(try take() != nil)
    }

    @Test("locks of two names do not meet")
    func names() throws {
        let one = try #require(try take("one"))
        let other = try #require(try take("other"))
        #expect(!one.status.isSameFile(as: other.status))
    }

    @Test("a lock knows its file, so that a replaced one is noticed")
    func replaced() throws {
        let lock = try #require(try take())
        #expect(try scratch.root.status(of: bytes("lock")).isSameFile(as: lock.status))
        #expect(try scratch.root.status(of: bytes("lock")).mode == 0o600)
        try scratch.root.rename(bytes("lock"), to: scratch.root, bytes("aside"))
        try scratch.file("lock")
        #expect(try !scratch.root.status(of: bytes("lock")).isSameFile(as: lock.status))
        #expect(try take() != nil)
    }

    @Test("a symbolic link is not locked")
    func link() throws {
        scratch.link("lock", to: "elsewhere")
        #expect(throws: SyscallError.self) { try take() }
        #expect(try scratch.names() == [bytes("lock")])
    }
}
