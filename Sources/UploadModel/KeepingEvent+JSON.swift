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
        case .held(let hold): hold.json
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
            self = .held(try Hold(json))
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

extension Hold {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "hold": .string("\(id)"), "kind": .string(kind.rawValue),
            "placed_at": .string("\(placedAt)"), "document": .string(document),
        ]
        if isOfCase { object["of_case"] = .bool(true) }
        object["renewed_at"] = renewedAt.map { .string("\($0)") }
        return .object(object)
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        self.init(
            id: try json.parsed("hold") { UploadID($0) },
            kind: try json.parsed("kind", Kind.init(rawValue:)),
            placedAt: try json.parsed("placed_at") { Timestamp($0) },
            document: try json.parsed("document") { $0 },
            isOfCase: json["of_case"]?.boolValue == true,
            renewedAt: json["renewed_at"] == nil ? nil : try json.parsed("renewed_at") { Timestamp($0) }
        )
    }
}
