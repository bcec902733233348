/// Why an exhibit may be destroyed.
package enum DestructionBasis: Equatable, Sendable {
    case expiry
    /// 18 U.S.C. 2258B(c)(2). The request's SHA-256 in hexadecimal, and when the agency was called back on a number that
    /// did not come from the request.
    case lawEnforcement(request: String, calledBack: Timestamp?)
    case notCSAM

    package static let lawEnforcementName = "le-request"

    package var name: String {
        switch self {
        case .expiry: "expiry"
        case .lawEnforcement: Self.lawEnforcementName
        case .notCSAM: "not-csam"
        }
    }
}

/// Why a destruction does not go on.
package enum DestructionRefused: Error, Equatable, Sendable, CustomStringConvertible {
    case wrongRole(StaffRole)
    case samePerson
    case otherRequest
    case underHold(Hold.Kind)
    case inReview
    case notExpired(until: Timestamp?)
    case notCSAMUntil(Timestamp?)
    case waitsForCounsel
    case waitsForCallBack
    case calledBackLater
    case noRequestDigest
    case wrongState(Destruction.State)

    package var description: String {
        switch self {
        case .wrongRole(let role): "a \(role.rawValue) does not destroy; ask a custodian or counsel"
        case .samePerson: "the person who requested it cannot approve it; ask another"
        case .otherRequest: "this approves another request"
        case .underHold(let kind): "a \(kind.rawValue) hold forbids it; it waits until the hold is released"
        case .inReview: "it is in review; release the case first"
        case .notExpired(let until):
            until.map { "it is preserved until \($0)" } ?? "it was not submitted, so it does not expire"
        case .notCSAMUntil(let time):
            time.map { "it is kept until \($0), in case the decision was wrong" }
                ?? "nobody has decided that it is not csam"
        case .waitsForCounsel: "it waits for counsel"
        case .waitsForCallBack: "the agency was not called back yet; note when it was"
        case .calledBackLater: "the call back cannot be later than now; say when the agency was called back"
        case .noRequestDigest: "the request's SHA-256 is missing, 64 hexadecimal digits"
        case .wrongState(let state): "it is \(state.name) already"
        }
    }
}

/// One destruction from its request to its end: two persons, and nothing that forbids it.
///
/// What the retention says is asked again at each step: a hold that comes after the approval stops the act.
package struct Destruction: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        case requested
        case approved(Approval)
        case refused(Approval)
        case executed(at: Timestamp)

        package var name: String {
            switch self {
            case .requested: "requested"
            case .approved: "approved"
            case .refused: "refused"
            case .executed: "executed"
            }
        }
    }

    package let exhibit: BundleID
    package private(set) var basis: DestructionBasis
    package let request: Approval
    package private(set) var state = State.requested

    private static let roles: Set<StaffRole> = [.custodian, .counsel]

    /// Records a request. Nothing but its form is asked yet: a request that comes during a hold is kept, and waits.
    package init(of exhibit: BundleID, because basis: DestructionBasis, request: Approval)
        throws(DestructionRefused)
    {
        guard Self.roles.contains(request.role) else { throw .wrongRole(request.role) }
        if case .lawEnforcement(let digest, _) = basis, Hex.bytes(digest.utf8)?.count != 32 {
            throw .noRequestDigest
        }
        (self.exhibit, self.basis, self.request) = (exhibit, basis, request)
    }

    /// Who agreed so far, the requester first.
    package var approvals: [Approval] {
        if case .approved(let approval) = state { return [request, approval] }
        return [request]
    }

    /// Notes that the agency was called back, if that is not known. A time that lay ahead of the request is none.
    package mutating func calledBack(at time: Timestamp) {
        guard case .lawEnforcement(let digest, let known) = basis else { return }
        if let known, known <= request.time { return }
        basis = .lawEnforcement(request: digest, calledBack: time)
    }

    /// The second person's yes.
    package mutating func approve(_ approval: Approval, given retention: Retention) throws(DestructionRefused)
    {
        guard state == .requested else { throw .wrongState(state) }
        guard Self.roles.contains(approval.role) else { throw .wrongRole(approval.role) }
        guard approval.request == request.request else { throw .otherRequest }
        guard approval.staff != request.staff else { throw .samePerson }
        if case .lawEnforcement = basis, request.role != .counsel, approval.role != .counsel {
            throw .waitsForCounsel
        }
        try allowed(by: retention, at: approval.time)
        state = .approved(approval)
    }

    package mutating func refuse(_ approval: Approval) throws(DestructionRefused) {
        guard state == .requested else { throw .wrongState(state) }
        guard approval.request == request.request else { throw .otherRequest }
        state = .refused(approval)
    }

    /// Whether it may be carried out now; asked right before the act.
    package func mayExecute(given retention: Retention, at time: Timestamp) throws(DestructionRefused) {
        guard case .approved = state else { throw .wrongState(state) }
        try allowed(by: retention, at: time)
    }

    package mutating func executed(at time: Timestamp) throws(DestructionRefused) {
        guard case .approved = state else { throw .wrongState(state) }
        state = .executed(at: time)
    }

    private func allowed(by retention: Retention, at time: Timestamp) throws(DestructionRefused) {
        if let hold = retention.activeHolds(at: time).first { throw .underHold(hold.kind) }
        switch basis {
        case .expiry:
            guard let expiry = retention.expiry, time >= expiry else {
                throw .notExpired(until: retention.expiry)
            }
            if retention.isInReview { throw .inReview }
        case .notCSAM:
            guard case .notCSAM(let from) = retention.standing(at: time) else { throw .notCSAMUntil(nil) }
            guard time >= from else { throw .notCSAMUntil(from) }
            if retention.isInReview { throw .inReview }
        case .lawEnforcement(_, let calledBack):
            guard let calledBack else { throw .waitsForCallBack }
            guard calledBack <= time else { throw .calledBackLater }
        }
    }
}
