/// What persons found of one exhibit of a case.
package struct ExhibitReview: Equatable, Sendable {
    package let facts: JoinedExhibit
    package private(set) var classification: IndustryClass?
    package private(set) var flags: Set<FileFlag>?
    package private(set) var disposition: Disposition?
    /// Who proposed that an exact match is not what the list says, until another person agrees.
    package private(set) var waitsForSecond: StaffID?
    package private(set) var views: [Viewing] = []
    /// Whether the exhibit that it repeats speaks for itself. A duplicate of a duplicate leans on nothing.
    private var originalStands = false

    init(_ facts: JoinedExhibit) { self.facts = facts }

    /// `fileViewedByEsp`: a person of the provider whose part it was has viewed the whole of this very exhibit.
    /// Views of another one with the same bytes count for nothing here.
    package var isViewed: Bool { views.contains { $0.hadRole && $0.isDelivered && $0.ending == .whole } }

    /// Whether the person has had all of it before their eyes, whatever they said of it afterwards.
    package func wasShown(to person: StaffID) -> Bool {
        views.contains { $0.by == person && $0.showedAll }
    }

    /// Whether it is left out of the report.
    package var isOut: Bool {
        switch disposition {
        case .notCSAM: waitsForSecond == nil
        case .duplicateOf: originalStands
        case .confirmed, .undetermined, nil: false
        }
    }

    /// Whether it is found not to be csam for good; what one of two persons said does not do.
    package var isFoundNotCSAM: Bool { disposition?.isNotCSAM == true && waitsForSecond == nil }

    /// Whether a report speaks of it. A person's classification stands over the list's class.
    package var isReportable: Bool { !isOut && makesReport }

    /// Whether a report would speak of it if nothing kept it out.
    private var makesReport: Bool { facts.warrantsDraft || classification != nil }

    func needsView(_ rule: ViewRule) -> Bool {
        switch rule {
        case .never: false
        case .nearMatches: !facts.isStrong
        case .always: true
        }
    }
}

/// One viewing under one grant.
package struct Viewing: Equatable, Sendable {
    package let grant: UploadID
    package let by: StaffID
    /// Whether the person was a reviewer when it began.
    package let hadRole: Bool
    package let startedAt: Timestamp
    /// What became of the bytes; `nil` while they are on their way.
    package private(set) var delivery: Delivery?
    package private(set) var ending: Ending?
    package private(set) var endedAt: Timestamp?

    package enum Ending: Equatable, Sendable { case whole, partial, aborted }

    /// How many bytes the person's viewer took; `nil` where a row of an earlier desk does not say it.
    package enum Delivery: Equatable, Sendable {
        case whole(Int64?)
        case cut(Int64)

        package var bytes: Int64? {
            switch self {
            case .whole(let bytes): bytes
            case .cut(let bytes): bytes
            }
        }
    }

    package var isDelivered: Bool { if case .whole = delivery { true } else { false } }

    /// Whether the person's viewer took every byte, or they said so themselves.
    package var showedAll: Bool { isDelivered || ending == .whole }
}

// MARK: - Taking in

extension ExhibitReview {
    /// Whether a duplicate may lean on it: never on one that is outside of the report itself, where the duplicate would
    /// be in it.
    func stands(for duplicate: ExhibitReview) -> Bool {
        if case .duplicateOf = disposition { return false }
        return !isOut && (makesReport || !duplicate.makesReport)
    }

    /// A duplicate is out of the report only while its original is in it.
    mutating func lean(on original: ExhibitReview?) {
        let duplicate = self
        originalStands = original.map { $0.stands(for: duplicate) } ?? false
    }

    mutating func take(_ row: ReviewRow) {
        switch row.event {
        case .classified(_, let found): classification = found
        case .annotated(_, let flags): self.flags = flags
        case .disposed(_, let found): take(found, by: row.by)
        case .viewed(_, let step): take(step, row)
        default: break
        }
    }

    private mutating func take(_ found: Disposition, by person: StaffID) {
        guard case .notCSAM = found, facts.isExact else {
            (disposition, waitsForSecond) = (found, nil)
            return
        }
        // Two hands against an exact match: the first proposes, the second makes it so.
        let isSecond = waitsForSecond != nil && waitsForSecond != person
        (disposition, waitsForSecond) = (found, isSecond ? nil : person)
    }

    private mutating func take(_ step: ViewStep, _ row: ReviewRow) {
        if case .started(let grant, _) = step {
            let hadRole = row.roles.contains(.reviewer)
            views.append(Viewing(grant: grant, by: row.by, hadRole: hadRole, startedAt: row.at))
        }
        guard let place = views.firstIndex(where: { $0.grant == step.grant }) else { return }
        views[place].take(step, row)
    }
}

extension Viewing {
    init(grant: UploadID, by: StaffID, hadRole: Bool, startedAt: Timestamp) {
        (self.grant, self.by, self.hadRole, self.startedAt) = (grant, by, hadRole, startedAt)
    }

    fileprivate mutating func take(_ step: ViewStep, _ row: ReviewRow) {
        switch step {
        case .started: break
        case .delivered(_, let bytes): delivery = .whole(bytes)
        case .cut(_, let bytes): delivery = .cut(bytes)
        case .completed(_, let whole) where by == row.by: end(whole ? .whole : .partial, row)
        case .completed: break
        case .aborted: end(.aborted, row)
        }
    }

    private mutating func end(_ how: Ending, _ row: ReviewRow) { (ending, endedAt) = (how, row.at) }
}
