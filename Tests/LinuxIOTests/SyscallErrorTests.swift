import Glibc
import Testing

@testable import LinuxIO

@Suite struct SyscallErrorTests {
    static func error(_ errno: CInt) -> SyscallError {
        SyscallError(call: "read", subject: "upload", errno: errno)
    }

    @Test("an error says the call, the subject and what the kernel means")
    func text() {
        #expect(Self.error(EIO).description == "read upload: Input/output error")
        #expect(Self.error(9_999).description == "read upload: Unknown error 9999")
    }

    @Test(
        "trouble that may pass is tried again",
        arguments: [
            EIO, EMFILE, ENFILE, ENOMEM, EAGAIN, EINTR, EBUSY, ETXTBSY, ENOLCK, ESTALE, ENOSPC, EDQUOT, EROFS,
        ]
    )
    func mayPass(errno: CInt) { #expect(Self.error(errno).mayPass) }

    @Test(
        "what will be the same next time is not",
        arguments: [
            ENOENT, EACCES, EPERM, ELOOP, ENOTDIR, EISDIR, EXDEV, ENAMETOOLONG, EEXIST, EFBIG, EINVAL,
        ]
    )
    func stays(errno: CInt) { #expect(!Self.error(errno).mayPass) }

    @Test("a condition is told by its errno and by no other")
    func conditions() {
        let rows: [(KeyPath<SyscallError, Bool>, Set<CInt>)] = [
            (\.isNotThere, [ENOENT]), (\.isNotDirectory, [ENOTDIR]), (\.isTaken, [EEXIST]),
            (\.isForbidden, [EACCES, EPERM]),
            (\.isNameTooLong, [ENAMETOOLONG]), (\.crossesMounts, [EXDEV]), (\.isLink, [ELOOP]),
            (\.isTooLarge, [EFBIG]), (\.isNoSpace, [ENOSPC, EDQUOT]),
        ]
        for (condition, codes) in rows {
            #expect(Set((1...133).filter { Self.error($0)[keyPath: condition] }) == codes, "\(condition)")
        }
    }

    @Test("an interrupted call is made again, and only that")
    func interrupted() throws {
        var calls = 0
        let result = try check("read", "upload") { () -> Int in
            calls += 1
            errno = EINTR
            return calls < 3 ? -1 : 42
        }
        #expect(result == 42)
        #expect(calls == 3)
        calls = 0
        let failure = #expect(throws: SyscallError.self) {
            try check("read", "upload") { () -> Int in
                calls += 1
                errno = EIO
                return -1
            }
        }
        #expect(failure == Self.error(EIO))
        #expect(calls == 1)
    }
}
