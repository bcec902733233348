/// Where the review of one case stands: the second machine, beside ``Custody``.
///
/// A value: feed it what a person does with ``record(_:by:at:under:)``; it answers with the row to keep, or refuses
/// and says the way out. The rows, replayed in order, rebuild it exactly, whatever the rules have become since.
package struct Review: Equatable, Sendable {
    package private(set) var opening: CaseOpening?
    /// In the order in which they joined.
    package private(set) var exhibits: [ExhibitReview] = []
    /// Those that are in the report.
    package private(set) var attachments: [Attachment] = []
    /// Those that a person took out of it; they are preserved with the others.
    package private(set) var withdrawn: [Attachment] = []
    /// What persons told of a case without an upload, and when they last did.
    package private(set) var told: ToldContext?
    package private(set) var toldAt: Timestamp?
    package private(set) var marks: Set<CaseMark> = []
    /// The last answer about the account, or the last failure while there is no answer.
    package private(set) var lookup: AccountLookup?
    package private(set) var lookedUpAt: Timestamp?
    /// Who has claimed the case.
    package private(set) var holder: StaffID?
    package private(set) var escalation: String?
    /// Whether somebody escalated it at any time.
    package private(set) var wasEscalated = false
    /// The last draft, also where something has changed since.
    package private(set) var draft: DraftMark?
    package private(set) var isDraftCurrent = false
    package private(set) var approval: DraftApproval?
    /// The draft that was exported last.
    package private(set) var exported: String?
    package private(set) var submission: Submission?
    package private(set) var submittedAt: Timestamp?
    package private(set) var supplements: [CaseID] = []
    /// Who decided something that the draft says: judged, opened, escalated, attached to or prepared it.
    private var deciders: Set<StaffID> = []
    private var draftedBy: StaffID?

    package init() {}

    package init(replaying rows: some Sequence<ReviewRow>) throws(ReviewDamaged) {
        for row in rows { try take(row) }
    }

    /// Checks one act against the rules and takes it in.
    ///
    /// - Returns: The row to make durable before anything follows from the act.
    /// - Throws: ``ReviewRefused``; the review is unchanged then.
    package mutating func record(
        _ event: ReviewEvent,
        by staff: Staff,
        at: Timestamp,
        under rules: ReviewRules
    ) throws(ReviewRefused) -> ReviewRow {
        try check(event, by: staff, at: at, under: rules)
        let row = ReviewRow(at: at, by: staff.id, roles: staff.roles, event: event)
        do { try take(row) } catch { throw .unfit(event.name) }
        return row
    }

    package var stage: Stage {
        if submission != nil { return .submitted }
        if approval != nil { return .approved }
        if !exhibits.isEmpty, attachments.isEmpty, opening == .match, exhibits.allSatisfy(\.isOut) {
            return .closed
        }
        if isDraftCurrent { return .drafted }
        return holder == nil ? .open : .claimed
    }

    package enum Stage: String, CaseIterable, Sendable {
        case open, claimed, drafted, approved, submitted
        /// Nothing in it is to be reported.
        case closed
    }

    /// Whether a later match of the account joins it.
    package var isOpen: Bool { approval == nil && submission == nil }

    package var isUrgent: Bool { escalation != nil || exhibits.contains(where: \.facts.isConflicting) }

    /// The exhibits that a report speaks of: what warrants one by itself, and what a person classified.
    package var reportable: [ExhibitReview] { exhibits.filter(\.isReportable) }

    package subscript(bundle: BundleID) -> ExhibitReview? { exhibits.first { $0.facts.bundle == bundle } }
}

/// A draft that a second person has signed off.
package struct DraftApproval: Equatable, Sendable {
    package let draft: String
    package let by: StaffID
    /// One person reviewed and approved, as a small team may.
    package let isAlone: Bool
}

/// Rows that this machine cannot have written.
package struct ReviewDamaged: Error, Equatable, CustomStringConvertible {
    package let event: String

    package init(event: String) { self.event = event }

    package var description: String {
        "the rows of the case are damaged at \"\(event)\"; restore the desk's book from a backup"
    }
}

// MARK: - Taking in

extension Review {
    /// What the event changes. Nothing here depends on rules or roles of today.
    mutating func take(_ row: ReviewRow) throws(ReviewDamaged) {
        guard (opening == nil) == row.event.isOpening else { throw ReviewDamaged(event: row.event.name) }
        let before = lookup
        switch row.event {
        case .opened(let why):
            opening = why
            if why != .match { deciders.insert(row.by) }

        case .joined(let facts):
            guard self[facts.bundle] == nil else { throw ReviewDamaged(event: row.event.name) }
            exhibits.append(ExhibitReview(facts))

        case .claimed: holder = row.by
        case .released: holder = nil
        case .noted, .shown: break

        case .escalated(let reason):
            deciders.insert(row.by)
            (escalation, wasEscalated) = (reason, true)

        case .escalationWithdrawn:
            deciders.insert(row.by)
            escalation = nil

        case .attached(let attachment):
            deciders.insert(row.by)
            attachments.append(attachment)

        case .attachmentWithdrawn(let attachment, _):
            deciders.insert(row.by)
            withdrawn += attachments.filter { $0.id == attachment }
            attachments.removeAll { $0.id == attachment }

        case .told(let context):
            deciders.insert(row.by)
            (told, toldAt) = (told?.amended(by: context) ?? context, row.at)

        case .marked(let marks):
            deciders.insert(row.by)
            self.marks = marks

        case .lookedUp(let found):
            // What was answered once still holds when the service is out of reach later.
            if found.isAnswered || lookup?.isAnswered != true { (lookup, lookedUpAt) = (found, row.at) }

        case .annotated(let bundle, _):
            deciders.insert(row.by)
            try change(bundle, row)

        case .classified(let bundle, _), .disposed(let bundle, _):
            deciders.insert(row.by)
            try change(bundle, row)
            settleDuplicates(after: bundle)

        case .viewed(let bundle, _): try change(bundle, row)

        case .drafted(let mark): (draft, draftedBy) = (mark, row.by)

        case .approved(let draft):
            approval = DraftApproval(draft: draft, by: row.by, isAlone: isDecider(row.by))

        case .returned: approval = nil
        case .exported(let draft): exported = draft
        case .submitted(let submission): (self.submission, submittedAt) = (submission, row.at)
        case .supplemented(let other): supplements.append(other)
        }
        // A failure adds nothing to what was said before: an answer, or the same failure.
        let isNothingNew =
            if case .lookedUp(let found) = row.event, !found.isAnswered {
                before?.outcome == lookup?.outcome
            } else {
                false
            }
        if row.event.changesReport, !isNothingNew { isDraftCurrent = false }
        if case .drafted = row.event { isDraftCurrent = true }
    }

    private mutating func change(_ bundle: BundleID, _ row: ReviewRow) throws(ReviewDamaged) {
        guard let place = exhibits.firstIndex(where: { $0.facts.bundle == bundle }) else {
            throw ReviewDamaged(event: row.event.name)
        }
        exhibits[place].take(row)
    }

    /// A duplicate is out of the report only while its original is in it.
    private mutating func settleDuplicates(after changed: BundleID) {
        for place in exhibits.indices {
            guard case .duplicateOf(let other) = exhibits[place].disposition,
                other == changed || exhibits[place].facts.bundle == changed
            else { continue }
            exhibits[place].lean(on: self[other])
        }
    }

    /// Whether the person decided something that the draft says, or prepared it.
    func isDecider(_ person: StaffID) -> Bool { deciders.contains(person) || draftedBy == person }
}

extension ReviewEvent {
    fileprivate var isOpening: Bool { if case .opened = self { true } else { false } }
}
