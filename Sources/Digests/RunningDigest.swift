import COpenSSL
package import UploadModel

/// The digests of one run of bytes after another, as many as are asked for, in one pass each.
///
/// The contexts are made once and used again: `finish()` gives the digests and starts over.
///
/// - Source: RFC 1321 (MD5, read by older lists only), FIPS 180-4 (SHA-1, SHA-256); OpenSSL's EVP_DigestInit(3).
package struct RunningDigest: ~Copyable {
    private let contexts: [(algorithm: DigestAlgorithm, context: OpaquePointer)]
    private var byteCount: UInt64 = 0

    package init(_ algorithms: DigestAlgorithms = .all) {
        contexts = algorithms.members.map { ($0, EVP_MD_CTX_new()) }
        restart()
    }

    deinit { for (_, context) in contexts { EVP_MD_CTX_free(context) } }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        for (_, context) in contexts { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }
        byteCount += UInt64(bytes.count)
    }

    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { update($0) }
    }

    package mutating func finish() -> DigestSet {
        let set = DigestSet(byteCount: byteCount, contexts.map(Self.value))
        byteCount = 0
        restart()
        return set
    }

    private borrowing func restart() {
        for (algorithm, context) in contexts {
            precondition(
                EVP_DigestInit_ex2(context, Self.method(algorithm), nil) == 1,
                "OpenSSL lacks \(algorithm.name)"
            )
        }
    }

    private static func value(of algorithm: DigestAlgorithm, _ context: OpaquePointer) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: Int(EVP_MAX_MD_SIZE), alignment: 1) { buffer in
            EVP_DigestFinal_ex(context, buffer.bindMemory(to: UInt8.self).baseAddress, nil)
            return Digest(algorithm, UnsafeRawBufferPointer(rebasing: buffer[..<algorithm.byteCount]))!
        }
    }

    /// Fetched once: `EVP_md5()` and its like look the method up again at every use.
    private static func method(_ algorithm: DigestAlgorithm) -> OpaquePointer {
        methods[Int(algorithm.rawValue)].pointer
    }

    private static let methods = DigestAlgorithm.allCases.map { algorithm in
        guard let method = EVP_MD_fetch(nil, algorithm.name, nil) else {
            preconditionFailure("OpenSSL lacks \(algorithm.name)")
        }
        return Method(pointer: method)
    }

    /// OpenSSL's methods are immutable and counted by references.
    private struct Method: @unchecked Sendable { let pointer: OpaquePointer }
}

extension DigestSet {
    /// The digests of bytes in memory.
    package init(of bytes: [UInt8], _ algorithms: DigestAlgorithms = .all) {
        var running = RunningDigest(algorithms)
        running.update(bytes.span.bytes)
        self = running.finish()
    }
}
