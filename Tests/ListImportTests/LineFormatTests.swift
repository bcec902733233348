import JSONText
import ListImport
import Testing
import UploadModel

@Suite struct LineFormatTests {
    static let (md5, sha1, sha256, pdq) = (Invented.md5, Invented.sha1, Invented.sha256, Invented.pdq)

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let format: ListFormat
        let text: String
        /// The values of each entry.
        let entries: [[String]]
        var testDescription: String { "\(format.rawValue): \(name)" }

        init(_ format: ListFormat, _ name: String, _ text: String, _ entries: [[String]]) {
            (self.name, self.format, self.text, self.entries) = (name, format, text, entries)
        }
    }

    static let rows = [
        Row(
            .digests,
            "three kinds by their length",
            "\(md5)\n\(sha1)\n\(sha256)\n",
            [[md5], [sha1], [sha256]]
        ),
        Row(.digests, "no newline at the end", "\(md5)\n\(sha1)", [[md5], [sha1]]),
        Row(
            .digests,
            "upper and mixed case",
            "\(md5.uppercased())\nA\(Invented.md5(11).dropFirst())\n",
            [[md5], [Invented.md5(11)]]
        ),
        Row(.digests, "comments and blank lines", "# a list\n\n  \t\n\(md5)\n#\(sha1)\n", [[md5]]),
        Row(.digests, "md5sum's names", "\(md5)  a file.jpg\n\(sha1) *another\n", [[md5], [sha1]]),
        Row(.digests, "a name that md5sum had to escape", "\\\(md5)  a\\nb\n", [[md5]]),
        Row(.digests, "a name of any bytes", "\(md5)  é # \u{1F600}\n", [[md5]]),
        Row(
            .digests,
            "BSD's style, also with its own sign in the name",
            "MD5 (a) = \(md5)\nSHA1 (b) = c) = \(sha1)\nSHA256 (x) = \(sha256)\n",
            [[md5], [sha1], [sha256]]
        ),
        Row(
            .digests,
            "lines that end as on Windows",
            "# x\r\n\(md5)\r\n\r\n\(sha1)  name\r\n\(sha256)\r",
            [[md5], [sha1], [sha256]]
        ),
        Row(.digests, "a byte order mark", "\u{FEFF}\(md5)\n", [[md5]]),
        Row(.digests, "a byte order mark before a comment", "\u{FEFF}# x\n\(md5)\n", [[md5]]),
        Row(
            .digests,
            "the longest line",
            "\(md5)  \(String(repeating: "n", count: 4_062))\n\(sha1)\n",
            [[md5], [sha1]]
        ),
        Row(
            .hashdeep,
            "columns as the header names them, commas in the name",
            "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked\n## $ hashdeep -r .\n##\n"
                + "100,\(md5),\(sha256),/a,b,\"c\n",
            [[md5, sha256]]
        ),
        Row(
            .hashdeep,
            "other columns, with names of their own",
            "%%%% HASHDEEP-1.0\n%%%% size,sha-1,tiger,filename\n100,\(sha1),\(md5)0011223344556677,x\n",
            [[sha1]]
        ),
        Row(
            .pdq,
            "bare, with a quality, with an id and tags",
            "\(pdq)\n\(Invented.pdq2),80,id 1,tag\n",
            [[pdq], [Invented.pdq2]]
        ),
        Row(
            .pdq,
            "a quality left out, a name after two spaces",
            "\(pdq),,x\n\(Invented.pdq2)  name\n",
            [[pdq], [Invented.pdq2]]
        ),
        Row(
            .threatexchange,
            "types as ThreatExchange spells them",
            "pdq \(pdq)\nvideo_md5 \(md5)\nHASH_SHA1\t\(sha1)\nhash_sha256 \(sha256)\n",
            [[pdq], [md5], [sha1], [sha256]]
        ),
        Row(
            .ndjson,
            "an entry whole",
            #"{"md5":"\#(md5)","sha1":"\#(sha1)","sha256":"\#(sha256)","pdq":"\#(pdq)","size":100,"quality":90}"#
                + "\n",
            [[md5, sha1, sha256, pdq]]
        ),
    ]

    @Test("a list is read as its suppliers write it", arguments: rows)
    func reads(row: Row) throws {
        #expect(try ListText(row.format, row.text).read().entries.map(\.values) == row.entries)
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let format: ListFormat
        let name: String
        let line: String
        let reason: ListFault.Reason
        var testDescription: String { "\(format.rawValue): \(name)" }

        init(_ format: ListFormat, _ name: String, _ line: String, _ reason: ListFault.Reason) {
            (self.format, self.name, self.line, self.reason) = (format, name, line, reason)
        }

        /// The lines that must stand before it.
        var head: String {
            switch format {
            case .hashdeep: "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n# x\n"
            case .ndjson: "\n\n\n"
            default: "# x\n\n#\n"
            }
        }
    }

    static let bad = [
        Bad(.digests, "words", "not a digest", .noDigest),
        Bad(.digests, "a space before the digest", " \(md5)", .noDigest),
        Bad(.digests, "another algorithm in BSD's style", "SHA512 (a) = \(sha256)\(sha256)", .noDigest),
        Bad(.digests, "BSD's style without its sign", "MD5 (a) \(md5)", .noDigest),
        Bad(.digests, "a word after the digest", "\(md5) name", .noName),
        Bad(.digests, "two digests with a comma", "\(md5),\(sha1)", .noName),
        Bad(.digests, "a digit too few", String(md5.dropLast()), .wrongLength),
        Bad(.digests, "a digit too many", md5 + "0", .wrongLength),
        Bad(.digests, "SHA-512", sha256 + sha256, .wrongLength),
        Bad(.digests, "SHA-1 that is said to be MD5", "MD5 (x) = \(sha1)", .wrongLength),
        Bad(.digests, "NULs", "\(md5)\0", .noName),
        Bad(
            .digests,
            "a line of a byte too many",
            "\(md5)  " + String(repeating: "n", count: 4_063),
            .tooLong(limit: 4_096)
        ),
        Bad(.digests, "a line without end", String(repeating: "0", count: 200_000), .tooLong(limit: 4_096)),
        Bad(.hashdeep, "a column too few", "100", .columnCount),
        Bad(.hashdeep, "a size in words", "big,\(md5),x", .notASize),
        Bad(.hashdeep, "a digest in words", "100,word,x", .notHex),
        Bad(.hashdeep, "a third header line", "%%%% size,md5,filename", .notHashdeep),
        Bad(.pdq, "words", "hash,quality", .notPDQ),
        Bad(.pdq, "a digit too few", String(pdq.dropLast()), .notPDQ),
        Bad(.pdq, "a digit too many", pdq + "0", .notPDQ),
        Bad(.pdq, "a quality of words", "\(pdq),good", .notAQuality),
        Bad(.pdq, "a quality above 100", "\(pdq),101", .notAQuality),
        Bad(.pdq, "a tab", "\(pdq)\t80", .noName),
        Bad(.pdq, "an id with a control character", "\(pdq),80,a\u{1B}[2J", .notText),
        Bad(.threatexchange, "a bare value", pdq, .noType),
        Bad(.threatexchange, "a value in the place of a type", "\(md5) pdq", .noType),
        Bad(.threatexchange, "a word for a digest", "md5 word", .notHex),
        Bad(.ndjson, "no JSON", "{", .json(.cutShort(offset: 1))),
        Bad(.ndjson, "no object", "[]", .notAnEntry),
        Bad(.ndjson, "a member that no entry has", #"{"MD5":"\#(md5)"}"#, .unknownMember),
        Bad(
            .ndjson,
            "one member twice",
            #"{"md5":"\#(md5)","md5":"\#(md5)"}"#,
            .json(.duplicateKey(offset: 42))
        ),
        Bad(.ndjson, "an object in the place of a value", #"{"md5":{}}"#, .notAValue),
        Bad(
            .ndjson,
            "deep nesting",
            #"{"md5":"# + String(repeating: "[", count: 60_000),
            .json(.tooDeep(offset: 10, limit: 4))
        ),
        Bad(.ndjson, "a long id", #"{"id":"\#(String(repeating: "x", count: 256))"}"#, .textTooLong),
    ]

    @Test("anything else stops the reading with its line's number", arguments: bad)
    func refuses(bad: Bad) {
        let text = ListText(bad.format, "\(bad.head)\(bad.line)\n")
        #expect(text.fault == ListFault(file: "file", place: .line(4), reason: bad.reason))
    }

    @Test("what is said of a bad line holds nothing of it", arguments: bad)
    func mute(bad: Bad) {
        let said = ListText(bad.format, "\(bad.head)\(bad.line)\n").fault.map { "\($0)" } ?? ""
        #expect(
            !said.isEmpty && !said.contains(Self.md5.prefix(8)) && !said.contains("word")
                && !said.contains("0f0f")
        )
    }

    @Test(
        "a digest of another length is kept out with its line",
        arguments: [
            (ListFormat.threatexchange, "md5 \(sha1)"), (.threatexchange, "sha256 \(md5)"),
            (.ndjson, #"{"sha1":"\#(md5)"}"#),
        ]
    )
    func wrongLength(format: ListFormat, line: String) throws {
        let (entries, report) = try ListText(format, "\n\(line)\n").read()
        #expect(entries.isEmpty)
        #expect(report.rejected == [.wrongLength: 1])
        #expect(report.firstRejected[.wrongLength]?.map(\.place) == [.line(2)])
    }

    @Test("a digest that lost its end with the end of the file says that the file is cut short")
    func cutShort() {
        let text = ListText(.threatexchange, "md5 \(Self.md5)\nsha1 \(Self.sha1.dropLast(3))")
        #expect(text.fault == ListFault(file: "file", place: .line(2), reason: .cutShort))
        #expect(ListText(.hashdeep, "%%%% HASHDEEP-1.0\n").fault?.reason == .cutShort)
    }

    @Test("hashdeep without its header is not taken for hashdeep")
    func header() {
        #expect(ListText(.hashdeep, "100,\(Self.md5),x\n").fault?.reason == .notHashdeep)
        #expect(ListText(.hashdeep, "%%%% size,md5,filename\n").fault?.reason == .notHashdeep)
    }

    @Test("types that nothing here can compute are counted, and so are entries that hold nothing else")
    func unmatchable() throws {
        let text = """
            vpdq 12,90,x
            text some words of a person
            pdq \(Self.pdq)
            \u{1F600} x

            """
        let report = try ListText(.threatexchange, text).read().report
        #expect(report.unmatchable == ["vpdq": 1, "text": 1, "other": 1])
        #expect((report.read, report.kept, report.unmatchableEntries) == (4, 1, 3))
    }

    @Test("sizes, ids and words are kept with the entry")
    func words() throws {
        let line = #"{"md5":"\#(Self.md5)","size":1234,"id":"é 1","contributor":"42","classification":"A1"}"#
        let entry = try #require(try ListText(.ndjson, line + "\n").read().entries.first)
        #expect(
            (entry.size, entry.name, entry.contributor, entry.classification) == (1_234, "é 1", "42", "A1")
        )
        #expect(try ListText(.pdq, "\(Self.pdq),80,id 1,tag\n").read().entries.first?.name == "id 1")
    }

    @Test("what came before is counted and not kept")
    func duplicates() throws {
        let report = try ListText(.digests, "\(Self.md5)\n\(Self.sha1)\n\(Self.md5.uppercased())\n").read()
            .report
        #expect((report.read, report.kept, report.duplicates) == (3, 2, 1))
    }
}
