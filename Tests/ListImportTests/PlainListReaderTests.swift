import ListImport
import Testing
import UploadModel

@Suite struct PlainListReaderTests {
    static let md5 = "00112233445566778899aabbccddeeff"
    static let sha1 = md5 + "01234567"
    static let sha256 = md5 + md5

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let digests: [String]
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "three kinds by their length",
            text: "\(md5)\n\(sha1)\n\(sha256)\n",
            digests: [md5, sha1, sha256]
        ),
        Row(name: "no newline at the end", text: "\(md5)\n\(sha1)", digests: [md5, sha1]),
        Row(
            name: "upper and mixed case",
            text: "\(md5.uppercased())\n00112233445566778899AABBCCddeeff\n",
            digests: [md5, md5]
        ),
        Row(name: "comments and blank lines", text: "# a list\n\n  \t\n\(md5)\n#\(sha1)\n", digests: [md5]),
        Row(name: "md5sum's names", text: "\(md5)  a file.jpg\n\(sha1) *another\n", digests: [md5, sha1]),
        Row(name: "a name of any bytes", text: "\(md5)  é # \u{1F600}\n", digests: [md5]),
        Row(
            name: "lines that end as on Windows",
            text: "# x\r\n\(md5)\r\n\r\n\(sha1)  name\r\n\(sha256)\r",
            digests: [md5, sha1, sha256]
        ),
        Row(name: "a byte order mark", text: "\u{FEFF}\(md5)\n", digests: [md5]),
        Row(name: "a byte order mark before a comment", text: "\u{FEFF}# x\n\(md5)\n", digests: [md5]),
        Row(name: "an empty file", text: "", digests: []),
        Row(
            name: "the longest line",
            text: "\(md5)  \(String(repeating: "n", count: 4_062))\n\(sha1)\n",
            digests: [md5, sha1]
        ),
        Row(
            name: "more than one chunk",
            text: String(repeating: "\(md5)\n", count: 5_000),
            digests: Array(repeating: md5, count: 5_000)
        ),
    ]

    @Test("a plain list is read as its suppliers write it", arguments: rows)
    func reads(row: Row) throws {
        let scratch = try ScratchState()
        var found: [String] = []
        let count = try PlainListReader.read(try scratch.file("list", row.text)) { found.append($0.hex) }
        #expect(found == row.digests)
        #expect(count == UInt64(row.digests.count))
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let line: String
        let reason: BadLine.Reason
        var testDescription: String { name }
    }

    static let bad = [
        Bad(name: "words", line: "not a digest", reason: .noDigest),
        Bad(name: "a space before the digest", line: " \(md5)", reason: .noDigest),
        Bad(name: "an escaped name, as md5sum writes it", line: "\\\(md5)  a\\nb", reason: .noDigest),
        Bad(name: "BSD's spelling", line: "MD5 (a) = \(md5)", reason: .noDigest),
        Bad(name: "a digit too few", line: String(md5.dropLast()), reason: .wrongLength),
        Bad(name: "a digit too many", line: md5 + "0", reason: .wrongLength),
        Bad(name: "SHA-512", line: sha256 + sha256, reason: .wrongLength),
        Bad(name: "a letter that is no digit", line: "g" + md5.dropFirst(), reason: .noDigest),
        Bad(name: "a letter that is no digit inside", line: md5.dropLast() + "x", reason: .wrongLength),
        Bad(name: "one space before the name", line: "\(md5) name", reason: .noName),
        Bad(name: "two spaces and no name", line: "\(md5)  ", reason: .noName),
        Bad(name: "a tab before the name", line: "\(md5)\tname", reason: .noName),
        Bad(name: "comma-separated values", line: "\(md5),name", reason: .noName),
        Bad(name: "a byte order mark inside", line: "\u{FEFF}\(md5)", reason: .noDigest),
        Bad(name: "a NUL", line: "\(md5)\0", reason: .noName),
        Bad(
            name: "a line too long",
            line: "\(md5)  \(String(repeating: "n", count: 4_063))",
            reason: .tooLong
        ),
        Bad(name: "a line without end", line: String(repeating: "#", count: 200_000), reason: .tooLong),
    ]

    @Test("anything else stops the reading with its line's number", arguments: bad)
    func refuses(bad: Bad) throws {
        let scratch = try ScratchState()
        let path = try scratch.file("list", "# x\n\(Self.md5)\n\n\(bad.line)\n\(Self.sha1)\n")
        let fault = #expect(throws: BadLine.self) { try PlainListReader.read(path) { _ in } }
        #expect(fault == BadLine(file: path, line: 4, reason: bad.reason))
    }

    @Test("what is said of a bad line holds nothing of it", arguments: bad)
    func mute(bad: Bad) throws {
        let scratch = try ScratchState()
        let fault = #expect(throws: BadLine.self) {
            try PlainListReader.read(try scratch.file("list", "\n\(bad.line)")) { _ in }
        }
        #expect(fault?.description.contains(Self.md5.prefix(8)) == false)
    }

    @Test("a link, a directory and a missing file are no list")
    func noFile() throws {
        let scratch = try ScratchState()
        let real = try scratch.file("real", "\(Self.md5)\n")
        let linked = try scratch.link("linked", to: real)
        for path in [linked, "\(real)-is-missing"] {
            #expect(throws: (any Error).self) { try PlainListReader.read(path) { _ in } }
        }
        #expect(throws: BuildFault.notAFile(scratch.path)) { try PlainListReader.read(scratch.path) { _ in } }
    }
}

extension ListedValue {
    fileprivate var hex: String {
        switch self {
        case .digest(let digest): digest.hex
        case .perceptual(let bits): PerceptualHash.hex(bits)
        }
    }
}
