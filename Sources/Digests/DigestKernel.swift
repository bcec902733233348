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

    /// Files in one set of registers.
    package var width: Int {
        switch self {
        case .openssl, .stitched: 1
        case .avx2: 8
        case .avx512: 16
        }
    }

    /// Files side by side. Of MD5 or SHA-256 alone a second set fits beside the first, and fills the time in which each
    /// step of the first waits for the one before it; SHA-1 does not wait as long.
    package func width(for algorithms: DigestAlgorithms) -> Int {
        let gains = algorithms == DigestAlgorithms(.md5) || algorithms == DigestAlgorithms(.sha256)
        return self == .avx512 && gains ? 32 : width
    }
}
