import UploadModel

@testable import CyberTip

private let later = try! ZonedTime("2026-12-01T00:00:00Z")
private let earlier = try! ZonedTime("2025-12-01T00:00:00Z")
private let prior = ReportID(4_711)

extension ReadinessTests {
    /// Each breaks its rule.
    static let breaking = [
        Row("RL01") { $0.report.incident.type = nil },
        Row("RL02") { $0.report.incident.dateTime = nil },
        Row("RL02") { $0.report.incident.dateTime = later },
        Row("RL03") { $0.report.incident.dateTimeDescription = nil },
        Row("RL04") { $0.report.reporter.person.emails = [] },
        Row("RL04") {
            $0.report.reporter.person.emails = [Email(try! EmailAddress("a@hosting.example"))]
        },
        Row("RL05") {
            $0.report.reporter.person.phones = []
            $0.report.reporter.person.emails = []
        },
        Row("RL05") {
            $0.report.reporter.person.firstName = nil
            $0.report.reporter.person.lastName = nil
        },
        Row("RL06") { $0.report.reporter.companyTemplate = "Example Hosting B.V." },
        Row("RL07") { $0.report.reporter.legalURL = nil },
        Row("RL08") { $0.report.incident.platform = nil },
        Row("RL08") { $0.user.account.service = nil },
        Row("RL09") { $0.user.account.identifier = nil },
        Row("RL10") { $0.user.account.person?.emails = [] },
        Row("RL10") { $0.user.account.person?.emails[0].verified.date = nil },
        Row("RL11") { $0.user.account.captures = [] },
        Row("RL12") { $0.files[0].details.capture = nil },
        Row("RL12") { $0.files[0].details.capture?.event = .login },
        Row("RL13") { $0.files[0].details.capture?.port = nil },
        Row("RL14") { $0.files[0].details.capture?.address = try! IPAddress("100.64.0.1") },
        Row("RL14") { $0.user.account.captures[0].address = try! IPAddress("fd00::1") },
        Row("RL15") { $0.user.account.captures[0].isPossibleProxy = true },
        Row("RL16") { $0.user.account.captures.removeAll { $0.event == .registration } },
        Row("RL17") { $0.files[0].captures.append(IPCapture(address: try! IPAddress("2001:db8::99"))) },
        Row("RL18") { $0.files[0].preserved = nil },
        Row("RL18") { $0.files[0].details.hashes[0].value = String(repeating: "9", count: 32) },
        Row("RL19") { $0.files[0].details.hashes.removeAll { $0.type == "MD5" } },
        Row("RL19") { $0.files[0].details.hashes.append(FileHash(type: "SHA1", value: "f00d")) },
        Row("RL20") { $0.files[0].details.isViewed = true },
        Row("RL20") { $0.files[0].decision.isViewed = true },
        Row("RL20") {
            $0.files[0].details.isExifViewed = true
            $0.files[0].decision.isExifViewed = true
        },
        Row("RL21") { $0.files[0].details.uploadedAt = nil },
        Row("RL22") { $0.files[0].details.originalName = nil },
        Row("RL23") { $0.files[0].details.location = nil },
        Row("RL23") { $0.files[0].details.isPubliclyAvailable = nil },
        Row("RL24") { $0.files[0].isContext = true },
        Row("RL24") { $0.files[0].details.relevance = .supplemental },
        Row("RL25") { $0.files[0].details.additionalInfo = [] },
        Row("RL26") {
            $0.files[0].details.classification = .a1
            $0.decided.hasIndustryAgreement = true
        },
        Row("RL26") {
            $0.files[0].details.classification = .a1
            $0.files[0].decision.classification = .a1
        },
        Row("RL27") { $0.files[0].details.flags = [.viral] },
        Row("RL28") {
            $0.decided.escalation = "urgent"
            $0.report.incident.escalation = "urgent"
        },
        Row("RL28") { $0.report.incident.escalation = "a reason of five words that no person gave" },
        Row("RL29") { $0.decided.books.exhibitsLeftOut = 1 },
        Row("RL29") {
            $0.files += $0.files
            $0.files[1].uploader = AccountKey("another")
        },
        Row("RL30") { $0.decided.books.priorReports = [prior] },
        Row("RL31") { $0.user.account.permanentlyDisabled = nil },
        Row("RL31") { $0.user.account.permanentlyDisabled?.isUserNotified = nil },
        Row("RL32") { $0.decided.books.isCompromiseSuspected = true },
        Row("RL33") { $0.user.account.devices = [] },
        Row("RL34") { $0.user.account.location?.timestamp = nil },
        Row("RL35") { $0.report.places.append(.chat(ChatIncident())) },
        Row("RL36") { $0.report.places = [] },
        Row("RL36") { $0.report.places = [.page($0.report.reporter.legalURL!)] },
        Row("RL37") { $0.user.account.screenName = String(repeating: "a", count: 257) },
        Row("RL37") { $0.user.account.person?.dateOfBirth = try! CalendarDate("2027-01-01") },
        Row("RL37") { $0.user.account.location = EstimatedLocation(country: "EU") },
        Row("RL38") { $0.report.incident.flags = [.informational] },
        Row("RL38") { $0.report.isBatch = true },
        Row("RL38") { $0.decided.openedBecause = "a\u{1B}b" },
        Row("RL39") { $0.files[0].matches = [match(exactMatch, listClass: .ncii)] },
        Row("RL39") { $0.files[0].matches = [match(exactMatch, grade: .conflicting)] },
        Row("RL40") { $0.files[0].matches = [match(exactMatch, grade: .g3)] },
        Row("RL40") { $0.files[0].matches = [match(exactMatch, grade: .g4)] },
        Row("RL41") { $0.decided.now = Timestamp(nanoseconds: $0.detectedAt.nanoseconds + hours(4)) },
        Row("RL42") {
            $0.environment = .demonstration
            $0.decided.target = .demonstration
        },
        Row("RL42") { $0.decided.target = .test },
        Row("RL42") { $0.files[0].matches = [exactMatch] },
        Row("RL43") { $0.decided.books.reportsOfSameFile = [prior] },
        Row("RL44") { $0.decided.books.isLeadFromPolice = true },
        Row("RL45") { $0 = DraftReport(from: source(nil, settings: ReportSettings())).dossier },
    ]

    /// Each comes close to breaking its rule.
    static let keeping = [
        Row("RL01") { $0.report.incident.type = .enticement },
        Row("RL02") { $0.report.incident.dateTime = ZonedTime($0.detectedAt) },
        Row("RL03") { $0.report.incident.dateTimeDescription = "when the case was opened" },
        Row("RL04") {
            $0.environment = .demonstration
            $0.report.reporter.person.emails = example
        },
        Row("RL05") {
            $0.report.reporter.contact = ContactPerson($0.report.reporter.person)
            $0.report.reporter.person.firstName = nil
        },
        Row("RL06") { $0.report.reporter.companyTemplate = "A company\nServe process here." },
        Row("RL07") { $0.report.reporter.termsOfService = nil },
        Row("RL08") { $0.user.account.displayNames = ["a"] },
        Row("RL09") { $0.user.account.screenName = nil },
        Row("RL10") { $0.user.account.person?.emails[0].verified = Verification(false) },
        Row("RL11") { $0.user.account.captures.removeLast() },
        Row("RL12") { $0.files[0].details.capture?.port = nil },
        Row("RL13") { $0.user.account.captures.append(IPCapture(address: try! IPAddress("2001:db8::3"))) },
        Row("RL14") { $0.user.account.captures[0].address = try! IPAddress("172.32.0.1") },
        Row("RL15") {
            $0.user.account.captures[0].isPossibleProxy = true
            $0.user.account.additionalInfo = "The address belongs to a VPN provider."
        },
        Row("RL16") { $0.user.account.captures.append(IPCapture(address: try! IPAddress("2001:db8::3"))) },
        Row("RL17") { $0.files[0].captures += $0.user.account.captures },
        Row("RL18") { $0.files[0].details.hashes.append(FileHash(type: "PDQ", value: "ff")) },
        Row("RL19") { $0.files[0].details.hashes.removeAll { $0.type == "SHA256" } },
        Row("RL20") {
            $0.files[0].details.isViewed = true
            $0.files[0].decision.isViewed = true
        },
        Row("RL21") { $0.files[0].details.uploadedAt = earlier },
        Row("RL22") { $0.files[0].details.originalName = "00123" },
        Row("RL23") { $0.files[0].details.isPubliclyAvailable = true },
        Row("RL24") {
            $0.files[0].isContext = true
            $0.files[0].details.relevance = .supplemental
        },
        Row("RL25") { $0.files[0].matches = [] },
        Row("RL26") {
            $0.decided.hasIndustryAgreement = true
            $0.files[0].decision.classification = .b2
            $0.files[0].details.classification = .b2
        },
        Row("RL27") {
            $0.files[0].details.flags = [.viral]
            $0.files[0].decision.flags = [.viral, .infant]
        },
        Row("RL28") {
            $0.decided.escalation = "The account says it meets the child tomorrow."
            $0.report.incident.escalation = $0.decided.escalation
        },
        Row("RL29") { $0.files += $0.files },
        Row("RL30") {
            $0.decided.books.priorReports = [prior]
            $0.user.account.priorReports = [prior]
        },
        Row("RL31") { $0.user.account.permanentlyDisabled = Disabled(false) },
        Row("RL32") {
            $0.decided.books.isCompromiseSuspected = true
            $0.user.account.isCompromised = true
        },
        Row("RL32") { $0.user.account.isCompromised = nil },
        Row("RL33") {
            $0.user.account.devices = []
            $0.user.associated = [AssociatedAccount(.billing)]
        },
        Row("RL34") { $0.user.account.location = nil },
        Row("RL35") {
            $0.report.places.append(.chat(ChatIncident()))
            $0.report.victims = [Victim()]
        },
        Row("RL36") { $0.report.places = [.chat(ChatIncident())] },
        Row("RL37") { $0.user.account.screenName = String(repeating: "a", count: 256) },
        Row("RL38") {
            $0.report.incident.flags = [.informational]
            $0.decided.profile = .august2026
        },
        Row("RL38") { $0.becomeBatch() },
        Row("RL39") {
            $0.files[0].matches = [match(exactMatch, listClass: .watch)]
            $0.files[0].decision.classification = .b1
        },
        Row("RL39") {
            $0.files = []
            $0.decided.openedBecause = "a user told us"
        },
        Row("RL40") {
            $0.files[0].matches = [match(exactMatch, grade: .g3)]
            $0.files[0].decision.isViewed = true
        },
        Row("RL41") { $0.decided.now = Timestamp(nanoseconds: $0.detectedAt.nanoseconds + hours(4) - 1) },
        Row("RL42") { $0.decided.target = .production },
        Row("RL43") {
            $0.decided.books.reportsOfSameFile = [prior]
            $0.user.account.priorReports = [prior]
        },
        Row("RL44") {
            $0.decided.books.isLeadFromPolice = true
            $0.report.lawEnforcement = LawEnforcement(agency: "Example Police")
        },
        Row("RL45") { $0.files[0].details.flags = [.infant] },
    ]

    private static let example = [Email(try! EmailAddress("a@hosting.example"))]

    /// In nanoseconds.
    private static func hours(_ count: Int64) -> Int64 { count * 3_600_000_000_000 }
}

extension Dossier {
    /// A complete case has one.
    fileprivate var user: ReportedUser {
        get { report.user! }
        set { report.user = newValue }
    }

    /// Many accounts with one viral file, as a person may choose.
    fileprivate mutating func becomeBatch() {
        var user = ReportedUser()
        user.account.identifier = "a"
        report.isBatch = true
        report.users = [user, user]
        (report.places, report.additionalInfo) = ([], nil)
        files[0].details = FileDetails(.reported)
        files[0].details.flags = [.viral]
    }
}
