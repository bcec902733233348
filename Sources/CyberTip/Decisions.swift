package import UploadModel

/// What persons and the provider's own books say of a case; at first nothing. Software adds to none of it.
package struct Decisions: Equatable, Sendable {
    /// `nil` names the case by the first upload.
    package var `case`: CaseID?
    package var files: [UploadID: FileDecision] = [:]
    /// Files of context that a person attached.
    package var supplements: [Supplement] = []
    /// Which of the eight, where a person has said so.
    package var type: IncidentType?
    /// Why a person opened the case without a match, or in spite of the list's class.
    package var openedBecause: String?
    package var escalation: String?
    package var flags: Set<ReportFlag> = []
    package var lawEnforcement: LawEnforcement?
    package var books = Books()
    /// What the site's look-up service answered about the account.
    package var answer: AccountAnswer?
    /// What stands in the way of the report outside of its sources: what cannot be read, what could not be asked.
    package var findings: [Finding] = []
    /// When the draft is judged; `nil` leaves its age out.
    package var now: Timestamp?
    /// Where the report is to go; `nil` is where it was made.
    package var target: Environment?
    package var profile = SchemaProfile.november2025
    /// Whether the provider has signed the industry's hash-sharing agreement.
    package var hasIndustryAgreement = false

    package init() {}

    /// What persons wrote.
    var texts: [String] {
        [openedBecause, escalation].compactMap { $0 } + supplements.flatMap(\.additionalInfo)
    }
}

package struct FileDecision: Equatable, Sendable {
    /// Computed from the log of views alone.
    package var isViewed = false
    package var isExifViewed = false
    /// Stands over whatever class the list has.
    package var classification: IndustryClass?
    /// `nil` until a person has decided, also that none applies.
    package var flags: Set<FileFlag>?
    package var isPubliclyAvailable: Bool?

    package init() {}

    /// Those of a file's matches that its report speaks of: what warrants one by itself, and all once a person has
    /// classified the file.
    func spoken(of matches: [Match]) -> [Match] {
        classification == nil ? matches.filter(\.warrantsDraft) : matches
    }

    /// Whether a person has looked or judged.
    var isReviewed: Bool { isViewed || classification != nil }
}

/// A context file: a chat log, a screenshot.
package struct Supplement: Equatable, Sendable {
    package var name: String
    package var digests: DigestSet
    package var decision = FileDecision()
    package var additionalInfo: [String] = []

    package init(name: String, digests: DigestSet) {
        self.name = name
        self.digests = digests
    }
}

/// What the provider knows of the account beyond this upload.
package struct Books: Equatable, Sendable {
    /// Numbers of earlier reports of the account, from the same environment.
    package var priorReports: [ReportID] = []
    /// Those of them that had one of these files.
    package var reportsOfSameFile: [ReportID] = []
    /// Exhibits of the account in the same window that are not in this draft.
    package var exhibitsLeftOut = 0
    package var isCompromiseSuspected = false
    package var isLeadFromPolice = false

    package init() {}
}
