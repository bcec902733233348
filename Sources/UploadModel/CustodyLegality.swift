/// A step that may not follow what a custody log says before it.
package enum CustodyBreach: String, CaseIterable, Error, Sendable, CustomStringConvertible {
    case viewWithoutGrant = "a view without a grant"
    case grantTooOld = "a view more than ten minutes after its grant"
    case viewNotStarted = "a view that ends and had not begun"
    case submittedWithoutApproval = "a report submitted without an approval of what was submitted"
    case retentionWithoutSubmission = "a retention that begins without a submission"
    case destroyedByOne = "a destruction without two different persons"
    case destroyedWithoutCounsel = "a destruction for law enforcement without counsel"
    case destroyedUnderHold = "a destruction under a hold"
    case destroyedTooEarly = "a destruction before its time"
    case extendedToEarlier = "an extension that does not keep longer"
    case shreddedByOne = "headers shredded without two different persons"
    case actAfterDestruction = "an act on an exhibit that was destroyed"
    case restoredByNobody = "a restore that nobody approved"
    case restoredByOne = "a restore of an exact match without two different persons"
    case suppressedWithoutRestore = "a suppression without a restore"
    case removedBeforeSealed = "plaintext removed of an exhibit that was not sealed"
    case exportWithoutRequest = "an export that nobody requested"
    case doneWithoutOrder = "an order done that was not received"
    case releasedUnknownHold = "the release of a hold that was not placed"

    package var description: String { rawValue }
}

/// Whether each entry of a log may follow those before it: a machine that sees one entry after another, of a whole log or
/// of the chains of some exhibits. An entry that was written twice, since a crash repeated its act, is no breach.
package struct CustodyLegality: Sendable {
    /// How long a grant to view may wait, nanoseconds: ten minutes.
    private static let grantLife: Int64 = 600_000_000_000

    private struct ExhibitState {
        var isSealed = false
        var isDestroyed = false
        var isRestored = false
        var exportRequested = false
        var grants: [StaffID: Timestamp] = [:]
        var views: Set<StaffID> = []
        /// Those that were not released.
        var holds: Set<String> = []
        /// All that is said of holds, which tells when one ends by itself.
        var holdEntries: [CustodyEntry] = []
        var extendedUntil: Timestamp?
    }

    private struct CaseState {
        var isApproved = false
        var submittedAt: Timestamp?
        var exportRequested = false
    }

    private var exhibits: [BundleID: ExhibitState] = [:]
    private var cases: [CaseID: CaseState] = [:]
    private var orders: Set<String> = []

    package init() {}

    /// Takes in one entry.
    ///
    /// - Returns: What it breaks; nothing where it may follow.
    package mutating func breaches(of entry: CustodyEntry) -> [CustodyBreach] {
        var breaches: [CustodyBreach] = []
        if let exhibit = entry.subject.exhibit {
            var state = exhibits[exhibit] ?? ExhibitState()
            breaches += Self.breaches(of: entry, &state)
            exhibits[exhibit] = state
        }
        if let caseID = entry.subject.caseID {
            var state = cases[caseID] ?? CaseState()
            breaches += Self.breaches(of: entry, &state)
            cases[caseID] = state
        }
        breaches += timed(entry)
        if entry.kind == .exportBuilt, !mayExport(entry.subject) { breaches.append(.exportWithoutRequest) }
        return breaches + ordered(entry)
    }

    private func mayExport(_ subject: CustodySubject) -> Bool {
        let byExhibit = subject.exhibit.flatMap { exhibits[$0]?.exportRequested } ?? false
        let byCase = subject.caseID.flatMap { cases[$0]?.exportRequested } ?? false
        return byExhibit || byCase
    }

    private mutating func ordered(_ entry: CustodyEntry) -> [CustodyBreach] {
        guard let order = entry.references["order"] else { return [] }
        if entry.kind == .orderReceived { orders.insert(order) }
        return entry.kind == .orderDone && !orders.contains(order) ? [.doneWithoutOrder] : []
    }

    // MARK: - One exhibit

    private static func breaches(of entry: CustodyEntry, _ state: inout ExhibitState) -> [CustodyBreach] {
        if state.isDestroyed, entry.kind.touchesContent { return [.actAfterDestruction] }
        switch entry.kind {
        case .exhibitSealed: state.isSealed = true
        case .plaintextRemoved: return state.isSealed ? [] : [.removedBeforeSealed]
        case .exportRequested: state.exportRequested = true
        case .viewGranted, .viewStarted, .viewCompleted, .viewAborted: return view(entry, &state)
        case .holdPlaced, .holdReleased: return hold(entry, &state)
        case .restoreDone: return restored(entry, &state)
        case .suppressionAdded: return state.isRestored ? [] : [.suppressedWithoutRestore]
        case .keyShredded: return entry.persons < 2 ? [.shreddedByOne] : []
        case .destroyExecuted: return destroyed(entry, &state)
        default: break
        }
        return []
    }

    private static func view(_ entry: CustodyEntry, _ state: inout ExhibitState) -> [CustodyBreach] {
        // The desk says that bytes broke off; how the viewing ended is the person's to say.
        if entry.kind == .viewAborted, entry.actor.staff == nil, entry.references["viewer"] == nil {
            return []
        }
        // A grant that somebody else wrote says for whom it is.
        guard let viewer = entry.references["viewer"].flatMap({ StaffID($0) }) ?? entry.actor.staff else {
            return [.viewWithoutGrant]
        }
        switch entry.kind {
        case .viewGranted: state.grants[viewer] = entry.at
        case .viewStarted:
            guard let granted = state.grants.removeValue(forKey: viewer) else { return [.viewWithoutGrant] }
            state.views.insert(viewer)
            if entry.at.nanoseconds - granted.nanoseconds > grantLife { return [.grantTooOld] }
        default: return state.views.remove(viewer) == nil ? [.viewNotStarted] : []
        }
        return []
    }

    private static func hold(_ entry: CustodyEntry, _ state: inout ExhibitState) -> [CustodyBreach] {
        let hold = entry.references["hold"] ?? ""
        defer { state.holdEntries.append(entry) }
        guard entry.kind == .holdReleased else {
            state.holds.insert(hold)
            return []
        }
        state.holds.remove(hold)
        let isKnown = state.holdEntries.contains { $0.references["hold"] == hold }
        return isKnown ? [] : [.releasedUnknownHold]
    }

    private static func restored(_ entry: CustodyEntry, _ state: inout ExhibitState) -> [CustodyBreach] {
        state.isRestored = true
        if entry.persons == 0 { return [.restoredByNobody] }
        return entry.reason == "exact" && entry.persons < 2 ? [.restoredByOne] : []
    }

    private static func destroyed(_ entry: CustodyEntry, _ state: inout ExhibitState) -> [CustodyBreach] {
        state.isDestroyed = true
        var breaches: [CustodyBreach] = []
        if entry.persons < 2 { breaches.append(.destroyedByOne) }
        if entry.reason == DestructionBasis.lawEnforcementName,
            !entry.approvals.contains(where: { $0.role == .counsel })
        {
            breaches.append(.destroyedWithoutCounsel)
        }
        let ended = state.holdEntries.holds.filter { !$0.isActive(at: entry.at) }.map { "\($0.id)" }
        if !state.holds.subtracting(ended).isEmpty { breaches.append(.destroyedUnderHold) }
        if isTooEarly(entry) { breaches.append(.destroyedTooEarly) }
        return breaches
    }

    /// What its basis counts from stands in the entry. One that does not say it is not believed.
    private static func isTooEarly(_ entry: CustodyEntry) -> Bool {
        let since = entry.references["since"].flatMap { Timestamp($0) }
        return !Retention.isOver(for: entry.reason ?? "", since: since, at: entry.at)
    }

    // MARK: - Retention

    /// The arithmetic of retention, as far as the log has the submission: an extract has its exhibits' entries alone.
    private mutating func timed(_ entry: CustodyEntry) -> [CustodyBreach] {
        guard let exhibit = entry.subject.exhibit else { return [] }
        let extended = exhibits[exhibit]?.extendedUntil
        let submitted = entry.subject.caseID.flatMap { cases[$0]?.submittedAt }
        let expiry = [submitted.map(Retention.expiry(submitted:)), extended].compactMap(\.self).max()
        switch entry.kind {
        case .retentionExtended:
            guard let until = entry.references["until"].flatMap({ Timestamp($0) }) else {
                return [.extendedToEarlier]
            }
            exhibits[exhibit]?.extendedUntil = max(until, extended ?? until)
            return expiry.map { until > $0 } ?? true ? [] : [.extendedToEarlier]
        case .destroyApproved where entry.reason == DestructionBasis.expiry.name:
            return expiry.map { entry.at >= $0 } ?? true ? [] : [.destroyedTooEarly]
        default: return []
        }
    }

    // MARK: - One case

    private static func breaches(of entry: CustodyEntry, _ state: inout CaseState) -> [CustodyBreach] {
        switch entry.kind {
        case .reportApproved: state.isApproved = true
        case .reportEdited, .reportDrafted: state.isApproved = false
        case .reportSubmitted:
            // A supplement is a report of its own; the later one counts.
            state.submittedAt = max(state.submittedAt ?? entry.at, entry.at)
            return state.isApproved ? [] : [.submittedWithoutApproval]
        case .retentionStarted: return state.submittedAt != nil ? [] : [.retentionWithoutSubmission]
        case .exportRequested: state.exportRequested = true
        default: break
        }
        return []
    }
}

extension CustodyEntry {
    /// How many agreed to what it says was done: an approval of another order counts for nothing. Those of a shredding
    /// agreed to the destruction that it stands on, which 0.1.0 did not name.
    fileprivate var persons: Int {
        let order = kind == .keyShredded ? references["destruction"] : references["order"]
        let request = order.flatMap { UploadID($0) }
        let unnamed = kind == .keyShredded && order == nil ? approvals.first?.request : nil
        return (request ?? unnamed).map { approvals.persons(for: $0) } ?? 0
    }
}

extension CustodyEntryKind {
    /// Whether it needs the exhibit's content, which a destruction takes away.
    fileprivate var touchesContent: Bool {
        switch self {
        case .exhibitSealed, .viewStarted, .exifViewed, .restoreDone, .exportBuilt, .keyRewrapped,
            .replicaStored:
            true
        default: false
        }
    }
}
