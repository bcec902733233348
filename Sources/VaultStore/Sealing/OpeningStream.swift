package import LinuxIO

/// Opens a sealed body chunk by chunk, in memory that does not grow. No byte is given out before it is authentic.
///
/// What was given out before a fault is authentic, and is not the whole file.
package struct OpeningStream: ~Copyable {
    private let key: FileKey

    /// - Throws: ``SealingFault`` when the header does not read or is not for `identity`.
    package init(header: [UInt8], identity: AgeIdentity) throws(SealingFault) {
        key = try AgeHeader(reading: header).fileKey(with: identity)
    }

    init(_ key: consuming FileKey) { self.key = key }

    /// Gives every chunk of the body to `each`, in order.
    ///
    /// - Parameter body: Read from offset 0, whatever its own position.
    /// - Throws: ``SealingFault``, `SyscallError`, or what `each` throws.
    package func chunks(
        of body: borrowing Descriptor,
        subject: String,
        _ each: (RawSpan) throws -> Void
    ) throws {
        try Self.chunks(of: body, with: key, subject: subject, each)
    }

    /// The whole plaintext, for what is known to be small.
    ///
    /// - Throws: As ``chunks(of:subject:_:)``; ``SealingFault/tooLarge(limit:)``.
    package func bytes(of body: borrowing Descriptor, limit: Int, subject: String) throws -> [UInt8] {
        let size = try body.status(subject: subject).size
        guard size <= UInt64(limit) else { throw SealingFault.tooLarge(limit: limit) }
        var plain: [UInt8] = []
        try chunks(of: body, subject: subject) { chunk in
            chunk.withUnsafeBytes { plain.append(contentsOf: $0) }
        }
        return plain
    }

    /// The same with a file key that stays the caller's.
    static func chunks(
        of body: borrowing Descriptor,
        with key: borrowing FileKey,
        subject: String,
        _ each: (RawSpan) throws -> Void
    ) throws {
        var nonce = [UInt8](repeating: 0, count: ChunkCipher.nonce)
        guard try body.read(into: &nonce, at: 0, subject: subject) == nonce.count else {
            throw SealingFault.truncated
        }
        let cipher = ChunkCipher(key, nonce: nonce)
        let whole = ChunkCipher.chunk + ChunkCipher.tag
        // One byte more than a chunk tells whether another follows.
        var buffer = [UInt8](repeating: 0, count: whole + 1)
        var (offset, number, isLast) = (Int64(nonce.count), UInt64(0), false)
        while !isLast {
            let count = try body.read(into: &buffer, at: offset, subject: subject)
            isLast = count <= whole
            guard count >= ChunkCipher.tag else { throw SealingFault.truncated }
            if count == ChunkCipher.tag && number > 0 { throw SealingFault.emptyLastChunk }
            let sealed = buffer.span.bytes.extracting(first: min(count, whole))
            guard try cipher.open(sealed, number: number, isLast: isLast, each) else {
                // A chunk that is authentic as one in the middle says that the end is missing.
                let goesOn = try cipher.open(sealed, number: number, isLast: false) { _ in }
                throw isLast && goesOn ? SealingFault.truncated : .notAuthentic(chunk: number)
            }
            (offset, number) = (offset + Int64(whole), number + 1)
        }
    }
}
