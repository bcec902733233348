import JSONText
import UploadModel

// How rows of keeping are written and read, and what the custody log says of them.

extension KeepingEvent {
    /// The kind of row, one word.
    var name: String {
        switch self {
        case .held: "held"
        case .renewed: "renewed"
        case .unheld: "unheld"
        case .extended: "extended"
        case .proposed: "proposed"
        case .refused: "refused"
        case .ordered: "ordered"
        case .exported: "exported"
        }
    }

    var json: JSONValue {
        switch self {
        case .held(let hold):
            [
                "hold": .string("\(hold.id)"), "kind": .string(hold.kind.rawValue),
                "placed_at": .string("\(hold.placedAt)"), "document": .string(hold.document),
            ]
        case .renewed(let hold), .unheld(let hold): ["hold": .string("\(hold)")]
        case .extended(let more):
            [
                "until": .string("\(more.until)"), "purpose": .string(more.purpose.rawValue),
                "approval": more.approval.json,
            ]
        case .proposed(let order), .ordered(let order): order.json
        case .refused(let order, let approval): ["order": .string("\(order)"), "approval": approval.json]
        case .exported(let name, let recipient): ["name": .string(name), "recipient": .string(recipient)]
        }
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    init(name: String, _ json: JSONValue) throws(TextFault) {
        switch name {
        case "held":
            self = .held(
                Hold(
                    id: try json.parsed("hold") { UploadID($0) },
                    kind: try json.parsed("kind", Hold.Kind.init(rawValue:)),
                    placedAt: try json.parsed("placed_at") { Timestamp($0) },
                    document: try json.parsed("document") { $0 }
                )
            )
        case "renewed": self = .renewed(try json.parsed("hold") { UploadID($0) })
        case "unheld": self = .unheld(try json.parsed("hold") { UploadID($0) })
        case "extended":
            self = .extended(
                RetentionExtension(
                    until: try json.parsed("until") { Timestamp($0) },
                    purpose: try json.parsed("purpose", RetentionExtension.Purpose.init(rawValue:)),
                    approval: try Approval(json["approval"] ?? .null)
                )
            )
        case "proposed": self = .proposed(try Order(json))
        case "ordered": self = .ordered(try Order(json))
        case "refused":
            self = .refused(
                try json.parsed("order") { UploadID($0) },
                try Approval(json["approval"] ?? .null)
            )
        case "exported":
            self = .exported(
                name: try json.parsed("name") { $0 },
                recipient: try json.parsed("recipient") { $0 }
            )
        default: throw TextFault(member: "name")
        }
    }
}

// MARK: - In the custody log

extension KeepingRow {
    /// - Parameters:
    ///   - role: In which the person acted.
    ///   - user: Of the operating system.
    func statement(in id: CaseID, as role: StaffRole, user: UInt32?) -> CustodyStatement {
        CustodyStatement(
            id: event.request,
            at: at,
            event.kind,
            by: .human(by, role, authentication: "peercred", uid: user),
            about: CustodySubject(exhibit: exhibit, case: id),
            reason: event.code,
            references: event.references,
            approvals: event.approvals,
            detail: event.reason.map { ["reason": .string($0)] }
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
        case .held(let hold): ["hold": "\(hold.id)", "document": hold.document]
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
