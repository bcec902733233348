/// What the contract asks, by name, so that a refusal can be looked up.
package enum ContractRule: String, CaseIterable, Sendable {
    // Of one value.
    case form, characters, length, enumeration, boolean, number, presence, email, url, ipAddress, callingCode
    case time, date, past
    case timeZone = "time-zone"
    // Of an element and its children.
    case order, count, choice
    case unknownElement = "unknown-element"
    case unknownAttribute = "unknown-attribute"
    case missingAttribute = "missing-attribute"
    // Of several values together.
    case annotationForms = "annotation-forms"
    case supplementalClass = "supplemental-class"
    case supplementalMeme = "supplemental-meme"
    case exifWithoutView = "exif-without-view"
    case verifiedDate = "verified-date"
    case repeatedCallingCode = "repeated-calling-code"
    case ageOrBirth = "age-or-birth"
    case notifiedBeforeDisabled = "notified-before-disabled"
    case reenabledBeforeDisabled = "reenabled-before-disabled"
    case region
    case reporterEmail = "reporter-email"
    case blankEscalation = "blank-escalation"
    case incidentAddress = "incident-address"
    case oneSuspect = "one-suspect"
    case batchForbids = "batch-forbids"
    case batchIdentifier = "batch-identifier"
}

/// A rule about several parts of one element.
struct CrossRule: Sendable {
    let rule: ContractRule
    /// The elements that it looks at.
    let names: Set<String>
    let problem: String
    let isBroken: @Sendable (Element) -> Bool

    init(
        _ rule: ContractRule,
        _ names: Set<String>,
        _ problem: String,
        _ isBroken: @escaping @Sendable (Element) -> Bool
    ) {
        self.rule = rule
        self.names = names
        self.problem = problem
        self.isBroken = isBroken
    }

    /// By the element that each looks at.
    static let byName: [String: [CrossRule]] = (ofFiles + ofParties + ofReports).reduce(into: [:]) {
        rules,
        rule in
        for name in rule.names { rules[name, default: []].append(rule) }
    }

    private static let ofFiles = [
        CrossRule(.annotationForms, ["fileDetails"], "both potentialMeme and fileAnnotations") {
            $0.has("potentialMeme") && $0.has("fileAnnotations")
        },
        CrossRule(.supplementalClass, ["fileDetails"], "a context file has no industryClassification") {
            $0.isSupplemental && $0.has("industryClassification")
        },
        CrossRule(.supplementalMeme, ["fileDetails"], "a context file is no potentialMeme") {
            $0.isSupplemental
                && ($0.all("fileAnnotations").contains { $0.has("potentialMeme") }
                    || $0[text: "potentialMeme"] == "true")
        },
        CrossRule(.exifWithoutView, ["fileDetails"], "exifViewedByEsp without fileViewedByEsp") {
            $0[text: "exifViewedByEsp"] == "true" && $0[text: "fileViewedByEsp"] != "true"
        },
    ]

    private static let ofParties = [
        CrossRule(
            .verifiedDate,
            ["email", "phone", "phoneNumber"],
            "a verificationDate of what is not verified"
        ) {
            $0[attribute: "verificationDate"] != nil && $0[attribute: "verified"] != "true"
        },
        CrossRule(.repeatedCallingCode, ["phone", "phoneNumber"], "the number repeats its calling code") {
            $0[attribute: "countryCallingCode"] != nil && $0.text.hasPrefix("+")
        },
        CrossRule(.ageOrBirth, ["associatedAccount"], "both approximateAge and dateOfBirth") {
            $0.has("approximateAge") && $0.has("dateOfBirth")
        },
        CrossRule(.notifiedBeforeDisabled, disabled, "userNotifiedDate lies before disabledDate") {
            $0.time("disabledDate").isAfter($0.time("userNotifiedDate"))
        },
        CrossRule(.reenabledBeforeDisabled, disabled, "reenabledDate does not lie after disabledDate") {
            $0.time("reenabledDate") != nil && $0.time("disabledDate") != nil
                && !$0.time("reenabledDate").isAfter($0.time("disabledDate"))
        },
        CrossRule(.region, ["estimatedLocation"], "in the United States a city needs its state, two letters")
        {
            guard $0[text: "countryCode"] == "US" else { return false }
            return $0[text: "region"].map { !Codes.states.contains($0) } ?? $0.has("city")
        },
        CrossRule(.reporterEmail, ["reporter"], "reportingPerson needs an email") {
            !$0.all("reportingPerson").contains { $0.has("email") }
        },
    ]

    private static let ofReports = [
        CrossRule(.blankEscalation, ["incidentSummary"], "escalateToHighPriority without a reason") {
            $0[text: "escalateToHighPriority"]?.allSatisfy(\.isWhitespace) == true
        },
        CrossRule(.incidentAddress, ["report"], "an incident's address stands with nobody in the report") {
            !$0.incidentAddresses.isSubset(of: $0.partyAddresses)
        },
        CrossRule(.oneSuspect, ["report"], "several of personOrUserReported, and no batchedReport") {
            !$0.has("batchedReport") && $0.all("personOrUserReported").count > 1
        },
        CrossRule(.batchForbids, ["report"], "holds what a batchedReport must not") { report in
            report.has("batchedReport")
                && (["internetDetails", "lawEnforcement", "intendedRecipient", "victim", "additionalInfo"]
                    .contains { report.has($0) }
                    || report.all("incidentSummary").contains { $0.has("escalateToHighPriority") })
        },
        CrossRule(.batchIdentifier, ["report"], "in a batchedReport an account is its espIdentifier alone") {
            $0.has("batchedReport")
                && !$0.all("personOrUserReported").allSatisfy { $0.children.map(\.name) == ["espIdentifier"] }
        },
    ]

    private static let disabled: Set = ["accountTemporarilyDisabled", "accountPermanentlyDisabled"]
}

extension Element {
    fileprivate var isSupplemental: Bool {
        self[text: "fileRelevance"] == FileRelevance.supplemental.rawValue
    }

    fileprivate func time(_ attribute: String) -> ZonedTime? {
        self[attribute: attribute].flatMap { try? ZonedTime($0) }
    }

    /// Of a mail or a newsgroup incident.
    fileprivate var incidentAddresses: Set<String> {
        Set(
            all("internetDetails").flatMap(\.children).flatMap { $0.all("emailAddress") }
                .map { $0.text.lowercased() }
        )
    }

    fileprivate var partyAddresses: Set<String> {
        let parties = ["personOrUserReported", "intendedRecipient", "victim"].flatMap(all)
        let persons = parties.flatMap(\.children).filter { $0.name.hasSuffix("Person") || $0.has("email") }
        return Set((persons + parties).flatMap { $0.all("email") }.map { $0.text.lowercased() })
    }
}

extension ZonedTime? {
    fileprivate func isAfter(_ other: ZonedTime?) -> Bool {
        guard let self, let other else { return false }
        return self.isAfter(other)
    }
}
