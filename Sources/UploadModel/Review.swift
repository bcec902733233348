/// Where the review of one case stands: the second machine, beside ``Custody``.
///
/// A value: feed it what a person does with ``record(_:by:at:under:)``; it answers with the row to keep, or refuses
/// and says the way out. The rows, replayed in order, rebuild it exactly, whatever the rules have become since.
package struct Review: Equatable, Sendable {
    package private(set) var opening: CaseOpening?
    /// In the order in which they joined.
    package private(set) var exhibits: [ExhibitReview] = []
    package private(set) var attachments: [Attachment] = []
    /// The last answer about the account, or the last failure while there is no answer.
    package private(set) var lookup: AccountLookup?
    package private(set) var lookedUpAt: Timestamp?
    /// Who has claimed the case.
    package private(set) var holder: StaffID?
    package private(set) var escalation: String?
    /// The last draft, also where something has changed since.
    package private(set) var draft: DraftMark?
    package private(set) var isDraftCurrent = false
    package private(set) var approval: Approval?
    /// The draft that was exported last.
    package private(set) var exported: String?
    package private(set) var submission: Submission?
    package private(set) var submittedAt: Timestamp?
    package private(set) var supplements: [CaseID] = []
    /// Who decided something that the draft says: judged, opened, escalated, attached to or prepared it.
    private var deciders: Set<StaffID> = []
    private var draftedBy: StaffID?

    /// A draft that a second person has signed off.
    package struct Approval: Equatable, Sendable {
        package let draft: String
        package let by: StaffID
        /// One person reviewed and approved, as a small team may.
        package let isAlone: Bool
    }

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

/// What persons found of one exhibit of a case.
package struct ExhibitReview: Equatable, Sendable {
    package let facts: JoinedExhibit
    package fileprivate(set) var classification: IndustryClass?
    package fileprivate(set) var flags: Set<FileFlag>?
    package fileprivate(set) var disposition: Disposition?
    /// Who proposed that an exact match is not what the list says, until another person agrees.
    package fileprivate(set) var waitsForSecond: StaffID?
    package fileprivate(set) var views: [View] = []
    /// Whether the exhibit that it repeats speaks for itself. A duplicate of a duplicate leans on nothing.
    fileprivate var originalStands = false

    /// One viewing under one grant.
    package struct View: Equatable, Sendable {
        package let grant: UploadID
        package let by: StaffID
        /// Whether the person was a reviewer when it began.
        package let hadRole: Bool
        package let startedAt: Timestamp
        package fileprivate(set) var isDelivered = false
        package fileprivate(set) var ending: Ending?

        package enum Ending: Equatable, Sendable { case whole, partial, aborted }
    }

    init(_ facts: JoinedExhibit) { self.facts = facts }

    /// `fileViewedByEsp`: a person of the provider whose part it was has viewed the whole of this very exhibit.
    /// Views of another one with the same bytes count for nothing here.
    package var isViewed: Bool { views.contains { $0.hadRole && $0.isDelivered && $0.ending == .whole } }

    package func isViewed(by person: StaffID) -> Bool {
        views.contains { $0.by == person && $0.ending == .whole }
    }

    /// Whether it is left out of the report.
    package var isOut: Bool {
        switch disposition {
        case .notCSAM: waitsForSecond == nil
        case .duplicateOf: originalStands
        case .confirmed, .undetermined, nil: false
        }
    }

    /// Whether a report speaks of it. A person's classification stands over the list's class.
    package var isReportable: Bool { !isOut && (facts.warrantsDraft || classification != nil) }

    func needsView(_ rule: ViewRule) -> Bool {
        switch rule {
        case .never: false
        case .nearMatches: !facts.isStrong
        case .always: true
        }
    }
}

/// What the site asks of every review.
package struct ReviewRules: Equatable, Sendable {
    package var requireView: ViewRule
    package var isSmallTeam: Bool

    package init(requireView: ViewRule = .nearMatches, isSmallTeam: Bool = false) {
        self.requireView = requireView
        self.isSmallTeam = isSmallTeam
    }

    /// 12 h, a long shift: a grant whose viewing is not ended by then counts for nothing.
    package static let longestView: Int64 = 12 * 3_600_000_000_000
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
    private mutating func take(_ row: ReviewRow) throws(ReviewDamaged) {
        guard (opening == nil) == row.event.isOpening else { throw ReviewDamaged(event: row.event.name) }
        switch row.event {
        case .opened(let why):
            opening = why
            if why != .match { deciders.insert(row.by) }

        case .joined(let facts):
            guard self[facts.bundle] == nil else { throw ReviewDamaged(event: row.event.name) }
            exhibits.append(ExhibitReview(facts))

        case .claimed: holder = row.by
        case .released: holder = nil
        case .noted: break

        case .escalated(let reason):
            deciders.insert(row.by)
            escalation = reason

        case .attached(let attachment):
            deciders.insert(row.by)
            attachments.append(attachment)

        case .lookedUp(let found):
            // What was answered once still holds when the service is out of reach later.
            if found.isAnswered || lookup?.isAnswered != true { (lookup, lookedUpAt) = (found, row.at) }

        case .classified(let bundle, let found):
            deciders.insert(row.by)
            try change(bundle, row) { $0.classification = found }

        case .annotated(let bundle, let flags):
            deciders.insert(row.by)
            try change(bundle, row) { $0.flags = flags }

        case .disposed(let bundle, let disposition):
            deciders.insert(row.by)
            try change(bundle, row) { $0.take(disposition, by: row.by) }
            settleDuplicates(after: bundle)

        case .viewed(let bundle, let step):
            try change(bundle, row) { $0.take(step, row) }

        case .drafted(let mark): (draft, draftedBy) = (mark, row.by)

        case .approved(let draft):
            approval = Approval(draft: draft, by: row.by, isAlone: isDecider(row.by))

        case .returned: approval = nil
        case .exported(let draft): exported = draft
        case .submitted(let submission): (self.submission, submittedAt) = (submission, row.at)
        case .supplemented(let other): supplements.append(other)
        }
        if row.event.changesReport { isDraftCurrent = false }
        if case .drafted = row.event { isDraftCurrent = true }
    }

    private mutating func change(
        _ bundle: BundleID,
        _ row: ReviewRow,
        _ body: (inout ExhibitReview) -> Void
    ) throws(ReviewDamaged) {
        guard let place = exhibits.firstIndex(where: { $0.facts.bundle == bundle }) else {
            throw ReviewDamaged(event: row.event.name)
        }
        body(&exhibits[place])
    }

    /// A duplicate is out of the report only while its original is in it.
    private mutating func settleDuplicates(after changed: BundleID) {
        for place in exhibits.indices {
            guard case .duplicateOf(let other) = exhibits[place].disposition,
                other == changed || exhibits[place].facts.bundle == changed
            else { continue }
            exhibits[place].originalStands = self[other]?.standsAlone == true
        }
    }

    fileprivate func isDecider(_ person: StaffID) -> Bool { deciders.contains(person) || draftedBy == person }
}

extension ExhibitReview {
    fileprivate var standsAlone: Bool {
        if case .duplicateOf = disposition { false } else { !isOut }
    }

    fileprivate mutating func take(_ found: Disposition, by person: StaffID) {
        guard case .notCSAM = found, facts.isExact else {
            (disposition, waitsForSecond) = (found, nil)
            return
        }
        // Two hands against an exact match: the first proposes, the second makes it so.
        let isSecond = waitsForSecond != nil && waitsForSecond != person
        (disposition, waitsForSecond) = (found, isSecond ? nil : person)
    }

    fileprivate mutating func take(_ step: ViewStep, _ row: ReviewRow) {
        if case .started(let grant, _) = step {
            let hadRole = row.roles.contains(.reviewer)
            views.append(View(grant: grant, by: row.by, hadRole: hadRole, startedAt: row.at))
        }
        guard let place = views.firstIndex(where: { $0.grant == step.grant }) else { return }
        switch step {
        case .started: break
        case .delivered: views[place].isDelivered = true
        case .completed(_, let whole) where views[place].by == row.by:
            views[place].ending = whole ? .whole : .partial
        case .completed: break
        case .aborted: views[place].ending = .aborted
        }
    }
}

extension ReviewEvent {
    fileprivate var isOpening: Bool { if case .opened = self { true } else { false } }
}

// MARK: - What may be done

extension Review {
    private func check(_ event: ReviewEvent, by staff: Staff, at: Timestamp, under rules: ReviewRules)
        throws(ReviewRefused)
    {
        guard staff.mayDo(event) else { throw .role(event.name, needs: event.roles ?? []) }
        if event.changesReport, !event.isViewing { try checkChangeable() }
        if event.isOfHolder, let holder, holder != staff.id { throw .heldBy(holder) }
        switch event {
        case .opened, .joined, .noted, .attached, .lookedUp: break
        // Another draft after the approval would leave open which one was approved.
        case .drafted: try checkChangeable()
        case .supplemented: if submission == nil { throw .unfit(event.name) }
        case .claimed: if let holder, holder != staff.id { throw .heldBy(holder) }
        case .released: try checkRelease(staff)
        case .escalated(let reason), .returned(let reason):
            guard reason.saysSomething else { throw .noReason }
            if case .returned = event, approval == nil { throw .notApproved }
            if submission != nil { throw .submitted }
        case .classified(let bundle, _), .annotated(let bundle, _): _ = try exhibit(bundle)
        case .disposed(let bundle, let found): try check(found, of: try exhibit(bundle), by: staff)
        case .viewed(let bundle, let step): try check(step, of: try exhibit(bundle), by: staff, at: at)
        case .approved(let draft): try checkApproval(of: draft, by: staff, under: rules)
        case .exported(let draft):
            guard let approval else { throw .notApproved }
            guard approval.draft == draft, isDraftCurrent else { throw .draftChanged }
        case .submitted:
            guard approval != nil else { throw .notApproved }
            guard exported == approval?.draft else { throw .notExported }
            if submission != nil { throw .submitted }
        }
    }

    private func checkChangeable() throws(ReviewRefused) {
        if submission != nil { throw .submitted }
        if approval != nil { throw .approvedAlready }
    }

    private func checkRelease(_ staff: Staff) throws(ReviewRefused) {
        guard let holder else { throw .notClaimed }
        // An approver frees the case of somebody who is not there.
        guard holder == staff.id || staff.roles.contains(.approver) else { throw .heldBy(holder) }
    }

    private func exhibit(_ bundle: BundleID) throws(ReviewRefused) -> ExhibitReview {
        guard let found = self[bundle] else { throw .notOfCase(bundle) }
        return found
    }

    private func check(_ found: Disposition, of exhibit: ExhibitReview, by staff: Staff) throws(ReviewRefused)
    {
        switch found {
        case .confirmed:
            guard exhibit.classification != nil else { throw .notClassified(exhibit.facts.bundle) }
        case .notCSAM(let reason):
            guard reason.saysSomething else { throw .noReason }
            if exhibit.waitsForSecond == staff.id {
                throw .needsSecondPerson("\"not_csam\" on an exact match")
            }
        case .undetermined: break
        case .duplicateOf(let other):
            guard other != exhibit.facts.bundle, let original = self[other], original.standsAlone else {
                throw .noOriginal(other)
            }
            guard exhibit.facts.equals(original.facts) else { throw .otherBytes(other) }
        }
    }

    private func check(_ step: ViewStep, of exhibit: ExhibitReview, by staff: Staff, at: Timestamp)
        throws(ReviewRefused)
    {
        if case .started(_, let purpose) = step {
            // The approved documents say who has looked; another viewing would make them untrue.
            if approval != nil, submission == nil { throw .approvedAlready }
            guard purpose.saysSomething else { throw .noReason }
            return
        }
        guard let view = exhibit.views.first(where: { $0.grant == step.grant }) else {
            throw .noGrant(step.grant)
        }
        if case .delivered = step { return }
        guard view.by == staff.id else { throw .notYourGrant(view.by) }
        guard view.ending == nil else { throw .viewEnded(step.grant) }
        guard case .completed(_, let whole) = step else { return }
        guard at.nanoseconds - view.startedAt.nanoseconds <= ReviewRules.longestView else {
            throw .grantExpired(step.grant)
        }
        if whole, !view.isDelivered { throw .notDelivered(step.grant) }
    }

    private func checkApproval(of draft: String, by staff: Staff, under rules: ReviewRules)
        throws(ReviewRefused)
    {
        if submission != nil { throw .submitted }
        if approval != nil { throw .approvedAlready }
        guard let mark = self.draft, isDraftCurrent else { throw .noCurrentDraft }
        guard mark.sha256 == draft else { throw .draftChanged }
        guard mark.blocking == 0 else { throw .blocked(mark.blocking) }
        if let waiting = exhibits.first(where: { $0.waitsForSecond != nil }) {
            throw .undecided(waiting.facts.bundle, "waits for a second person's \"not_csam\"")
        }
        if let open = exhibits.first(where: { $0.disposition == .undetermined }) {
            throw .undecided(open.facts.bundle, "is undetermined")
        }
        if let unseen = reportable.first(where: { $0.needsView(rules.requireView) && !$0.isViewed }) {
            throw .notViewed(unseen.facts.bundle)
        }
        if isDecider(staff.id), !rules.isSmallTeam { throw .needsSecondPerson("approval") }
    }
}

extension Staff {
    fileprivate func mayDo(_ event: ReviewEvent) -> Bool {
        guard let allowed = event.roles else { return id == Staff.desk.id }
        return has(anyOf: allowed) || event.isAlsoOfProgram && id == Staff.desk.id
    }
}

extension ReviewEvent {
    fileprivate var isViewing: Bool { if case .viewed = self { true } else { false } }

    /// What the one who claimed the case does alone.
    fileprivate var isOfHolder: Bool {
        switch self {
        case .attached, .classified, .annotated: true
        default: false
        }
    }
}

extension String {
    fileprivate var saysSomething: Bool { !allSatisfy(\.isWhitespace) }
}
