package import JSONText

// Entries as JSON. Members that say nothing are left out. Reading is strict: the bytes must be exactly those that the
// entry writes, so that no two texts are one entry.

extension CustodyEntry {
    package var json: JSONValue {
        var object: JSONObject = [
            "v": .integer(Self.version), "id": .string("\(id)"), "t": .string(at.microsecondText),
            "clk": clock.json, "log": .string(origin), "type": .string(kind.rawValue), "actor": actor.json,
        ]
        if subject != CustodySubject() { object["subj"] = subject.json }
        if let reason { object["why"] = .string(reason) }
        if !references.isEmpty {
            let sorted = references.sorted { $0.key < $1.key }
            var refs = JSONObject()
            for (name, value) in sorted { refs[name] = .string(value) }
            object["ref"] = .object(refs)
        }
        if !approvals.isEmpty { object["appr"] = .array(approvals.map(\.json)) }
        if let previous {
            object["prev"] = ["index": .integer(previous.index), "leaf": .string(previous.leaf)]
        }
        if let commitment { object["c"] = .string(commitment) }
        return .object(object)
    }

    /// Reads one entry of a log.
    ///
    /// - Throws: ``TextFault``; member `canonical` where the bytes are not the canonical form of what they say.
    package init(canonical bytes: [UInt8]) throws(TextFault) {
        guard let json = try? JSONValue(parsing: bytes) else { throw TextFault(member: "json") }
        try self.init(json)
        guard canonical == bytes else { throw TextFault(member: "canonical") }
    }

    private init(_ json: JSONValue) throws(TextFault) {
        guard try json.integer("v") == Self.version else { throw TextFault(member: "v") }
        id = try json.parsed("id") { UploadID($0) }
        at = try json.parsed("t") { Timestamp($0) }
        clock = try CustodyClock(json["clk"] ?? .null)
        origin = try json.parsed("log") { $0 }
        kind = try json.parsed("type", CustodyEntryKind.init(rawValue:))
        actor = try CustodyActor(json["actor"] ?? .null)
        subject = json.lacks("subj") ? CustodySubject() : try CustodySubject(json["subj"] ?? .null)
        reason = try json.parsedIfThere("why") { $0 }
        var references: [String: String] = [:]
        for (name, value) in json["ref"]?.objectValue?.members ?? [] {
            guard let text = value.stringValue else { throw TextFault(member: "ref") }
            references[name] = text
        }
        self.references = references
        approvals =
            json.lacks("appr")
            ? [] : try json.list("appr") { value throws(TextFault) in try Approval(value) }
        previous = json.lacks("prev") ? nil : try CustodyLink(json["prev"] ?? .null)
        commitment = try json.parsedIfThere("c") { $0 }
    }
}

extension CustodyClock {
    fileprivate var json: JSONValue {
        ["boot": .string(boot), "mono_ns": .string("\(monotonic)"), "synced": .bool(isSynchronised)]
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        boot = try json.parsed("boot") { $0 }
        monotonic = try json.parsed("mono_ns") { Int64($0) }
        isSynchronised = try json.flag("synced")
    }
}

extension CustodyLink {
    fileprivate init(_ json: JSONValue) throws(TextFault) {
        index = try json.unsigned("index")
        leaf = try json.parsed("leaf") { $0 }
    }
}

extension CustodyActor {
    fileprivate var json: JSONValue {
        switch self {
        case .daemon: ["kind": "daemon"]
        case .system: ["kind": "system"]
        case .human(let staff, let role, let authentication, let uid):
            [
                "kind": "human", "sid": .string(staff.description), "role": .string(role.rawValue),
                "auth": .string(authentication), "uid": uid.map { .integer($0) } ?? .null,
            ]
        }
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        switch json["kind"]?.stringValue {
        case "daemon": self = .daemon
        case "system": self = .system
        case "human":
            self = .human(
                try json.parsed("sid") { StaffID($0) },
                try json.parsed("role", StaffRole.init(rawValue:)),
                authentication: try json.parsed("auth") { $0 },
                uid: json.lacks("uid") ? nil : UInt32(clamping: try json.unsigned("uid"))
            )
        default: throw TextFault(member: "actor")
        }
    }
}

extension CustodySubject {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if let exhibit { object["exhibit"] = .string("\(exhibit)") }
        if let caseID { object["case"] = .string("\(caseID)") }
        if let list { object["list"] = .string(list) }
        if let key { object["key"] = .string(key) }
        if let config { object["config"] = .string(config) }
        return .object(object)
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        exhibit = try json.parsedIfThere("exhibit") { BundleID($0) }
        caseID = try json.parsedIfThere("case") { CaseID($0) }
        list = try json.parsedIfThere("list") { $0 }
        key = try json.parsedIfThere("key") { $0 }
        config = try json.parsedIfThere("config") { $0 }
    }
}
