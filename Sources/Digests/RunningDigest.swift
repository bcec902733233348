import CDigestKernels
package import UploadModel

/// The digests of one run of bytes after another, as many as are asked for, in one pass.
///
/// `finish()` gives the digests and starts over.
///
/// - Source: RFC 1321 (MD5, read by older lists only), FIPS 180-4 (SHA-1, SHA-256).
package struct RunningDigest: ~Copyable {
    private let algorithms: DigestAlgorithms
    private var stream = bw_stream()
    /// Used instead of `stream` where the processor has nothing faster.
    private let openssl: OpenSSLDigest?
    private var byteCount: UInt64 = 0

    /// - Precondition: `kernel` takes one file at a time and is available.
    package init(
        _ algorithms: DigestAlgorithms = .all,
        by kernel: DigestKernel = DigestKernels.oneAtATime.stream
    ) {
        precondition(kernel.width == 1 && kernel.isAvailable)
        self.algorithms = algorithms
        openssl = kernel == .openssl ? OpenSSLDigest(algorithms) : nil
        bw_stream_init(&stream)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        if let openssl { return openssl.update(bytes) }
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        bw_stream_update(&stream, UInt32(algorithms.rawValue), start, bytes.count)
    }

    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { update($0) }
    }

    package mutating func finish() -> DigestSet {
        defer {
            byteCount = 0
            bw_stream_init(&stream)
        }
        if let openssl { return DigestSet(byteCount: byteCount, openssl.finish()) }
        bw_stream_finish(&stream, UInt32(algorithms.rawValue))
        return DigestSet(stream.state, algorithms, byteCount: byteCount)
    }
}

extension DigestSet {
    /// The digests of bytes in memory.
    package init(of bytes: [UInt8], _ algorithms: DigestAlgorithms = .all) {
        var running = RunningDigest(algorithms)
        running.update(bytes.span.bytes)
        self = running.finish()
    }
}
