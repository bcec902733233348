import Digests
package import LinuxIO
package import UploadModel

/// A file to digest: open for reading, with the size that the stat before it promised.
package struct LaneFile: ~Copyable, Sendable {
    /// The caller's own number for it.
    package let tag: Int
    package let descriptor: Descriptor
    /// Bytes to read; what lies beyond is left to the stat afterwards.
    package let size: UInt64

    package init(tag: Int, descriptor: consuming Descriptor, size: UInt64) {
        self.tag = tag
        self.descriptor = descriptor
        self.size = size
    }
}

/// Many files to their digests. A lane that is done takes the next file without waiting for the others.
///
/// Memory is one buffer of ``chunk`` bytes whatever the files' sizes; each byte is read once. One thread uses it.
package struct Lanes: ~Copyable {
    /// 256 KiB: larger reads gain nothing, smaller ones cost 2 to 3 %.
    package static let chunk = 256 * 1_024

    private var digest: RunningDigest
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 64)

    package init(_ algorithms: DigestAlgorithms = .all) { digest = RunningDigest(algorithms) }

    deinit { buffer.deallocate() }

    /// Takes files from `next` until it gives none, and hands each back with its digests.
    ///
    /// A file that is shorter than promised gives the digests of what was there; `byteCount` says how much.
    ///
    /// - Parameter done: Gets the file back, still open, for the stat afterwards; or why reading stopped.
    package mutating func run(
        next: () -> LaneFile?,
        done: (consuming LaneFile, Result<DigestSet, SyscallError>) -> Void
    ) {
        while let file = next() {
            let result = read(file)
            done(file, result)
        }
    }

    private mutating func read(_ file: borrowing LaneFile) -> Result<DigestSet, SyscallError> {
        var offset: UInt64 = 0
        do throws(SyscallError) {
            while offset < file.size {
                let wanted = Int(min(UInt64(Self.chunk), file.size - offset))
                let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
                let count = try file.descriptor.read(into: window, at: Int64(offset), subject: "upload")
                digest.update(UnsafeRawBufferPointer(rebasing: window[..<count]))
                offset += UInt64(count)
                if count < wanted { break }
            }
            return .success(digest.finish())
        } catch {
            _ = digest.finish()
            return .failure(error)
        }
    }
}
