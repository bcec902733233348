import Glibc
import Testing

@testable import LinuxIO

@Suite struct ChildProgramTests {
    private func start(_ path: String) throws -> (child: ChildProgram, channel: PacketChannel.Box) {
        let pair = try PacketChannel.pair()
        let child = try ChildProgram(Descriptor.open(path), name: "child", input: pair.there)
        return (child, PacketChannel.Box(pair.keepHere()))
    }

    @Test("how a child ended is told", arguments: [("/bin/true", 0), ("/bin/false", 1)])
    func ends(path: String, code: Int32) throws {
        let (child, channel) = try start(path)
        // Its end of the channel closes when it ends, and not before.
        #expect(try channel.channel.receive(limit: 1).bytes.isEmpty)
        #expect(child.end() == .exited(code))
        #expect(child.end() == .exited(code))
    }

    @Test("a child that does not end is killed")
    func killed() throws {
        let (child, _) = try start("/bin/cat")
        #expect(child.end() == .signal(SIGKILL))
        #expect(kill(child.processID, 0) == -1 && errno == ESRCH)
    }

    @Test("what is sent to our process group does not reach a child")
    func ownGroup() throws {
        let (child, _) = try start("/bin/cat")
        #expect(getpgid(child.processID) == child.processID)
    }

    @Test("what runs is the file that was opened, whatever lies at its path by now")
    func byDescriptor() throws {
        let path = "/tmp/child-program-\(getpid())"
        let copy = try Descriptor.open(path, [.write, .create], mode: 0o755)
        try copy.write(Descriptor.open("/bin/true").readAll(limit: 1 << 20))
        try copy.close()
        let program = try Descriptor.open(path)
        unlink(path)
        let pair = try PacketChannel.pair()
        let child = try ChildProgram(program, name: "child", input: pair.there)
        let channel = pair.keepHere()
        #expect(try channel.receive(limit: 1).bytes.isEmpty)
        #expect(child.end() == .exited(0))
    }

    @Test("what is no program is an error here")
    func noProgram() throws {
        #expect(throws: SyscallError.self) { _ = try start("/etc/passwd") }
    }
}

extension PacketChannel {
    /// A channel that can stand in a tuple.
    final class Box {
        let channel: PacketChannel
        init(_ channel: consuming PacketChannel) { self.channel = channel }
    }
}
