import CyberTip
import JSONText
import Testing
import UploadModel

/// Text that has ended documents early, or hidden what it says.
let hostile = [
    "&<>\"'", "]]>", "<!-- -- -->", "&amp;&#0;", "</additionalInfo><fileViewedByEsp>true</fileViewedByEsp>",
    "\u{202E}gpj.exe\u{202C}", "\u{1F600}\u{10FFFF}", "e\u{301}\u{FFFD}\u{85}\u{7F}", "a\r\nb\tc\rd",
    "\u{0}\u{1}\u{1B}\u{FFFE}\u{FFFF}", "\\u{1B}",
]

@Suite struct XMLTextTests {
    @Test("whatever a user wrote comes back as it was", arguments: hostile)
    func roundTrip(_ text: String) throws {
        let draft = DraftReport(from: source(context(["screen_name": text, "original_filename": text])))
        let root = try TinyXML.read(draft.xml)
        let name = try #require(root.text("report/personOrUserReported/screenName"))
        #expect(name.unicodeScalars.elementsEqual(text.legalInXML.unicodeScalars))
        #expect(root.text("fileDetails/originalFileName")?.utf8.count == text.withoutControls.utf8.count)
        #expect(root.text("fileDetails/fileViewedByEsp") == "false")
    }

    @Test("whatever an operator wrote comes back as it was", arguments: hostile)
    func settings(_ text: String) throws {
        var settings = fullSettings()
        settings.platform = text
        let root = try TinyXML.read(DraftReport(from: source(settings: settings)).xml)
        #expect(
            root.text("report/incidentSummary/platform")?.utf8.elementsEqual(text.legalInXML.utf8) == true
        )
    }

    @Test("characters that XML forbids are shown, and a finding says so")
    func forbidden() throws {
        let draft = DraftReport(from: source(context(["screen_name": "a\u{1B}\u{FFFE}\u{0}b"])))
        let root = try TinyXML.read(draft.xml)
        #expect(root.text("report/personOrUserReported/screenName") == #"a\u{1B}\u{FFFE}\u{0}b"#)
        #expect(
            draft.findings.contains {
                $0.field == Field("report/personOrUserReported/screenName") && $0.severity == .warning
            }
        )
        let json = try JSONValue(parsing: draft.json)
        #expect(json["context"]?["members"]?["screen_name"] == "a\u{1B}\u{FFFE}\u{0}b")
    }

    @Test("both documents stand as such in the draft")
    func documents() throws {
        let root = try TinyXML.read(DraftReport(from: source()).xml)
        #expect(root.name == "draft" && root.children.map(\.name) == ["report", "fileDetails"])
        #expect(
            root.attributes == [
                "environment": "demonstration", "submitted": "false", "upload": "\(upload)",
            ]
        )
    }
}

/// A context with these members, text all of them.
func context(_ members: [String: String]) -> String {
    let sorted = members.sorted { $0.key < $1.key }
    let object = sorted.reduce(into: JSONObject()) { $0[$1.key] = .string($1.value) }
    return String(decoding: JSONValue.object(object).line, as: UTF8.self)
}
