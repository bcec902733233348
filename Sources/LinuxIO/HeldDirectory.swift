import CLinuxIO
import Glibc

/// A directory that a program holds open, and the path that it was opened by: a rename, or a mount over the path or
/// taken away from it, parts the two, and what is written from then on goes where nobody looks for it.
package struct HeldDirectory: Sendable {
    package let path: String
    private let device, inode: UInt64

    /// What stands against writing to it.
    package enum Trouble: Equatable, Sendable {
        /// Nothing at its path, or another directory.
        case elsewhere
        /// Its path leads to it, and this user may not make entries there.
        case notWritable(SyscallError)
        /// Its path could not be looked at.
        case unknown(SyscallError)
    }

    /// - Parameters:
    ///   - directory: Stays open for as long as this value is asked; the number of a closed one may be another's.
    ///   - path: Absolute.
    package init(_ directory: borrowing Descriptor, at path: String) throws(SyscallError) {
        let status = try directory.status(subject: path)
        (self.path, device, inode) = (path, status.device, status.inode)
    }

    /// Whether its path still leads to it; links on the way are followed as they were when it was opened.
    package func trouble() -> Trouble? {
        do throws(SyscallError) {
            let found = try Descriptor.open(path, [.directory, .pathOnly]).status(subject: path)
            if (found.device, found.inode) != (device, inode) { return .elsewhere }
        } catch {
            return error.isNotThere || error.isNotDirectory ? .elsewhere : .unknown(error)
        }
        do throws(SyscallError) {
            _ = try check("faccessat", path) { bw_may_write(path) }
            return nil
        } catch {
            return .notWritable(error)
        }
    }
}
