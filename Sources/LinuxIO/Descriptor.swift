import CLinuxIO
import Glibc

/// An open file descriptor with exactly one owner.
///
/// Letting one go out of scope closes it and drops the result, which is right for reading.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: CInt

    /// Takes over a descriptor that nothing else closes.
    package init(owning raw: CInt) { self.raw = raw }

    deinit { _ = Glibc.close(raw) }

    /// Closes and reports what the kernel says; use it after writing.
    ///
    /// Linux frees the descriptor even when `close(2)` fails, so there is nothing to retry.
    package consuming func close() throws(SyscallError) {
        let raw = raw
        discard self
        if Glibc.close(raw) != 0 { throw SyscallError(call: "close", subject: "fd \(raw)", errno: errno) }
    }

    /// open(2) by absolute path: for the places that the settings name, never for a spool's content.
    package static func open(
        _ path: String,
        _ flags: OpenFlags = .read,
        mode: UInt32 = 0
    ) throws(SyscallError) -> Descriptor {
        Descriptor(owning: try check("open", path) { Glibc.open(path, flags.rawValue | O_CLOEXEC, mode) })
    }

    package static func directory(_ path: String) throws(SyscallError) -> Descriptor {
        try open(path, .directory)
    }

    /// open(2) by a path in bytes: for what a person names on the command line, links on the way followed.
    package static func open(
        path: [UInt8],
        _ flags: OpenFlags = .read,
        subject: String
    ) throws(SyscallError) -> Descriptor {
        Descriptor(
            owning: try path.withCString { name throws(SyscallError) in
                try check("open", subject) { Glibc.open(name, flags.rawValue | O_CLOEXEC) }
            }
        )
    }

    /// Opens what lies at `path` beneath this directory: no `..`, no symbolic link anywhere on the way.
    ///
    /// - Source: openat2(2) with RESOLVE_BENEATH | NO_SYMLINKS | NO_MAGICLINKS.
    package func open(
        _ path: [UInt8],
        _ flags: OpenFlags = .read,
        mode: UInt32 = 0,
        subject: String = "file"
    ) throws(SyscallError) -> Descriptor {
        Descriptor(
            owning: try path.withCString { name throws(SyscallError) in
                try check("openat2", subject) { bw_open_beneath(raw, name, flags.rawValue, mode) }
            }
        )
    }

    /// A second descriptor for the same open file, fcntl(2) F_DUPFD_CLOEXEC.
    package func duplicate() throws(SyscallError) -> Descriptor {
        Descriptor(owning: try check("fcntl", "fd \(raw)") { fcntl(raw, F_DUPFD_CLOEXEC, 0) })
    }
}

/// How to open, open(2). Every descriptor is close-on-exec.
package struct OpenFlags: OptionSet, Sendable {
    package let rawValue: CInt
    package init(rawValue: CInt) { self.rawValue = rawValue }

    package static let read: OpenFlags = []
    package static let write = OpenFlags(rawValue: O_WRONLY)
    package static let readWrite = OpenFlags(rawValue: O_RDWR)
    package static let create = OpenFlags(rawValue: O_CREAT)
    /// Each write goes to the end.
    package static let append = OpenFlags(rawValue: O_APPEND)
    package static let exclusive = OpenFlags(rawValue: O_EXCL)
    package static let directory = OpenFlags(rawValue: O_DIRECTORY)
    package static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    /// Does not wait for a FIFO's other end or a device.
    package static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK | O_NOCTTY)
    /// A place in the tree and nothing more; the file itself is not opened.
    package static let pathOnly = OpenFlags(rawValue: 0o10000000)  // O_PATH, which Swift does not import
}

// MARK: - Bytes

extension Descriptor {
    /// Reads at `offset` without moving the descriptor's own; fewer bytes than asked for only at the end.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64,
        subject: String = "file"
    ) throws(SyscallError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let step = try check("pread", subject) {
                pread(raw, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset) + filled)
            }
            if step == 0 { break }
            filled += step
        }
        return filled
    }

    package func read(
        into buffer: inout [UInt8],
        at offset: Int64,
        subject: String = "file"
    ) throws(SyscallError) -> Int {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        return try bytes.withUnsafeMutableBytes { pointer throws(SyscallError) in
            try read(into: pointer, at: offset, subject: subject)
        }
    }

    /// read(2): what comes next, also from a pipe; fewer bytes than asked for only at the end.
    package func readNext(into buffer: inout [UInt8], subject: String = "file") throws(SyscallError) -> Int {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        return try bytes.withUnsafeMutableBytes { pointer throws(SyscallError) in
            var filled = 0
            while filled < pointer.count {
                let step = try check("read", subject) {
                    Glibc.read(raw, pointer.baseAddress! + filled, pointer.count - filled)
                }
                if step == 0 { break }
                filled += step
            }
            return filled
        }
    }

    /// The whole file, refused above `limit` bytes with EFBIG.
    package func readAll(limit: Int, subject: String = "file") throws(SyscallError) -> [UInt8] {
        let size = Int(clamping: try status().size)
        guard size <= limit else { throw SyscallError(call: "read", subject: subject, errno: EFBIG) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        while bytes.count <= limit {
            let count = try read(into: &chunk, at: Int64(bytes.count), subject: subject)
            bytes.append(contentsOf: chunk[..<count])
            if count < chunk.count && bytes.count <= limit { return bytes }
        }
        throw SyscallError(call: "read", subject: subject, errno: EFBIG)
    }

    package func write(_ bytes: RawSpan, subject: String = "file") throws(SyscallError) {
        try Self.write(bytes, to: raw, subject: subject)
    }

    package func write(_ bytes: [UInt8], subject: String = "file") throws(SyscallError) {
        try write(bytes.span.bytes, subject: subject)
    }

    static func write(_ bytes: RawSpan, to raw: CInt, subject: String) throws(SyscallError) {
        try bytes.withUnsafeBytes { buffer throws(SyscallError) in
            var written = 0
            while written < buffer.count {
                written += try check("write", subject) {
                    Glibc.write(raw, buffer.baseAddress! + written, buffer.count - written)
                }
            }
        }
    }

    /// fsync(2). After it failed the file must be written again under another name: Linux marks the pages clean.
    package func sync(subject: String = "file") throws(SyscallError) {
        _ = try check("fsync", subject) { fsync(raw) }
    }

    /// Drops the file's pages from the cache, so that the next read comes from the disk.
    package func dropCache() { _ = posix_fadvise(raw, 0, 0, POSIX_FADV_DONTNEED) }

    package func willReadInOrder() { _ = posix_fadvise(raw, 0, 0, POSIX_FADV_SEQUENTIAL) }
}

extension [UInt8] {
    /// Calls `body` with these bytes as a C string. They must hold no NUL.
    func withCString<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard count < 256 else { return try (self + [0]).asCString(body) }
        // On the stack: this runs several times for every upload.
        var name = InlineArray<256, CChar>(repeating: 0)
        var span = name.mutableSpan
        return try span.withUnsafeMutableBytes { buffer throws(Failure) in
            withUnsafeBytes { buffer.copyMemory(from: $0) }
            return try body(UnsafePointer(buffer.baseAddress!.assumingMemoryBound(to: CChar.self)))
        }
    }

    private func asCString<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try span.withUnsafeBytes { bytes throws(Failure) in
            try body(bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
        }
    }
}
