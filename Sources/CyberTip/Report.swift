/// The document that opens a report. What is `nil` or empty is not written.
package struct Report: Equatable, Sendable {
    /// Whether it stands for many accounts with one viral file; a person's choice only.
    package var isBatch = false
    package var incident = IncidentSummary()
    package var places: [InternetDetails] = []
    package var lawEnforcement: LawEnforcement?
    package var reporter = Reporter()
    /// One; a batch has many, each with nothing but its identifier.
    package var users: [ReportedUser] = []
    package var recipients: [Recipient] = []
    package var victims: [Victim] = []
    package var additionalInfo: String?

    package init() {}

    /// The account, where the report has one.
    package var user: ReportedUser? {
        get { users.first }
        set { users = [newValue].compactMap { $0 } }
    }
}

package struct Reporter: Equatable, Sendable {
    package var person = Person()
    /// Whom police should call.
    package var contact: ContactPerson?
    package var companyTemplate: String?
    package var termsOfService: String?
    package var legalURL: WebAddress?

    package init() {}
}

/// What police had to do with the matter before this report.
package struct LawEnforcement: Equatable, Sendable {
    package var agency: String
    package var caseNumber: String?
    package var officer: ContactPerson?
    package var wasReported: Bool?
    package var hasDomesticProcess: Bool?
    package var internationalProcess: ForeignProcess?

    package init(agency: String) { self.agency = agency }

    package struct ForeignProcess: Equatable, Sendable {
        package var wasServed: Bool
        package var country: String?

        package init(_ wasServed: Bool) { self.wasServed = wasServed }
    }
}

// MARK: - As elements

extension Report {
    var element: Element {
        var element = Element(
            "report",
            "",
            [
                Element.Attribute(name: "xmlns:xsi", value: "http://www.w3.org/2001/XMLSchema-instance"),
                Element.Attribute(
                    name: "xsi:noNamespaceSchemaLocation",
                    value: "https://report.cybertip.org/ispws/xsd"
                ),
            ]
        )
        element.children = self.element(.report).children
        return element
    }

    /// - Throws: ``Defect`` when the element breaks the contract, or says what this model does not hold.
    package init(reading element: Element) throws(Defect) {
        try Contract(.report).admit(element)
        self = try Self.read(element, .report)
    }
}

extension Report: Composite {
    static let blank = Report()
    static let parts: [Part<Report>] = [
        Part(name: "batchedReport") { report, _, element in
            guard report.isBatch else { return }
            let reason = Element.Attribute(name: "reason", value: "VIRAL_POTENTIAL_MEME")
            element.children.append(Element("batchedReport", "", [reason]))
        } read: { report, element, _ throws(Defect) in
            report.isBatch = element.has("batchedReport")
        },
        .one("incidentSummary", \.incident),
        .many("internetDetails", \.places),
        .optional("lawEnforcement", \.lawEnforcement),
        .one("reporter", \.reporter),
        .many("personOrUserReported", \.users),
        .many("intendedRecipient", \.recipients),
        .many("victim", \.victims),
        .optional("additionalInfo", \.additionalInfo),
    ]
}

extension Reporter: Composite {
    static let blank = Reporter()
    static let parts: [Part<Reporter>] = [
        .one("reportingPerson", \.person),
        .optional("contactPerson", \.contact),
        .optional("companyTemplate", \.companyTemplate),
        .optional("termsOfService", \.termsOfService),
        .optional("legalURL", \.legalURL),
    ]
}

extension LawEnforcement: Composite {
    static let blank = LawEnforcement(agency: "")
    static let parts: [Part<LawEnforcement>] = [
        .one("agencyName", \.agency),
        .optional("caseNumber", \.caseNumber),
        .optional("officerContact", \.officer),
        .optional("reportedToLe", \.wasReported),
        .optional("servedLegalProcessDomestic", \.hasDomesticProcess),
        .optional("servedLegalProcessInternational", \.internationalProcess),
    ]
}

extension LawEnforcement.ForeignProcess: Composite {
    static let blank = LawEnforcement.ForeignProcess(false)
    static let parts: [Part<LawEnforcement.ForeignProcess>] = [
        .text(\.wasServed), .attribute("fleaCountry", \.country),
    ]
}
