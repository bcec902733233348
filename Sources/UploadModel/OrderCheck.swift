/// What is wrong with an order whose signature holds.
package enum OrderFault: Error, Equatable, Sendable, CustomStringConvertible {
    case tooFewPersons(needed: Int)
    case wrongRole(StaffRole)
    case otherContent
    case noContent
    case otherAttributes
    case noBasis
    /// What the basis counts from is missing, lies ahead, or was before the match.
    case noTimeOfBasis
    case tooEarly(until: Timestamp)
    case waitsForCounsel
    case waitsForCallBack
    /// The agency was called back after those who say so had agreed.
    case calledBackLater
    case noReviewDate

    package var description: String {
        switch self {
        case .tooFewPersons(let needed):
            "it needs \(needed) different \(needed == 1 ? "person" : "persons") who agreed to this order"
        case .wrongRole(let role): "the role \(role.rawValue) does not order this"
        case .otherContent: "its content is not what was preserved"
        case .noContent: "it brings no content to give back"
        case .otherAttributes: "its extended attributes are not those that were preserved"
        case .noBasis: "it says no basis for the destruction"
        case .noTimeOfBasis:
            "it does not say when the report was submitted, or that it is not csam was decided, after the match"
        case .tooEarly(let until): "it is kept until \(until)"
        case .waitsForCounsel: "a destruction for law enforcement needs counsel"
        case .waitsForCallBack: "it does not say when the agency was called back"
        case .calledBackLater: "the agency was called back after the approval, by its own times"
        case .noReviewDate: "it says no date at which the suppression is looked at again"
        }
    }
}

extension Order {
    /// Checks a signed order against what the rows know of its upload.
    ///
    /// - Parameters:
    ///   - matches: The entries that the upload met.
    ///   - digests: Of its content when it was preserved; `nil` where it never was digested.
    ///   - preservedAt: When it was; `nil` where it never was.
    ///   - now: A destruction whose time has not come by then is refused.
    package func check(
        matches: [Match],
        digests: DigestSet?,
        preservedAt: Timestamp?,
        at now: Timestamp
    ) throws(OrderFault) {
        switch verb {
        case .retry, .release, .preserve: return
        case .restore:
            try agreed(by: matches.isExact ? 2 : 1, [.reviewer, .approver, .custodian])
            guard let content else { throw .noContent }
            guard content == digests?.sha256?.hex else { throw .otherContent }
            guard reviewBy != nil || !matches.meetContent else { throw .noReviewDate }
        case .suppress:
            try agreed(by: matches.isExact ? 2 : 1, [.reviewer, .approver, .custodian])
            guard reviewBy != nil else { throw .noReviewDate }
        case .lift: try agreed(by: 1, Set(StaffRole.allCases))
        case .destroy:
            try agreed(by: 2, [.custodian, .counsel])
            try checkBasis(preservedAt, now)
        }
    }

    private func agreed(by needed: Int, _ roles: Set<StaffRole>) throws(OrderFault) {
        guard approvals.persons(for: id) >= needed else { throw .tooFewPersons(needed: needed) }
        for approval in approvals where !roles.contains(approval.role) { throw .wrongRole(approval.role) }
    }

    private func checkBasis(_ preservedAt: Timestamp?, _ now: Timestamp) throws(OrderFault) {
        switch basis {
        case .none: throw .noBasis
        case .expiry, .notCSAM:
            guard let preservedAt, let since = basisSince, preservedAt <= since, since <= now else {
                throw .noTimeOfBasis
            }
            let end = basis == .expiry ? Retention.expiry(submitted: since) : Retention.end(notCSAM: since)
            if now < end { throw .tooEarly(until: end) }
        case .lawEnforcement(_, let calledBack):
            guard approvals.contains(where: { $0.role == .counsel }) else { throw .waitsForCounsel }
            guard let calledBack else { throw .waitsForCallBack }
            guard approvals.contains(where: { calledBack <= $0.time }) else { throw .calledBackLater }
        }
    }
}

extension [Match] {
    /// Whether some digest agreed: not similarity alone.
    package var isExact: Bool { contains { !$0.agreed.isEmpty } }

    /// Whether the content itself met something: not the context alone.
    package var meetContent: Bool { contains { $0.part == .content } }

    /// Whether a strong digest agreed with what makes the report, grade g1 or g2. What makes none by itself lends no
    /// strength to a weak match beside it; where nothing does, a person's classification rests on all of them.
    package var isStrong: Bool {
        let warranted = filter(\.warrantsDraft)
        return (warranted.isEmpty ? self : warranted).contains { [.g1, .g2].contains($0.grade) }
    }
}
