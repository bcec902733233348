import CyberTip
import JSONText
import Testing
import UploadModel

@Suite struct GoldenTests {
    @Test("a draft that lacks nothing stays as it is")
    func full() throws {
        let draft = DraftReport(from: source())
        #expect(String(decoding: draft.xml, as: UTF8.self) == goldenFullXML)
        #expect(String(decoding: try JSONValue(parsing: draft.json).pretty, as: UTF8.self) == goldenFullJSON)
    }

    @Test("a draft without context and settings stays as it is")
    func bare() throws {
        let draft = DraftReport(from: source(nil, settings: ReportSettings()))
        #expect(String(decoding: draft.xml, as: UTF8.self) == goldenBareXML)
        #expect(String(decoding: try JSONValue(parsing: draft.json).pretty, as: UTF8.self) == goldenBareJSON)
    }
}
