import UploadModel

// Filling a report from rows and settings, field by field. Each part takes what it needs from its origin through
// the scribe, which notes what is missing and what it had to leave out.

/// What several parts of a report say of one upload, read once so that it is noted once.
struct UploadFacts {
    let uploadedAt: ZonedTime?
    let page: WebAddress?
    let capture: IPCapture?

    init(of source: DraftSource, _ scribe: inout Scribe) {
        let uploadedAt = scribe.read(.member(.uploadedAt), for: .fileTime, missing: .warning) {
            text throws(Defect) in
            let time = try ZonedTime(text)
            guard !time.isAfter(source.listedAt) else { throw Defect("lies after the detection") }
            return time
        }
        if uploadedAt == nil {
            scribe.note(.advice, .incidentTime, "the time of the claim stands here instead")
        }
        let address = scribe.read(.member(.ip), for: .userIP, missing: .warning) { text throws(Defect) in
            try IPAddress(text)
        }
        let port = scribe.read(.member(.port), for: .userPort, missing: .advice) { text throws(Defect) in
            try Port(text)
        }
        page = scribe.read(.member(.pageURL), for: .pageURL, missing: .warning) { text throws(Defect) in
            try WebAddress(text)
        }
        if address == nil, port != nil {
            scribe.note(.warning, .userPort, "left out: a port says nothing without its address")
        }
        capture = address.map { IPCapture(address: $0, event: .upload, dateTime: uploadedAt, port: port) }
        self.uploadedAt = uploadedAt
    }
}

extension IncidentSummary {
    init(of source: DraftSource, _ facts: UploadFacts, _ scribe: inout Scribe) {
        type = .possessionManufactureDistribution
        platform = scribe.text(
            .setting("platform", value: source.report.platform),
            for: .platform,
            missing: .warning
        )
        dateTime = facts.uploadedAt ?? ZonedTime(source.claimedAt)
        dateTimeDescription =
            facts.uploadedAt == nil
            ? "time when the provider's scanner took the upload in; the time of the upload itself was not given"
            : "time of the upload, as given by the provider's application"
    }
}

extension Reporter {
    init(of settings: ReportSettings, _ scribe: inout Scribe) {
        person = Person(of: settings, &scribe)
        let company = scribe.text(
            .setting("company", value: settings.company),
            for: .companyTemplate,
            missing: .warning
        )
        let template = scribe.text(
            .setting("company_template", value: settings.companyTemplate),
            for: .companyTemplate,
            missing: .warning
        )
        let lines = [company, template].compactMap { $0 }
        companyTemplate = lines.isEmpty ? nil : lines.joined(separator: "\n")
        termsOfService = scribe.text(
            .setting("terms_of_service", value: settings.termsOfService),
            for: .termsOfService,
            missing: .advice
        )
        legalURL = scribe.read(
            .setting("legal_url", value: settings.legalURL),
            for: .legalURL,
            missing: .warning
        ) {
            text throws(Defect) in try WebAddress(text)
        }
    }
}

extension Person {
    /// The person who reports.
    init(of settings: ReportSettings, _ scribe: inout Scribe) {
        firstName = scribe.text(
            .setting("first_name", value: settings.firstName),
            for: .reporter("firstName"),
            missing: .advice
        )
        lastName = scribe.text(
            .setting("last_name", value: settings.lastName),
            for: .reporter("lastName"),
            missing: .advice
        )
        phones = [
            scribe.text(.setting("phone", value: settings.phone), for: .reporter("phone"), missing: .warning)
        ].compactMap { $0 }
        emails = [
            scribe.read(.setting("email", value: settings.email), for: .reporter("email"), missing: .blocking)
            {
                text throws(Defect) in try EmailAddress(text)
            }
        ].compactMap { $0 }
    }
}

extension ReportedUser {
    /// - Returns: `nil` when nothing at all was said of the account.
    init?(_ facts: UploadFacts, _ scribe: inout Scribe) {
        let email = scribe.read(.member(.email), for: .userEmail, missing: .warning) { text throws(Defect) in
            try EmailAddress(text)
        }
        person.emails = [email].compactMap { $0 }
        identifier = scribe.text(.member(.uploaderRef), for: .user("espIdentifier"), missing: .warning)
        service = scribe.text(.member(.service), for: .user("espService"), missing: .advice)
        screenName = scribe.text(.member(.screenName), for: .user("screenName"), missing: .warning)
        captures = [facts.capture].compactMap { $0 }
        additionalInfo = scribe.text(.member(.sessionRef), for: .user("additionalInfo"), missing: nil)
            .map { "The provider's reference for the session: \($0)" }
        if isEmpty { return nil }
    }
}

extension FileDetails {
    init(of source: DraftSource, _ facts: UploadFacts, _ scribe: inout Scribe) {
        originalName = scribe.text(
            .member(.originalFilename),
            for: .file("originalFileName"),
            missing: .warning
        )
        uploadedAt = facts.uploadedAt
        location = facts.page
        isViewed = false
        isExifViewed = false
        relevance = .reported
        digests = source.digests.members
        capture = facts.capture
        additionalInfo = source.fileStatements
        let type = scribe.text(.member(.declaredMediaType), for: .fileInfo, missing: nil)
        if let type { additionalInfo.append("Media type as declared with the upload, not checked: \(type)") }
        scribe.note(
            .advice,
            .file("publiclyAvailable"),
            "not stated; say so if the public could reach it"
        )
    }
}

extension Report {
    init(of source: DraftSource, _ facts: UploadFacts, _ scribe: inout Scribe) {
        incident = IncidentSummary(of: source, facts, &scribe)
        page = facts.page
        reporter = Reporter(of: source.report, &scribe)
        user = ReportedUser(facts, &scribe)
        let reference = scribe.text(.member(.correlationID), for: .info, missing: nil)
            .map { "The provider's reference for the upload: \($0)" }
        additionalInfo = (source.discovery + [reference].compactMap { $0 }).joined(separator: "\n")
    }
}

// MARK: - Fields that are named more than once, or deep

extension Field {
    static let environment = Field("environment")
    static let context = Field("context")
    static let info = Field("report/additionalInfo")
    static let incidentTime = Field("report/incidentSummary/incidentDateTime")
    static let platform = Field("report/incidentSummary/platform")
    static let pageURL = Field("report/internetDetails/webPageIncident/url")
    static let companyTemplate = Field("report/reporter/companyTemplate")
    static let termsOfService = Field("report/reporter/termsOfService")
    static let legalURL = Field("report/reporter/legalURL")
    static let userEmail = user("personOrUserReportedPerson/email")
    static let userIP = user("ipCaptureEvent/ipAddress")
    static let userPort = user("ipCaptureEvent/port")
    static let fileTime = file("uploadedToEspTimestamp")
    static let fileDigests = file("originalFileHash")
    static let fileInfo = file("additionalInfo")

    static func reporter(_ name: String) -> Field { Field("report/reporter/reportingPerson/\(name)") }
    static func user(_ name: String) -> Field { Field("report/personOrUserReported/\(name)") }
    static func file(_ name: String) -> Field { Field("fileDetails/\(name)") }
}
