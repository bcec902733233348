import Glibc

/// A read-only view of a whole file in memory, unmapped when its owner lets go.
///
/// The file must not shrink while mapped: touching a page past the new end raises `SIGBUS`. Generations are
/// therefore installed by `rename(2)` and never rewritten in place. Left out of core dumps.
package struct Mapping: ~Copyable, @unchecked Sendable {
    private let base: UnsafeRawPointer?
    package let byteCount: Int

    /// Bytes that are unmapped or read in at a time: the kernel lets nobody else of this process map or fault
    /// meanwhile.
    private static let slice = 16 << 20

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

    /// Says that reads will be far apart, so that each fetches one page and not its neighbours, madvise(2).
    package func willReadAtRandom() {
        if let base { _ = madvise(UnsafeMutableRawPointer(mutating: base), byteCount, MADV_RANDOM) }
    }

    /// Reads the file in and maps all its pages, for as long as `goOn` says so, which is asked every 16 MiB.
    ///
    /// - Source: madvise(2) MADV_POPULATE_READ, Linux 5.14; an older kernel does nothing.
    package func populate(while goOn: () -> Bool = { true }) {
        for start in stride(from: 0, to: byteCount, by: Self.slice) where goOn() {
            let slice = UnsafeMutableRawPointer(mutating: base! + start)
            let populateRead: CInt = 22  // MADV_POPULATE_READ, unknown to Swift.
            _ = madvise(slice, min(Self.slice, byteCount - start), populateRead)
        }
    }

    deinit {
        for start in stride(from: 0, to: byteCount, by: Self.slice) {
            _ = munmap(UnsafeMutableRawPointer(mutating: base! + start), min(Self.slice, byteCount - start))
        }
    }
}
