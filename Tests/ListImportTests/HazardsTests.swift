import ListImport
import Testing
import UploadModel

@Suite struct HazardsTests {
    static let flat = "000000002c4b11342c4b2c4b0000554b00002c4b113411342c4b585e2c4b017e"

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let line: String
        let reason: BuildReport.Rejection
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "MD5 of the empty file",
            line: #"{"md5":"d41d8cd98f00b204e9800998ecf8427e"}"#,
            reason: .emptyFile
        ),
        Row(
            name: "SHA-1 of the empty file, upper case",
            line: #"{"sha1":"DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}"#,
            reason: .emptyFile
        ),
        Row(
            name: "SHA-256 of the empty file",
            line: #"{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#,
            reason: .emptyFile
        ),
        Row(
            name: "the empty file beside a digest that is not its own",
            line: #"{"md5":"\#(Invented.md5)","sha1":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}"#,
            reason: .emptyFile
        ),
        Row(name: "a size of 0", line: #"{"md5":"\#(Invented.md5)","size":0}"#, reason: .emptyFile),
        Row(name: "a size of 63", line: #"{"md5":"\#(Invented.md5)","size":63}"#, reason: .small),
        Row(
            name: "a GIF of one pixel",
            line: #"{"md5":"325472601571f31e1bf00674c368d335"}"#,
            reason: .wellKnownFile
        ),
        Row(
            name: "a sector of zeros",
            line: #"{"md5":"bf619eac0cdf3f68d496ea9344137e8b"}"#,
            reason: .wellKnownFile
        ),
        Row(
            name: "all bits clear",
            line: #"{"md5":"\#(String(repeating: "0", count: 32))"}"#,
            reason: .allAlike
        ),
        Row(
            name: "all bits set",
            line: #"{"sha256":"\#(String(repeating: "f", count: 64))"}"#,
            reason: .allAlike
        ),
        Row(
            name: "PDQ of a black picture",
            line: #"{"pdq":"\#(String(repeating: "0", count: 64))"}"#,
            reason: .flatPicture
        ),
        Row(name: "PDQ of a grey picture", line: #"{"pdq":"\#(flat)"}"#, reason: .flatPicture),
        Row(
            name: "PDQ 31 bits from that of a grey picture",
            line: #"{"pdq":"7fffffff\#(flat.dropFirst(8))"}"#,
            reason: .flatPicture
        ),
        Row(
            name: "PDQ 32 bits from it, far from balanced",
            line: #"{"pdq":"ffffffff\#(flat.dropFirst(8))"}"#,
            reason: .unbalanced
        ),
        Row(name: "PDQ of 119 bits", line: #"{"pdq":"\#(pdq(ofBits: 119))"}"#, reason: .unbalanced),
        Row(name: "PDQ of 137 bits", line: #"{"pdq":"\#(pdq(ofBits: 137))"}"#, reason: .unbalanced),
        Row(
            name: "PDQ of quality 49",
            line: #"{"quality":49,"pdq":"\#(Invented.pdq)"}"#,
            reason: .lowQuality
        ),
        Row(name: "nothing", line: #"{"id":"x"}"#, reason: .nothing),
    ]

    @Test("what must not match is kept out with its reason and its place", arguments: rows)
    func rejects(row: Row) throws {
        let (entries, report) = try ListText(.ndjson, "\n\(row.line)\n").read()
        #expect(entries.isEmpty)
        #expect(report.rejected == [row.reason: 1])
        #expect(report.firstRejected[row.reason]?.map(\.place) == [.line(2)])
        #expect((report.read, report.kept) == (1, 0))
    }

    @Test(
        "the borders are kept",
        arguments: [
            #"{"md5":"\#(Invented.md5)","size":64}"#, #"{"pdq":"\#(pdq(ofBits: 120))"}"#,
            #"{"pdq":"\#(pdq(ofBits: 136))"}"#,
            #"{"quality":50,"pdq":"\#(Invented.pdq)"}"#, #"{"md5":"\#(Invented.md5)"}"#,
        ]
    )
    func keeps(line: String) throws {
        #expect(try ListText(.ndjson, line + "\n").read().report.kept == 1)
    }

    @Test("a PDQ hash that says too little goes alone, and the digests stay")
    func pictureAlone() throws {
        let line = #"{"md5":"\#(Invented.md5)","pdq":"\#(Self.flat)"}"#
        let (entries, report) = try ListText(.ndjson, line + "\n").read()
        #expect(entries.map(\.values) == [[Invented.md5]])
        #expect(report.rejected == [.flatPicture: 1])
    }

    @Test("small files are taken where the settings say so, the empty file never")
    func allowSmall() throws {
        let lines = [63, 0].map { #"{"md5":"\#(Invented.md5($0))","size":\#($0)}"# + "\n" }.joined()
        let report = try ListText(.ndjson, lines) { $0.allowSmall = true }.read().report
        #expect(report.kept == 1)
        #expect(report.rejected == [.emptyFile: 1])
    }

    @Test("of many rejected the first five places are told")
    func firstPlaces() throws {
        let text = String(repeating: "d41d8cd98f00b204e9800998ecf8427e\n", count: 9)
        let report = try ListText(.digests, text).read().report
        #expect(report.rejected == [.emptyFile: 9])
        #expect(report.firstRejected[.emptyFile]?.map(\.place) == (1...5).map { .line($0) })
    }

    private static func pdq(ofBits count: Int) -> String {
        var bits = SIMD4<UInt64>()
        // Every second bit, so that it lies far from the flat ones.
        for bit in 0..<count {
            bits[(bit * 2 % 256 + bit / 128) / 64] |= 1 << UInt64((bit * 2 % 256 + bit / 128) % 64)
        }
        return PerceptualHash.hex(bits)
    }
}
