package import JSONText

/// What a person wants done to one upload: a value that arrives as a directory in `<state>/orders/`.
///
/// The same id twice does nothing. `retry`, `release` and `preserve` are taken unsigned from the state's owner;
/// all others come from the case desk, signed, with the persons who agreed.
package struct Order: Equatable, Sendable {
    package enum Verb: String, CaseIterable, Sendable {
        case retry, release, preserve
        /// Give an upload back that was no match in truth, and let what it met not stop it again.
        case restore
        /// Suppress again what a restored upload met, until another date.
        case suppress
        /// Let what was suppressed count again.
        case lift
        case destroy

        /// Whether the desk's signature is needed.
        package var needsSignature: Bool {
            switch self {
            case .retry, .release, .preserve: false
            case .restore, .suppress, .lift, .destroy: true
            }
        }
    }

    package let id: UploadID
    package let verb: Verb
    package let upload: UploadID
    package let reason: String
    package let at: Timestamp
    /// Who agreed; the one who asked is the first.
    package let approvals: [Approval]
    /// SHA-256 of the file `content` beside the order, hexadecimal: the plaintext that a restore gives back.
    package let content: String?
    /// SHA-256 of the file `attributes.json` beside the order, hexadecimal: the extended attributes that a restore gives
    /// back. `nil` where the upload had none.
    package let attributes: String?
    /// Bytes of that file; the kernel's own limits keep it below.
    package static let largestAttributes = 16 << 20
    /// When a suppression is to be looked at again.
    package let reviewBy: Timestamp?
    /// What allows a destruction.
    package let basis: DestructionBasis?
    /// What the basis counts from: of `expiry` the submission of the report, of `not-csam` the decision.
    package let basisSince: Timestamp?

    package init(
        id: UploadID,
        verb: Verb,
        upload: UploadID,
        reason: String,
        at: Timestamp,
        approvals: [Approval] = [],
        content: String? = nil,
        attributes: String? = nil,
        reviewBy: Timestamp? = nil,
        basis: DestructionBasis? = nil,
        basisSince: Timestamp? = nil
    ) {
        (self.approvals, self.content, self.reviewBy, self.basis) = (approvals, content, reviewBy, basis)
        (self.attributes, self.basisSince) = (attributes, basisSince)
        self.id = id
        self.verb = verb
        self.upload = upload
        self.reason = reason
        self.at = at
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string("\(id)"), "verb": .string(verb.rawValue), "upload": .string("\(upload)"),
            "reason": .string(reason), "at_ns": .string("\(at.nanoseconds)"),
        ]
        if !approvals.isEmpty { object["approvals"] = .array(approvals.map(\.json)) }
        if let content { object["content"] = .string(content) }
        if let attributes { object["attributes"] = .string(attributes) }
        if let reviewBy { object["review_by"] = .string("\(reviewBy)") }
        if let basis { object["basis"] = basis.json(since: basisSince) }
        return .object(object)
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    package init(_ json: JSONValue) throws(TextFault) {
        id = try json.parsed("id") { UploadID($0) }
        verb = try json.parsed("verb") { Verb(rawValue: $0) }
        upload = try json.parsed("upload") { UploadID($0) }
        reason = try json.parsed("reason") { $0 }
        // Text, since canonical JSON rounds integers above 2^53.
        at = Timestamp(nanoseconds: try json.parsed("at_ns") { Int64($0) })
        approvals =
            json.lacks("approvals")
            ? [] : try json.list("approvals") { value throws(TextFault) in try Approval(value) }
        content = try json.parsedIfThere("content") { $0 }
        attributes = try json.parsedIfThere("attributes") { $0 }
        reviewBy = try json.parsedIfThere("review_by") { Timestamp($0) }
        basis = json.lacks("basis") ? nil : try DestructionBasis(json["basis"] ?? .null)
        basisSince = try json["basis"]?.parsedIfThere("since") { Timestamp($0) }
    }
}

extension DestructionBasis {
    fileprivate func json(since: Timestamp?) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if let since { object["since"] = .string("\(since)") }
        if case .lawEnforcement(let request, let calledBack) = self {
            object["request"] = .string(request)
            object["called_back"] = .optional(calledBack.map { "\($0)" })
        }
        return .object(object)
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        switch json["name"]?.stringValue {
        case Self.expiry.name: self = .expiry
        case Self.notCSAM.name: self = .notCSAM
        case Self.lawEnforcementName:
            self = .lawEnforcement(
                request: try json.parsed("request") { $0 },
                calledBack: try json.parsedIfThere("called_back") { Timestamp($0) }
            )
        default: throw TextFault(member: "basis")
        }
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
