/// Something that was decided about keeping, giving back or destroying one exhibit. One case is one kind of row.
package enum KeepingEvent: Equatable, Sendable {
    case held(Hold)
    case renewed(UploadID)
    case unheld(UploadID)
    case extended(RetentionExtension)
    /// An order with those who agreed so far; again with the same id when something was noted about it.
    case proposed(Order)
    /// A proposal that another person refused, or an order that somebody took back before the daemon began with it.
    case refused(UploadID, Approval)
    /// Enough persons agreed: the order as the daemon gets it.
    case ordered(Order)
    /// Handed over: the export's name, and the recipient's public key.
    case exported(name: String, recipient: String)
}

/// A ``KeepingEvent`` with who did it, in what roles, and when. Rows are only ever added.
package struct KeepingRow: Equatable, Sendable {
    package let exhibit: BundleID
    package let at: Timestamp
    package let by: StaffID
    package let roles: Set<StaffRole>
    package let event: KeepingEvent

    package init(exhibit: BundleID, at: Timestamp, by: StaffID, roles: Set<StaffRole>, event: KeepingEvent) {
        (self.exhibit, self.at, self.by) = (exhibit, at, by)
        (self.roles, self.event) = (roles, event)
    }
}

/// What is to become of one exhibit: how long it is kept, what forbids its end, and what was ordered.
///
/// A value, rebuilt from the review of its case, which tells submission and disposition, and from its own rows.
package struct ExhibitKeeping: Equatable, Sendable {
    package let exhibit: BundleID
    package let `case`: CaseID
    package private(set) var retention: Retention
    /// What waits for another person.
    package private(set) var proposals: [Order.Verb: Order] = [:]
    /// In the order in which they were given, without what was taken back.
    package private(set) var orders: [Order] = []
    package private(set) var exports = 0

    package init(
        _ exhibit: BundleID,
        in home: CaseID,
        _ retention: Retention,
        replaying rows: some Sequence<KeepingRow>
    ) {
        (self.exhibit, `case`, self.retention) = (exhibit, home, retention)
        for row in rows { take(row) }
    }

    private mutating func take(_ row: KeepingRow) {
        switch row.event {
        case .held, .renewed, .unheld, .extended: retention.take(row.event, at: row.at)
        case .proposed(let order): proposals[order.verb] = order
        case .refused(let order, _):
            proposals = proposals.filter { $0.value.id != order }
            orders.removeAll { $0.id == order }
        case .ordered(let order):
            proposals[order.verb] = nil
            orders.append(order)
        case .exported: exports += 1
        }
    }

    /// The destruction that somebody asked for, before anybody approved it.
    package func destruction() throws -> (order: Order, value: Destruction)? {
        guard let order = proposals[.destroy], let basis = order.basis, let request = order.approvals.first
        else { return nil }
        return (order, try Destruction(of: exhibit, because: basis, request: request))
    }
}

extension Retention {
    /// What was decided about holds and terms; nothing else changes a retention.
    mutating func take(_ event: KeepingEvent, at time: Timestamp) {
        switch event {
        case .held(let hold): place(hold)
        case .renewed(let hold): _ = change(hold) { $0.renew(at: time) }
        case .unheld(let hold): _ = change(hold) { $0.release(at: time) }
        case .extended(let more): _ = extend(more)
        case .proposed, .refused, .ordered, .exported: break
        }
    }

    /// What a case's review tells of the keeping of one of its exhibits.
    ///
    /// - Parameters:
    ///   - preservedAt: When it was preserved.
    ///   - decidedAt: When a person disposed of it last.
    package init(
        of exhibit: BundleID,
        preservedAt: Timestamp,
        in review: Review,
        decidedAt: Timestamp?
    ) {
        self.init(preservedAt: preservedAt)
        if let found = review[exhibit] {
            if found.isReportable, let time = review.submittedAt { submitted(at: time) }
            if found.waitsForSecond == nil, let disposition = found.disposition, let decidedAt {
                decided(disposition, at: decidedAt)
            }
        }
        isInReview = review.holder != nil && review.submission == nil
    }
}

extension Retention {
    /// What the rows of one exhibit or attachment make of its holds; its term is not asked.
    package init(holdsOf rows: some Sequence<(at: Timestamp, event: KeepingEvent)>) {
        self.init(preservedAt: Timestamp(nanoseconds: 0))
        for row in rows { take(row.event, at: row.at) }
    }
}

extension Sequence<Retention> {
    /// Holds on the whole case that anything of it is still under.
    package func holdsOfCase(at time: Timestamp) -> [Hold] {
        var found: [UploadID: Hold] = [:]
        for hold in flatMap({ $0.activeHolds(at: time) }) where hold.isOfCase {
            // Of one that is renewed for some of them the longer term.
            if found[hold.id]?.renewedAt == nil { found[hold.id] = hold }
        }
        return found.values.sorted { $0.id < $1.id }
    }
}
