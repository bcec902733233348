import Glibc
import Testing

@testable import LinuxIO

@Suite struct DurableWriteTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("modes are what was asked for, whatever the umask", arguments: [0, 0o022, 0o077] as [UInt32])
    func modes(mask: UInt32) throws {
        let root = try scratch.root.duplicate()
        try withFileModeMask(mask) {
            try root.writeDurably(bytes("x"), as: bytes("durable"), mode: 0o664, subject: "file")
            try root.writeNew(bytes("x"), as: bytes("new"), mode: 0o440, subject: "file")
            _ = try root.ensureDirectory(bytes("directory"), mode: 0o2770, subject: "directory")
        }
        #expect(try scratch.root.status(of: bytes("durable")).mode == 0o664)
        #expect(try scratch.root.status(of: bytes("new")).mode == 0o440)
        #expect(try scratch.root.status(of: bytes("directory")).mode == 0o2770)
    }

    @Test("a file is replaced whole, and nothing else is left")
    func replaces() throws {
        try scratch.root.writeDurably(bytes("a longer text"), as: bytes("file"), mode: 0o600, subject: "file")
        try scratch.root.writeDurably(bytes("short"), as: bytes("file"), mode: 0o640, subject: "file")
        #expect(try scratch.text("file") == "short")
        #expect(try scratch.root.status(of: bytes("file")).mode == 0o640)
        #expect(try scratch.names() == [bytes("file")])
    }

    @Test("whoever has the old file open goes on reading it")
    func keepsOld() throws {
        try scratch.root.writeDurably(bytes("old"), as: bytes("file"), mode: 0o600, subject: "file")
        let old = try scratch.root.open(bytes("file"))
        try scratch.root.writeDurably(bytes("new"), as: bytes("file"), mode: 0o600, subject: "file")
        #expect(try old.readAll(limit: 10) == bytes("old"))
        #expect(try scratch.text("file") == "new")
    }

    @Test("a failure leaves what was there and nothing of its own")
    func noLeftover() throws {
        _ = try scratch.directory("taken")
        #expect(throws: SyscallError.self) {
            try scratch.root.writeDurably(bytes("x"), as: bytes("taken"), mode: 0o600, subject: "file")
        }
        #expect(throws: SyscallError.self) {
            try scratch.root.writeDurably(
                bytes("x"),
                as: [UInt8](repeating: 97, count: 256),
                mode: 0o600,
                subject: "file"
            )
        }
        #expect(try scratch.names() == [bytes("taken")])
    }

    @Test("a new file never takes the place of another")
    func newIsNew() throws {
        try scratch.file("file", bytes("old"))
        scratch.link("link", to: "nowhere")
        for name in ["file", "link"] {
            let refusal = #expect(throws: SyscallError.self) {
                try scratch.root.writeNew(bytes("new"), as: bytes(name), mode: 0o600, subject: "file")
            }
            #expect(refusal?.isTaken == true || refusal?.isLink == true)
        }
        #expect(try scratch.text("file") == "old")
        #expect(try scratch.names() == [bytes("file"), bytes("link")])
    }

    @Test("a directory that is there is opened as it is; a link or a file in its place is refused")
    func ensures() throws {
        let first = try scratch.root.ensureDirectory(bytes("d"), mode: 0o750, subject: "directory")
        let again = try scratch.root.ensureDirectory(bytes("d"), mode: 0o750, subject: "directory")
        #expect(try first.status().isSameFile(as: again.status()))
        scratch.link("link", to: "d")
        try scratch.file("file")
        for name in ["link", "file"] {
            #expect(throws: SyscallError.self) {
                _ = try scratch.root.ensureDirectory(bytes(name), mode: 0o750, subject: "directory")
            }
        }
    }
}
