import UploadModel

// One report of one or several uploads, and of what persons decided.

extension Report {
    init(of readings: [UploadReading], _ decided: Decisions, _ scribe: inout Scribe) {
        self.init()
        guard let first = readings.first else { return }
        incident = IncidentSummary(of: readings, decided, &scribe)
        places = readings.flatMap(\.said.places).unique
        lawEnforcement = decided.lawEnforcement ?? readings.compactMap(\.said.lawEnforcement).first
        reporter = Reporter(of: first.source.report, &scribe)
        user = ReportedUser(of: readings, decided.books, &scribe)
        recipients = readings.flatMap(\.said.recipients).unique
        victims = readings.flatMap(\.said.victims).unique
        additionalInfo =
            (first.source.discovery(of: readings.map(\.source), decided) + readings.map(\.said.reference))
            .lines
    }
}

extension IncidentSummary {
    fileprivate init(of readings: [UploadReading], _ decided: Decisions, _ scribe: inout Scribe) {
        self.init()
        guard let first = readings.first else { return }
        // Software proposes a type where it compared something; what a person opened is what the person says.
        let isFound = readings.map(\.source).contains {
            !(decided.files[$0.upload] ?? FileDecision()).spoken(of: $0.matches).isEmpty
        }
        type = decided.type ?? (isFound ? .possessionManufactureDistribution : nil)
        escalation = decided.escalation
        flags = decided.flags
        let platform = first.source.report.platform
        self.platform = scribe.text(.setting("platform", value: platform), for: .platform)
        dateTime = first.incidentTime
        let others = readings.count > 1 ? "; of the first of \(readings.count) files" : ""
        dateTimeDescription = first.timeMeaning.map { $0 + others }
    }
}

extension UploadReading {
    /// A scanner's claim is the latest that an upload can have been; that a case was opened says nothing of when what it
    /// is about happened, so nothing stands for that.
    fileprivate var incidentTime: ZonedTime? {
        source.incident?.time ?? said.uploadedAt ?? (source.isUpload ? ZonedTime(source.claimedAt) : nil)
    }

    /// What kind of time the incident's is.
    fileprivate var timeMeaning: String? {
        if let incident = source.incident { return incident.meaning }
        if said.uploadedAt != nil { return "time of the upload, as given by the provider's application" }
        return source.isUpload
            ? "time when the provider's scanner took the upload in; the time of the upload itself was not given"
            : nil
    }
}

extension ReportedUser {
    /// One account of what all its uploads say of it: what they say differently stays as the first says it.
    fileprivate init?(of readings: [UploadReading], _ books: Books, _ scribe: inout Scribe) {
        let shape = Shape.report["personOrUserReported"]
        let elements = readings.compactMap { $0.said.user?.element(shape) }
        guard let first = elements.first else { return nil }
        var differing: [Field] = []
        let joined = elements.dropFirst().reduce(first) { joined, next in
            joined.joined(with: next, shape, at: AccountAnswer.account) { field in
                if !differing.contains(field) { differing.append(field) }
            }
        }
        for field in differing {
            let problem = "the uploads say it differently; what the first says stands"
            scribe.note(nil, .warning, field, problem, remedy: Remedy.person)
        }
        self = (try? Self.read(joined, shape)) ?? ReportedUser()
        let known = readings.flatMap(\.said.captures)
        let filed = readings.compactMap(\.said.file.capture)
        account.captures += known.filter { !filed.contains($0) && !account.captures.contains($0) }
        account.priorReports += books.priorReports.filter { !account.priorReports.contains($0) }
    }
}

extension Reporter {
    fileprivate init(of settings: ReportSettings, _ scribe: inout Scribe) {
        self.init()
        person = Person(of: settings, &scribe)
        let company = scribe.text(.setting("company", value: settings.company), for: .companyTemplate)
        let template = scribe.text(
            .setting("company_template", value: settings.companyTemplate),
            for: .companyTemplate
        )
        companyTemplate = [company, template].lines
        termsOfService = scribe.text(
            .setting("terms_of_service", value: settings.termsOfService),
            for: .termsOfService
        )
        legalURL = scribe.read(.setting("legal_url", value: settings.legalURL), for: .legalURL) {
            text throws(Defect) in try WebAddress(text)
        }
    }
}

extension Person {
    /// The person who reports.
    fileprivate init(of settings: ReportSettings, _ scribe: inout Scribe) {
        self.init()
        firstName = scribe.text(
            .setting("first_name", value: settings.firstName),
            for: .reporter("firstName")
        )
        lastName = scribe.text(.setting("last_name", value: settings.lastName), for: .reporter("lastName"))
        let phone = scribe.text(.setting("phone", value: settings.phone), for: .reporter("phone"))
        phones = [phone].compactMap { $0 }.map(Phone.init)
        let email = scribe.read(.setting("email", value: settings.email), for: .reporter("email")) {
            text throws(Defect) in try EmailAddress(text)
        }
        emails = [email].compactMap { $0 }.map(Email.init)
    }
}

extension FileStanding {
    init(of reading: UploadReading, _ decided: Decisions) {
        let source = reading.source
        self.init(reading.said.file)
        preserved = source.digests
        matches = source.matches
        decision = decided.files[source.upload] ?? FileDecision()
        captures = reading.said.captures
        uploader = reading.said.user?.account.key
        environment = source.environment
        details.relevance = .reported
        details.hashes = source.digests.members.map(FileHash.init)
        details.additionalInfo = source.fileStatements(decision) + reading.said.file.additionalInfo
        take(decision, hasAgreement: decided.hasIndustryAgreement)
    }

    init(of supplement: Supplement) {
        self.init(FileDetails(.supplemental))
        isContext = true
        preserved = supplement.digests
        decision = supplement.decision
        details.originalName = supplement.name.withoutControls
        details.hashes = supplement.digests.members.map(FileHash.init)
        details.additionalInfo = supplement.additionalInfo
        take(decision, hasAgreement: false)
    }

    private mutating func take(_ decision: FileDecision, hasAgreement: Bool) {
        details.isViewed = decision.isViewed
        details.isExifViewed = decision.isExifViewed
        details.flags = decision.flags ?? []
        details.isPubliclyAvailable = decision.isPubliclyAvailable ?? details.isPubliclyAvailable
        details.classification = hasAgreement ? decision.classification : nil
    }
}

extension Array where Element: Equatable {
    fileprivate var unique: Self { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
