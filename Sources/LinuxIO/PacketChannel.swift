import CLinuxIO
import Glibc

/// One end of a pair of connected sockets that carry whole packets, each with a descriptor at most.
package struct PacketChannel: ~Copyable, Sendable {
    package let descriptor: Descriptor

    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Both ends; what goes in at one comes out at the other.
    package static func pair() throws(SyscallError) -> PacketPair {
        var pair: (CInt, CInt) = (-1, -1)
        _ = try check("socketpair", "channel") {
            withUnsafeMutableBytes(of: &pair) { bw_packet_pair($0.bindMemory(to: CInt.self).baseAddress) }
        }
        return PacketPair(
            here: PacketChannel(Descriptor(owning: pair.0)),
            there: Descriptor(owning: pair.1)
        )
    }

    /// Sends a packet; never waits.
    ///
    /// - Throws: EPIPE where the other side has closed, EAGAIN where it does not read.
    package func send(_ packet: [UInt8]) throws(SyscallError) { try send(packet, passing: -1) }

    /// Sends a packet with a second descriptor for the same open file.
    package func send(_ packet: [UInt8], passing passed: borrowing Descriptor) throws(SyscallError) {
        try send(packet, passing: passed.raw)
    }

    private func send(_ packet: [UInt8], passing raw: CInt) throws(SyscallError) {
        _ = try check("sendmsg", "channel") {
            packet.withUnsafeBytes { bw_send_packet(descriptor.raw, $0.baseAddress, $0.count, raw) }
        }
    }

    /// The next packet: empty where the other side has closed.
    ///
    /// - Parameter letsIn: Whether a descriptor that comes along is kept; else the kernel drops it.
    package func receive(limit: Int, letsIn: Bool = false) throws(SyscallError) -> Packet {
        var bytes = [UInt8](repeating: 0, count: limit)
        var passed: CInt = -1
        let count = try check("recvmsg", "channel") {
            bytes.withUnsafeMutableBytes { buffer in
                letsIn
                    ? bw_receive_packet(descriptor.raw, buffer.baseAddress, buffer.count, &passed)
                    : bw_receive_packet(descriptor.raw, buffer.baseAddress, buffer.count, nil)
            }
        }
        if count < limit { bytes.removeSubrange(max(0, count)...) }
        return Packet(bytes: bytes, isTooLong: count > limit, passed: passed)
    }

    /// Whether something has come, or the other side has closed, before `deadline` on the monotonic clock.
    package func waitForPacket(until deadline: Int64) throws(SyscallError) -> Bool {
        while true {
            let left = max(0, deadline - Clocks.monotonic) / 1_000_000
            let found = bw_wait_readable(descriptor.raw, CInt(clamping: left + 1))
            if found > 0 { return true }
            if found < 0 && errno != EINTR {
                throw SyscallError(call: "poll", subject: "channel", errno: errno)
            }
            if Clocks.monotonic >= deadline { return false }
        }
    }
}

/// The two ends of a new channel; the second is for another process.
package struct PacketPair: ~Copyable {
    package let here: PacketChannel
    package let there: Descriptor

    package init(here: consuming PacketChannel, there: consuming Descriptor) {
        self.here = here
        self.there = there
    }

    /// Gives up the other end, once the process that it is for has its own.
    package consuming func keepHere() -> PacketChannel { here }
}

/// What came in one piece.
package struct Packet: ~Copyable {
    /// Cut to the limit.
    package let bytes: [UInt8]
    package let isTooLong: Bool
    private let passed: Descriptor?

    init(bytes: [UInt8], isTooLong: Bool, passed: CInt) {
        (self.bytes, self.isTooLong) = (bytes, isTooLong)
        self.passed = passed >= 0 ? Descriptor(owning: passed) : nil
    }

    /// The descriptor that came along, `nil` where there is none.
    package consuming func takeDescriptor() -> Descriptor? { passed }
}
