import ListImport
import Testing
import UploadModel

@Suite struct DelimitedRowTests {
    static let (md5, sha1) = (Invented.md5, Invented.sha1)

    static func mapped(_ fields: [ListField: String]) -> @Sendable (inout ListSource) -> Void {
        { $0.mapping.fields = fields }
    }

    @Test("columns are found by their names, whatever their order")
    func names() throws {
        let text =
            "Category,Hash MD5,Age,Id,SHA1\r\nA,\(Self.md5),0-2,7,\(Self.sha1.uppercased())\r\nB,,3-6,8,\(Self.sha1)\r\n"
        let list = ListText(.csv, text) {
            $0.mapping.fields = [.md5: "Hash MD5", .sha1: "SHA1", .id: "Id", .classification: "Category"]
        }
        let entries = try list.read().entries
        #expect(entries.map(\.values) == [[Self.md5, Self.sha1]])
        #expect(entries.map(\.name) == ["7"])
        #expect(entries.map(\.classification) == ["A"])
    }

    @Test("columns without names are found by their numbers")
    func numbers() throws {
        let list = ListText(.csv, "\(Self.md5):1024:name\n\(Self.sha1):*:other\n") {
            $0.mapping.fields = [.value: "1", .size: "2"]
            $0.mapping.header = false
            $0.mapping.separator = UInt8(ascii: ":")
        }
        let entries = try list.read().entries
        #expect(entries.map(\.values) == [[Self.md5], [Self.sha1]])
        #expect(entries.map(\.size) == [1_024, nil])
    }

    @Test("quotation marks enclose separators, line breaks and themselves")
    func quotes() throws {
        let text = "id,md5\n\"a \"\"b\"\", c\",\"\(Self.md5)\"\n\"ignored\nline\",\(Invented.md5(1))\n"
        let list = ListText(.csv, text, Self.mapped([.md5: "md5"]))
        #expect(try list.read().entries.map(\.values) == [[Self.md5], [Invented.md5(1)]])
        let named = ListText(
            .csv,
            "id,md5\n\"a \"\"b\"\", c\",\"\(Self.md5)\"\n",
            Self.mapped([.md5: "md5", .id: "id"])
        )
        #expect(try named.read().entries.map(\.name) == ["a \"b\", c"])
    }

    @Test("after a line break between quotation marks the lines are still counted")
    func lines() {
        let text = "id,md5\n\"a\nb\nc\",\(Self.md5)\nx,word\n"
        #expect(
            ListText(.csv, text, Self.mapped([.md5: "md5"])).fault
                == ListFault(file: "file", place: .line(5), reason: .notHex)
        )
    }

    @Test("tabs separate without quotation marks")
    func tabs() throws {
        let text = "\u{FEFF}id\tmd5\n\"a\t\(Self.md5)\n"
        #expect(
            try ListText(.tsv, text, Self.mapped([.md5: "md5", .id: "id"])).read().entries.map(\.name) == [
                "\"a"
            ]
        )
    }

    @Test("a type beside the value says what it is")
    func types() throws {
        let text = "type,value\nPhotoDNA,AAAA\nMD5,\(Self.md5)\nSHA-1,\(Self.sha1)\nPDQ,\(Invented.pdq)\n"
        let (entries, report) = try ListText(.csv, text, Self.mapped([.type: "type", .value: "value"])).read()
        #expect(entries.map(\.values) == [[Self.md5], [Self.sha1], [Invented.pdq]])
        #expect(report.unmatchable == ["photodna": 1])
    }

    @Test("classifications that are not wanted are left out and counted")
    func classifications() throws {
        let text = "c,md5\nA,\(Self.md5)\nD,\(Invented.md5(1))\n,\(Invented.md5(2))\n"
        let list = ListText(.csv, text) {
            $0.mapping.fields = [.md5: "md5", .classification: "c"]
            $0.mapping.classifications = ["A", "B"]
        }
        let (entries, report) = try list.read()
        #expect(entries.map(\.values) == [[Self.md5]])
        #expect(report.rejected == [.classification: 2])
    }

    @Test("of an entry with several states the latest stands, and a withdrawn one does not")
    func states() throws {
        let text = """
            id,md5,when,state
            1,\(Invented.md5(1)),2026-01-02T00:00:00Z,active
            2,\(Invented.md5(2)),2026-01-02T00:00:00Z,active
            1,\(Invented.md5(3)),2026-01-01T23:00:00-02:00,active
            2,,2026-01-03T00:00:00.5Z,gone
            3,\(Invented.md5(4)),2026-01-03T00:00:00Z,gone
            1,\(Invented.md5(5)),2025-12-31T00:00:00Z,active

            """
        let list = ListText(.csv, text) {
            $0.mapping.fields = [.md5: "md5", .id: "id", .timestamp: "when", .status: "state"]
            $0.mapping.removed = ["gone"]
        }
        let (entries, report) = try list.read()
        #expect(entries.map(\.values) == [[Invented.md5(3)]])
        #expect((report.read, report.kept, report.withdrawn, report.superseded) == (6, 1, 2, 3))
    }

    @Test("a status is read in any case, and the words that withdraw nothing are counted")
    func statusWords() throws {
        let text = """
            id,md5,state
            1,\(Invented.md5(1)), DELETED\u{20}
            2,\(Invented.md5(2)),Active
            3,\(Invented.md5(3)),withdrawn
            4,\(Invented.md5(4)),active

            """
        let list = ListText(.csv, text) {
            $0.mapping.fields = [.md5: "md5", .id: "id", .status: "state"]
            $0.mapping.removed = ["Deleted"]
        }
        let (entries, report) = try list.read()
        #expect(entries.map(\.name) == ["2", "3", "4"])
        #expect(report.withdrawn == 1)
        #expect(report.statuses == ["active": 2, "withdrawn": 1])
    }

    @Test("an entry that is classified anew out of those taken stops matching, with an id and without")
    func reclassified() throws {
        let text = """
            id,md5,when,is
            1,\(Invented.md5(1)),1,A
            1,\(Invented.md5(1)),2,C
            ,\(Invented.md5(2)),1,A
            ,\(Invented.md5(2)),2,C
            3,\(Invented.md5(3)),2,A
            3,\(Invented.md5(3)),1,C

            """
        let list = ListText(.csv, text) {
            $0.mapping.fields = [.md5: "md5", .id: "id", .timestamp: "when", .classification: "is"]
            $0.mapping.classifications = ["A"]
        }
        let (entries, report) = try list.read()
        #expect(entries.map(\.values) == [[Invented.md5(3)]])
        #expect(report.superseded == 3)
        #expect(report.rejected == [.classification: 3])
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let line: UInt64
        let reason: ListFault.Reason
        var testDescription: String { name }
    }

    static let bad = [
        Bad(name: "no such column", text: "id,sha1\n", line: 1, reason: .noColumn("md5")),
        Bad(name: "a column too few", text: "id,md5\n1\n", line: 2, reason: .columnCount),
        Bad(name: "a column too many", text: "id,md5\n1,\(md5),x\n", line: 2, reason: .columnCount),
        Bad(name: "a quotation mark inside", text: "id,md5\n1\",\(md5)\n", line: 2, reason: .strayQuote),
        Bad(name: "text after the mark", text: "id,md5\n\"1\"x,\(md5)\n", line: 2, reason: .strayQuote),
        Bad(
            name: "a mark that never closes",
            text: "id,md5\n\"1,\(md5)\n2,\(md5)\n",
            line: 2,
            reason: .strayQuote
        ),
        Bad(
            name: "a mark that never closes in a long file",
            text: "id,md5\n\"1,\(md5)\n" + String(repeating: "2,\(md5)\n", count: 3_000),
            line: 2,
            reason: .tooLong(limit: 65_536)
        ),
        Bad(name: "words for a digest", text: "id,md5\n1,word\n", line: 2, reason: .notHex),
        Bad(name: "bytes that are not UTF-8", text: "id,md5\na\u{0}b,\(md5)\n", line: 2, reason: .notText),
    ]

    @Test("anything else stops the reading with its line's number", arguments: bad)
    func refuses(bad: Bad) {
        let list = ListText(.csv, bad.text, Self.mapped([.md5: "md5", .id: "id"]))
        #expect(list.fault == ListFault(file: "file", place: .line(bad.line), reason: bad.reason))
    }

    @Test(
        "times are read in every spelling of RFC 3339, and nothing else is one",
        arguments: [
            "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "yesterday",
            "-5",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+25:00", "99999999999999999999",
        ]
    )
    func times(text: String) {
        let list = ListText(
            .csv,
            "md5,when\n\(Self.md5),\(text)\n",
            Self.mapped([.md5: "md5", .timestamp: "when"])
        )
        #expect(list.fault?.reason == .notATime)
    }
}
