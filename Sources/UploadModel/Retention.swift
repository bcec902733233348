/// How long one exhibit is kept, from what is recorded of it; no clock is asked.
///
/// The duty begins with the recorded submission of the report, never with the detection: one calendar year in UTC (18
/// U.S.C. 2258A(h)(1)) and a margin. What was not submitted does not expire.
package struct Retention: Equatable, Sendable {
    /// Days after the year before an exhibit expires.
    package static let margin: Int64 = 30
    /// Days before the expiry at which it comes up in the worklist.
    package static let notices: [Int64] = [60, 30, 7, 0]
    /// Days after the match at which an exhibit that nobody decided on raises an alarm.
    package static let undecidedAlarms: [Int64] = [7, 30]
    /// Days that an exhibit which is not csam is kept after it was found so.
    package static let coolingOff: Int64 = 30

    /// When it was preserved.
    package let preservedAt: Timestamp
    /// When the report was completely submitted, as recorded with its receipt.
    package private(set) var submittedAt: Timestamp?
    /// What a person decided last.
    package private(set) var disposition: (Disposition, at: Timestamp)?
    /// Whether a person has it in review now.
    package var isInReview = false
    package private(set) var holds: [Hold] = []
    package private(set) var extensions: [RetentionExtension] = []

    package init(preservedAt: Timestamp) { self.preservedAt = preservedAt }

    package mutating func submitted(at time: Timestamp) {
        // A supplement is a report of its own; the later one counts.
        submittedAt = max(submittedAt ?? time, time)
    }

    package mutating func decided(_ disposition: Disposition, at time: Timestamp) {
        self.disposition = (disposition, time)
    }

    /// Placed again it changes nothing.
    package mutating func place(_ hold: Hold) {
        if !holds.contains(where: { $0.id == hold.id }) { holds.append(hold) }
    }

    /// - Returns: Whether there is such a hold.
    package mutating func change(_ hold: UploadID, _ change: (inout Hold) -> Bool) -> Bool {
        guard let place = holds.firstIndex(where: { $0.id == hold }) else { return false }
        return change(&holds[place])
    }

    /// Extends voluntarily (18 U.S.C. 2258A(h)(5)).
    ///
    /// - Returns: False where it would be shorter than what stands, or nothing runs that could be extended.
    package mutating func extend(_ more: RetentionExtension) -> Bool {
        guard let expiry, more.until > expiry else { return false }
        extensions.append(more)
        return true
    }

    package static func == (a: Retention, b: Retention) -> Bool {
        a.preservedAt == b.preservedAt && a.submittedAt == b.submittedAt && a.isInReview == b.isInReview
            && a.disposition?.0 == b.disposition?.0 && a.disposition?.at == b.disposition?.at
            && a.holds == b.holds && a.extensions == b.extensions
    }
}

// MARK: - Asking

extension Retention {
    /// When the duty ends; `nil` where none has begun.
    package var dutyEnd: Timestamp? { submittedAt?.adding(years: 1) }

    /// When the exhibit expires: the duty with its margin, or a later extension. Holds do not move it; they block what
    /// would follow.
    package var expiry: Timestamp? {
        guard let submittedAt else { return nil }
        return extensions.map(\.until).reduce(Self.expiry(submitted: submittedAt), max)
    }

    /// When what was submitted then expires, unless it is extended.
    static func expiry(submitted time: Timestamp) -> Timestamp { time.adding(years: 1).adding(days: margin) }

    /// From when on what was found then not to be csam may be destroyed.
    static func end(notCSAM time: Timestamp) -> Timestamp { time.adding(days: coolingOff) }

    /// Whether a destruction on a basis of this name was due then.
    ///
    /// - Parameter since: What its time is counted from; a basis that has a time and does not say from when is never due.
    package static func isOver(for basis: String, since: Timestamp?, at time: Timestamp) -> Bool {
        switch (basis, since) {
        case (DestructionBasis.lawEnforcementName, _): true
        case (DestructionBasis.expiry.name, let since?): time >= expiry(submitted: since)
        case (DestructionBasis.notCSAM.name, let since?): time >= end(notCSAM: since)
        default: false
        }
    }

    /// What the time on a basis is counted from; `nil` where it has none, or has not begun.
    package func beginning(of basis: DestructionBasis) -> Timestamp? {
        switch basis {
        case .expiry: submittedAt
        case .notCSAM: disposition.flatMap { $0.0.isNotCSAM ? $0.at : nil }
        case .lawEnforcement: nil
        }
    }

    package func activeHolds(at time: Timestamp) -> [Hold] { holds.filter { $0.isActive(at: time) } }

    /// Where it stands.
    package func standing(at time: Timestamp) -> RetentionStanding {
        if let expiry {
            if time >= expiry { return .expired(at: expiry) }
            let notice = Self.notices.last { time.adding(days: $0) >= expiry }
            return notice.map { .expiring(at: expiry, withinDays: $0) } ?? .preserved(until: expiry)
        }
        if let disposition, disposition.0.isNotCSAM {
            return .notCSAM(destroyFrom: Self.end(notCSAM: disposition.at))
        }
        let age = preservedAt.days(until: time)
        let isDecided = disposition.map { $0.0 != .undetermined } ?? false
        let alarm = isDecided ? nil : Self.undecidedAlarms.last { age >= $0 }
        return .unsubmitted(alarmDays: alarm)
    }
}

/// Where an exhibit stands on its way to its end.
package enum RetentionStanding: Equatable, Sendable {
    /// Not submitted: it has no expiry. The alarm that is due because nobody decided, in days.
    case unsubmitted(alarmDays: Int64?)
    case notCSAM(destroyFrom: Timestamp)
    case preserved(until: Timestamp)
    /// In the worklist: the smallest of 60, 30, 7 days that it is within.
    case expiring(at: Timestamp, withinDays: Int64)
    /// Overdue: keeping it longer has no purpose any more.
    case expired(at: Timestamp)
}

/// What forbids destruction, whatever else allows it.
package struct Hold: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case court
        /// 18 U.S.C. 2703(f): 90 days, and 90 more when the request is renewed.
        case preservationRequest = "2703f"
        case `internal`
    }

    package let id: UploadID
    package let kind: Kind
    package let placedAt: Timestamp
    /// SHA-256 of the document, hexadecimal.
    package let document: String
    /// Whether it was placed on a whole case: what joins the case later comes under it too.
    package let isOfCase: Bool
    package private(set) var renewedAt: Timestamp?
    package private(set) var releasedAt: Timestamp?

    /// Days that a preservation request runs, and runs again.
    package static let requestDays: Int64 = 90

    package init(
        id: UploadID,
        kind: Kind,
        placedAt: Timestamp,
        document: String,
        isOfCase: Bool = false,
        renewedAt: Timestamp? = nil
    ) {
        (self.id, self.kind, self.placedAt, self.document) = (id, kind, placedAt, document)
        (self.isOfCase, self.renewedAt) = (isOfCase, renewedAt)
    }

    /// When it ends by itself; `nil` where it waits for its release.
    package var end: Timestamp? {
        guard kind == .preservationRequest else { return nil }
        return placedAt.adding(days: renewedAt == nil ? Self.requestDays : 2 * Self.requestDays)
    }

    package func isActive(at time: Timestamp) -> Bool {
        if let releasedAt, time >= releasedAt { return false }
        return end.map { time < $0 } ?? true
    }

    /// Renews a preservation request, once, while it runs.
    ///
    /// - Returns: Whether it was renewed.
    package mutating func renew(at time: Timestamp) -> Bool {
        guard kind == .preservationRequest, renewedAt == nil, isActive(at: time) else { return false }
        renewedAt = time
        return true
    }

    /// - Returns: False where it was released before.
    package mutating func release(at time: Timestamp) -> Bool {
        guard releasedAt == nil else { return false }
        releasedAt = time
        return true
    }
}

/// A voluntary extension.
package struct RetentionExtension: Equatable, Sendable {
    /// What the law lets a provider keep it longer for.
    package enum Purpose: String, CaseIterable, Sendable {
        case reduceProliferation = "reduce-proliferation"
        case preventExploitation = "prevent-exploitation"
    }

    package let until: Timestamp
    package let purpose: Purpose
    package let approval: Approval

    package init(until: Timestamp, purpose: Purpose, approval: Approval) {
        (self.until, self.purpose, self.approval) = (until, purpose, approval)
    }
}
