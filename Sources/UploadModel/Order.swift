package import JSONText

/// What a person wants done to one upload: a value that arrives as a directory in `<state>/orders/`.
///
/// The same id twice does nothing. `retry`, `release` and `preserve` are taken unsigned from the state's owner;
/// `restore`, `suppress` and `destroy` come from the case desk, signed.
package struct Order: Equatable, Sendable {
    package enum Verb: String, CaseIterable, Sendable {
        case retry, release, preserve, restore, suppress, destroy

        /// Whether the desk's signature is needed.
        package var needsSignature: Bool {
            switch self {
            case .retry, .release, .preserve: false
            case .restore, .suppress, .destroy: true
            }
        }
    }

    package let id: UploadID
    package let verb: Verb
    package let upload: UploadID
    package let reason: String
    package let at: Timestamp

    package init(id: UploadID, verb: Verb, upload: UploadID, reason: String, at: Timestamp) {
        self.id = id
        self.verb = verb
        self.upload = upload
        self.reason = reason
        self.at = at
    }

    package var json: JSONValue {
        [
            "id": .string("\(id)"), "verb": .string(verb.rawValue), "upload": .string("\(upload)"),
            "reason": .string(reason), "at_ns": .string("\(at.nanoseconds)"),
        ]
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    package init(_ json: JSONValue) throws(TextFault) {
        id = try json.parsed("id") { UploadID($0) }
        verb = try json.parsed("verb") { Verb(rawValue: $0) }
        upload = try json.parsed("upload") { UploadID($0) }
        reason = try json.parsed("reason") { $0 }
        // Text, since canonical JSON rounds integers above 2^53.
        at = Timestamp(nanoseconds: try json.parsed("at_ns") { Int64($0) })
    }
}

/// What the daemon answers to an order.
package struct OrderAnswer: Equatable, Sendable {
    package let order: UploadID
    package let done: Bool
    /// What was done, or why not and what to do.
    package let message: String

    package init(order: UploadID, done: Bool, message: String) {
        self.order = order
        self.done = done
        self.message = message
    }

    package var json: JSONValue {
        ["order": .string("\(order)"), "done": .bool(done), "message": .string(message)]
    }

    package init(_ json: JSONValue) throws(TextFault) {
        order = try json.parsed("order") { UploadID($0) }
        guard let done = json["done"]?.boolValue else { throw TextFault(member: "done") }
        self.done = done
        message = try json.parsed("message") { $0 }
    }
}
