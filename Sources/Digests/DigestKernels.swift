import CDigestKernels
package import UploadModel

/// Which kernels compute the digests of files: one for many at once, if the processor has it, and one for few.
package struct DigestKernels: Equatable, Sendable {
    /// For files side by side.
    package let lanes: DigestKernel?
    /// For one file at a time.
    package let stream: DigestKernel
    /// Whether files go side by side however few they are.
    private let isForced: Bool

    /// The fastest that this processor has.
    package static let best = DigestKernels(
        lanes: [.avx512, .avx2].first(where: \.isAvailable),
        stream: oneAtATime.stream,
        isForced: false
    )

    /// The fastest for files that come alone.
    package static let oneAtATime = DigestKernels(
        lanes: nil,
        stream: DigestKernel.stitched.isAvailable ? .stitched : .openssl,
        isForced: false
    )

    /// This one and no other, however many files there are.
    ///
    /// - Precondition: The kernel is available.
    package static func only(_ kernel: DigestKernel) -> DigestKernels {
        precondition(kernel.isAvailable, "this processor lacks \(kernel.needed)")
        return kernel.width > 1
            ? DigestKernels(lanes: kernel, stream: .openssl, isForced: true)
            : DigestKernels(lanes: nil, stream: kernel, isForced: true)
    }

    /// How many files side by side take less time than the same one after another.
    ///
    /// All lanes of a kernel cost the same, busy or idle, so what counts is what one block in every lane costs beside
    /// what it costs alone. Of thirty-two the second sixteen cost nothing while none of them is busy, and files fill
    /// the first: so it is sixteen that few files are weighed against.
    package func fewestLanes(for algorithms: DigestAlgorithms) -> Int {
        guard let lanes, !isForced, !algorithms.isEmpty else { return 1 }
        let together = lanes.cost(algorithms) * Double(lanes.width)
        // One more, since lanes that end at different places do not all stay busy.
        return Int((together / stream.cost(algorithms)).rounded(.up)) + 1
    }

    /// One line for `breakwater status`: what runs, and why.
    package var description: String {
        let extensions = ["sha", "avx2", "avx512"].filter { name in bw_cpu_has(name) == 1 } as [String]
        let found = extensions.isEmpty ? "none of sha, avx2, avx512" : extensions.joined(separator: ", ")
        guard let lanes else { return "\(stream.rawValue) (this processor has \(found))" }
        let fewest = fewestLanes(for: .all)
        return fewest >= lanes.width
            ? "\(stream.rawValue), \(lanes.rawValue) for lists that need less than all (this processor has \(found))"
            : "\(lanes.rawValue) for \(fewest) to \(lanes.width) files side by side, \(stream.rawValue) for fewer "
                + "(this processor has \(found))"
    }
}

extension DigestKernel {
    /// Nanoseconds a byte with every lane busy, as measured with 40 KiB a lane. Only their ratios count.
    fileprivate func cost(_ algorithms: DigestAlgorithms) -> Double {
        costs[Int(algorithms.rawValue) - 1]
    }

    /// MD5, SHA-1, both, SHA-256, with MD5, with SHA-1, all: as the set's bits count.
    private var costs: [Double] {
        switch self {
        // Without the SHA extensions: with them ``stitched`` is there, too.
        case .openssl: [1.23, 1.20, 2.43, 2.20, 3.43, 3.40, 4.63]
        case .stitched: [1.22, 0.49, 1.13, 0.52, 1.18, 0.61, 1.24]
        case .avx2: [0.38, 0.26, 0.35, 0.56, 0.59, 0.77, 1.00]
        case .avx512: [0.14, 0.11, 0.16, 0.19, 0.19, 0.22, 0.24]
        }
    }
}
