/// Something that a person, or the desk's program, did about a case. One case is one kind of row.
package enum ReviewEvent: Equatable, Sendable {
    case opened(CaseOpening)
    case joined(JoinedExhibit)
    case claimed
    case released
    case noted(String)
    /// Why it cannot wait; goes into the report.
    case escalated(String)
    /// It was no escalation after all; with the reason.
    case escalationWithdrawn(String)
    case attached(Attachment)
    /// A file that should not have been attached; it stays preserved and leaves the report.
    case attachmentWithdrawn(UploadID, because: String)
    /// What a person knows of the account and the incident of a case without an upload.
    case told(ToldContext)
    /// All that apply to the case as such; none at all is a statement too.
    case marked(Set<CaseMark>)
    /// The look-up service was asked about the account.
    case lookedUp(AccountLookup)
    case classified(BundleID, IndustryClass)
    /// All that apply; none at all is a statement too.
    case annotated(BundleID, Set<FileFlag>)
    case viewed(BundleID, ViewStep)
    case disposed(BundleID, Disposition)
    case drafted(DraftMark)
    /// SHA-256 of the draft that somebody was shown, hexadecimal.
    case shown(String)
    /// SHA-256 of the draft that is approved, hexadecimal.
    case approved(String)
    /// An approval taken back, with the reason.
    case returned(String)
    case exported(String)
    case submitted(Submission)
    /// What is more to say goes into a case of its own, since a finished report cannot be changed.
    case supplemented(CaseID)
}

/// Why there is a case.
package enum CaseOpening: Equatable, Sendable {
    case match
    /// Somebody flagged it, or staff saw it; no list was needed.
    case person(IncidentType, because: String)
    /// What is to be added to the report of another case.
    case supplement(CaseID)
}

/// What of an exhibit bears on the review; all else is in its bundle.
package struct JoinedExhibit: Equatable, Sendable {
    package let bundle: BundleID
    /// Whether a match of it makes a report by itself.
    package let warrantsDraft: Bool
    /// Whether some digest agreed, so that it takes two persons to say that the list is wrong.
    package let isExact: Bool
    /// Whether a strong digest agreed with what makes the report, so that nobody has to look before.
    package let isStrong: Bool
    /// Whether digests contradict each other, which is urgent.
    package let isConflicting: Bool
    /// Of the preserved bytes, hexadecimal; `nil` where a row of an earlier desk does not say it.
    package let sha256: String?
    /// SHA-256 of the bundle's `tagmanifest-sha512.txt`, from which all else in it hangs, hexadecimal; `nil` as above.
    package let manifest: String?
    /// The directory that a person had it taken in from; `nil` for this node's own vault.
    package let from: String?

    package init(
        bundle: BundleID,
        warrantsDraft: Bool,
        isExact: Bool,
        isStrong: Bool,
        isConflicting: Bool,
        sha256: String?,
        manifest: String? = nil,
        from: String? = nil
    ) {
        self.bundle = bundle
        self.warrantsDraft = warrantsDraft
        (self.isExact, self.isStrong, self.isConflicting) = (isExact, isStrong, isConflicting)
        (self.sha256, self.manifest, self.from) = (sha256, manifest, from)
    }

    package init(
        _ bundle: BundleID,
        meeting matches: [Match],
        sha256: String?,
        manifest: String? = nil,
        from: String? = nil
    ) {
        self.init(
            bundle: bundle,
            warrantsDraft: matches.contains(where: \.warrantsDraft),
            isExact: matches.isExact,
            isStrong: matches.isStrong,
            isConflicting: matches.contains { $0.grade == .conflicting },
            sha256: sha256,
            manifest: manifest,
            from: from
        )
    }

    /// Whether both are known to have the same bytes.
    func equals(_ other: JoinedExhibit) -> Bool { sha256 != nil && sha256 == other.sha256 }
}

/// A context file that a person attached: a chat log, a screenshot.
package struct Attachment: Equatable, Sendable {
    package let id: UploadID
    package let name: String
    package let digests: DigestSet

    package init(id: UploadID, name: String, digests: DigestSet) {
        (self.id, self.name, self.digests) = (id, name, digests)
    }
}

/// What a person told of a case that has no upload to tell it. What is told later stands over what was told before.
package struct ToldContext: Equatable, Sendable {
    /// When the incident was, RFC 3339 with its zone; `nil` leaves what was told before.
    package let incidentAt: String?
    /// A file in the form of a `NAME.meta.json`; `nil` as above.
    package let file: Attachment?

    package init(incidentAt: String?, file: Attachment?) { (self.incidentAt, self.file) = (incidentAt, file) }

    /// Both, where `other` says nothing else.
    func amended(by other: ToldContext) -> ToldContext {
        ToldContext(incidentAt: other.incidentAt ?? incidentAt, file: other.file ?? file)
    }
}

/// What happened under a grant to see one exhibit; a grant is named by an id of its own.
package enum ViewStep: Equatable, Sendable {
    case started(grant: UploadID, purpose: String)
    /// The person's command wrote every byte out and its reader took them; how many is not said in rows of earlier desks.
    case delivered(grant: UploadID, bytes: Int64?)
    /// The bytes broke off: the reader took so many and no more.
    case cut(grant: UploadID, bytes: Int64)
    /// What the person says of the viewing: all of it, or a part.
    case completed(grant: UploadID, whole: Bool)
    case aborted(grant: UploadID)

    package var grant: UploadID {
        switch self {
        case .started(let grant, _), .delivered(let grant, _), .cut(let grant, _), .completed(let grant, _),
            .aborted(let grant):
            grant
        }
    }
}

/// What a person finds an exhibit to be.
package enum Disposition: Equatable, Sendable {
    case confirmed
    /// With the reason: an error of the list, a collision, a legal adult.
    case notCSAM(String)
    /// Another person or counsel has to look.
    case undetermined
    case duplicateOf(BundleID)

    package var name: String {
        switch self {
        case .confirmed: "confirmed"
        case .notCSAM: "not_csam"
        case .undetermined: "undetermined"
        case .duplicateOf: "duplicate_of"
        }
    }

    var isNotCSAM: Bool { if case .notCSAM = self { true } else { false } }
}

/// One draft, named by the bytes of all its documents.
package struct DraftMark: Equatable, Sendable {
    /// SHA-256 of the list of the documents' own digests, hexadecimal.
    package let sha256: String
    package let blocking: Int
    package let warnings: Int
    package let advice: Int
    /// Completeness, 0 to 100.
    package let score: Int

    package init(sha256: String, blocking: Int, warnings: Int, advice: Int, score: Int) {
        self.sha256 = sha256
        (self.blocking, self.warnings, self.advice, self.score) = (blocking, warnings, advice, score)
    }
}

/// What the service answered when a person had submitted the report.
package struct Submission: Equatable, Sendable {
    /// The report's number.
    package let report: Int64
    /// SHA-256 of the receipt as the service gave it, hexadecimal.
    package let receiptSHA256: String
    package let environment: Environment

    package init(report: Int64, receiptSHA256: String, environment: Environment) {
        (self.report, self.receiptSHA256, self.environment) = (report, receiptSHA256, environment)
    }
}

/// An event with who did it, in what roles, and when. Rows are only ever added.
package struct ReviewRow: Equatable, Sendable {
    package let at: Timestamp
    package let by: StaffID
    /// As they were then; whoever loses a role later has still had it.
    package let roles: Set<StaffRole>
    package let event: ReviewEvent

    package init(at: Timestamp, by: StaffID, roles: Set<StaffRole>, event: ReviewEvent) {
        (self.at, self.by, self.roles, self.event) = (at, by, roles, event)
    }
}

extension ReviewEvent {
    /// The kind of row, one word.
    package var name: String {
        switch self {
        case .opened: "opened"
        case .joined: "joined"
        case .claimed: "claimed"
        case .released: "released"
        case .noted: "noted"
        case .escalated: "escalated"
        case .escalationWithdrawn: "escalation-withdrawn"
        case .attached: "attached"
        case .attachmentWithdrawn: "attachment-withdrawn"
        case .told: "told"
        case .marked: "marked"
        case .lookedUp: "looked-up"
        case .classified: "classified"
        case .annotated: "annotated"
        case .viewed(_, .started): "view-started"
        case .viewed(_, .delivered): "view-delivered"
        case .viewed(_, .cut): "view-cut"
        case .viewed(_, .completed): "view-completed"
        case .viewed(_, .aborted): "view-aborted"
        case .disposed: "disposed"
        case .drafted: "drafted"
        case .shown: "shown"
        case .approved: "approved"
        case .returned: "returned"
        case .exported: "exported"
        case .submitted: "submitted"
        case .supplemented: "supplemented"
        }
    }

    /// Who may do it; `nil` for what only the desk's program does.
    package var roles: Set<StaffRole>? {
        switch self {
        case .viewed(_, .delivered), .viewed(_, .cut): nil
        case .opened(.match), .joined: StaffRole.adopters
        case .lookedUp, .opened, .claimed, .released, .escalated, .escalationWithdrawn, .supplemented,
            .drafted, .disposed:
            [.reviewer, .approver]
        case .noted: [.reviewer, .approver, .custodian, .counsel]
        case .shown: Self.readersOfDrafts
        case .told: [.reviewer, .approver]
        case .attached, .attachmentWithdrawn, .marked, .classified, .annotated, .viewed: [.reviewer]
        case .approved, .returned: [.approver]
        case .exported, .submitted: [.approver, .custodian]
        }
    }

    /// Who may read what a report would say.
    package static let readersOfDrafts: Set<StaffRole> = [
        .reviewer, .approver, .custodian, .counsel, .auditor,
    ]

    /// Whether the desk's program does it too, by itself.
    var isAlsoOfProgram: Bool {
        switch self {
        case .opened(.match), .joined, .lookedUp: true
        default: false
        }
    }

    /// The file that it puts beside the case.
    package var file: Attachment? {
        switch self {
        case .attached(let file): file
        case .told(let told): told.file
        default: nil
        }
    }

    /// The exhibit that it is about.
    package var bundle: BundleID? {
        switch self {
        case .joined(let exhibit): exhibit.bundle
        case .classified(let bundle, _), .annotated(let bundle, _), .viewed(let bundle, _),
            .disposed(let bundle, _):
            bundle
        case .opened, .claimed, .released, .noted, .escalated, .escalationWithdrawn, .attached,
            .attachmentWithdrawn, .told, .marked, .lookedUp, .drafted, .shown, .approved, .returned,
            .exported, .submitted, .supplemented:
            nil
        }
    }

    /// Whether it changes what a report says, so that an earlier draft is no longer that of the case.
    package var changesReport: Bool {
        switch self {
        case .opened, .joined, .escalated, .escalationWithdrawn, .attached, .attachmentWithdrawn, .told,
            .marked, .lookedUp, .classified, .annotated, .disposed, .viewed(_, .completed(_, whole: true)):
            true
        case .claimed, .released, .noted, .viewed, .drafted, .shown, .approved, .returned, .exported,
            .submitted, .supplemented:
            false
        }
    }
}
