import UploadModel

/// What a log said of itself at one moment: so many entries, and their root.
///
/// - Source: C2SP tlog-checkpoint.
package struct Checkpoint: Equatable, Sendable {
    package let origin: String
    package let size: UInt64
    package let root: TreeHash

    /// What is signed.
    var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }
}

/// A checkpoint with the signatures under it, exactly as it was written.
package struct SignedCheckpoint: Equatable, Sendable {
    package let checkpoint: Checkpoint
    package let text: String

    struct Signature: Equatable {
        let name: String
        /// Four bytes of key id, then the signature.
        let bytes: [UInt8]
    }

    init(checkpoint: Checkpoint, text: String) { (self.checkpoint, self.text) = (checkpoint, text) }

    /// Reads a signed note; whether a signature holds is for ``LogVerifier`` to say.
    ///
    /// - Returns: `nil` where it is not a checkpoint, or carries more lines than one has.
    package init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 6, lines.last == "", lines[3] == "", !lines[0].isEmpty,
            let size = UInt64(lines[1]), "\(size)" == lines[1], let root = TreeHash(base64: lines[2])
        else { return nil }
        self.init(checkpoint: Checkpoint(origin: String(lines[0]), size: size, root: root), text: text)
        guard signatures.count == lines.count - 5 else { return nil }
    }

    var signedText: String { checkpoint.text }

    var signatures: [Signature] {
        text.split(separator: "\n").dropFirst(3).compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, words[0] == "\u{2014}", let bytes = Base64.bytes(words[2])
            else { return nil }
            return bytes.count > 4 ? Signature(name: String(words[1]), bytes: bytes) : nil
        }
    }
}
