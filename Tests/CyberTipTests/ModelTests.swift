import Foundation
import JSONText
import Testing
import UploadModel

@testable import CyberTip

@Suite struct ModelTests {
    @Test("every legal model keeps the contract, parses, and reads back equal", arguments: 0..<20)
    func roundTrip(block: UInt64) throws {
        for seed in block * Self.size..<(block + 1) * Self.size {
            var models = LegalModels(.random, seed: seed)
            let (report, file) = (models.reportModel(), models.fileModel())
            let found = Contract(.report).violations(of: report.element)
            #expect(found.isEmpty, "seed \(seed)")
            #expect(Contract(file.shape).violations(of: file.element).isEmpty, "seed \(seed)")
            #expect(try Report(reading: Element(TinyXML.read(xml(report.element)))) == report, "seed \(seed)")
            #expect(
                try FileDetails(reading: Element(TinyXML.read(xml(file.element)))) == file,
                "seed \(seed)"
            )
        }
    }

    /// Twenty blocks of 500 are the ten thousand that are asked for; they take minutes without optimisation.
    private static let size: UInt64 =
        ProcessInfo.processInfo.environment["BREAKWATER_DEEP"] == nil ? 15 : 500

    @Test("JSON of the same form reads back equal", arguments: 0..<100)
    func json(seed: UInt64) throws {
        var models = LegalModels(.random, seed: seed)
        let report = models.reportModel()
        let json = report.element.json(.report)
        let element = Element(json, .report, at: .report) { field, _ in Issue.record("\(field)") }
        #expect(try Report(reading: element) == report)
    }

    @Test("libxml2 reads what we write", .enabled(if: Xmllint.isThere))
    func libxml() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "cybertip-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        for block in 0..<20 {
            let files = try (0..<Self.size).flatMap { place in
                let seed = UInt64(block) * Self.size + place
                var models = LegalModels(.random, seed: seed)
                return try [models.reportModel().element, models.fileModel().element].map { element in
                    let file = root.appendingPathComponent("\(seed)-\(element.name).xml")
                    try Data(xml(element)).write(to: file)
                    return file.path
                }
            }
            #expect(try Xmllint.status(of: files) == 0, "block \(block)")
        }
    }

    @Test("a profile has nothing of a later one, and the later one has it")
    func profiles() throws {
        var report = try Report(reading: LegalModels.maximal.report)
        report.incident.flags = [.spam, .informational]
        let old = Contract(.report, profile: .november2025)
        #expect(old.violations(of: report.element).map(\.rule).contains(.unknownElement))
        var lost: [String] = []
        let fitting = report.element.fitting(.november2025, .report, at: .report) { lost.append("\($0)") }
        #expect(old.violations(of: fitting).isEmpty)
        #expect(lost.contains("report/incidentSummary/reportAnnotations/informational"))
        #expect(lost.contains("report/reporter/reportingPerson/ageAssertionDiscrepancy"))
        #expect(report.element.fitting(.august2026, .report, at: .report) == report.element)
    }

    @Test("a report's number has 64 bits, in XML and in JSON")
    func longNumbers() throws {
        var file = FileDetails(.reported)
        file.reportID = ReportID(9_007_199_254_740_993)
        file.fileID = try FileID(written: "00123")
        #expect(try TinyXML.read(xml(file.element)).text("reportId") == "9007199254740993")
        #expect(file.element.json(.fileDetails)["reportId"] == "9007199254740993")
        #expect(try FileDetails(reading: file.element).fileID?.text == "00123")
    }
}

/// A document of one element.
func xml(_ element: Element) -> [UInt8] {
    var text = XMLText()
    text.element(element)
    return text.bytes
}

extension Element {
    init(_ node: Node) {
        self.init(
            node.name,
            node.children.isEmpty ? node.text : "",
            node.attributes.sorted { $0.key < $1.key }.map { Attribute(name: $0.key, value: $0.value) },
            holding: node.children.map(Element.init)
        )
    }
}

extension LegalModels {
    static let minimal = documents(.minimal)
    static let maximal = documents(.maximal)

    private static func documents(_ fullness: Fullness) -> (report: Element, file: Element) {
        var models = LegalModels(fullness)
        return (models.reportModel().element, models.fileModel().element)
    }
}

enum Xmllint {
    static let path = "/usr/bin/xmllint"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func status(of files: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--noout", "--nonet"] + files
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
