import Glibc
import LinuxIO

/// Runs `body` on a thread whose umask is its own, since that of the process is every other test's too.
func withFileModeMask(_ mask: UInt32, _ body: @escaping @Sendable () throws -> Void) throws {
    let outcome = Monitor<Result<Void, any Error>?>(nil)
    let thread = BlockingThread("mask") {
        let found = Result {
            typealias Unshare = @convention(c) (CInt) -> CInt
            // Swift's module of the C library leaves it out. CLONE_FS.
            let unshare = unsafeBitCast(dlsym(nil, "unshare")!, to: Unshare.self)
            if unshare(0x200) != 0 { throw SyscallError(call: "unshare", subject: "thread", errno: errno) }
            ThisProcess.setFileModeMask(mask)
            try body()
        }
        outcome.change { $0 = found }
    }
    thread.join()
    try outcome.read { $0! }.get()
}
