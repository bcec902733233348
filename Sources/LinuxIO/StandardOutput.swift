import CLinuxIO
import Glibc

/// Bytes for a program that reads our standard output, counted as that program takes them.
///
/// write(2) into a pipe succeeds while the bytes still lie in the kernel, and they are lost when the reader ends. So what
/// a pipe still holds is not counted as taken.
package struct StandardOutput {
    package private(set) var written: Int64 = 0

    package init() {}

    /// Bytes that the reader has taken; all that were written where it is no pipe.
    package var taken: Int64 { written - Int64(max(0, bw_pipe_holds(1))) }

    /// Writes all of it, waiting for as long as the reader is slow.
    ///
    /// - Throws: EPIPE when the reader has gone away; ``written`` counts what went out before.
    package mutating func write(_ bytes: [UInt8]) throws(SyscallError) {
        var start = 0
        while start < bytes.count {
            let count = try check("write", "standard output") {
                bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress! + start, $0.count - start) }
            }
            start += count
            written += Int64(count)
        }
    }

    /// Waits until the reader has taken everything, for as long as it reads.
    ///
    /// - Throws: EPIPE when it has gone away before.
    package func drain() throws(SyscallError) {
        while bw_pipe_holds(1) > 0 {
            // Nothing tells when a pipe becomes empty; a reader that goes away does end the wait.
            if bw_wait_reader_gone(1, 20) > 0, bw_pipe_holds(1) > 0 {
                throw SyscallError(call: "write", subject: "standard output", errno: EPIPE)
            }
        }
    }
}
