import Glibc

/// A read-only view of a whole file in memory, unmapped when its owner lets go.
///
/// The file must not shrink while mapped: touching a page past the new end raises `SIGBUS`. Generations are
/// therefore installed by `rename(2)` and never rewritten in place. Left out of core dumps.
package struct Mapping: ~Copyable, @unchecked Sendable {
    private let base: UnsafeRawPointer?
    package let byteCount: Int

    /// - Source: mmap(2), madvise(2) MADV_DONTDUMP.
    package static func of(_ file: borrowing Descriptor, subject: String) throws(SyscallError) -> Mapping {
        let count = Int(clamping: try file.status(subject: subject).size)
        guard count > 0 else { return Mapping(base: nil, byteCount: 0) }
        guard let mapped = mmap(nil, count, PROT_READ, MAP_SHARED, file.raw, 0), mapped != MAP_FAILED else {
            throw SyscallError(call: "mmap", subject: subject, errno: errno)
        }
        _ = madvise(mapped, count, MADV_DONTDUMP)
        return Mapping(base: UnsafeRawPointer(mapped), byteCount: count)
    }

    package func withBytes<Result, Failure>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        try body(UnsafeRawBufferPointer(start: base, count: byteCount).bytes)
    }

    deinit { if let base { _ = munmap(UnsafeMutableRawPointer(mutating: base), byteCount) } }
}
