import JSONText

// What the custody log says of what is decided about an exhibit's keeping.

extension KeepingRow {
    /// - Parameters:
    ///   - role: In which the person acted.
    ///   - user: Of the operating system.
    package func statement(in id: CaseID, as role: StaffRole, user: UInt32?) -> CustodyStatement {
        event.statement(
            at: at,
            by: .human(by, role, authentication: "peercred", uid: user),
            about: CustodySubject(exhibit: exhibit, case: id)
        )
    }
}

extension AttachmentRow {
    /// - Parameters:
    ///   - role: In which the person acted.
    ///   - user: Of the operating system.
    package func statement(in id: CaseID, as role: StaffRole, user: UInt32?) -> CustodyStatement {
        event.statement(
            at: at,
            by: .human(by, role, authentication: "peercred", uid: user),
            about: CustodySubject(case: id),
            ["attachment": "\(attachment)"]
        )
    }
}

extension KeepingEvent {
    fileprivate func statement(
        at time: Timestamp,
        by actor: CustodyActor,
        about subject: CustodySubject,
        _ more: [String: String] = [:]
    ) -> CustodyStatement {
        CustodyStatement(
            id: request,
            at: time,
            kind,
            by: actor,
            about: subject,
            reason: code,
            references: references.merging(more) { $1 },
            approvals: approvals,
            detail: reason.map { ["reason": .string($0)] }
        )
    }
}

extension KeepingEvent {
    fileprivate var kind: CustodyEntryKind {
        switch self {
        case .held, .renewed: .holdPlaced
        case .unheld: .holdReleased
        case .extended: .retentionExtended
        case .proposed(let order): order.verb == .destroy ? .destroyRequested : .restoreRequested
        case .refused: .destroyRefused
        case .ordered(let order): order.verb == .destroy ? .destroyApproved : .restoreApproved
        case .exported: .exportRequested
        }
    }

    /// The entry of a first request has the id that the approvals name.
    fileprivate var request: UploadID? {
        if case .proposed(let order) = self, order.approvals.count == 1, order.basis?.isCalledBack != true {
            return order.id
        }
        return nil
    }

    private var order: Order? {
        switch self {
        case .proposed(let order), .ordered(let order): order
        default: nil
        }
    }

    /// A word that is nobody's own.
    fileprivate var code: String? {
        switch self {
        case .held(let hold): hold.kind.rawValue
        case .renewed: "renewed"
        case .extended(let more): more.purpose.rawValue
        case .unheld, .refused, .exported: nil
        case .proposed(let order), .ordered(let order): order.basis?.name ?? order.verb.rawValue
        }
    }

    fileprivate var references: [String: String] {
        switch self {
        case .held(let hold): hold.references
        case .renewed(let hold), .unheld(let hold): ["hold": "\(hold)"]
        case .extended(let more): ["until": "\(more.until)"]
        case .proposed(let order), .ordered(let order): ["order": "\(order.id)"]
        case .refused(let order, _): ["order": "\(order)"]
        case .exported(let name, let recipient): ["export": name, "recipient": recipient]
        }
    }

    fileprivate var approvals: [Approval] {
        switch self {
        case .extended(let more): [more.approval]
        case .refused(_, let approval): [approval]
        default: order?.approvals ?? []
        }
    }

    fileprivate var reason: String? { order?.reason }
}

extension DestructionBasis {
    fileprivate var isCalledBack: Bool {
        if case .lawEnforcement(_, .some) = self { true } else { false }
    }
}

extension KeepingRow {
    /// What the desk does by itself, of what a person decided before.
    package func statement(in id: CaseID) -> CustodyStatement {
        CustodyStatement(
            at: at,
            event.kind,
            by: .system,
            about: CustodySubject(exhibit: exhibit, case: id),
            reason: event.code,
            references: event.references
        )
    }
}

extension AttachmentRow {
    /// As that of a ``KeepingRow``.
    package func statement(in id: CaseID) -> CustodyStatement {
        event.statement(
            at: at,
            by: .system,
            about: CustodySubject(case: id),
            ["attachment": "\(attachment)"]
        )
    }
}

extension Hold {
    /// All that ``Swift/Array/holds`` needs to tell it from the log, also where it comes to an exhibit later.
    fileprivate var references: [String: String] {
        var references = ["hold": "\(id)", "document": document, "placed_at": "\(placedAt)"]
        references["renewed_at"] = renewedAt.map { "\($0)" }
        if isOfCase { references["of"] = "case" }
        return references
    }
}
