/// What the reporting contract says of one element: how often it may stand, how long its text may be, and what
/// it holds, in order.
///
/// This is the only place for order and number. The writer arranges by it, findings are sorted by it, and a
/// rule that changes is a line that changes here.
///
/// - Source: NCMEC, "CyberTipline Reporting API Technical Documentation" of 2025-06-11, and the schema of
///   2025-11, in our own words. Elements that nothing fills yet are not in the table.
package struct Shape: Sendable {
    package enum Occurrence: Sendable {
        case one, optional, many
    }

    package let name: String
    package let occurrence: Occurrence
    /// In UTF-16 code units, as the service counts; `nil` where no limit is documented.
    package let longest: Int?
    package let children: [Shape]

    private init(_ name: String, _ occurrence: Occurrence, _ longest: Int?, _ children: [Shape]) {
        self.name = name
        self.occurrence = occurrence
        self.longest = longest
        self.children = children
    }
}

// MARK: - The documents

extension Shape {
    /// The document that opens a report.
    package static let report = one(
        "report",
        [
            one(
                "incidentSummary",
                [
                    one("incidentType"),
                    optional("platform", 256),
                    one("incidentDateTime"),
                    optional("incidentDateTimeDescription", 3_000),
                ]
            ),
            many("internetDetails", [optional("webPageIncident", [many("url", longestURL)])]),
            one(
                "reporter",
                [
                    one("reportingPerson", person),
                    optional("companyTemplate"),
                    optional("termsOfService"),
                    optional("legalURL", longestURL),
                ]
            ),
            optional(
                "personOrUserReported",
                [
                    optional("personOrUserReportedPerson", person),
                    optional("espIdentifier", 255),
                    optional("espService", 100),
                    optional("screenName", 256),
                    many("ipCaptureEvent", ipCaptureEvent),
                    optional("additionalInfo"),
                ]
            ),
            optional("additionalInfo"),
        ]
    )

    /// The document that describes one file, without `reportId` and `fileId`, which come first and which the
    /// service gives while submitting.
    package static let fileDetails = one(
        "fileDetails",
        [
            optional("originalFileName", 2_056),
            optional("uploadedToEspTimestamp"),
            optional("locationOfFile", longestURL),
            optional("fileViewedByEsp"),
            optional("exifViewedByEsp"),
            optional("publiclyAvailable"),
            optional("fileRelevance"),
            many("originalFileHash", 64),
            // One at most, unlike the user's: a second one makes the service refuse the document.
            optional("ipCaptureEvent", ipCaptureEvent),
            many("additionalInfo"),
        ]
    )

    private static let person = [
        optional("firstName", 100),
        optional("lastName", 100),
        many("phone", 50),
        many("email", EmailAddress.longest),
    ]

    private static let ipCaptureEvent = [
        one("ipAddress"),
        optional("eventName"),
        optional("dateTime"),
        optional("port"),
    ]

    private static let longestURL = WebAddress.longest
}

// MARK: - Spelling the table

extension Shape {
    private static func one(_ name: String, _ children: [Shape] = []) -> Shape {
        Shape(name, .one, nil, children)
    }

    private static func optional(_ name: String, _ longest: Int? = nil) -> Shape {
        Shape(name, .optional, longest, [])
    }

    private static func optional(_ name: String, _ children: [Shape]) -> Shape {
        Shape(name, .optional, nil, children)
    }

    private static func many(_ name: String, _ longest: Int? = nil) -> Shape {
        Shape(name, .many, longest, [])
    }

    private static func many(_ name: String, _ children: [Shape]) -> Shape {
        Shape(name, .many, nil, children)
    }
}

// MARK: - Fields

/// The way to an element from the root of its document, `report/reporter/reportingPerson/email`.
package struct Field: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ path: String) { description = path }

    /// What the table says of it; `nil` for what is about a document as a whole.
    package var shape: Shape? { Self.places[self]?.shape }

    /// Its place in both documents, read from the top.
    var order: Int { Self.places[self]?.order ?? -1 }

    private static let places: [Field: (order: Int, shape: Shape)] = {
        var places: [Field: (order: Int, shape: Shape)] = [:]
        func enter(_ shape: Shape, at path: String) {
            places[Field(path)] = (places.count, shape)
            for child in shape.children { enter(child, at: "\(path)/\(child.name)") }
        }
        enter(.report, at: Shape.report.name)
        enter(.fileDetails, at: Shape.fileDetails.name)
        return places
    }()
}
