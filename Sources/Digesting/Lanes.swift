package import Digests
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

    package consuming func intoDescriptor() -> Descriptor { descriptor }
}

/// Many files to their digests. A lane that is done takes the next file without waiting for the others.
///
/// Memory is 1 MiB for sixteen lanes or more, and ``Lane/chunk`` a lane for fewer, whatever the files' sizes; each byte is
/// read once. One thread uses it.
package struct Lanes: ~Copyable {
    private let kernels: DigestKernels
    private var lanes: [Lane] = []

    /// - Parameter kernels: ``DigestKernels/oneAtATime`` where files come alone saves the other lanes' memory.
    package init(_ kernels: DigestKernels = .best) {
        self.kernels = kernels
        provide(kernels.lanes?.width ?? 1)
    }

    /// Files that a run for these digests takes at a time.
    package func count(for algorithms: DigestAlgorithms) -> Int { kernels.lanes?.width(for: algorithms) ?? 1 }

    private mutating func provide(_ count: Int) {
        if lanes.count == count { return }
        lanes = []  // their memory first
        lanes = (0..<count).map { _ in Lane(chunk: min(Lane.chunk, 16 * Lane.chunk / count)) }
    }

    /// Takes files from `next` while it gives any, and hands each back with its digests as soon as they are there, so
    /// not in the order in which they came.
    ///
    /// A file that is shorter than promised gives the digests of what was there; `byteCount` says how much.
    ///
    /// - Parameters:
    ///   - next: Asked whenever a lane is idle, also after it had none; the run ends when it has none and all are.
    ///   - done: Gets the file back, still open, for the stat afterwards; or why reading stopped.
    package mutating func run(
        _ algorithms: DigestAlgorithms = .all,
        next: () -> LaneFile?,
        done: (consuming LaneFile, Result<DigestSet, SyscallError>) -> Void
    ) {
        if let kernel = kernels.lanes {
            provide(kernel.width(for: algorithms))
            let fewest = kernels.fewestLanes(for: algorithms)
            var together = SideBySide(lanes, LaneDigests(kernel, algorithms), fewest: fewest)
            together.run(next: next, done: done)
        } else {
            var digest = RunningDigest(algorithms, by: kernels.stream)
            while let file = next() {
                let result = lanes[0].read(file, into: &digest)
                done(file, result)
            }
        }
    }
}
