import Glibc
import LinuxIO

/// What a thread can have for itself, so that a test changes it for nobody else.
enum Apart {
    /// umask(2), this one.
    case fileModeMask(UInt32)
    /// Mounts made by the body vanish with the thread.
    case mounts
    /// No capability is in effect: root is a user like any other.
    case withoutCapabilities
}

/// Runs `body` on a thread of its own that `apart` was done to first. Threads that it starts inherit that.
func onThread<Result: Sendable>(
    _ apart: Apart,
    _ body: @escaping @Sendable () throws -> Result
) throws -> Result {
    let outcome = Monitor<Swift.Result<Result, any Error>?>(nil)
    let thread = BlockingThread("apart") {
        let found = Swift.Result {
            try apart.begin()
            return try body()
        }
        outcome.change { $0 = found }
    }
    thread.join()
    return try outcome.read { $0! }.get()
}

/// Binds a directory to itself: the same file system, another mount.
func bindToItself(_ directory: String) throws { try mount(directory, on: directory, nil, flags: 0x1000) }

/// Mounts a file system that takes no extended attributes.
func mountWithoutAttributes(on directory: String) throws {
    try mount("ramfs", on: directory, "ramfs", flags: 0)
}

/// For the thread alone.
private func mount(_ what: String, on directory: String, _ kind: String?, flags: UInt) throws {
    typealias Mount =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?
        ) -> CInt
    let mount = symbol("mount", as: Mount.self)
    let recursivePrivate: UInt = 0x44000
    guard mount(nil, "/", nil, recursivePrivate, nil) == 0, mount(what, directory, kind, flags, nil) == 0
    else {
        throw SyscallError(call: "mount", subject: "scratch directory", errno: errno)
    }
}

let isRoot = ThisProcess.user == 0

extension Apart {
    fileprivate func begin() throws {
        switch self {
        case .fileModeMask(let mask):
            try unshare(0x200)  // CLONE_FS: the mask is this thread's own from here
            ThisProcess.setFileModeMask(mask)
        case .mounts: try unshare(0x20200)  // CLONE_NEWNS | CLONE_FS
        case .withoutCapabilities: try dropCapabilities()
        }
    }

    private func unshare(_ flags: CInt) throws {
        let unshare = symbol("unshare", as: (@convention(c) (CInt) -> CInt).self)
        if unshare(flags) != 0 { throw SyscallError(call: "unshare", subject: "thread", errno: errno) }
    }

    private func dropCapabilities() throws {
        typealias SetCapabilities = @convention(c) (UnsafeRawPointer, UnsafeRawPointer) -> CInt
        let header: [UInt32] = [0x2008_0522, 0]  // _LINUX_CAPABILITY_VERSION_3, this thread
        let none = [UInt32](repeating: 0, count: 6)
        if symbol("capset", as: SetCapabilities.self)(header, none) != 0 {
            throw SyscallError(call: "capset", subject: "thread", errno: errno)
        }
    }
}

/// A function of the C library that Swift's module of it leaves out.
private func symbol<Function>(_ name: String, as type: Function.Type) -> Function {
    unsafeBitCast(dlsym(nil, name)!, to: type)
}
