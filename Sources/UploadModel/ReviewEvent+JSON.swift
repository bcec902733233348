package import JSONText

// How review rows are kept: an object of the event's own members. Reading is strict, as of all rows.

extension ReviewEvent {
    package var json: JSONValue {
        switch self {
        case .opened(let opening): opening.json
        case .joined(let exhibit): exhibit.json
        case .claimed, .released: [:]
        case .noted(let text): ["text": .string(text)]
        case .escalated(let reason), .escalationWithdrawn(let reason), .returned(let reason):
            ["reason": .string(reason)]
        case .attached(let attachment): attachment.json
        case .attachmentWithdrawn(let attachment, let reason):
            ["attachment": .string("\(attachment)"), "reason": .string(reason)]
        case .told(let context): context.json
        case .marked(let marks):
            ["marks": .array(marks.map(\.rawValue).sorted().map { .string($0) })]
        case .lookedUp(let lookup): lookup.json
        case .classified(let bundle, let found):
            ["exhibit": .string("\(bundle)"), "class": .string(found.rawValue)]
        case .annotated(let bundle, let flags):
            [
                "exhibit": .string("\(bundle)"),
                "flags": .array(flags.map(\.rawValue).sorted().map { .string($0) }),
            ]
        case .viewed(let bundle, let step): step.json(of: bundle)
        case .disposed(let bundle, let disposition): disposition.json(of: bundle)
        case .drafted(let mark):
            [
                "sha256": .string(mark.sha256), "blocking": .integer(mark.blocking),
                "warnings": .integer(mark.warnings), "advice": .integer(mark.advice),
                "score": .integer(mark.score),
            ]
        case .shown(let draft), .approved(let draft), .exported(let draft): ["sha256": .string(draft)]
        case .submitted(let submission):
            [
                "report": .string("\(submission.report)"),
                "receipt_sha256": .string(submission.receiptSHA256),
                "environment": .string(submission.environment.rawValue),
            ]
        case .supplemented(let other): ["case": .string("\(other)")]
        }
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    package init(name: String, _ json: JSONValue) throws(TextFault) {
        switch name {
        case "opened": self = .opened(try CaseOpening(json))
        case "joined": self = .joined(try JoinedExhibit(json))
        case "claimed": self = .claimed
        case "released": self = .released
        case "noted": self = .noted(try json.text("text"))
        case "escalated": self = .escalated(try json.text("reason"))
        case "escalation-withdrawn": self = .escalationWithdrawn(try json.text("reason"))
        case "returned": self = .returned(try json.text("reason"))
        case "attached":
            self = .attached(try Attachment(json))
        case "attachment-withdrawn":
            self = .attachmentWithdrawn(
                try json.parsed("attachment") { UploadID($0) },
                because: try json.text("reason")
            )
        case "told": self = .told(try ToldContext(json))
        case "marked":
            let marks = try json.list("marks") { value throws(TextFault) in
                guard let mark = value.stringValue.flatMap(CaseMark.init(rawValue:)) else {
                    throw TextFault(member: "marks")
                }
                return mark
            }
            self = .marked(Set(marks))
        case "looked-up": self = .lookedUp(try AccountLookup(json))
        case "classified":
            self = .classified(try json.exhibit, try json.parsed("class", IndustryClass.init(rawValue:)))
        case "annotated":
            let flags = try json.list("flags") { value throws(TextFault) in
                guard let flag = value.stringValue.flatMap(FileFlag.init(rawValue:)) else {
                    throw TextFault(member: "flags")
                }
                return flag
            }
            self = .annotated(try json.exhibit, Set(flags))
        case "view-started", "view-delivered", "view-cut", "view-completed", "view-aborted":
            self = .viewed(try json.exhibit, try ViewStep(name: name, json))
        case "disposed": self = .disposed(try json.exhibit, try Disposition(json))
        case "drafted":
            self = .drafted(
                DraftMark(
                    sha256: try json.text("sha256"),
                    blocking: Int(try json.integer("blocking")),
                    warnings: Int(try json.integer("warnings")),
                    advice: Int(try json.integer("advice")),
                    score: Int(try json.integer("score"))
                )
            )
        case "shown": self = .shown(try json.text("sha256"))
        case "approved": self = .approved(try json.text("sha256"))
        case "exported": self = .exported(try json.text("sha256"))
        case "submitted":
            self = .submitted(
                Submission(
                    report: try json.parsed("report") { Int64($0) },
                    receiptSHA256: try json.text("receipt_sha256"),
                    environment: try json.parsed("environment", Environment.init(rawValue:))
                )
            )
        case "supplemented": self = .supplemented(try json.parsed("case") { CaseID($0) })
        default: throw TextFault(member: "name")
        }
    }
}

extension ReviewRow {
    package var rolesText: String { roles.map(\.rawValue).sorted().joined(separator: " ") }

    /// Of ``rolesText``; `nil` where a word is no role.
    package static func roles(_ text: String) -> Set<StaffRole>? {
        let words = text.split(separator: " ")
        let roles = words.compactMap { StaffRole(rawValue: String($0)) }
        return roles.count == words.count ? Set(roles) : nil
    }
}

extension JoinedExhibit {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "exhibit": .string("\(bundle)"), "warrants_draft": .bool(warrantsDraft), "exact": .bool(isExact),
            "strong": .bool(isStrong), "conflicting": .bool(isConflicting),
        ]
        if let sha256 { object["sha256"] = .string(sha256) }
        if let manifest { object["manifest_sha256"] = .string(manifest) }
        if let from { object["from"] = .string(from) }
        return .object(object)
    }

    /// Rows of earlier desks had one word, `exact`, for both, and no digest.
    fileprivate init(_ json: JSONValue) throws(TextFault) {
        let isExact = try json.flag("exact")
        self.init(
            bundle: try json.exhibit,
            warrantsDraft: try json.flag("warrants_draft"),
            isExact: isExact,
            isStrong: json["strong"] == nil ? isExact : try json.flag("strong"),
            isConflicting: try json.flag("conflicting"),
            sha256: try json.textIfThere("sha256"),
            manifest: try json.textIfThere("manifest_sha256"),
            from: try json.textIfThere("from")
        )
    }
}

extension Attachment {
    fileprivate var json: JSONValue {
        ["attachment": .string("\(id)"), "name": .string(name), "digests": digests.json]
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        self.init(
            id: try json.parsed("attachment") { UploadID($0) },
            name: try json.text("name"),
            digests: try DigestSet(json["digests"] ?? .null)
        )
    }
}

extension ToldContext {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if let incidentAt { object["incident_at"] = .string(incidentAt) }
        if let file { object["file"] = file.json }
        return .object(object)
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        self.init(
            incidentAt: try json.textIfThere("incident_at"),
            file: try json["file"].map { file throws(TextFault) in try Attachment(file) }
        )
    }
}

extension AccountLookup {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["lookup": .string("\(id)"), "outcome": .string(word)]
        if case .answered(let sha256) = outcome { object["sha256"] = .string(sha256) }
        return .object(object)
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        let outcome: Outcome =
            try json.text("outcome") == "answered"
            ? .answered(sha256: try json.text("sha256"))
            : .failed(try json.parsed("outcome", Failure.init(rawValue:)))
        self.init(id: try json.parsed("lookup") { UploadID($0) }, outcome: outcome)
    }
}

extension CaseOpening {
    fileprivate var json: JSONValue {
        switch self {
        case .match: ["by": "match"]
        case .person(let type, let reason):
            ["by": "person", "type": .string(type.rawValue), "because": .string(reason)]
        case .supplement(let other): ["by": "supplement", "case": .string("\(other)")]
        }
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        switch json["by"]?.stringValue {
        case "match": self = .match
        case "person":
            self = .person(
                try json.parsed("type", IncidentType.init(rawValue:)),
                because: try json.text("because")
            )
        case "supplement": self = .supplement(try json.parsed("case") { CaseID($0) })
        default: throw TextFault(member: "by")
        }
    }
}

extension ViewStep {
    fileprivate func json(of bundle: BundleID) -> JSONValue {
        var object: JSONObject = ["exhibit": .string("\(bundle)"), "grant": .string("\(grant)")]
        switch self {
        case .started(_, let purpose): object["purpose"] = .string(purpose)
        case .completed(_, let whole): object["whole"] = .bool(whole)
        case .delivered(_, let bytes?), .cut(_, let bytes): object["bytes"] = .integer(bytes)
        case .delivered, .aborted: break
        }
        return .object(object)
    }

    fileprivate init(name: String, _ json: JSONValue) throws(TextFault) {
        let grant = try json.parsed("grant") { UploadID($0) }
        switch name {
        case "view-started": self = .started(grant: grant, purpose: try json.text("purpose"))
        case "view-delivered":
            self = .delivered(grant: grant, bytes: json["bytes"] == nil ? nil : try json.integer("bytes"))
        case "view-cut": self = .cut(grant: grant, bytes: try json.integer("bytes"))
        case "view-completed": self = .completed(grant: grant, whole: try json.flag("whole"))
        default: self = .aborted(grant: grant)
        }
    }
}

extension Disposition {
    fileprivate func json(of bundle: BundleID) -> JSONValue {
        var object: JSONObject = ["exhibit": .string("\(bundle)"), "as": .string(name)]
        switch self {
        case .notCSAM(let reason): object["reason"] = .string(reason)
        case .duplicateOf(let other): object["of"] = .string("\(other)")
        case .confirmed, .undetermined: break
        }
        return .object(object)
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        switch json["as"]?.stringValue {
        case "confirmed": self = .confirmed
        case "not_csam": self = .notCSAM(try json.text("reason"))
        case "undetermined": self = .undetermined
        case "duplicate_of": self = .duplicateOf(try json.parsed("of") { BundleID($0) })
        default: throw TextFault(member: "as")
        }
    }
}

extension JSONValue {
    fileprivate func text(_ member: String) throws(TextFault) -> String { try parsed(member) { $0 } }

    fileprivate func textIfThere(_ member: String) throws(TextFault) -> String? {
        self[member] == nil ? nil : try text(member)
    }

    fileprivate var exhibit: BundleID {
        get throws(TextFault) { try parsed("exhibit") { BundleID($0) } }
    }
}
