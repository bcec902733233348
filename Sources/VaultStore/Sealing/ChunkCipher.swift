import Crypto

/// The cipher of a body: chunks of 64 KiB under one payload key, numbered in their nonces, the last one marked.
///
/// - Source: C2SP age, "Payload": the STREAM construction with ChaCha20-Poly1305.
struct ChunkCipher: Sendable {
    /// Plaintext bytes of every chunk but the last.
    static let chunk = 64 * 1_024
    static let tag = 16
    /// Bytes that stand before the first chunk.
    static let nonce = 16

    typealias Sealed = ChaChaPoly.SealedBox

    private let key: SymmetricKey

    init(_ file: borrowing FileKey, nonce: [UInt8]) { key = file.derived(salt: nonce, info: "payload") }

    /// The chunk's ciphertext and tag, to be read with ``bytes(of:_:)``.
    func seal(_ plain: RawSpan, number: UInt64, isLast: Bool) -> Sealed {
        plain.withUnsafeBytes {
            // Sealing fails for a key or nonce of a wrong size alone.
            try! ChaChaPoly.seal($0, using: key, nonce: Self.nonce(number, isLast))
        }
    }

    /// Gives `body` the plaintext, if `sealed`, ciphertext and tag, is authentic.
    ///
    /// - Returns: `false` when it is not; `body` is then not called.
    func open(
        _ sealed: RawSpan,
        number: UInt64,
        isLast: Bool,
        _ body: (RawSpan) throws -> Void
    ) throws -> Bool {
        let nonce = Self.nonce(number, isLast)
        let plain = sealed.withUnsafeBytes { bytes in
            let parts = (bytes.dropLast(Self.tag), bytes.suffix(Self.tag))
            let box = try? ChaChaPoly.SealedBox(nonce: nonce, ciphertext: parts.0, tag: parts.1)
            return box.flatMap { try? ChaChaPoly.open($0, using: key) }
        }
        guard let plain else { return false }
        try Self.bytes(of: plain, body)
        return true
    }

    /// Eleven bytes of number, most significant first, then 1 for the last chunk.
    private static func nonce(_ number: UInt64, _ isLast: Bool) -> ChaChaPoly.Nonce {
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        return try! ChaChaPoly.Nonce(data: [0, 0, 0] + digits + [isLast ? 1 : 0])
    }

    /// Ciphertext and tag of a chunk, without the nonce that every reader knows.
    static func bytes<Failure: Error>(
        of box: Sealed,
        _ body: (RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes(of: box.combined.dropFirst(12), body)
    }

    /// The bytes where they lie: what Crypto answers with is contiguous.
    private static func bytes<Failure: Error>(
        of data: some Sequence<UInt8>,
        _ body: (RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        var outcome: Result<Void, Failure>?
        data.withContiguousStorageIfAvailable { buffer in
            do throws(Failure) {
                outcome = .success(try body(UnsafeRawBufferPointer(buffer).bytes))
            } catch {
                outcome = .failure(error)
            }
        }
        if let outcome { return try outcome.get() }
        try body(Array(data).span.bytes)
    }
}
