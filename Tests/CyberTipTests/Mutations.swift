import UploadModel

@testable import CyberTip

private let user = "report/personOrUserReported"
private let person = "\(user)/personOrUserReportedPerson"
private let incident = "report/incidentSummary"

extension Mutation {
    static let all = ofValues + ofLengths + ofNumber + ofAttributes + ofSeveral + ofReports

    private static let ofValues: [Mutation] = [
        .text(.enumeration, "\(incident)/incidentType", "Child Pornography"),
        .text(.enumeration, "\(user)/ipCaptureEvent/eventName", "Download"),
        .text(.enumeration, "\(person)/address/country", ""),
        .text(.enumeration, "\(person)/address/country", "A1"),
        .text(.enumeration, "\(person)/address/state", "AS"),
        .text(.enumeration, "fileDetails/fileRelevance", "Supplemental"),
        .text(.enumeration, "fileDetails/industryClassification", "C1"),
        .text(.timeZone, "\(incident)/incidentDateTime", "2025-01-01T00:00:00"),
        .text(.timeZone, "fileDetails/uploadedToEspTimestamp", "2025-01-01T00:00:00.5"),
        .text(.time, "\(user)/ipCaptureEvent/dateTime", "2025-01-01 00:00:00Z"),
        .text(.past, "\(incident)/incidentDateTime", "2026-11-21T20:00:03.1Z"),
        .text(.past, "\(person)/dateOfBirth", "2026-11-22"),
        .text(.date, "\(person)/dateOfBirth", "2023-02-29"),
        .text(.boolean, "\(user)/compromisedAccount", "yes"),
        .text(.boolean, "fileDetails/fileViewedByEsp", "1"),
        .text(.number, "\(user)/ipCaptureEvent/port", "0"),
        .text(.number, "\(user)/ipCaptureEvent/port", "1e5"),
        .text(.number, "\(user)/ipCaptureEvent/port", "00123"),
        .text(.number, "\(person)/age", "151"),
        .text(.number, "\(user)/priorCTReports", "9223372036854775808"),
        .text(.number, "fileDetails/reportId", "0x1f"),
        .text(.number, "report/internetDetails/cellPhoneIncident/latitude", "north"),
        .text(.email, "\(person)/email", "nobody"),
        .text(.url, "report/reporter/legalURL", "hosting.example"),
        .text(.ipAddress, "\(user)/ipCaptureEvent/ipAddress", "192.0.2.1:80"),
        .text(.ipAddress, "fileDetails/ipCaptureEvent/ipAddress", "Unknown"),
        .text(.presence, "\(incident)/reportAnnotations/spam", "false"),
        .text(.presence, "fileDetails/fileAnnotations/infant", "false"),
        .text(.characters, "report/reporter", "text between elements"),
        .text(.blankEscalation, "\(incident)/escalateToHighPriority", " \n"),
    ]

    private static let ofLengths: [Mutation] = [
        .long("\(incident)/platform", 256),
        .long("\(incident)/escalateToHighPriority", 3_000),
        .long("\(user)/espIdentifier", 255),
        .long("\(user)/espService", 100),
        .long("\(person)/firstName", 100),
        .long("\(person)/phone", 50),
        .long("\(user)/associatedAccount/espService", 256),
        .long("fileDetails/originalFileName", 2_056),
        .long("fileDetails/details/nameValuePair/name", 64),
        .text(.length, "\(user)/screenName", String(repeating: "\u{1F600}", count: 129), "129 of four bytes"),
        .text(
            .length,
            "report/reporter/legalURL",
            "https://a.example/" + String(repeating: "a", count: 2_066),
            "URL"
        ),
        .attribute(.length, "fileDetails/originalFileHash", "hashType", String(repeating: "M", count: 65)),
    ]

    private static let ofNumber: [Mutation] = [
        .swapped("report", "incidentSummary", "reporter"),
        .swapped(user, "ipCaptureEvent", "deviceId"),
        .swapped("fileDetails", "originalFileHash", "ipCaptureEvent"),
        // Two addresses of one file, the mistake that the contract's readers make most.
        .twice("fileDetails", "ipCaptureEvent"),
        .twice("fileDetails", "fileRelevance"),
        .twice("fileDetails/fileAnnotations", "viral"),
        .twice(incident, "incidentType"),
        .twice("report", "reporter"),
        .without("report", "reporter"),
        .without(incident, "incidentDateTime"),
        .without("\(user)/ipCaptureEvent", "ipAddress"),
        .without("\(user)/estimatedLocation", "countryCode"),
        .without("report/victim", "victimPerson"),
        .without("fileDetails", "reportId"),
        .without("fileDetails/details", "nameValuePair"),
        .without("report/internetDetails", "webPageIncident", .choice),
        Mutation(.choice, "report/internetDetails", "two kinds") { element in
            element.children.append(Element("chatImIncident"))
        },
        Mutation(.unknownElement, user, "an element that only others write") { element in
            element.children.append(Element("userReported", "true"))
        },
        Mutation(.unknownElement, "\(user)/associatedAccount", "the plural") { element in
            element.children.append(Element("priorCTReports", "7"))
        },
    ]

    private static let ofAttributes: [Mutation] = [
        .attribute(.unknownAttribute, "\(user)/associatedAccount", "accountType", "Billing"),
        .attribute(.unknownAttribute, "fileDetails/details/nameValuePair", "type", "EXIF"),
        .attribute(.enumeration, "\(user)/associatedAccount", "type", "Friend"),
        .attribute(.enumeration, "\(person)/phone", "type", "Cell"),
        .attribute(.boolean, "\(person)/email", "verified", "TRUE"),
        .attribute(.timeZone, "\(user)/estimatedLocation", "timestamp", "2025-01-01T00:00:00"),
        .attribute(.past, "\(person)/email", "verificationDate", "2027-01-01T00:00:00Z"),
        .attribute(.callingCode, "\(person)/phone", "countryCallingCode", "31"),
        .attribute(.number, "\(person)/phone", "extension", "12345678901"),
        Mutation(.missingAttribute, "\(user)/associatedAccount", "no type") {
            $0 = Element($0.name, holding: $0.children)
        },
        Mutation(.missingAttribute, "fileDetails/originalFileHash", "no hashType") {
            $0 = Element($0.name, $0.text)
        },
    ]

    private static let ofSeveral: [Mutation] = [
        Mutation(.annotationForms, "fileDetails", "both forms") { element in
            let at = element.children.firstIndex { $0.name == "fileAnnotations" } ?? 0
            element.children.insert(Element("potentialMeme", "true"), at: at)
        },
        Mutation(.supplementalClass, "fileDetails", "Supplemental Reported with a class") { element in
            element.supplement()
        },
        Mutation(.supplementalMeme, "fileDetails", "Supplemental Reported, a meme") { $0.supplement() },
        .text(.exifWithoutView, "fileDetails/fileViewedByEsp", "false"),
        .attribute(.verifiedDate, "\(person)/email", "verified", "false"),
        .text(.repeatedCallingCode, "\(person)/phone", "+31 20 555 0100"),
        Mutation(.ageOrBirth, "\(user)/associatedAccount", "both") { element in
            let born = Element("dateOfBirth", "1990-01-01")
            let at = element.children.firstIndex { $0.name == "approximateAge" } ?? 0
            element.children.insert(born, at: at + 1)
            if !element.has("approximateAge") {
                element.children.insert(Element("approximateAge", "7"), at: at)
            }
        },
        .attribute(
            .notifiedBeforeDisabled,
            "\(user)/accountPermanentlyDisabled",
            "userNotifiedDate",
            "2025-01-31T23:59:59Z"
        ),
        .attribute(
            .reenabledBeforeDisabled,
            "\(user)/accountTemporarilyDisabled",
            "reenabledDate",
            "2025-02-01T00:00:00Z"
        ),
        Mutation(.region, "\(user)/estimatedLocation", "a city of the United States without its state") {
            $0.children = [Element("city", "Springfield"), Element("countryCode", "US")]
        },
        .without("report/reporter/reportingPerson", "email", .reporterEmail),
    ]

    private static let ofReports: [Mutation] = [
        Mutation(.incidentAddress, "report", "an address of nobody") { element in
            let mail = Element("emailIncident", holding: [Element("emailAddress", "who@else.example")])
            let at = element.children.firstIndex { $0.name == "internetDetails" } ?? 1
            element.children.insert(Element("internetDetails", holding: [mail]), at: at)
        },
        Mutation(.oneSuspect, "report", "two suspects") { element in
            let at = element.children.firstIndex { $0.name == "personOrUserReported" } ?? 0
            element.children.insert(element.children[at], at: at)
        },
        Mutation(.batchForbids, "report", "a batch with a place") { $0.becomeBatch() },
        Mutation(.batchIdentifier, "report", "a batch with a whole account") { $0.becomeBatch() },
    ]
}

extension Element {
    fileprivate mutating func supplement() {
        let at = children.firstIndex { $0.name == "fileRelevance" } ?? 0
        children[at].set(text: "Supplemental Reported")
    }

    fileprivate mutating func becomeBatch() {
        let reason = Attribute(name: "reason", value: "VIRAL_POTENTIAL_MEME")
        children.insert(Element("batchedReport", "", [reason]), at: 0)
    }
}
