import Glibc
import Testing

@testable import LinuxIO

@Suite struct PacketChannelTests {
    private func both() throws -> PacketChannel.Ends { try PacketChannel.Ends() }

    @Test("packets keep their borders, and the other side's end is an empty one")
    func borders() throws {
        let ends = try both()
        try ends.here.send([1, 2, 3])
        try ends.here.send([4])
        #expect(try ends.there.receive(limit: 10).bytes == [1, 2, 3])
        #expect(try ends.there.receive(limit: 10).bytes == [4])
        shutdown(ends.here.descriptor.raw, Int32(SHUT_WR))
        #expect(try ends.there.receive(limit: 10).bytes.isEmpty)
    }

    @Test("a packet above the limit is cut and says so", arguments: [(3, false), (4, true), (9_000, true)])
    func tooLong(count: Int, isTooLong: Bool) throws {
        let ends = try both()
        try ends.here.send([UInt8](repeating: 7, count: count))
        let packet = try ends.there.receive(limit: 3)
        #expect(packet.bytes == [7, 7, 7] && packet.isTooLong == isTooLong)
    }

    @Test("a descriptor travels for the same open file")
    func passing() throws {
        let ends = try both()
        let file = try Descriptor.open("/etc/passwd")
        try ends.here.send([1], passing: file)
        let packet = try ends.there.receive(limit: 1, letsIn: true)
        guard let arrived = packet.takeDescriptor() else {
            Issue.record("nothing came along")
            return
        }
        #expect(try arrived.status().isSameFile(as: file.status()))
        #expect(fcntl(arrived.raw, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("a descriptor that nobody asked for is not let in")
    func notLetIn() throws {
        // A pipe has ended for its reader once nobody holds its other end: not the sender, not the packet, not we.
        var pipe: [CInt] = [-1, -1]
        try #require(Glibc.pipe(&pipe) == 0 && fcntl(pipe[0], F_SETFL, O_NONBLOCK) == 0)
        let ends = try both()
        try sendAndClose(Descriptor(owning: pipe[1]), through: ends.here)
        let reader = Descriptor(owning: pipe[0])
        var byte: UInt8 = 0
        #expect(read(reader.raw, &byte, 1) == -1 && errno == EAGAIN)
        #expect(try ends.there.receive(limit: 1).bytes == [1])
        #expect(read(reader.raw, &byte, 1) == 0)
    }

    private func sendAndClose(_ writer: consuming Descriptor, through channel: borrowing PacketChannel) throws
    {
        try channel.send([1], passing: writer)
        try writer.close()
    }

    @Test("sending never waits for a side that does not read")
    func full() throws {
        let ends = try both()
        let refusal = #expect(throws: SyscallError.self) {
            for _ in 0..<100_000 { try ends.here.send([UInt8](repeating: 0, count: 1_000)) }
        }
        #expect(refusal?.errno == EAGAIN)
    }

    @Test("waiting ends with a packet, or at the deadline")
    func waiting() throws {
        let ends = try both()
        let begin = Clocks.monotonic
        #expect(try !ends.there.waitForPacket(until: begin + 20_000_000))
        #expect(Clocks.monotonic - begin >= 20_000_000)
        try ends.here.send([1])
        #expect(try ends.there.waitForPacket(until: Clocks.monotonic))
    }
}

extension PacketChannel {
    /// Both ends in one process.
    struct Ends: ~Copyable {
        let here: PacketChannel
        let there: PacketChannel

        init() throws {
            var raw: [CInt] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &raw) == 0)
            here = PacketChannel(Descriptor(owning: raw[0]))
            there = PacketChannel(Descriptor(owning: raw[1]))
        }
    }
}
