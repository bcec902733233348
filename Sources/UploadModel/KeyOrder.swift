package import JSONText

/// What custodians want done about a key, or about the headers that open one exhibit: the desk, which knows persons and
/// holds, signs it, and the daemon, which alone writes in the vault, does it.
package struct KeyOrder: Equatable, Sendable {
    package enum Act: Equatable, Sendable {
        /// Seal nothing more to the key of this fingerprint.
        case retire(String)
        /// Delete every header of the exhibit whose destruction two persons approved: nobody opens it after that.
        case shred(Order)
    }

    package let id: UploadID
    package let act: Act
    package let reason: String
    package let at: Timestamp
    /// Who agreed; of a shredding those who agreed to the destruction, by its order.
    package let approvals: [Approval]

    package init(id: UploadID, _ act: Act, reason: String, at: Timestamp, approvals: [Approval]) {
        (self.id, self.act, self.reason, self.at, self.approvals) = (id, act, reason, at, approvals)
    }

    package var verb: String {
        switch act {
        case .retire: "keys.retire"
        case .shred: "keys.shred"
        }
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string("\(id)"), "verb": .string(verb), "reason": .string(reason),
            "at_ns": .string("\(at.nanoseconds)"), "approvals": .array(approvals.map(\.json)),
        ]
        switch act {
        case .retire(let key): object["key"] = .string(key)
        case .shred(let destruction): object["destruction"] = destruction.json
        }
        return .object(object)
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    package init(_ json: JSONValue) throws(TextFault) {
        id = try json.parsed("id") { UploadID($0) }
        reason = try json.parsed("reason") { $0 }
        at = Timestamp(nanoseconds: try json.parsed("at_ns") { Int64($0) })
        approvals = try json.list("approvals") { value throws(TextFault) in try Approval(value) }
        switch json["verb"]?.stringValue {
        case "keys.retire":
            act = .retire(try json.parsed("key") { Self.isFingerprint($0) ? $0 : nil })
        case "keys.shred":
            let destruction = try Order(json["destruction"] ?? .null)
            guard destruction.verb == .destroy else { throw TextFault(member: "destruction") }
            act = .shred(destruction)
        default: throw TextFault(member: "verb")
        }
    }

    /// Whether an order is about keys, by its verb.
    package static func isOne(_ json: JSONValue) -> Bool {
        json["verb"]?.stringValue?.hasPrefix("keys.") == true
    }

    /// It becomes a file's name.
    private static func isFingerprint(_ text: String) -> Bool {
        text.utf8.count == 16 && Hex.bytes(text.utf8) != nil
    }

    /// Whether enough persons agreed: a custodian to retire a key, two of those who destroy to shred.
    ///
    /// - Throws: ``OrderFault``.
    package func check() throws(OrderFault) {
        let (needed, roles, request): (Int, Set<StaffRole>, UploadID) =
            switch act {
            case .retire: (1, [.custodian], id)
            case .shred(let destruction): (2, [.custodian, .counsel], destruction.id)
            }
        guard approvals.persons(for: request) >= needed else { throw .tooFewPersons(needed: needed) }
        for approval in approvals where !roles.contains(approval.role) { throw .wrongRole(approval.role) }
    }
}
