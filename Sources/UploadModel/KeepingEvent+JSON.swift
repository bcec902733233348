package import JSONText

// How rows of keeping are written and read.

extension KeepingEvent {
    /// The kind of row, one word.
    package var name: String {
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

    package var json: JSONValue {
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
    package init(name: String, _ json: JSONValue) throws(TextFault) {
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
