// What may be done with a case: an act is taken or refused, and nothing is changed here.

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

extension Review {
    /// - Throws: ``ReviewRefused`` where the act may not follow.
    func check(_ event: ReviewEvent, by staff: Staff, at: Timestamp, under rules: ReviewRules)
        throws(ReviewRefused)
    {
        guard staff.mayDo(event) else { throw .role(event.name, needs: event.roles ?? []) }
        if event.changesReport, !event.isViewing { try checkChangeable() }
        if event.isOfHolder, let holder, holder != staff.id { throw .heldBy(holder) }
        switch event {
        case .opened, .joined, .noted, .attached, .marked, .lookedUp, .shown: break
        // What an upload says of its account comes with it.
        case .told: if opening == .match { throw .unfit(event.name) }
        // Another draft after the approval would leave open which one was approved.
        case .drafted: try checkChangeable()
        case .supplemented: if submission == nil { throw .notSubmitted }
        case .claimed: if let holder, holder != staff.id { throw .heldBy(holder) }
        case .released: try checkRelease(staff)
        case .escalated(let reason), .returned(let reason):
            guard reason.saysSomething else { throw .noReason }
            if case .returned = event, approval == nil { throw .notApproved }
            if submission != nil { throw .submitted }
        case .escalationWithdrawn(let reason):
            guard reason.saysSomething else { throw .noReason }
            if escalation == nil { throw .notEscalated }
        case .attachmentWithdrawn(let attachment, let reason):
            guard reason.saysSomething else { throw .noReason }
            guard attachments.contains(where: { $0.id == attachment }) else { throw .notAttached(attachment) }
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
            guard other != exhibit.facts.bundle, let original = self[other], original.stands(for: exhibit)
            else {
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
        if step.isOfProgram {
            guard view.delivery == nil else { throw .viewEnded(step.grant) }
            return
        }
        guard view.by == staff.id else { throw .notYourGrant(view.by) }
        guard view.ending == nil else { throw .viewEnded(step.grant) }
        guard case .completed(_, let whole) = step else { return }
        // It would turn the flag of documents that are on their way.
        if whole, let approval, exported == approval.draft, submission == nil { throw .approvedAlready }
        guard at.nanoseconds - view.startedAt.nanoseconds <= ReviewRules.longestView else {
            throw .grantExpired(step.grant)
        }
        if whole, !view.isDelivered { throw .notDelivered(step.grant, bytes: view.delivery?.bytes) }
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

extension ViewStep {
    fileprivate var isOfProgram: Bool {
        switch self {
        case .delivered, .cut: true
        case .started, .completed, .aborted: false
        }
    }
}

extension ReviewEvent {
    fileprivate var isViewing: Bool { if case .viewed = self { true } else { false } }

    /// What the one who claimed the case does alone.
    fileprivate var isOfHolder: Bool {
        switch self {
        case .attached, .attachmentWithdrawn, .told, .marked, .classified, .annotated: true
        default: false
        }
    }
}

extension String {
    fileprivate var saysSomething: Bool { !allSatisfy(\.isWhitespace) }
}
