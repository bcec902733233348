/// The document that opens a report, as far as a draft for an exact match fills it.
///
/// What is `nil` or empty is not written. The rest of the contract's model grows here and in ``Shape``.
package struct Report: Equatable, Sendable {
    package var incident: IncidentSummary
    /// The page that the upload was for.
    package var page: WebAddress?
    package var reporter: Reporter
    package var user: ReportedUser?
    package var additionalInfo: String?
}

package struct IncidentSummary: Equatable, Sendable {
    package var type: IncidentType
    package var platform: String?
    package var dateTime: ZonedTime
    /// What kind of time that is.
    package var dateTimeDescription: String?
}

/// One of the service's eight literals. Software proposes the first and no other.
package enum IncidentType: String, Sendable {
    case possessionManufactureDistribution = "Child Pornography (possession, manufacture, and distribution)"
}

package struct Reporter: Equatable, Sendable {
    package var person: Person
    package var companyTemplate: String?
    package var termsOfService: String?
    package var legalURL: WebAddress?
}

package struct Person: Equatable, Sendable {
    package var firstName: String?
    package var lastName: String?
    package var phones: [String] = []
    package var emails: [EmailAddress] = []

    package var isEmpty: Bool { self == Person() }
}

/// The account that the upload came from, by what the provider's application said of it.
package struct ReportedUser: Equatable, Sendable {
    package var person = Person()
    package var identifier: String?
    package var service: String?
    package var screenName: String?
    package var captures: [IPCapture] = []
    package var additionalInfo: String?

    package var isEmpty: Bool { self == ReportedUser() }
}

/// Where somebody came from, and when, as far as that was said.
package struct IPCapture: Equatable, Sendable {
    package var address: IPAddress
    package var event: EventName
    package var dateTime: ZonedTime?
    package var port: Port?
}

/// One of the service's closed list of six.
package enum EventName: String, Sendable {
    case upload = "Upload"
}

// MARK: - As elements

extension Report {
    var element: Element {
        let shape = Shape.report
        return Element(
            shape,
            [
                Element.Attribute(name: "xmlns:xsi", value: "http://www.w3.org/2001/XMLSchema-instance"),
                Element.Attribute(
                    name: "xsi:noNamespaceSchemaLocation",
                    value: "https://report.cybertip.org/ispws/xsd"
                ),
            ],
            holding: [
                incident.element(shape["incidentSummary"]),
                page?.element(shape["internetDetails"]),
                reporter.element(shape["reporter"]),
                user?.element(shape["personOrUserReported"]),
                additionalInfo.map { Element("additionalInfo", $0) },
            ]
        )
    }
}

extension IncidentSummary {
    func element(_ shape: Shape) -> Element {
        Element(
            shape,
            holding: [
                Element("incidentType", type.rawValue),
                platform.map { Element("platform", $0) },
                Element("incidentDateTime", dateTime.text),
                dateTimeDescription.map { Element("incidentDateTimeDescription", $0) },
            ]
        )
    }
}

extension WebAddress {
    /// The kind of incident that happens on a web page.
    fileprivate func element(_ shape: Shape) -> Element {
        Element(shape, holding: [Element(shape["webPageIncident"], holding: [Element("url", text)])])
    }
}

extension Reporter {
    func element(_ shape: Shape) -> Element {
        Element(
            shape,
            holding: [
                person.element(shape["reportingPerson"]),
                companyTemplate.map { Element("companyTemplate", $0) },
                termsOfService.map { Element("termsOfService", $0) },
                legalURL.map { Element("legalURL", $0.text) },
            ]
        )
    }
}

extension Person {
    func element(_ shape: Shape) -> Element {
        Element(
            shape,
            holding: [firstName.map { Element("firstName", $0) }, lastName.map { Element("lastName", $0) }]
                + phones.map { Element("phone", $0) } + emails.map { Element("email", $0.text) }
        )
    }
}

extension ReportedUser {
    func element(_ shape: Shape) -> Element {
        Element(
            shape,
            holding: [
                person.isEmpty ? nil : person.element(shape["personOrUserReportedPerson"]),
                identifier.map { Element("espIdentifier", $0) },
                service.map { Element("espService", $0) },
                screenName.map { Element("screenName", $0) },
                additionalInfo.map { Element("additionalInfo", $0) },
            ] + captures.map { $0.element(shape["ipCaptureEvent"]) }
        )
    }
}

extension IPCapture {
    func element(_ shape: Shape) -> Element {
        Element(
            shape,
            holding: [
                Element("ipAddress", address.text),
                Element("eventName", event.rawValue),
                dateTime.map { Element("dateTime", $0.text) },
                port.map { Element("port", $0.number) },
            ]
        )
    }
}
