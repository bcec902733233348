import JSONText
import Testing
import UploadModel

@testable import CyberTip

/// The contract's order, written out a second time and by hand.
private let contract = [
    "report": ["incidentSummary", "internetDetails", "reporter", "personOrUserReported", "additionalInfo"],
    "report/incidentSummary": [
        "incidentType", "platform", "incidentDateTime", "incidentDateTimeDescription",
    ],
    "report/internetDetails": ["webPageIncident"],
    "report/internetDetails/webPageIncident": ["url"],
    "report/reporter": ["reportingPerson", "companyTemplate", "termsOfService", "legalURL"],
    "report/reporter/reportingPerson": ["firstName", "lastName", "phone", "email"],
    "report/personOrUserReported": [
        "personOrUserReportedPerson", "espIdentifier", "espService", "screenName", "ipCaptureEvent",
        "additionalInfo",
    ],
    "report/personOrUserReported/personOrUserReportedPerson": ["firstName", "lastName", "phone", "email"],
    "report/personOrUserReported/ipCaptureEvent": ["ipAddress", "eventName", "dateTime", "port"],
    "fileDetails": [
        "originalFileName", "uploadedToEspTimestamp", "locationOfFile", "fileViewedByEsp", "exifViewedByEsp",
        "publiclyAvailable", "fileRelevance", "originalFileHash", "ipCaptureEvent", "additionalInfo",
    ],
    "fileDetails/ipCaptureEvent": ["ipAddress", "eventName", "dateTime", "port"],
]

@Suite struct ShapeTests {
    @Test("the table has the contract's order")
    func order() {
        var found: [String: [String]] = [:]
        func enter(_ shape: Shape, _ path: String) {
            if !shape.children.isEmpty { found[path] = shape.children.map(\.name) }
            for child in shape.children { enter(child, "\(path)/\(child.name)") }
        }
        enter(.report, "report")
        enter(.fileDetails, "fileDetails")
        #expect(found == contract)
    }

    @Test("the table has the contract's limits")
    func limits() {
        let limits = [
            "report/incidentSummary/platform": 256,
            "report/incidentSummary/incidentDateTimeDescription": 3_000,
            "report/internetDetails/webPageIncident/url": 2_083, "report/reporter/legalURL": 2_083,
            "report/reporter/reportingPerson/firstName": 100, "report/reporter/reportingPerson/lastName": 100,
            "report/reporter/reportingPerson/phone": 50, "report/reporter/reportingPerson/email": 255,
            "report/personOrUserReported/espIdentifier": 255, "report/personOrUserReported/espService": 100,
            "report/personOrUserReported/screenName": 256, "fileDetails/originalFileName": 2_056,
            "fileDetails/locationOfFile": 2_083, "fileDetails/originalFileHash": 64,
        ]
        for (path, limit) in limits { #expect(Field(path).shape?.longest == limit, "\(path)") }
    }

    @Test("a draft's elements stand in the contract's order, each as often as it may")
    func drafts() throws {
        let root = try TinyXML.read(DraftReport(from: source()).xml)
        for child in root.children { child.walk(visit: followsContract) }
    }

    @Test("what a person adds to a draft later stands in the contract's order too")
    func additions() throws {
        let draft = DraftReport(from: source())
        var report = draft.report
        var file = draft.file
        var user = try #require(report.user)
        user.captures += user.captures
        user.person.firstName = "A"
        user.person.lastName = "B"
        user.person.phones = ["1", "2"]
        report.user = user
        file.isPubliclyAvailable = false
        for element in [report.element, file.element] {
            var text = XMLText()
            text.element(element)
            try TinyXML.read(text.bytes).walk(visit: followsContract)
        }
        #expect(file.element.json(.fileDetails)["publiclyAvailable"] == false)
        let captures = report.element.json(.report)["personOrUserReported"]?["ipCaptureEvent"]
        #expect(captures?.arrayValue?.count == 2)
    }

    @Test("a user may have many addresses and a file one")
    func captures() {
        #expect(Field("report/personOrUserReported/ipCaptureEvent").shape?.occurrence == .many)
        #expect(Field("fileDetails/ipCaptureEvent").shape?.occurrence == .optional)
    }
}

/// Expects of one element that what it holds is in the contract, in order, and as often as the table allows.
func followsContract(_ path: String, _ node: Node) {
    guard !node.children.isEmpty else { return }
    let order = contract[path] ?? []
    let places = node.children.map { order.firstIndex(of: $0.name) ?? -1 }
    #expect(!places.contains(-1) && places == places.sorted(), "\(path)")
    for name in order where node.all(name).count != 1 {
        let occurrence = Field("\(path)/\(name)").shape?.occurrence
        #expect(occurrence == .many || (occurrence == .optional && node.all(name).isEmpty), "\(path)/\(name)")
    }
}
