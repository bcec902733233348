import UploadModel

/// `digests`: one digest a line, bare or as md5sum(1) and its like print it, in either of their styles.
///
/// A digest of another length stops the reading: such a file has nothing else that says what it is.
struct DigestLine: LineFormat {
    func record(in line: Text) throws(ListFault.Reason) -> ListRecord? {
        if line.isBlankOrComment { return nil }
        var record = ListRecord()
        if let tagged = try Self.tagged(line) {
            try record.take(tagged.value, as: .digest(tagged.algorithm))
            guard record.rejected.isEmpty else { throw .wrongLength }
            return record
        }
        // md5sum begins a line with a backslash where it had to escape the file's name.
        let line = line.byte(0) == UInt8(ascii: "\\") ? line.from(1) : line
        let (digits, value) = HexValue.leading(line)
        guard digits > 0 else { throw .noDigest }
        guard Self.isName(line.from(digits)) else { throw .noName }
        guard let digest = value?.digest else { throw .wrongLength }
        try record.take(digest)
        return record
    }

    /// BSD's style, `MD5 (name) = digest`.
    private static func tagged(
        _ line: Text
    ) throws(ListFault.Reason) -> (algorithm: DigestAlgorithm, value: Text)? {
        guard let space = line.first(UInt8(ascii: " ")), line.from(space).starts(with: " (") else {
            return nil
        }
        guard case .digest(let algorithm) = SignalType(line.extracting(0..<space).string)
        else { throw .noDigest }
        // The name may hold anything, the sign too: the last one counts, as there is none in a digest.
        var index = line.byteCount - 4
        while index > space, !line.from(index).starts(with: ") = ") { index -= 1 }
        guard index > space else { throw .noDigest }
        return (algorithm, line.from(index + 4))
    }

    /// Nothing, or a space, then the sign of how md5sum(1) read the file, then at least one byte of its name.
    private static func isName(_ rest: Text) -> Bool {
        if rest.trimmed.byteCount == 0 { return true }
        return rest.byteCount > 2 && rest.byte(0) == UInt8(ascii: " ")
            && (rest.byte(1) == UInt8(ascii: " ") || rest.byte(1) == UInt8(ascii: "*"))
    }
}
