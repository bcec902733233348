import CLinuxIO
import Glibc

/// A Unix stream socket that other programs of this machine connect to.
package struct LocalListener: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Seconds that one read or write of a connection may wait.
    package static let patience: Int32 = 30

    /// Binds `path`, with exactly this mode and group before anybody can be let in. What a killed run left there is
    /// removed, so call it under a lock.
    package init(at path: String, mode: UInt32, group: UInt32?) throws(SyscallError) {
        descriptor = try Self.bound(path, mode, group)
    }

    private static func bound(_ path: String, _ mode: UInt32, _ group: UInt32?) throws(SyscallError)
        -> Descriptor
    {
        if let found = try? Descriptor.status(ofPath: Array(path.utf8), subject: path), found.kind == .socket
        {
            unlink(path)
        }
        let listening = Descriptor(owning: try check("bind", path) { bw_listen(path) })
        if let group { _ = try check("chown", path) { chown(path, uid_t.max, group) } }
        _ = try check("chmod", path) { chmod(path, mode) }
        return listening
    }

    /// Waits for the next connection, a second at most.
    ///
    /// - Returns: `nil` when nobody came, or who came cannot be named.
    package func next() throws(SyscallError) -> LocalPeer? {
        let found = bw_wait_readable(descriptor.raw, 1_000)
        if found < 0 && errno != EINTR {
            throw SyscallError(call: "poll", subject: "socket", errno: errno)
        }
        guard found > 0 else { return nil }
        var user: UInt32 = 0
        let raw = bw_accept(descriptor.raw, Self.patience, &user)
        return raw < 0 ? nil : LocalPeer(raw: raw, user: user)
    }
}

/// Who connected, as the kernel says it. ``channel()`` is called once.
package struct LocalPeer: Sendable {
    package let user: UInt32
    private let raw: CInt

    init(raw: CInt, user: UInt32) { (self.raw, self.user) = (raw, user) }

    /// The connection, which ends when this is let go; for the thread that serves it.
    package func channel() -> LocalChannel { LocalChannel(Descriptor(owning: raw)) }
}

/// One end of a stream that carries a line of text each way, and runs of bytes in frames.
///
/// A frame is its length, four bytes, most significant first, and so many bytes; an empty one ends the run. A length of
/// four bytes 0xFF breaks the run off, and a line after it says why. A run that lacks both was cut short.
package struct LocalChannel: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private var ahead: [UInt8] = []

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// - Throws: ECONNREFUSED or ENOENT when nobody listens, EACCES when we are not let in.
    package static func connecting(to path: String) throws(SyscallError) -> LocalChannel {
        LocalChannel(Descriptor(owning: try check("connect", path) { bw_connect(path) }))
    }

    /// Waits so long at most for each read or write from now on; 0 for ever.
    package func limitWaiting(seconds: Int32) throws(SyscallError) {
        _ = try check("setsockopt", "socket") { bw_limit_waiting(descriptor.raw, seconds) }
    }

    /// Waits until something can be read, so many milliseconds at most.
    ///
    /// - Returns: Whether there is something, or the other side has gone away.
    package func awaitInput(milliseconds: Int32) throws(SyscallError) -> Bool {
        if !ahead.isEmpty { return true }
        let found = bw_wait_readable(descriptor.raw, milliseconds)
        if found < 0, errno != EINTR { throw SyscallError(call: "poll", subject: "socket", errno: errno) }
        return found > 0
    }

    /// The next line without its end.
    ///
    /// - Parameter deadline: On the monotonic clock, for all of it, however slowly its bytes come.
    /// - Throws: EFBIG when it is longer than `limit`, EPIPE when the other side went away before its end, ETIMEDOUT.
    package mutating func line(limit: Int, until deadline: Int64? = nil) throws(SyscallError) -> [UInt8] {
        var looked = 0
        while true {
            if let end = ahead[looked...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { ahead.removeFirst(end + 1) }
                return Array(ahead[..<end])
            }
            looked = ahead.count
            if looked > limit { throw SyscallError(call: "read", subject: "socket", errno: EFBIG) }
            if let deadline { try awaitMore(until: deadline) }
            try readMore()
        }
    }

    package func write(line: [UInt8]) throws(SyscallError) {
        try send(line + [UInt8(ascii: "\n")])
    }

    /// An empty frame ends the run.
    package func write(frame: [UInt8]) throws(SyscallError) {
        let count = UInt32(frame.count)
        try send((0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + frame)
    }

    /// Ends a run that cannot go on, with a line that says why.
    package func write(breakOff line: [UInt8]) throws(SyscallError) {
        try send([UInt8](repeating: 0xFF, count: 4) + line + [UInt8(ascii: "\n")])
    }

    /// The next frame; empty at the end of the run.
    ///
    /// - Throws: ECANCELED when the other side broke the run off: ``line(limit:until:)`` says why. EPIPE when it went away
    ///   without a word.
    package mutating func frame(limit: Int) throws(SyscallError) -> [UInt8] {
        let count = try take(4).reduce(0) { $0 << 8 | Int($1) }
        if count == UInt32.max { throw SyscallError(call: "read", subject: "socket", errno: ECANCELED) }
        if count > limit { throw SyscallError(call: "read", subject: "socket", errno: EFBIG) }
        return try take(count)
    }

    private mutating func take(_ count: Int) throws(SyscallError) -> [UInt8] {
        while ahead.count < count { try readMore() }
        defer { ahead.removeFirst(count) }
        return Array(ahead[..<count])
    }

    private func awaitMore(until deadline: Int64) throws(SyscallError) {
        let left = Int32(clamping: (deadline - Clocks.monotonic) / 1_000_000)
        guard left > 0, try check("poll", "socket", { bw_wait_readable(descriptor.raw, left) }) > 0 else {
            throw SyscallError(call: "read", subject: "socket", errno: ETIMEDOUT)
        }
    }

    private mutating func readMore() throws(SyscallError) {
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        let count = try check("read", "socket") {
            chunk.withUnsafeMutableBytes { Glibc.read(descriptor.raw, $0.baseAddress, $0.count) }
        }
        if count == 0 { throw SyscallError(call: "read", subject: "socket", errno: EPIPE) }
        ahead.append(contentsOf: chunk[..<count])
    }

    /// Never SIGPIPE: who has gone away is an error.
    private func send(_ bytes: [UInt8]) throws(SyscallError) {
        var sent = 0
        while sent < bytes.count {
            sent += try check("send", "socket") {
                bytes.withUnsafeBytes { buffer in
                    Glibc.send(
                        descriptor.raw,
                        buffer.baseAddress! + sent,
                        buffer.count - sent,
                        Int32(MSG_NOSIGNAL)
                    )
                }
            }
        }
    }
}
