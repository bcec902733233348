import CDigestKernels
import COpenSSL
import UploadModel

// One stream that left its lane, by whichever is the fastest for one alone.

extension bw_digest_state {
    /// Advances by whole blocks.
    ///
    /// - Parameter isEnding: Whether the last of them ends the stream, with its length as `bw_digest_pad` wrote it.
    mutating func advance(
        _ algorithms: DigestAlgorithms,
        over data: UnsafePointer<UInt8>,
        blocks: Int,
        isEnding: Bool
    ) {
        // One digest has nothing to be stitched with.
        if algorithms.count > 1, DigestKernel.stitched.isAvailable {
            bw_stitched_blocks(&self, UInt32(algorithms.rawValue), data, blocks, isEnding ? 1 : 0)
        } else {
            advanceByOpenSSL(algorithms, over: data, blocks: blocks, isEnding: isEnding)
        }
    }

    mutating func advanceByOpenSSL(
        _ algorithms: DigestAlgorithms,
        over data: UnsafePointer<UInt8>,
        blocks: Int,
        isEnding: Bool
    ) {
        if algorithms.has(.md5) { withWords(of: \.md5) { bw_openssl_md5_blocks($0, data, blocks) } }
        guard algorithms.has(.sha1) || algorithms.has(.sha256) else { return }
        advanceSHA(algorithms, over: data, blocks: isEnding ? blocks - 1 : blocks)
        if isEnding { advanceSHA(algorithms, overEnd: data + 64 * (blocks - 1)) }
    }

    private mutating func advanceSHA(
        _ algorithms: DigestAlgorithms,
        over data: UnsafePointer<UInt8>,
        blocks: Int
    ) {
        if blocks == 0 { return }
        if algorithms.has(.sha1) { withWords(of: \.sha1) { bw_openssl_sha1_blocks($0, data, blocks) } }
        if algorithms.has(.sha256) { withWords(of: \.sha256) { bw_openssl_sha256_blocks($0, data, blocks) } }
    }

    /// The last block ends with its length, the least significant byte first; SHA wants that one last.
    private mutating func advanceSHA(_ algorithms: DigestAlgorithms, overEnd data: UnsafePointer<UInt8>) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { end in
            for index in 0..<56 { end[index] = data[index] }
            for index in 56..<64 { end[index] = data[119 - index] }
            advanceSHA(algorithms, over: UnsafePointer(end.baseAddress!), blocks: 1)
        }
    }

    private mutating func withWords<Words>(
        of algorithm: WritableKeyPath<bw_digest_state, Words>,
        _ body: (UnsafeMutablePointer<UInt32>) -> Void
    ) {
        withUnsafeMutableBytes(of: &self[keyPath: algorithm]) {
            body($0.baseAddress!.assumingMemoryBound(to: UInt32.self))
        }
    }
}
