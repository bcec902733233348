import COpenSSL
import UploadModel

/// Digests by OpenSSL's EVP, each over the same bytes in turn.
///
/// The contexts are made once and used again: `finish()` starts over. Source: EVP_DigestInit(3).
final class OpenSSLDigest {
    let contexts: [(algorithm: DigestAlgorithm, context: OpaquePointer)]

    init(_ algorithms: DigestAlgorithms) {
        contexts = algorithms.members.map { ($0, EVP_MD_CTX_new()) }
        restart()
    }

    deinit { for (_, context) in contexts { EVP_MD_CTX_free(context) } }

    func update(_ bytes: UnsafeRawBufferPointer) {
        for (_, context) in contexts {
            precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "OpenSSL failed")
        }
    }

    func finish() -> [Digest] {
        defer { restart() }
        return contexts.map(Self.value)
    }

    private func restart() {
        for (algorithm, context) in contexts {
            precondition(
                EVP_DigestInit_ex2(context, Self.method(algorithm), nil) == 1,
                "OpenSSL lacks \(algorithm.name)"
            )
        }
    }

    static func value(of algorithm: DigestAlgorithm, _ context: OpaquePointer) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: Int(EVP_MAX_MD_SIZE), alignment: 1) { buffer in
            let value = buffer.bindMemory(to: UInt8.self).baseAddress
            precondition(EVP_DigestFinal_ex(context, value, nil) == 1, "OpenSSL failed")
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
