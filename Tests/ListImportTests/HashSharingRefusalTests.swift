import ListImport
import Testing
import UploadModel

/// What is no page of Hash Sharing, or one that nobody should take.
@Suite struct HashSharingRefusalTests {
    typealias Page = HashSharingText

    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let reason: ListFault.Reason
        var testDescription: String { name }
    }

    static let bad = [
        Bad(name: "nothing", text: "", reason: .cutShort),
        Bad(name: "cut short", text: String(page.dropLast(20)), reason: .cutShort),
        Bad(
            name: "another root",
            text: "<status xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"/>",
            reason: .notAPage
        ),
        Bad(name: "version 1", text: page.replacing("/v2", with: "/v1"), reason: .notAPage),
        Bad(name: "no namespace", text: "<queryResult/>", reason: .notAPage),
        Bad(
            name: "an outside entity",
            text: "<!DOCTYPE queryResult [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                + page.replacing("A1", with: "&x;"),
            reason: .doctype
        ),
        Bad(
            name: "a billion laughs",
            text:
                "<!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]><l>&c;</l>",
            reason: .doctype
        ),
        Bad(
            name: "an outside document type",
            text: "<!DOCTYPE l SYSTEM \"http://127.0.0.1:9/x.dtd\"><l/>",
            reason: .doctype
        ),
        Bad(
            name: "an entity that nobody declared",
            text: page.replacing("A1", with: "&x;"),
            reason: .xml(26)
        ),
        Bad(name: "tags that do not match", text: page.replacing("</id>", with: "</ids>"), reason: .xml(76)),
        Bad(name: "bytes that are no UTF-8", text: page.replacing("A1", with: "\u{1}"), reason: .xml(9)),
        Bad(
            name: "no time",
            text: page.replacing("2026-01-01T00:00:00Z</t", with: "</t"),
            reason: .missing("timestamp")
        ),
        Bad(
            name: "a time of another kind",
            text: page.replacing("2026-01-01T00:00:00Z</t", with: "today</t"),
            reason: .notATime
        ),
        Bad(name: "no id", text: page.replacing("<id>i1</id>", with: ""), reason: .missing("id")),
        Bad(
            name: "two ids",
            text: page.replacing("<id>i1</id>", with: "<id>i1</id><id>i2</id>"),
            reason: .repeated
        ),
        Bad(
            name: "an element in an id",
            text: page.replacing("<id>i1</id>", with: "<id>1<x>0</x>1</id>"),
            reason: .elementInValue
        ),
        Bad(
            name: "two times",
            text: page.replacing("<id>", with: "<timestamp>2026-01-02T00:00:00Z</timestamp><id>"),
            reason: .repeated
        ),
        Bad(
            name: "two classifications",
            text: page.replacing("<id>", with: "<classification>B1</classification><id>"),
            reason: .repeated
        ),
        Bad(
            name: "a member without id",
            text: page.replacing("member id=", with: "member no="),
            reason: .missing("member id")
        ),
        Bad(name: "words for a digest", text: page.replacing("<md5>", with: "<md5>word"), reason: .notHex),
        Bad(
            name: "a long id",
            text: page.replacing("i1", with: String(repeating: "x", count: 300)),
            reason: .textTooLong
        ),
        Bad(
            name: "a very long digest",
            text: page.replacing("<md5>", with: "<md5>" + String(repeating: "0", count: 5_000)),
            reason: .textTooLong
        ),
        Bad(
            name: "fingerprints without end",
            text: page.replacing("<md5>", with: String(repeating: "<a/>", count: 5_000) + "<md5>"),
            reason: .tooManyValues(limit: 64)
        ),
        Bad(
            name: "deep nesting",
            text: page.replacing("<md5>", with: String(repeating: "<x>", count: 200) + "<md5>"),
            reason: .tooDeep
        ),
    ]

    private static let page = Page(
        images: [Page.entry(Page.md5(1), more: "<classification>A1</classification>")]
    ).text

    @Test("anything else stops the reading and says why", arguments: bad)
    func refuses(bad: Bad) {
        let fault = ListText(.ncmec, bad.text).fault
        #expect(fault?.reason == bad.reason)
        #expect(fault.map { "\($0)" }?.contains("a100") == false)
    }

    @Test("bytes that the encoding does not know stop the reading and say so")
    func brokenEncoding() {
        // Four bytes a character, of which the third is none: libxml2 2.9 answers -1 for this one.
        let ucs4 =
            [0, 0, 0, 0x3C, 0x69, 0x73] + [UInt8](repeating: 0xFF, count: 9) + [0x32]
            + [UInt8](repeating: 0xFF, count: 5) + Array("<Blate".utf8)
        #expect(ListText(.ncmec, bytes: ucs4).fault?.reason == .xml(6003))
        let utf8 = Array(Self.page.utf8.prefix(200)) + [0xFF, 0xFE] + Array(Self.page.utf8.dropFirst(200))
        #expect(ListText(.ncmec, bytes: utf8).fault?.reason == .xml(9))
    }

    @Test("a page may be in another encoding that XML knows")
    func encodings() throws {
        let text = Self.page.replacing("Example &amp; Member", with: "Märk").replacing(
            "UTF-8",
            with: "ISO-8859-1"
        )
        let latin = text.unicodeScalars.map { UInt8($0.value) }
        let utf16 =
            [UInt8]([0xFF, 0xFE])
            + Array(Self.page.replacing("UTF-8", with: "UTF-16").utf16).flatMap {
                [UInt8($0 & 0xFF), UInt8($0 >> 8)]
            }
        #expect(try ListText(.ncmec, bytes: latin).read().entries.map(\.contributor) == ["42 Märk"])
        #expect(try ListText(.ncmec, bytes: utf16).read().report.kept == 1)
    }
}
