/// One rule of readiness: what it asks, how bad it is not to have it, and where it would come from.
struct ReadinessRule: Sendable {
    let id: String
    private let look: @Sendable (Dossier) -> [Finding]

    init(
        _ id: String,
        _ severity: Finding.Severity,
        _ field: Field,
        _ problem: String,
        from remedy: String?,
        when isBroken: @escaping @Sendable (Dossier) -> Bool
    ) {
        self.id = id
        look = { dossier in
            guard isBroken(dossier) else { return [] }
            return [Finding(rule: id, severity: severity, field: field, problem: problem, remedy: remedy)]
        }
    }

    /// A rule whose findings differ from case to case.
    init(_ id: String, _ look: @escaping @Sendable (Dossier) -> [Finding]) {
        self.id = id
        self.look = look
    }

    func findings(in dossier: Dossier) -> [Finding] { look(dossier) }

    static let all = ofIncident + ofReporter + ofAccount + ofAddresses + ofFiles + ofDecisions + ofDocuments
}

extension Dossier {
    /// What the forty-five rules find, worst first.
    package var findings: [Finding] { ReadinessRule.all.flatMap { $0.findings(in: self) }.inOrder }
}

/// Where values come from, as a finding says it.
enum Remedy {
    static let person = "a person, in review"
    static let books = "the provider's own records"

    static let inContext = "in NAME.meta.json"

    static func context(_ path: String) -> String { "\"\(path)\" \(inContext)" }
    static func setting(_ key: String) -> String { "report.\(key) in breakwater.toml" }
}

// MARK: - Fields that are named more than once, or deep

extension Field {
    static let environment = Field("environment")
    static let context = Field("context")
    static let report = Field("report")
    static let fileDetails = Field("fileDetails")
    static let info = report.child("additionalInfo")
    static let platform = incident("platform")
    static let incidentTime = incident("incidentDateTime")
    static let pageURL = Field("report/internetDetails/webPageIncident/url")
    static let companyTemplate = Field("report/reporter/companyTemplate")
    static let termsOfService = Field("report/reporter/termsOfService")
    static let legalURL = Field("report/reporter/legalURL")
    static let userEmail = user("personOrUserReportedPerson/email")
    static let userIP = user("ipCaptureEvent/ipAddress")
    static let userPort = user("ipCaptureEvent/port")
    static let fileName = file("originalFileName")
    static let fileTime = file("uploadedToEspTimestamp")
    static let fileDigests = file("originalFileHash")
    static let fileInfo = file("additionalInfo")

    static func incident(_ name: String) -> Field { Field("report/incidentSummary").child(name) }
    static func reporter(_ name: String) -> Field { Field("report/reporter/reportingPerson").child(name) }
    static func user(_ name: String) -> Field { Field("report/personOrUserReported").child(name) }
    static func file(_ name: String) -> Field { fileDetails.child(name) }
}
