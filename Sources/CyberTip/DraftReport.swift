import JSONText
package import UploadModel

/// All that a draft is made from: rows and settings, no clock.
package struct DraftSource: Sendable {
    let upload: UploadID
    let bundle: BundleID
    let spool: String
    let path: SpoolPath
    let claimedAt: Timestamp
    let listedAt: Timestamp
    let digests: DigestSet
    let matches: [Match]
    let context: [UInt8]?
    let report: ReportSettings
    let environment: Environment
    let program: String

    /// - Parameters:
    ///   - path: Where the upload lay in incoming/.
    ///   - listedAt: The detection; a time that the context claims must not lie after it.
    ///   - digests: Of the file's content, all three.
    ///   - matches: All that the upload met, in the row's order.
    ///   - context: The bytes of `NAME.meta.json`, as they came.
    ///   - program: Name and version, `breakwaterd 0.1.0`.
    package init(
        upload: UploadID,
        bundle: BundleID,
        spool: String,
        path: SpoolPath,
        claimedAt: Timestamp,
        listedAt: Timestamp,
        digests: DigestSet,
        matches: [Match],
        context: [UInt8]?,
        report: ReportSettings,
        environment: Environment,
        program: String
    ) {
        self.upload = upload
        self.bundle = bundle
        self.spool = spool
        self.path = path
        self.claimedAt = claimedAt
        self.listedAt = listedAt
        self.digests = digests
        self.matches = matches
        self.context = context
        self.report = report
        self.environment = environment
        self.program = program
    }
}

/// A report that software prepared. A person reviews it, decides and submits; nothing in here is sent.
///
/// The same source gives the same bytes.
package struct DraftReport: Sendable {
    package let report: Report
    package let file: FileDetails
    /// By severity, then in the order of the report's fields.
    package let findings: [Finding]
    private let source: DraftSource

    package init(from source: DraftSource) {
        var scribe = Scribe(reading: source.context.map { Context(reading: $0) })
        let facts = UploadFacts(of: source, &scribe)
        report = Report(of: source, facts, &scribe)
        file = FileDetails(of: source, facts, &scribe)
        source.judge(report, &scribe)
        findings = scribe.findings.inOrder
        self.source = source
    }

    /// `draft.xml`: the documents `report` and `fileDetails`, one after the other inside `draft`.
    ///
    /// Each is taken out unchanged with XPath, `xmllint --xpath /draft/report draft.xml`. The first is what opens
    /// a report. The second is a template, since the service gives `reportId` and `fileId` while submitting; both
    /// go in front of its other elements.
    package var xml: [UInt8] {
        var text = XMLText()
        text.comment("This is a draft, prepared by software. A person reviews it, decides, and submits it.")
        if source.environment == .demonstration {
            text.comment("Demonstration: all of it is synthetic. It must not be sent.")
        }
        text.open(
            "draft",
            [
                Element.Attribute(name: "environment", value: source.environment.rawValue),
                Element.Attribute(name: "submitted", value: "false"),
                Element.Attribute(name: "upload", value: "\(source.upload)"),
            ]
        )
        text.element(report.element)
        text.comment(
            "A template: reportId and fileId come first and are given by the service while submitting."
        )
        text.element(file.element)
        text.close("draft")
        return text.bytes
    }

    /// `draft.json`, RFC 8785: all of the draft, and beside it what it was made from.
    package var json: [UInt8] {
        let value: JSONValue = [
            "environment": .string(source.environment.rawValue),
            "submitted": false,
            "program": .string(source.program),
            "upload": .string("\(source.upload)"),
            "bundle": .string("\(source.bundle)"),
            "case": .string("\(CaseID(source.upload))"),
            "source": source.origin,
            "report": report.element.json(.report),
            "fileDetails": file.element.json(.fileDetails),
            "matches": .array(source.matches.map(source.json)),
            "findings": .array(findings.map(\.json)),
            "context": source.contextAsFound,
        ]
        return value.canonical
    }
}
