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
    /// Whether there is a file; not of a case that a person opened without one.
    let isUpload: Bool

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
        isUpload = true
    }

    /// What a person opened without an upload: a chat, an account that others complained of.
    ///
    /// - Parameters:
    ///   - at: When it was opened.
    ///   - context: In the form of a `NAME.meta.json`: what is known of the account.
    package init(
        opened case: CaseID,
        at: Timestamp,
        context: [UInt8]?,
        report: ReportSettings,
        environment: Environment,
        program: String
    ) {
        upload = `case`.first
        bundle = BundleID(`case`.first)
        spool = ""
        path = SpoolPath(Array("\(`case`)".utf8))!
        (claimedAt, listedAt) = (at, at)
        digests = DigestSet(byteCount: 0)
        matches = []
        self.context = context
        self.report = report
        self.environment = environment
        self.program = program
        isUpload = false
    }

    /// The account as the application names it, by which cases are kept; `nil` where it said nothing.
    package var account: String? {
        guard let context else { return nil }
        var scribe = Scribe(reading: Context(reading: context), detectedAt: listedAt)
        return ContextReading(&scribe).user?.account.identifier
    }
}

/// A report that software prepared. A person reviews it, decides and submits; nothing in here is sent.
///
/// The same sources and decisions give the same bytes.
package struct DraftReport: Sendable {
    package let dossier: Dossier
    /// By severity, then in the order of the report's fields.
    package let findings: [Finding]
    /// How much of what investigators need is said; apart from how urgent it is.
    package let completeness: Completeness
    let sources: [DraftSource]
    /// What the look-up service's answer added.
    let completion: AccountCompletion?

    /// The draft for one upload, before any person has seen it.
    package init(from source: DraftSource) {
        self.init(from: [source], decided: Decisions())
    }

    /// The draft for all uploads of one account in one window; the first gives the incident's time and the reporter.
    ///
    /// - Precondition: There is at least one source.
    package init(from sources: [DraftSource], decided: Decisions) {
        precondition(!sources.isEmpty, "a draft without a source")
        var found: [Finding] = []
        var readings: [UploadReading] = []
        for source in sources {
            var scribe = Scribe(
                reading: source.context.map { Context(reading: $0) },
                detectedAt: source.listedAt
            )
            readings.append(UploadReading(source, &scribe))
            scribe.judgeContext()
            source.judge(&scribe)
            found += scribe.findings
        }
        var scribe = Scribe(reading: nil, detectedAt: sources[0].listedAt)
        var report = Report(of: readings, decided, &scribe)
        completion = decided.answer.map { $0.complete(&report.user) }
        dossier = Dossier(
            report: report,
            files: readings.filter(\.source.isUpload).map { FileStanding(of: $0, decided) }
                + decided.supplements.map(FileStanding.init),
            decided: decided,
            environment: sources[0].environment,
            detectedAt: sources.map(\.listedAt).min() ?? sources[0].listedAt
        )
        findings =
            (found + scribe.findings + dossier.findings + decided.findings + (completion?.findings ?? []))
            .inOrder
        completeness = Completeness(of: dossier)
        self.sources = sources
    }

    package var report: Report { dossier.report }
    package var files: [FileDetails] { dossier.files.map(\.details) }
    package var file: FileDetails { files[0] }

    /// `draft.xml`: the documents `report` and `fileDetails`, one after the other inside `draft`.
    ///
    /// Each is taken out unchanged with XPath, `xmllint --xpath /draft/report draft.xml`. The first is what opens
    /// a report. The others are templates, since the service gives `reportId` and `fileId` while submitting; both
    /// go in front of a template's other elements.
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
        text.element(reportElement)
        text.comment(
            "A template: reportId and fileId come first and are given by the service while submitting."
        )
        for file in fileElements { text.element(file) }
        text.close("draft")
        return text.bytes
    }

    /// `report.xml`: the document that opens a report, by itself.
    package var reportXML: [UInt8] { Self.document(reportElement) }

    /// One template for each file, in the order of ``files``.
    package var fileXML: [[UInt8]] { fileElements.map(Self.document) }

    /// `draft.json`, RFC 8785: all of the draft, and beside it what it was made from.
    package var json: [UInt8] {
        var value: JSONObject = [
            "environment": .string(source.environment.rawValue),
            "submitted": false,
            "program": .string(source.program),
            "profile": .string(dossier.decided.profile.rawValue),
            "upload": .string("\(source.upload)"),
            "bundle": source.isUpload ? .string("\(source.bundle)") : .null,
            "case": .string("\(dossier.decided.`case` ?? CaseID(source.upload))"),
            "source": source.origin,
            "report": reportElement.json(.report),
            "fileDetails": fileElements.first?.json(.fileDetails) ?? .null,
            "matches": .array(source.matches.map(source.json)),
            "findings": .array(findings.map(\.json)),
            "completeness": completeness.json,
            "context": source.contextAsFound,
        ]
        if let completion { value["lookup"] = completion.json }
        if files.count > 1 { value["furtherFiles"] = .array(furtherFiles) }
        return JSONValue.object(value).canonical
    }

    // MARK: - Parts of both

    var source: DraftSource { sources[0] }

    var reportElement: Element {
        report.element.fitting(dossier.decided.profile, .report, at: .report)
    }

    var fileElements: [Element] {
        files.map { $0.element.fitting(dossier.decided.profile, .fileDetails, at: .fileDetails) }
    }

    private var furtherFiles: [JSONValue] {
        let origins =
            sources.filter(\.isUpload).map(Optional.some) + dossier.decided.supplements.map { _ in nil }
        return zip(fileElements, origins).dropFirst().map { file, source in
            var value: JSONObject = ["fileDetails": file.json(.fileDetails)]
            if let source {
                value["upload"] = .string("\(source.upload)")
                value["source"] = source.origin
                value["matches"] = .array(source.matches.map(source.json))
                value["context"] = source.contextAsFound
            }
            return .object(value)
        }
    }

    private static func document(_ element: Element) -> [UInt8] {
        var text = XMLText()
        text.element(element)
        return text.bytes
    }
}
