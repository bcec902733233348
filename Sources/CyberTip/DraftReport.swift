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
    /// When the context was said; nothing that it tells of lies after it.
    let saidAt: Timestamp
    /// When it happened, of a case without an upload; of an upload its context says it.
    let incident: IncidentTime?
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
        (saidAt, incident) = (listedAt, nil)
        isUpload = true
    }

    /// What a person opened without an upload: a chat, an account that others complained of.
    ///
    /// - Parameters:
    ///   - at: When it was opened.
    ///   - incident: When it happened; `nil` where nobody has said so, which blocks the report.
    ///   - context: In the form of a `NAME.meta.json`: what is known of the account and of what happened.
    ///   - saidAt: When that was said.
    package init(
        opened case: CaseID,
        at: Timestamp,
        incident: IncidentTime?,
        context: [UInt8]?,
        saidAt: Timestamp,
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
        (self.saidAt, self.incident) = (saidAt, incident)
        isUpload = false
    }

    /// The account as the application names it, by which cases are kept; `nil` where it said nothing.
    package var account: AccountKey? { context.flatMap { AccountKey(toldIn: $0, at: saidAt) } }
}

extension AccountKey {
    /// The account that a context names; `nil` where it names none.
    ///
    /// - Parameters:
    ///   - context: In the form of a `NAME.meta.json`.
    ///   - at: When it was said.
    package init?(toldIn context: [UInt8], at: Timestamp) {
        var scribe = Scribe(reading: Context(reading: context), detectedAt: at)
        guard let key = ContextReading(&scribe).user?.account.key else { return nil }
        self = key
    }
}

/// When something happened, and who says so.
package struct IncidentTime: Equatable, Sendable {
    let time: ZonedTime
    let meaning: String

    /// As a person of the provider says.
    package init(told time: ZonedTime) {
        (self.time, meaning) = (time, "time of the incident, as given by a person of the provider")
    }

    /// As it stands in the report that another one supplements; `nil` where it does not.
    ///
    /// - Parameter draft: Its `draft.json`.
    package init?(ofReport draft: [UInt8]) {
        let incident = (try? JSONValue(parsing: draft, limits: .own))?["report"]?["incidentSummary"]
        guard let text = incident?["incidentDateTime"]?.stringValue, let time = try? ZonedTime(text) else {
            return nil
        }
        let meaning = incident?["incidentDateTimeDescription"]?.stringValue
        (self.time, self.meaning) = (
            time, meaning ?? "time of the incident, as in the report that this supplements"
        )
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
        var decided = Decisions()
        decided.profile = source.report.profile
        self.init(from: [source], decided: decided)
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
                detectedAt: source.saidAt,
                isOfUpload: source.isUpload
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
        if environment == .demonstration {
            text.comment("Demonstration: all of it is synthetic. It must not be sent.")
        }
        text.open(
            "draft",
            [
                Element.Attribute(name: "environment", value: environment.rawValue),
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
            "environment": .string(environment.rawValue),
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

    /// One demonstration among its sources makes the draft one.
    var environment: Environment {
        sources.contains { $0.environment == .demonstration } ? .demonstration : source.environment
    }

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
