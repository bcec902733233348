import CLinuxIO
import Glibc

// What a directory descriptor can do to its entries. Names are bytes without NUL; `subject` is what an error
// says instead of them.

extension Descriptor {
    package func makeDirectory(_ path: [UInt8], mode: UInt32, subject: String = "directory")
        throws(SyscallError)
    {
        _ = try path.withCString { name throws(SyscallError) in
            try check("mkdirat", subject) { mkdirat(raw, name, mode) }
        }
    }

    /// Moves an entry within one mount.
    ///
    /// - Throws: EEXIST when the new name is taken and `replacing` is false.
    /// - Source: renameat2(2), RENAME_NOREPLACE.
    package func rename(
        _ from: [UInt8],
        to directory: borrowing Descriptor,
        _ to: [UInt8],
        replacing: Bool = false,
        subject: String = "file"
    ) throws(SyscallError) {
        let other = directory.raw
        _ = try from.withCString { from throws(SyscallError) in
            try to.withCString { to throws(SyscallError) in
                try check("renameat2", subject) { bw_rename(raw, from, other, to, replacing ? 0 : 1) }
            }
        }
    }

    /// Has two entries of this directory change names at one moment; both must be there.
    ///
    /// - Source: renameat2(2), RENAME_EXCHANGE.
    package func exchange(_ one: [UInt8], with other: [UInt8], subject: String = "file") throws(SyscallError)
    {
        _ = try one.withCString { one throws(SyscallError) in
            try other.withCString { other throws(SyscallError) in
                try check("renameat2", subject) { bw_rename(raw, one, raw, other, 2) }
            }
        }
    }

    /// Gives a file of this directory a second name in another, linkat(2).
    package func link(
        _ name: [UInt8],
        to directory: borrowing Descriptor,
        _ other: [UInt8],
        subject: String = "file"
    ) throws(SyscallError) {
        let target = directory.raw
        _ = try name.withCString { name throws(SyscallError) in
            try other.withCString { other throws(SyscallError) in
                try check("linkat", subject) { linkat(raw, name, target, other, 0) }
            }
        }
    }

    package func unlink(_ name: [UInt8], subject: String = "file") throws(SyscallError) {
        _ = try name.withCString { name throws(SyscallError) in
            try check("unlinkat", subject) { unlinkat(raw, name, 0) }
        }
    }

    package func removeDirectory(_ name: [UInt8], subject: String = "directory") throws(SyscallError) {
        _ = try name.withCString { name throws(SyscallError) in
            try check("unlinkat", subject) { unlinkat(raw, name, AT_REMOVEDIR) }
        }
    }

    package func setMode(_ mode: UInt32, subject: String = "file") throws(SyscallError) {
        _ = try check("fchmod", subject) { fchmod(raw, mode) }
    }

    package func setGroup(_ group: UInt32, subject: String = "file") throws(SyscallError) {
        _ = try check("fchown", subject) { fchown(raw, UInt32.max, group) }
    }

    /// fchown(2): only root gives files away, and others may choose among their own groups.
    package func setOwner(_ user: UInt32, group: UInt32, subject: String = "file") throws(SyscallError) {
        _ = try check("fchown", subject) { fchown(raw, user, group) }
    }

    package func setTimes(accessed: Int64, modified: Int64, subject: String = "file") throws(SyscallError) {
        let times = [timespec(sinceEpoch: accessed), timespec(sinceEpoch: modified)]
        _ = try check("futimens", subject) { futimens(raw, times) }
    }

    /// Removes a directory of ours with all that it holds; what is already gone is fine.
    package func removeTree(_ name: [UInt8], subject: String = "directory") throws(SyscallError) {
        do throws(SyscallError) {
            let directory = try open(name, .directory, subject: subject)
            var entries = try DirectoryEntries(of: directory, subject: subject)
            while let entry = try entries.next() {
                if try directory.kind(of: entry) == .directory {
                    try directory.removeTree(entry.name, subject: subject)
                } else {
                    try directory.unlink(entry.name, subject: subject)
                }
            }
            try removeDirectory(name, subject: subject)
        } catch {
            if error.errno != ENOENT { throw error }
        }
    }
}

extension timespec {
    init(sinceEpoch nanoseconds: Int64) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(
            tv_sec: Int(rest < 0 ? seconds - 1 : seconds),
            tv_nsec: Int(rest < 0 ? rest + 1_000_000_000 : rest)
        )
    }
}

/// One entry of a directory as the kernel lists it.
package struct DirectoryEntry: Equatable, Sendable {
    package let name: [UInt8]
    /// `nil` where the file system does not say; ask `status(of:)`.
    package let kind: FileStatus.Kind?
}

extension Descriptor {
    /// The kind of an entry of this directory, asked for where the listing did not say; `nil` when it is gone.
    package func kind(of entry: DirectoryEntry) throws(SyscallError) -> FileStatus.Kind? {
        if let kind = entry.kind { return kind }
        return try statusIfThere(of: entry.name)?.kind
    }
}

/// A directory's entries, streamed through one buffer whatever their number; `.` and `..` left out.
///
/// Entries that are renamed away meanwhile may or may not appear; those that stay appear once.
///
/// - Source: getdents64(2).
package struct DirectoryEntries: ~Copyable {
    private let directory: Descriptor
    private let subject: String
    private var buffer = [UInt8](repeating: 0, count: 32 * 1_024)
    private var filled = 0
    private var position = 0

    /// Opens the directory a second time, so that its own read position is left alone.
    package init(of directory: borrowing Descriptor, subject: String = "directory") throws(SyscallError) {
        self.directory = try directory.open([UInt8(ascii: ".")], .directory, subject: subject)
        self.subject = subject
    }

    package mutating func next() throws(SyscallError) -> DirectoryEntry? {
        while true {
            if position == filled {
                let raw = directory.raw
                filled = try check("getdents64", subject) {
                    buffer.withUnsafeMutableBytes { bw_read_directory(raw, $0.baseAddress!, $0.count) }
                }
                position = 0
                if filled == 0 { return nil }
            }
            let entry = takeEntry()
            if entry.name != [dot] && entry.name != [dot, dot] { return entry }
        }
    }

    /// struct linux_dirent64: inode 8, offset 8, length 2, type 1, name.
    private mutating func takeEntry() -> DirectoryEntry {
        let length = Int(buffer[position + 16]) | Int(buffer[position + 17]) << 8
        let type = buffer[position + 18]
        let name = buffer[(position + 19)..<(position + length)].prefix { $0 != 0 }
        position += length
        return DirectoryEntry(name: Array(name), kind: Self.kind(type))
    }

    private static func kind(_ type: UInt8) -> FileStatus.Kind? {
        switch Int(type) {
        case Int(DT_REG): .regular
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .symbolicLink
        case Int(DT_FIFO): .fifo
        case Int(DT_SOCK): .socket
        case Int(DT_UNKNOWN): nil
        default: .device
        }
    }
}

private let dot = UInt8(ascii: ".")
