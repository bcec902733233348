package import LinuxIO
import UploadModel

/// What a sealed body is, once it is written.
package struct SealedBody: Equatable, Sendable {
    package let byteCount: UInt64
    /// Of the ciphertext, hexadecimal.
    package let sha256: String
    package let sha512: String

    let digests: FileDigests

    init(_ digests: FileDigests) {
        self.digests = digests
        byteCount = digests.listed.byteCount
        sha256 = digests[.sha256]
        sha512 = digests.sha512
    }
}

/// Bytes in, a sealed body out: encrypted in chunks of 64 KiB, in memory that does not grow.
///
/// The header that opens it is written apart, ``AgeHeader``. Makes nothing durable: the caller fsyncs.
package struct SealingStream: ~Copyable {
    private let body: Descriptor
    private let subject: String
    private let cipher: ChunkCipher
    private let sealer: Sealer
    private let isDigesting: Bool
    private var pending: [UInt8] = []
    private var number: UInt64 = 0
    private var digests: FileDigests.Running

    /// Writes to `body` from its own position on; the caller keeps the descriptor.
    ///
    /// - Parameter digesting: Without, what ``finish()`` says of the body is its nonce's alone; for measurements.
    /// - Throws: `SyscallError`, as ``update(_:)`` and ``finish()`` do; the body is then good for nothing.
    package init(
        _ key: borrowing FileKey,
        to body: borrowing Descriptor,
        subject: String,
        digesting: Bool = true
    ) throws(SyscallError) {
        try self.init(key, to: body, subject: subject, by: Sealer(), digesting: digesting)
    }

    init(
        _ key: borrowing FileKey,
        to body: borrowing Descriptor,
        subject: String,
        by sealer: Sealer,
        digesting: Bool = true
    ) throws(SyscallError) {
        let nonce = (0..<ChunkCipher.nonce).map { _ in UInt8.random(in: 0...(.max)) }
        let body = try body.duplicate()
        try body.write(nonce.span.bytes, subject: subject)
        var digests = FileDigests.Running(.init(.sha256))
        digests.update(nonce.span.bytes)
        self.body = body
        self.subject = subject
        self.digests = digests
        self.sealer = sealer
        isDigesting = digesting
        cipher = ChunkCipher(key, nonce: nonce)
        pending.reserveCapacity(ChunkCipher.chunk)
    }

    package mutating func update(_ bytes: RawSpan) throws(SyscallError) {
        var offset = 0
        while offset < bytes.byteCount {
            // A full chunk waits until more comes: only then is it known not to be the last.
            if pending.count == ChunkCipher.chunk { try sealPending(isLast: false) }
            let count = min(ChunkCipher.chunk - pending.count, bytes.byteCount - offset)
            let part = bytes.extracting(offset..<(offset + count))
            part.withUnsafeBytes { pending.append(contentsOf: $0) }
            offset += count
        }
    }

    package consuming func finish() throws(SyscallError) -> SealedBody {
        try sealPending(isLast: true)
        return SealedBody(digests.finish())
    }

    private mutating func sealPending(isLast: Bool) throws(SyscallError) {
        let chunk = sealer.chunk(cipher, pending.span.bytes, number, isLast)
        try ChunkCipher.bytes(of: chunk) { sealed throws(SyscallError) in
            try body.write(sealed, subject: subject)
            if isDigesting { digests.update(sealed) }
        }
        pending.removeAll(keepingCapacity: true)
        number += 1
    }
}

extension SealingStream {
    /// The body of what fits into one chunk, in memory.
    ///
    /// - Precondition: At most 64 KiB.
    static func body(of plain: [UInt8], _ key: borrowing FileKey) -> [UInt8] {
        precondition(plain.count <= ChunkCipher.chunk, "more than one chunk")
        let nonce = (0..<ChunkCipher.nonce).map { _ in UInt8.random(in: 0...(.max)) }
        var body = nonce
        let chunk = ChunkCipher(key, nonce: nonce).seal(plain.span.bytes, number: 0, isLast: true)
        ChunkCipher.bytes(of: chunk) { sealed in sealed.withUnsafeBytes { body.append(contentsOf: $0) } }
        return body
    }
}
