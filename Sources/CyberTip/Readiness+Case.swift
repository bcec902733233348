import UploadModel

// The incident, who reports it, and the documents as such.

extension ReadinessRule {
    static let ofIncident = [
        ReadinessRule(
            "RL01",
            .blocking,
            .incident("incidentType"),
            "no type of incident",
            from: Remedy.person
        ) {
            $0.report.incident.type == nil
        },
        ReadinessRule(
            "RL02",
            .blocking,
            .incidentTime,
            "missing; of a case without an upload \"breakwater case context CASE --at TIME\" says it",
            from: Remedy.context("uploaded_at")
        ) {
            $0.report.incident.dateTime == nil
        },
        ReadinessRule(
            "RL02",
            .blocking,
            .incidentTime,
            "lies in the future",
            from: Remedy.context("uploaded_at")
        ) {
            $0.report.incident.dateTime?.isAfter($0.latest) == true
        },
        ReadinessRule(
            "RL03",
            .warning,
            .incident("incidentDateTimeDescription"),
            "does not say what kind of time that is",
            from: Remedy.person
        ) { $0.report.incident.dateTimeDescription == nil },
        ReadinessRule("RL08", .warning, .platform, "missing", from: Remedy.setting("platform")) {
            $0.report.incident.platform == nil
        },
        ReadinessRule("RL28", .warning, .incident("escalateToHighPriority"), shortReason, from: Remedy.person)
        {
            // Under five words nobody names who is at risk of what.
            guard let reason = $0.report.incident.escalation else { return false }
            return reason != $0.decided.escalation || reason.split(whereSeparator: \.isWhitespace).count < 5
        },
        ReadinessRule("RL36", .warning, .pageURL, "no place is named", from: Remedy.context("page_url")) {
            $0.report.places.isEmpty
        },
        ReadinessRule(
            "RL36",
            .warning,
            .pageURL,
            "names the provider's own page and not the place",
            from: Remedy.context("page_url")
        ) { dossier in dossier.report.places.contains { $0.isOwnPage(of: dossier.report.reporter) } },
        ReadinessRule(
            "RL44",
            .warning,
            .report.child("lawEnforcement"),
            "the lead came from police, and the report does not say so",
            from:
                "\"law_enforcement\" in the context of the upload or of \"case context\", which a match's case does not take "
                + "but, once it is submitted, its \"report supplement\""
        ) { $0.decided.books.isLeadFromPolice && $0.report.lawEnforcement == nil },
    ]

    static let ofReporter = [
        ReadinessRule("RL04", .blocking, .reporter("email"), "missing", from: Remedy.setting("email")) {
            $0.report.reporter.person.emails.isEmpty
        },
        ReadinessRule(
            "RL04",
            .blocking,
            .reporter("email"),
            "in a domain that is set aside for examples",
            from: Remedy.setting("email")
        ) {
            $0.environment != .demonstration
                && $0.report.reporter.person.emails.contains(where: \.address.isPlaceholder)
        },
        ReadinessRule(
            "RL04",
            .blocking,
            Field("report/reporter"),
            "a name, phone or address of the shipped settings, which is nobody's",
            from: Remedy.setting("last_name, phone, company_template, legal_url")
        ) { $0.environment == .production && $0.report.reporter.isPlaceholder },
        ReadinessRule(
            "RL05",
            .warning,
            Field("report/reporter/contactPerson"),
            "nobody whom police can call, by name and with a phone or an e-mail address",
            from: Remedy.setting("first_name, last_name, phone")
        ) {
            !$0.report.reporter.person.isReachable && $0.report.reporter.contact?.person.isReachable != true
        },
        ReadinessRule(
            "RL06",
            .warning,
            .companyTemplate,
            "does not say who the company is, how to serve process, what it retains and whom to call at night",
            from: Remedy.setting("company, company_template")
        ) { $0.report.reporter.companyTemplate?.contains("\n") != true },
        ReadinessRule("RL07", .warning, .legalURL, "missing", from: Remedy.setting("legal_url")) {
            $0.report.reporter.legalURL == nil
        },
    ]

    static let ofDocuments = [
        ReadinessRule("RL37") { $0.violations.filter { $0.rule == "RL37" } },
        ReadinessRule("RL38") { $0.violations.filter { $0.rule == "RL38" } },
        ReadinessRule("RL38", .warning, .info, Finding.escaped, from: Remedy.person) {
            !$0.decided.texts.allSatisfy(\.isLegalInXML)
        },
        ReadinessRule("RL41") { $0.age },
        ReadinessRule("RL42", .blocking, .environment, "a demonstration must not be sent", from: nil) {
            $0.environments.contains(.demonstration)
        },
        ReadinessRule(
            "RL42",
            .blocking,
            .environment,
            "made for another environment than it is to go to",
            from: nil
        ) { dossier in dossier.environments.contains { $0 != dossier.target } },
        ReadinessRule(
            "RL42",
            .blocking,
            .fileInfo,
            "a matched entry is of a synthetic list",
            from: "[[list]] synthetic"
        ) { dossier in
            guard dossier.environment != .demonstration else { return false }
            // In a test a person may classify what met an invented entry: that is how a desk is rehearsed.
            let told = dossier.files.flatMap { dossier.target == .production ? $0.spoken : $0.warranted }
            return told.contains(where: \.entry.provenance.synthetic)
        },
        ReadinessRule("RL45", .advice, .report, "says little, which makes it no less urgent", from: nil) {
            Completeness(of: $0).score < 50
        },
    ]

    private static let shortReason = "does not give the concrete risk, in a person's words"
}

extension InternetDetails {
    fileprivate func isOwnPage(of reporter: Reporter) -> Bool {
        guard case .webPage(let page) = self, let legal = reporter.legalURL else { return false }
        return page.urls.contains(legal)
    }
}

extension Dossier {
    /// What the contract refuses in the documents as they stand. Rules that have an id of their own are told there.
    fileprivate var violations: [Finding] {
        let profile = decided.profile
        let whole = Contract(.report, profile: profile, detectedAt: latest).violations(of: report.element)
        let parts = files.flatMap { file in
            Contract(file.details.shape, profile: profile, detectedAt: latest).violations(
                of: file.details.element
            )
        }
        return (whole + parts + batchViolations).filter { !$0.isToldElsewhere }.map {
            Finding(
                rule: $0.rule.readiness == "RL38" ? "RL38" : "RL37",
                severity: .blocking,
                field: $0.field,
                problem: $0.problem,
                remedy: nil
            )
        }
    }

    /// A batch has one file, marked by a person and otherwise bare.
    private var batchViolations: [Violation] {
        guard report.isBatch else { return [] }
        let isBare = files.allSatisfy { file in
            let names = Set(file.details.element.children.map(\.name))
            return names.isDisjoint(with: Self.absentFromBatch) && file.details.relevance == .reported
                && !file.details.flags.isEmpty && file.details.flags.isSubset(of: [.viral, .potentialMeme])
        }
        guard files.count != 1 || !isBare else { return [] }
        return [
            Violation(
                rule: .batchForbids,
                field: .fileDetails,
                problem: "a batch has one bare file, viral or a meme"
            )
        ]
    }

    private static let absentFromBatch: Set = [
        "originalFileName", "locationOfFile", "originalFileHash", "ipCaptureEvent", "deviceId", "details",
        "additionalInfo",
    ]

    fileprivate var age: [Finding] {
        guard let now = decided.now else { return [] }
        let hours = (now.nanoseconds - detectedAt.nanoseconds) / 3_600_000_000_000
        guard hours >= 4 else { return [] }
        return [
            Finding(
                rule: "RL41",
                severity: .warning,
                field: .report,
                problem: "\(hours) h since the first match",
                remedy: nil
            )
        ]
    }
}

extension Violation {
    /// RL01, RL02, RL04, RL20 and RL24 say these in their own words.
    fileprivate var isToldElsewhere: Bool {
        switch rule {
        case .reporterEmail, .exifWithoutView, .supplementalClass, .supplementalMeme: true
        case .count: [.incidentTime, .incident("incidentType")].contains(field)
        case .past: field == .incidentTime
        default: false
        }
    }
}

extension Reporter {
    /// Whether it has what the shipped settings have, and no provider does.
    fileprivate var isPlaceholder: Bool {
        (person.firstName ?? "", person.lastName ?? "") == ShippedPlaceholders.person
            || person.phones.contains { $0.number == ShippedPlaceholders.phone }
            || legalURL.map { ShippedPlaceholders.isIn($0.text) } == true
            || companyTemplate.map(ShippedPlaceholders.isIn) == true
    }
}
