import Foundation
import JSONText
import Testing
import UploadModel

@testable import CyberTip

@Suite struct GoldenTests {
    @Test("a draft that lacks nothing of the old members stays as it is")
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

    @Test("both documents with nothing and with everything stay as they are")
    func documents() throws {
        try keeps("report-minimal.xml", xml(LegalModels.minimal.report))
        try keeps("report-maximal.xml", xml(LegalModels.maximal.report))
        try keeps("file-minimal.xml", xml(LegalModels.minimal.file))
        try keeps("file-maximal.xml", xml(LegalModels.maximal.file))
    }

    @Test("the schema of the context in docs/ is the one that the table makes")
    func schema() throws {
        try keeps("../../../docs/formats/context.schema.json", ContextSchema.json.pretty + Array("\n".utf8))
    }

    /// Compares with a file under Tests/Goldens/CyberTip; with BREAKWATER_GOLDEN set it is written instead.
    private func keeps(_ name: String, _ bytes: [UInt8]) throws {
        let file = goldenFile(name)
        if ProcessInfo.processInfo.environment["BREAKWATER_GOLDEN"] != nil { try Data(bytes).write(to: file) }
        #expect(try Data(contentsOf: file) == Data(bytes), "\(name)")
    }
}

/// A file under Tests/Goldens/CyberTip.
func golden(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: goldenFile(name))) }

private func goldenFile(_ name: String) -> URL {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return tests.appendingPathComponent("Goldens/CyberTip/\(name)").standardizedFileURL
}
