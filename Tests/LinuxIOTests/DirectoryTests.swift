import Glibc
import Testing

@testable import LinuxIO

@Suite struct DirectoryTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("each of 5,000 entries is streamed once")
    func streams() throws {
        let names = (0..<5_000).map { "\($0)-" + String(repeating: "x", count: $0 % 40) }
        for name in names {
            _ = try scratch.root.open(bytes(name), [.write, .create, .exclusive], mode: 0o600)
        }
        #expect(
            try scratch.names().map { String(decoding: $0, as: UTF8.self) }
                == names.sorted { bytes($0).lexicographicallyPrecedes(bytes($1)) }
        )
    }

    @Test("a listing leaves the directory's own position alone, and ends for good")
    func twice() throws {
        try scratch.file("a")
        #expect(try scratch.names() == [bytes("a")])
        #expect(try scratch.names() == [bytes("a")])
        var entries = try DirectoryEntries(of: scratch.root)
        _ = try entries.next()
        #expect(try entries.next() == nil)
        #expect(try entries.next() == nil)
    }

    @Test("names are bytes: a newline, 0xFF, spaces, 255 of them")
    func oddNames() throws {
        let names: [[UInt8]] = [
            [0x0A], [0x20], bytes("a\nb"), [0xC3, 0x28, 0xFF], [UInt8](repeating: 0xFF, count: 255),
        ]
        for name in names { try scratch.root.writeNew(name, as: name, mode: 0o600, subject: "file") }
        #expect(try scratch.names() == names.sorted { $0.lexicographicallyPrecedes($1) })
        for name in names { #expect(try scratch.root.open(name).readAll(limit: 255) == name) }
    }

    @Test("an entry's kind is what lies there, and a link is a link")
    func kinds() throws {
        try scratch.file("file")
        _ = try scratch.directory("directory")
        scratch.link("link", to: "file")
        mkfifo(scratch.path + "/fifo", 0o600)
        var entries = try DirectoryEntries(of: scratch.root)
        var kinds: [String: FileStatus.Kind] = [:]
        while let entry = try entries.next() {
            kinds[String(decoding: entry.name, as: UTF8.self)] = try scratch.root.kind(of: entry)
        }
        #expect(kinds == ["file": .regular, "directory": .directory, "link": .symbolicLink, "fifo": .fifo])
    }

    @Test("where the listing does not say the kind, the entry is asked; nil when it is gone")
    func unknownKind() throws {
        _ = try scratch.directory("directory")
        #expect(try scratch.root.kind(of: DirectoryEntry(name: bytes("directory"), kind: nil)) == .directory)
        #expect(try scratch.root.kind(of: DirectoryEntry(name: bytes("gone"), kind: nil)) == nil)
    }

    @Test("a rename never replaces unless it is asked to")
    func renames() throws {
        try scratch.file("old", bytes("old"))
        try scratch.file("new", bytes("new"))
        let refusal = #expect(throws: SyscallError.self) {
            try scratch.root.rename(bytes("new"), to: scratch.root, bytes("old"), subject: "upload")
        }
        #expect(refusal == .nameTaken("upload"))
        #expect(refusal?.isTaken == true)
        #expect(try scratch.text("old") == "old")
        try scratch.root.rename(bytes("new"), to: scratch.root, bytes("old"), replacing: true)
        #expect(try scratch.text("old") == "new")
        #expect(try scratch.names() == [bytes("old")])
    }

    @Test("a rename goes to another directory, and says when its source is gone")
    func renamesAway() throws {
        let other = try scratch.directory("other")
        try scratch.file("a", bytes("a"))
        try scratch.root.rename(bytes("a"), to: other, bytes("b"))
        #expect(try scratch.text("other/b") == "a")
        let again = #expect(throws: SyscallError.self) {
            try scratch.root.rename(bytes("a"), to: other, bytes("c"))
        }
        #expect(again?.isNotThere == true)
    }

    @Test("a tree is removed with all that it holds, and what links lead to stays")
    func removesTree() throws {
        _ = try scratch.directory("keep")
        try scratch.file("keep/file", bytes("kept"))
        _ = try scratch.directory("tree")
        var path = "tree"
        for depth in 0..<40 {
            try scratch.file(path + "/file \n \(depth)")
            path += "/d"
            _ = try scratch.directory(path)
        }
        scratch.link("tree/link", to: "../keep")
        scratch.link("tree/dangling", to: "nowhere")
        mkfifo(scratch.path + "/tree/fifo", 0o600)
        try scratch.root.removeTree(bytes("tree"))
        #expect(try scratch.names() == [bytes("keep")])
        #expect(try scratch.text("keep/file") == "kept")
    }

    @Test("removing a tree that is gone is fine, and a link to a directory is refused")
    func removesNothing() throws {
        try scratch.root.removeTree(bytes("gone"))
        _ = try scratch.directory("keep")
        scratch.link("link", to: "keep")
        #expect(throws: SyscallError.self) { try scratch.root.removeTree(bytes("link")) }
        #expect(try scratch.names() == [bytes("keep"), bytes("link")])
    }

    @Test("a directory that holds something is not removed")
    func notEmpty() throws {
        _ = try scratch.directory("full")
        try scratch.file("full/file")
        let refusal = #expect(throws: SyscallError.self) { try scratch.root.removeDirectory(bytes("full")) }
        #expect(refusal?.errno == ENOTEMPTY)
        try scratch.root.unlink(bytes("full/file"))
        try scratch.root.removeDirectory(bytes("full"))
        #expect(try scratch.names().isEmpty)
    }

    @Test(
        "times are set to the nanosecond, before 1970 too",
        arguments: [0, -1, 1_795_291_204_000_000_017, -1_500_000_000] as [Int64]
    )
    func times(modified: Int64) throws {
        let file = try scratch.file("file")
        try file.setTimes(accessed: 1, modified: modified)
        #expect(try file.status().modified == modified)
        #expect(try file.status().accessed == 1)
    }
}
