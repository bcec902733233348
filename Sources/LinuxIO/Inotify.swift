import Glibc

/// A watch of one directory, as the kernel numbers it.
package typealias WatchID = CInt

/// What the kernel reports: a hint to look, never a fact.
package struct InotifyEvent: Equatable, Sendable {
    package let watch: WatchID
    private let mask: UInt32
    /// The entry that it is about; empty when it is about the watched directory itself.
    package let name: [UInt8]

    /// Events were lost; `watch` is -1. Ask this before looking the watch up.
    package var isOverflow: Bool { has(IN_Q_OVERFLOW) }
    package var isDirectory: Bool { has(IN_ISDIR) }
    /// The watched directory was moved, removed or unmounted: its path leads elsewhere now.
    package var isAboutWatchedDirectory: Bool { has(IN_MOVE_SELF) || has(IN_DELETE_SELF) || has(IN_UNMOUNT) }
    /// The watched directory was removed, or the kernel says after that that its watch is gone.
    package var isRemoval: Bool { has(IN_DELETE_SELF) || (isWatchGone && !has(IN_UNMOUNT)) }
    /// The kernel dropped the watch.
    package var isWatchGone: Bool { has(IN_IGNORED) }

    private func has(_ flag: some BinaryInteger) -> Bool { mask & UInt32(truncatingIfNeeded: flag) != 0 }

    init(watch: WatchID, mask: UInt32, name: [UInt8]) {
        self.watch = watch
        self.mask = mask
        self.name = name
    }
}

/// The kernel's queue of directory events, and the watches that feed it.
///
/// - Source: inotify(7).
/// One thread waits for events; any thread may add watches.
package final class Inotify: @unchecked Sendable {
    private let queue: Descriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1_024, alignment: 8)

    /// - Throws: EMFILE when the user's inotify instances are used up.
    package init() throws(SyscallError) {
        queue = Descriptor(owning: try check("inotify_init1", "inotify") { inotify_init1(Int32(IN_CLOEXEC)) })
    }

    deinit { buffer.deallocate() }

    /// Watches a directory for entries that arrive. Watching it again gives the same id.
    ///
    /// Goes through `/proc/self/fd`, so the watch is on the directory that is open and not on what has its path now.
    ///
    /// - Throws: ENOSPC when the user's watches are used up.
    package func watch(_ directory: borrowing Descriptor) throws(SyscallError) -> WatchID {
        let path = "/proc/self/fd/\(directory.raw)"
        return try check("inotify_add_watch", "directory") {
            inotify_add_watch(queue.raw, path, Self.arrivals)
        }
    }

    /// Waits for events, at most `milliseconds`, and hands each to `body` in the kernel's order.
    package func wait(milliseconds: CInt, _ body: (InotifyEvent) -> Void) throws(SyscallError) {
        var poll = pollfd(fd: queue.raw, events: Int16(POLLIN), revents: 0)
        guard try check("poll", "inotify", { Glibc.poll(&poll, 1, milliseconds) }) > 0 else { return }
        let filled = try check("read", "inotify") { read(queue.raw, buffer.baseAddress!, buffer.count) }
        Self.events(in: UnsafeRawBufferPointer(rebasing: buffer[..<filled]), body)
    }

    /// struct inotify_event: watch 4, mask 4, cookie 4, length of name 4, name padded with NUL.
    private static func events(in bytes: UnsafeRawBufferPointer, _ body: (InotifyEvent) -> Void) {
        var position = 0
        while position + 16 <= bytes.count {
            let length = Int(bytes.load(fromByteOffset: position + 12, as: UInt32.self))
            let name = bytes[(position + 16)..<(position + 16 + length)].prefix { $0 != 0 }
            body(
                InotifyEvent(
                    watch: bytes.load(fromByteOffset: position, as: Int32.self),
                    mask: bytes.load(fromByteOffset: position + 4, as: UInt32.self),
                    name: Array(name)
                )
            )
            position += 16 + length
        }
    }

    private static let arrivals = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK
    )
}
