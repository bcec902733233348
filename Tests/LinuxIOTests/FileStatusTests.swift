import Glibc
import Testing

@testable import LinuxIO

@Suite struct FileStatusTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a file's size, mode, links and owner are told")
    func figures() throws {
        let file = try scratch.file("file", [UInt8](repeating: 1, count: 5_000))
        try file.setMode(0o4710)
        Glibc.link(scratch.path + "/file", scratch.path + "/other")
        let status = try file.status()
        #expect(status.kind == .regular)
        #expect(status.size == 5_000)
        #expect(status.blocks * 512 >= 5_000)
        #expect(status.mode == 0o4710)
        #expect(status.links == 2)
        #expect(status.uid == ThisProcess.user)
        #expect(try scratch.root.status(of: bytes("other")).isSameFile(as: status))
        #expect(try Descriptor.status(ofPath: bytes(scratch.path + "/file"), subject: "file") == status)
    }

    @Test("a link is looked at and not through")
    func links() throws {
        try scratch.file("file")
        scratch.link("link", to: "file")
        scratch.link("dangling", to: "nowhere")
        #expect(try scratch.root.status(of: bytes("link")).kind == .symbolicLink)
        #expect(try scratch.root.status(of: bytes("dangling")).kind == .symbolicLink)
        #expect(
            try Descriptor.status(ofPath: bytes(scratch.path + "/link"), subject: "file").kind
                == .symbolicLink
        )
    }

    @Test("what is not there is nil, also behind a file", arguments: ["gone", "file/gone"])
    func notThere(name: String) throws {
        try scratch.file("file")
        #expect(try scratch.root.statusIfThere(of: bytes(name)) == nil)
        #expect(throws: SyscallError.self) { try scratch.root.status(of: bytes(name)) }
    }

    @Test("other trouble is not taken for nothing there")
    func trouble() throws {
        let long = [UInt8](repeating: 97, count: 256)
        #expect(throws: SyscallError.self) { try scratch.root.statusIfThere(of: long) }
    }

    @Test("the same content is seen in size and time of modification and change")
    func sameContent() throws {
        let file = try scratch.file("file", [1, 2])
        let before = try file.status()
        _ = try file.readAll(limit: 2)
        #expect(try file.status().hasSameContent(as: before))
        try file.setTimes(accessed: 0, modified: before.modified + 1)
        let touched = try file.status()
        #expect(!touched.hasSameContent(as: before))
        try scratch.writer("file").write([1, 2, 3])
        #expect(try !file.status().hasSameContent(as: touched))
        #expect(try file.status().isSameFile(as: before))
    }

    @Test("a time of modification that an uploader made up stops nothing and is not read as one long ago")
    func timesPastTheClock() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            let file = try scratch.file("file")
            let copy = try scratch.file("copy")
            for seconds in [9_223_372_036, 9_223_372_037, 13_569_465_600] {
                let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
                // Beyond what the file system holds, it keeps the last time that it does.
                _ = futimens(file.raw, times)
                let status = try file.status()
                precondition(status.modified > 0)
                try copy.setTimes(accessed: status.accessed, modified: status.modified)
            }
        }
    }

    @Test("a file system says what room is left")
    func room() throws {
        let room = try scratch.root.room()
        #expect(room.freeBytes > 0)
        #expect(room.freeInodes > 0 || !room.countsInodes)
    }

    @Test("extended attributes are told, empty and odd ones included")
    func attributes() throws {
        let file = try scratch.file("file")
        let setAttribute = try #require(Self.setAttribute)
        let wanted = [("user.breakwater.a", bytes("https://a.example/\u{0}x")), ("user.breakwater.b", [])]
        for (name, value) in wanted {
            // A file system without user attributes has none to tell.
            guard setAttribute(file.raw, name, value, value.count, 0) == 0 else { return }
        }
        let found = file.extendedAttributes().filter { $0.name.starts(with: bytes("user.")) }
        #expect(found.count == 2)
        for (name, value) in wanted {
            #expect(found.contains(ExtendedAttribute(name: bytes(name), value: value)))
        }
    }

    @Test("a file without extended attributes has none")
    func noAttributes() throws {
        let file = try scratch.file("file")
        #expect(file.extendedAttributes().filter { $0.name.starts(with: bytes("user.")) }.isEmpty)
    }

    /// fsetxattr(2), which Swift's Glibc leaves out.
    private static let setAttribute = dlsym(nil, "fsetxattr").map {
        unsafeBitCast(
            $0,
            to: (@convention(c) (CInt, UnsafePointer<CChar>, UnsafeRawPointer, Int, CInt) -> CInt).self
        )
    }
}
