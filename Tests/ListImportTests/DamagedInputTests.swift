import ListImport
import Testing
import UploadModel

/// A good file of every format, then damaged in every way: what comes is a list or a named fault, and nothing else.
@Suite struct DamagedInputTests {
    static let samples: [(ListFormat, String)] = [
        (.digests, "# x\n\(Invented.md5)\nMD5 (a) = \(Invented.md5(1))\n\(Invented.sha1)  name\n"),
        (
            .hashdeep,
            "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n# x\n100,\(Invented.md5),\(Invented.sha256),/a,b\n"
        ),
        (.csv, "id,md5,sha1\n1,\(Invented.md5),\n\"a \"\",b\",,\(Invented.sha1)\n"),
        (.tsv, "id\tmd5\tsha1\n1\t\(Invented.md5)\t\n"),
        (
            .json,
            #"{"a":[1,{"b":"\u00e9"}],"value":[{"MD5":"\#(Invented.md5)","id":7},{"MD5":"\#(Invented.md5(1))"}]}"#
        ),
        (.ndjson, #"{"md5":"\#(Invented.md5)","size":100,"id":"x"}"# + "\n"),
        (.pdq, "\(Invented.pdq),80,x\n\(Invented.pdq2)\n"),
        (.threatexchange, "pdq \(Invented.pdq)\nvideo_md5 \(Invented.md5)\n"),
        (
            .ncmec,
            HashSharingText(images: [HashSharingText.entry(HashSharingText.md5(1))], next: "/v2/x?a&amp;b")
                .text
        ),
    ]

    private static func list(_ format: ListFormat, _ bytes: [UInt8]) -> ListText {
        ListText(format, bytes: bytes) { source in
            switch format {
            case .csv, .tsv: source.mapping.fields = [.md5: "md5", .sha1: "sha1", .id: "id"]
            case .json:
                source.mapping.fields = [.md5: "/MD5", .id: "/id"]
                source.mapping.entries = "/value"
            default: break
            }
        }
    }

    @Test("the samples are good", arguments: samples)
    func good(format: ListFormat, text: String) throws {
        #expect(try Self.list(format, Array(text.utf8)).read().report.kept > 0)
    }

    @Test(
        "cut short, bit-flipped, spliced or mixed: a list or a named fault that repeats nothing",
        arguments: samples
    )
    func damaged(format: ListFormat, text: String) {
        var random = SplitMix64(state: 4)
        for round in 0..<120 {
            var bytes = Array(text.utf8)
            switch round % 4 {
            case 0: bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
            case 1:
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            case 2:
                bytes.insert(
                    contentsOf: [0xFF, 0xFE, 0x00],
                    at: Int.random(in: 0...bytes.count, using: &random)
                )
            default:
                let other = Array(Self.samples.randomElement(using: &random)!.1.utf8)
                bytes.insert(contentsOf: other, at: Int.random(in: 0...bytes.count, using: &random))
            }
            do {
                _ = try Self.list(format, bytes).read()
            } catch let fault as ListFault {
                #expect(!"\(fault)".contains("00112233"), "round \(round)")
            } catch {
                Issue.record("round \(round): \(error)")
            }
        }
    }
}
