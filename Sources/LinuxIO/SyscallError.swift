import CLinuxIO
import Glibc

/// A system call that failed: its name, what it was about, and errno.
///
/// The subject is ours to print: a path from the settings, a bundle's name, or a word such as "upload"; never an
/// uploader's file name.
package struct SyscallError: Error, Equatable, Sendable, CustomStringConvertible {
    package let call: String
    package let subject: String
    package let errno: CInt

    package init(call: String, subject: String, errno: CInt) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    /// What a rename says that would replace something.
    package static func nameTaken(_ subject: String) -> SyscallError {
        SyscallError(call: "renameat2", subject: subject, errno: EEXIST)
    }

    /// What a rename says that others kept undoing.
    package static func tryAgain(_ subject: String) -> SyscallError {
        SyscallError(call: "renameat2", subject: subject, errno: EAGAIN)
    }

    /// What we say of a file of ours that ends before it should.
    package static func cutShort(_ subject: String) -> SyscallError {
        SyscallError(call: "pread", subject: subject, errno: EIO)
    }

    /// What we say of a file that somebody has open for writing.
    package static func stillWritten(_ subject: String) -> SyscallError {
        SyscallError(call: "fcntl", subject: subject, errno: ETXTBSY)
    }

    package var isStillWritten: Bool { errno == ETXTBSY }

    package var description: String { "\(call) \(subject): \(Self.text(errno))" }

    package var isNotThere: Bool { errno == ENOENT }
    /// A part of the path is a file.
    package var isNotDirectory: Bool { errno == ENOTDIR }
    package var isTaken: Bool { errno == EEXIST }
    /// The kernel does not let this user do it.
    package var isForbidden: Bool { errno == EACCES || errno == EPERM }
    package var isNameTooLong: Bool { errno == ENAMETOOLONG }
    /// The two names are not on one mount.
    package var crossesMounts: Bool { errno == EXDEV }
    /// A symbolic link where none is followed.
    package var isLink: Bool { errno == ELOOP }
    package var isTooLarge: Bool { errno == EFBIG }
    package var isTimedOut: Bool { errno == ETIMEDOUT || errno == EAGAIN }
    /// The other side of a connection broke a run of frames off and says why.
    package var isBrokenOff: Bool { errno == ECANCELED }
    /// The other side of a connection went away.
    package var isHungUp: Bool { errno == EPIPE || errno == ECONNRESET }
    package var isIOError: Bool { errno == EIO }
    /// Disk or quota full.
    package var isNoSpace: Bool { errno == ENOSPC || errno == EDQUOT }

    /// The file system takes no such extended attribute, however often it is tried: xattr(7), fsetxattr(2).
    package var refusesAttribute: Bool { errno == ENOTSUP || errno == E2BIG || errno == ERANGE }

    /// Trouble that is likely gone when the call is made again later.
    package var mayPass: Bool {
        isNoSpace
            || [EIO, EMFILE, ENFILE, ENOMEM, EAGAIN, EINTR, EBUSY, ETXTBSY, ENOLCK, ESTALE, EROFS].contains(
                errno
            )
    }

    private static func text(_ errno: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        return String(cString: bw_error_text(errno, &buffer, buffer.count))
    }
}

/// Turns a failed call's -1 into ``SyscallError``, and repeats what a signal interrupted.
@inline(__always)
func check<Value: FixedWidthInteger & SignedInteger>(
    _ call: StaticString,
    _ subject: @autoclosure () -> String,
    _ body: () -> Value
) throws(SyscallError) -> Value {
    while true {
        let result = body()
        if result != -1 { return result }
        if errno != EINTR { throw SyscallError(call: "\(call)", subject: subject(), errno: errno) }
    }
}
