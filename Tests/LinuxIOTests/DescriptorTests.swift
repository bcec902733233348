import Glibc
import Testing

@testable import LinuxIO

@Suite struct DescriptorTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        _ = try scratch.directory("in")
        _ = try scratch.directory("in/side")
        try scratch.file("in/side/file", bytes("content"))
        try scratch.file("outside")
        scratch.link("in/link", to: "side/file")
        scratch.link("in/way", to: "side")
        scratch.link("in/out", to: "..")
    }

    private func opening(_ path: String) -> SyscallError? {
        do throws(SyscallError) {
            _ = try scratch.root.open(bytes("in"), .directory).open(bytes(path))
            return nil
        } catch {
            return error
        }
    }

    @Test("what lies beneath is opened", arguments: ["side/file", "side", "./side/file", "."])
    func beneath(path: String) { #expect(opening(path) == nil) }

    @Test(
        "nothing leads out of the directory",
        arguments: ["..", "../outside", "side/../../outside", "/etc/hostname", "/"]
    )
    func out(path: String) { #expect(opening(path)?.errno == EXDEV) }

    @Test(
        "no symbolic link is followed, at the end or on the way",
        arguments: ["link", "way/file", "way", "out/outside", "way/../side/file"]
    )
    func links(path: String) { #expect(opening(path)?.isLink == true) }

    @Test("no link of /proc is followed")
    func magicLinks() throws {
        let proc = try Descriptor.directory("/proc/self")
        #expect(throws: SyscallError.self) { _ = try proc.open(bytes("fd/0")) }
        #expect(throws: SyscallError.self) { _ = try proc.open(bytes("cwd"), .directory) }
    }

    @Test("a descriptor does not outlive exec")
    func closedOnExec() throws {
        let file = try scratch.root.open(bytes("outside"))
        #expect(fcntl(file.raw, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(try file.duplicate().raw, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(try Descriptor.open(scratch.path + "/outside").raw, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("letting a descriptor go closes it, and a duplicate keeps the file open")
    func ownership() throws {
        // Whether somebody writes tells whether a descriptor is open; its number may be another test's by then.
        func letGo(_ writer: consuming Descriptor) {}
        let reader = try scratch.root.open(bytes("outside"))
        let writer = try scratch.writer("outside")
        let other = try writer.duplicate()
        letGo(writer)
        #expect(reader.probeForWriters() == .writer)
        letGo(other)
        #expect(reader.probeForWriters() == .noWriter)
    }

    @Test("closing reports what the kernel says")
    func close() async throws {
        try scratch.root.open(bytes("outside")).close()
        // In a process of its own: the number may be another test's file by then.
        await #expect(processExitsWith: .success) {
            let file = try Descriptor.open("/dev/null")
            _ = Glibc.close(file.raw)
            do throws(SyscallError) {
                try file.close()
                preconditionFailure("nothing was reported")
            } catch {
                precondition(error.call == "close" && error.errno == EBADF)
            }
        }
    }

    @Test("a read is whole, at its offset, and leaves the descriptor's own alone")
    func reads() throws {
        let file = try scratch.root.open(bytes("in/side/file"))
        var buffer = [UInt8](repeating: 0, count: 4)
        #expect(try file.read(into: &buffer, at: 2) == 4)
        #expect(buffer == bytes("nten"))
        #expect(try file.read(into: &buffer, at: 5) == 2)
        #expect(buffer.prefix(2) == bytes("nt")[...])
        #expect(try file.read(into: &buffer, at: 7) == 0)
        #expect(lseek(file.raw, 0, SEEK_CUR) == 0)
    }

    @Test("a whole file is read up to the limit", arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func readAll(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try scratch.file("big", content)
        #expect(try file.readAll(limit: count) == content)
        guard count > 0 else { return }
        let refusal = #expect(throws: SyscallError.self) { try file.readAll(limit: count - 1) }
        #expect(refusal?.isTooLarge == true)
    }

    @Test("a file that grows past the limit after its stat is refused like any other")
    func growsWhileRead() throws {
        // Files of /proc say that they are empty, as one does that is appended to after the stat.
        let file = try Descriptor.open("/proc/self/status")
        #expect(try file.status().size == 0)
        let refusal = #expect(throws: SyscallError.self) { try file.readAll(limit: 10) }
        #expect(refusal?.isTooLarge == true)
    }

    @Test("what is written is there")
    func writes() throws {
        let file = try scratch.root.open(bytes("new"), [.write, .create, .exclusive], mode: 0o600)
        try file.write(bytes("one "))
        try file.write(bytes("two").span.bytes)
        try file.sync()
        try file.close()
        #expect(try scratch.text("new") == "one two")
    }

    @Test("an error names the call and the subject, never the name")
    func errors() throws {
        let error = #expect(throws: SyscallError.self) {
            _ = try scratch.root.open(bytes("secret-name"), subject: "upload")
        }
        #expect(error?.description == "openat2 upload: No such file or directory")
    }
}
