import CDigestKernels

/// Which code computes the digests here, and why.
package enum DigestKernel {
    /// One line for `breakwater status`.
    package static var inUse: String {
        let extensions = ["sha", "avx2", "avx512"].filter { name in bw_cpu_has(name) == 1 } as [String]
        let found = extensions.isEmpty ? "none of sha, avx2, avx512" : extensions.joined(separator: ", ")
        return "OpenSSL EVP, three digests interleaved (this processor has \(found))"
    }
}
