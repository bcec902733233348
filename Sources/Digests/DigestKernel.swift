import CDigestKernels
package import UploadModel

/// Code that computes digests.
package enum DigestKernel: String, CaseIterable, Sendable {
    /// OpenSSL's EVP, one digest after another. Runs everywhere.
    case openssl
    /// One file at a time, all digests in one loop. Needs the SHA extensions.
    case stitched
    /// Eight files side by side. Needs AVX2.
    case avx2
    /// Sixteen files side by side. Needs AVX-512 (F, BW and VL).
    case avx512

    /// Whether this processor can run it.
    package var isAvailable: Bool {
        switch self {
        case .openssl: true
        case .stitched: bw_cpu_has("sha") == 1
        case .avx2: bw_cpu_has("avx2") == 1
        case .avx512: bw_cpu_has("avx512") == 1
        }
    }

    /// What a processor must have to run it, in words.
    package var needed: String {
        switch self {
        case .openssl: "nothing"
        case .stitched: "the SHA extensions"
        case .avx2: "AVX2"
        case .avx512: "AVX-512"
        }
    }

    /// Files side by side.
    package var width: Int {
        switch self {
        case .openssl, .stitched: 1
        case .avx2: 8
        case .avx512: 16
        }
    }
}

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
    /// what it costs alone.
    package func fewestLanes(for algorithms: DigestAlgorithms) -> Int {
        guard let lanes, !isForced else { return 1 }
        let alone = stream.cost(algorithms)
        let together = lanes.cost(algorithms) * Double(lanes.width)
        return Int((together / alone).rounded(.up))
    }

    /// One line for `breakwater status`: what runs, and why.
    package var description: String {
        let extensions = ["sha", "avx2", "avx512"].filter { name in bw_cpu_has(name) == 1 } as [String]
        let found = extensions.isEmpty ? "none of sha, avx2, avx512" : extensions.joined(separator: ", ")
        guard let lanes else { return "\(stream.rawValue) (this processor has \(found))" }
        let fewest = fewestLanes(for: .all)
        let many = "\(lanes.rawValue) for \(fewest) to \(lanes.width) files side by side"
        return fewest > lanes.width
            ? "\(stream.rawValue), \(lanes.rawValue) where MD5 alone is needed (this processor has \(found))"
            : "\(many), \(stream.rawValue) for fewer (this processor has \(found))"
    }
}

extension DigestKernel {
    /// Nanoseconds a byte with every lane busy, as Benchmarks/digests.py measured them. Only their ratios count.
    fileprivate func cost(_ algorithms: DigestAlgorithms) -> Double {
        // One loop hides the SHA extensions' work behind MD5's chain of dependent steps.
        if self == .stitched, algorithms.has(.md5) { return 1.65 }
        return algorithms.members.reduce(0) { $0 + cost($1) }
    }

    private func cost(_ algorithm: DigestAlgorithm) -> Double {
        switch (self, algorithm) {
        case (.openssl, .md5), (.stitched, .md5): 1.65
        case (.openssl, .sha1), (.stitched, .sha1): 0.63
        case (.openssl, .sha256), (.stitched, .sha256): 0.70
        case (.avx2, .md5): 0.23
        case (.avx2, .sha1): 0.5
        case (.avx2, .sha256): 0.9
        case (.avx512, .md5): 0.12
        case (.avx512, .sha1): 0.18
        case (.avx512, .sha256): 0.33
        }
    }
}
