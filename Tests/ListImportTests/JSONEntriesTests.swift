import JSONText
import ListImport
import Testing
import UploadModel

@Suite struct JSONEntriesTests {
    static let (md5, sha1) = (Invented.md5, Invented.sha1)

    /// As Project VIC's model 2.0 has a hash set.
    static let vics = """
        \u{FEFF}{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media",
        "unused":{"deep":[[[1,2.5e3,"x\\"]}",null,true]]]},
        "value":[
        {"MediaID":1,"Category":1,"MD5":"\(md5.uppercased())","SHA1":"\(sha1.uppercased())","MediaSize":"2048",
         "VictimIdentified":"True","PhotoDNA":"\(String(repeating: "A", count: 192))","MediaFiles":[{"FileName":"a}]"}]},
        {"MediaID":2,"Category":0,"MD5":"\(Invented.md5(2))","MediaSize":100},
        {"MediaID":3,"Category":1,"MD5":"d41d8cd98f00b204e9800998ecf8427e","MediaSize":0},
        {"MediaID":4,"Category":1,"MD5":null,"PhotoDNA":"AAAA"}
        ]}
        """

    static func vics(_ source: inout ListSource) {
        source.mapping.entries = "/value"
        source.mapping.fields = [
            .md5: "/MD5", .sha1: "/SHA1", .size: "/MediaSize", .id: "/MediaID", .classification: "/Category",
            .pdna: "/PhotoDNA",
        ]
        source.mapping.classifications = ["1"]
    }

    @Test("a hash set of Project VIC is read by a mapping, benign media left out")
    func projectVIC() throws {
        let (entries, report) = try ListText(.json, Self.vics, Self.vics).read()
        #expect(entries.map(\.values) == [[Self.md5, Self.sha1]])
        #expect(entries.map(\.size) == [2_048])
        #expect(entries.map(\.name) == ["1"])
        #expect(report.rejected == [.classification: 1, .emptyFile: 1])
        #expect(report.unmatchable == ["pdna": 2])
        #expect((report.read, report.unmatchableEntries) == (4, 1))
    }

    @Test("entries below the elements of another array are found")
    func cases() throws {
        let text =
            #"{"value":[{"Media":[{"MD5":"\#(Self.md5)"}],"n":1},{"n":2,"Media":[]},{"Media":[{"MD5":"\#(Invented.md5(1))"}]}]}"#
        let list = ListText(.json, text) {
            $0.mapping.entries = "/value/*/Media"
            $0.mapping.fields = [.md5: "/MD5"]
        }
        #expect(try list.read().entries.map(\.values) == [[Self.md5], [Invented.md5(1)]])
    }

    @Test("StopNCII's records: the latest state of a value stands, withdrawn and deleted ones do not")
    func stopNCII() throws {
        func record(_ type: String, _ value: String, _ status: String, _ changed: Int) -> String {
            #"{"lastModtimestamp":\#(changed),"signalType":"\#(type)","hashValue":"\#(value)","hashStatus":"\#(status)","caseNumbers":{"1":"Active"},"CSPFeedbacks":[]}"#
        }
        let records = [
            record("ImagePDQ", Invented.pdq, "Active", 20), record("VideoMD5", Self.md5, "Active", 20),
            record("VideoMD5", Self.md5, "Withdrawn", 30), record("VideoMD5", Invented.md5(1), "Deleted", 10),
            record("VideoMD5", Invented.md5(1), "Active", 11),
            record("ImagePDQ", Invented.pdq, "Withdrawn", 19),
            record("ImagePDQ", String(repeating: "0", count: 64), "Active", 12),
            record("VideoTMK", "abc", "Active", 1),
        ]
        let text =
            #"{"count":8,"nextPageToken":null,"hasMoreRecords":false,"hashRecords":[\#(records.joined(separator: ","))]}"#
        let list = ListText(.json, text) {
            $0.mapping.entries = "/hashRecords"
            $0.mapping.fields = [
                .value: "/hashValue", .type: "/signalType", .status: "/hashStatus",
                .timestamp: "/lastModtimestamp",
            ]
            $0.mapping.removed = ["Withdrawn", "Deleted"]
        }
        let (entries, report) = try list.read()
        #expect(Set(entries.map(\.values)) == [[Invented.pdq], [Invented.md5(1)]])
        #expect((report.withdrawn, report.kept) == (1, 2))
        #expect(report.rejected == [.flatPicture: 1])
        #expect(report.unmatchable == ["videotmk": 1])
    }

    @Test("texts one after the other, each an entry")
    func lines() throws {
        let text = "{\"MD5\":\"\(Self.md5)\"}\n{\n\"MD5\":\"\(Invented.md5(1))\"}\r\n"
        #expect(try ListText(.json, text) { $0.mapping.fields = [.md5: "/MD5"] }.read().report.kept == 2)
    }

    @Test("pointers go into objects and arrays, with their escapes")
    func pointers() throws {
        let text = #"[{"a/b":[{"x":1},{"m~d":"\#(Self.md5)"}]}]"#
        let list = ListText(.json, text) { $0.mapping.fields = [.md5: "/a~1b/1/m~0d"] }
        #expect(try list.read().entries.map(\.values) == [[Self.md5]])
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let place: ListFault.Place
        let reason: ListFault.Reason
        var testDescription: String { name }
    }

    static let bad = [
        Bad(name: "nothing", text: " \n", place: .whole, reason: .json(.empty)),
        Bad(
            name: "cut short between entries",
            text: #"{"value":[{"MD5":null},"#,
            place: .byte(23),
            reason: .cutShort
        ),
        Bad(
            name: "cut short inside of an entry",
            text: #"{"value":[{"MD5":"#,
            place: .byte(17),
            reason: .cutShort
        ),
        Bad(name: "cut short after the array", text: #"{"value":[]"#, place: .byte(11), reason: .cutShort),
        Bad(
            name: "no array there",
            text: #"{"other":[]}"#,
            place: .byte(12),
            reason: .noEntries(pointer: "/value")
        ),
        Bad(
            name: "an object there",
            text: #"{"value":{}}"#,
            place: .byte(9),
            reason: .noEntries(pointer: "/value")
        ),
        Bad(
            name: "an array instead of the object",
            text: "[]",
            place: .byte(0),
            reason: .noEntries(pointer: "/value")
        ),
        Bad(name: "two of them", text: #"{"value":[],"value":[]}"#, place: .byte(20), reason: .repeated),
        Bad(
            name: "an entry that is none",
            text: #"{"value":[7]}"#,
            place: .entry(1, byte: 10),
            reason: .notAnEntry
        ),
        Bad(
            name: "an object in the place of a value",
            text: #"{"value":[{},{"MD5":{}}]}"#,
            place: .entry(2, byte: 13),
            reason: .notAValue
        ),
        Bad(
            name: "damage inside of an entry",
            text: #"{"value":[{"MD5":tru}]}"#,
            place: .entry(1, byte: 10),
            reason: .json(.unexpectedByte(offset: 10))
        ),
        Bad(
            name: "a comma too many",
            text: #"{"value":[{},]}"#,
            place: .byte(13),
            reason: .json(.unexpectedByte(offset: 13))
        ),
        Bad(
            name: "an entry that never ends",
            text: #"{"value":[{"x":""# + String(repeating: "x", count: 1 << 20),
            place: .byte(10 + 1 << 20),
            reason: .tooLong(limit: 1 << 20)
        ),
        Bad(
            name: "deep nesting in an entry",
            text: #"{"value":["# + String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
                + "]}",
            place: .entry(1, byte: 10),
            reason: .json(.tooDeep(offset: 32, limit: 32))
        ),
        Bad(
            name: "deep nesting before the entries",
            text: #"{"x":"# + String(repeating: "[", count: 100_000),
            place: .byte(36),
            reason: .tooDeep
        ),
    ]

    @Test("anything else stops the reading with its entry or byte", arguments: bad)
    func refuses(bad: Bad) {
        let list = ListText(.json, bad.text) {
            $0.mapping.entries = "/value"
            $0.mapping.fields = [.md5: "/MD5"]
        }
        #expect(list.fault == ListFault(file: "file", place: bad.place, reason: bad.reason))
    }
}
