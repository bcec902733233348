import UploadModel

/// One entry with what shows that it is in the log: enough for whoever holds the log's public key.
///
/// - Source: C2SP tlog-proof.
package struct CustodyProof: Equatable, Sendable {
    package let index: UInt64
    /// RFC 8785, as it stands in the log.
    package let entry: [UInt8]
    package let path: [TreeHash]
    package let checkpoint: SignedCheckpoint

    init(index: UInt64, entry: [UInt8], path: [TreeHash], checkpoint: SignedCheckpoint) {
        (self.index, self.entry, self.path, self.checkpoint) = (index, entry, path, checkpoint)
    }

    /// A `.tlog-proof` file. It does not hold the entry.
    package var text: String {
        "c2sp.org/tlog-proof@v1\nindex \(index)\n" + path.map { "\($0.base64)\n" }.joined()
            + "\n\(checkpoint.text)"
    }

    /// Reads a `.tlog-proof` file, and takes `entry` for what it is about.
    ///
    /// - Returns: `nil` where it is not one.
    package init?(_ text: String, entry: [UInt8]) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 3, lines[0] == "c2sp.org/tlog-proof@v1" else { return nil }
        var rest = lines.dropFirst()
        if rest.first?.hasPrefix("extra ") == true { rest.removeFirst() }
        guard let line = rest.popFirst(), line.hasPrefix("index "), let index = UInt64(line.dropFirst(6)),
            let end = rest.firstIndex(of: "")
        else { return nil }
        let path = rest[..<end].compactMap { TreeHash(base64: $0) }
        let note = rest[(end + 1)...].joined(separator: "\n")
        guard path.count == rest[..<end].count, let checkpoint = SignedCheckpoint(note) else { return nil }
        self.init(index: index, entry: entry, path: path, checkpoint: checkpoint)
    }

    /// Whether the path leads from the entry to the checkpoint's root, and the key has signed that.
    package func holds(for verifier: LogVerifier) -> Bool {
        let checkpoint = checkpoint.checkpoint
        let leaf = TreeHash(leaf: entry)
        let root = MerkleTree.root(of: leaf, at: index, in: checkpoint.size, by: path)
        return checkpoint.origin == verifier.name && root == checkpoint.root
            && verifier.hasSigned(self.checkpoint)
    }
}
