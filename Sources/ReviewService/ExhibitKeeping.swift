import UploadModel

/// Something that was decided about keeping, giving back or destroying one exhibit. One case is one kind of row.
enum KeepingEvent: Equatable, Sendable {
    case held(Hold)
    case renewed(UploadID)
    case unheld(UploadID)
    case extended(RetentionExtension)
    /// An order with those who agreed so far; again with the same id when something was noted about it.
    case proposed(Order)
    /// A proposal that another person refused.
    case refused(UploadID, Approval)
    /// Enough persons agreed: the order as the daemon gets it.
    case ordered(Order)
    /// Handed over: the export's name, and the recipient's public key.
    case exported(name: String, recipient: String)
}

/// A ``KeepingEvent`` with who did it, in what roles, and when. Rows are only ever added.
struct KeepingRow: Equatable, Sendable {
    let exhibit: BundleID
    let at: Timestamp
    let by: StaffID
    let roles: Set<StaffRole>
    let event: KeepingEvent
}

/// What is to become of one exhibit: how long it is kept, what forbids its end, and what was ordered.
///
/// A value, rebuilt from the review of its case, which tells submission and disposition, and from its own rows.
struct ExhibitKeeping: Equatable, Sendable {
    let exhibit: BundleID
    let `case`: CaseID
    private(set) var retention: Retention
    /// What waits for another person.
    private(set) var proposals: [Order.Verb: Order] = [:]
    /// In the order in which they were given.
    private(set) var orders: [Order] = []
    private(set) var exports = 0

    init(_ booked: BookedExhibit, _ retention: Retention, replaying rows: [KeepingRow]) {
        (exhibit, `case`, self.retention) = (booked.bundle, booked.case, retention)
        for row in rows { take(row) }
    }

    private mutating func take(_ row: KeepingRow) {
        switch row.event {
        case .held(let hold): retention.place(hold)
        case .renewed(let hold): _ = retention.change(hold) { $0.renew(at: row.at) }
        case .unheld(let hold): _ = retention.change(hold) { $0.release(at: row.at) }
        case .extended(let more): _ = retention.extend(more)
        case .proposed(let order): proposals[order.verb] = order
        case .refused(let order, _): proposals = proposals.filter { $0.value.id != order }
        case .ordered(let order):
            proposals[order.verb] = nil
            orders.append(order)
        case .exported: exports += 1
        }
    }

    /// The destruction that somebody asked for, before anybody approved it.
    func destruction() throws -> (order: Order, value: Destruction)? {
        guard let order = proposals[.destroy], let basis = order.basis, let request = order.approvals.first
        else { return nil }
        return (order, try Destruction(of: exhibit, because: basis, request: request))
    }
}

extension Retention {
    /// What a case's review tells of the keeping of one of its exhibits.
    ///
    /// - Parameter decidedAt: When a person disposed of it last.
    init(of booked: BookedExhibit, in review: Review, decidedAt: Timestamp?) {
        self.init(preservedAt: booked.claimedAt)
        if let exhibit = review[booked.bundle] {
            if exhibit.isReportable, let time = review.submittedAt { submitted(at: time) }
            if exhibit.waitsForSecond == nil, let found = exhibit.disposition, let decidedAt {
                decided(Disposition(found), at: decidedAt)
            }
        }
        isInReview = review.holder != nil && review.submission == nil
    }
}

extension Retention.Disposition {
    fileprivate init(_ found: Disposition) {
        switch found {
        case .confirmed: self = .confirmed
        case .notCSAM: self = .notCSAM
        case .undetermined: self = .undetermined
        case .duplicateOf: self = .duplicate
        }
    }
}
