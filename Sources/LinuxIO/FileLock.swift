import Glibc

/// An exclusive flock(2) on a file, held for as long as this lives; the kernel frees it when the process ends.
package final class FileLock: Sendable {
    private let file: Descriptor
    /// Of the file that is locked, to see whether a path still leads to it.
    package let status: FileStatus

    private init(_ file: consuming Descriptor, _ status: FileStatus) {
        self.file = file
        self.status = status
    }

    /// - Returns: `nil` when another process holds it.
    package static func take(
        _ name: String,
        in directory: borrowing Descriptor,
        subject: String
    ) throws(SyscallError) -> FileLock? {
        let file = try directory.open(Array(name.utf8), [.readWrite, .create], mode: 0o600, subject: subject)
        let status = try file.status(subject: subject)
        do throws(SyscallError) {
            _ = try check("flock", subject) { flock(file.raw, LOCK_EX | LOCK_NB) }
        } catch {
            if error.errno == EWOULDBLOCK { return nil }
            throw error
        }
        return FileLock(file, status)
    }
}
