/// A small age file in memory, header and body together: what a custodian is handed as a challenge.
package struct AgeFile: Sendable {
    private let header: AgeHeader
    private let body: [UInt8]

    /// - Throws: ``SealingFault/malformedHeader(_:)``.
    package init(_ bytes: [UInt8]) throws(SealingFault) {
        let mark = Array("\n--- ".utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }),
            let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\n"))
        else { throw .malformedHeader("it has no end") }
        header = try AgeHeader(reading: Array(bytes[...end]))
        body = Array(bytes[(end + 1)...])
    }

    /// The plaintext, for the first identity that it opens for.
    ///
    /// - Throws: ``SealingFault``; ``SealingFault/tooLarge(limit:)`` for more than one chunk.
    package func open(with identities: [AgeIdentity]) throws -> [UInt8] {
        let whole = ChunkCipher.nonce + ChunkCipher.chunk + ChunkCipher.tag
        guard body.count <= whole else { throw SealingFault.tooLarge(limit: ChunkCipher.chunk) }
        guard body.count >= ChunkCipher.nonce + ChunkCipher.tag else { throw SealingFault.truncated }
        let cipher = ChunkCipher(try fileKey(identities), nonce: Array(body.prefix(ChunkCipher.nonce)))
        var plain: [UInt8] = []
        let sealed = Array(body.dropFirst(ChunkCipher.nonce))
        let isAuthentic = try cipher.open(sealed.span.bytes, number: 0, isLast: true) { bytes in
            bytes.withUnsafeBytes { plain.append(contentsOf: $0) }
        }
        guard isAuthentic else { throw SealingFault.notAuthentic(chunk: 0) }
        return plain
    }

    private func fileKey(_ identities: [AgeIdentity]) throws(SealingFault) -> FileKey {
        for identity in identities {
            do {
                return try header.fileKey(with: identity)
            } catch {
                if error != .notForThisIdentity { throw error }
            }
        }
        throw .notForThisIdentity
    }
}
