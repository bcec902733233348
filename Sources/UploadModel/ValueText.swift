package import JSONText

// How the model's values read as JSON: in ledger rows, exhibits, orders and output. Reading is strict, because
// a row that cannot be read back is a damaged ledger and not an upload that matched nothing.

/// A member of a stored value that is missing or does not say what it must.
package struct TextFault: Error, Equatable, CustomStringConvertible {
    package let member: String

    package init(member: String) { self.member = member }

    package var description: String { "member \"\(member)\" is missing or unreadable" }
}

extension JSONValue {
    package static func integer(_ value: some BinaryInteger) -> JSONValue { .number(value) }

    package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    package func parsed<Value>(_ member: String, _ read: (String) -> Value?) throws(TextFault) -> Value {
        guard let text = self[member]?.stringValue, let value = read(text) else {
            throw TextFault(member: member)
        }
        return value
    }

    package func parsedIfThere<Value>(_ member: String, _ read: (String) -> Value?) throws(TextFault)
        -> Value?
    {
        guard let value = self[member], value != .null else { return nil }
        return try parsed(member, read)
    }

    package func integer(_ member: String) throws(TextFault) -> Int64 {
        guard let value = self[member]?.intValue else { throw TextFault(member: member) }
        return value
    }

    /// A number that is not below zero, also above Int64's range.
    package func unsigned(_ member: String) throws(TextFault) -> UInt64 {
        guard case .number(let number)? = self[member], let value = UInt64(number.spelling) else {
            throw TextFault(member: member)
        }
        return value
    }

    package func flag(_ member: String) throws(TextFault) -> Bool {
        guard let value = self[member]?.boolValue else { throw TextFault(member: member) }
        return value
    }

    /// A digest under its algorithm's name; `nil` where there is none.
    package func digest(_ algorithm: DigestAlgorithm) throws(TextFault) -> Digest? {
        try parsedIfThere(algorithm.name) { text in
            Digest(hex: text.utf8).flatMap { $0.algorithm == algorithm ? $0 : nil }
        }
    }

    /// Whether a member is left out or says `null`.
    package func lacks(_ member: String) -> Bool { self[member] == nil || self[member] == .null }

    package func list<Value>(_ member: String, _ read: (JSONValue) throws(TextFault) -> Value)
        throws(TextFault)
        -> [Value]
    {
        guard let values = self[member]?.arrayValue else { throw TextFault(member: member) }
        var result: [Value] = []
        for value in values { result.append(try read(value)) }
        return result
    }
}

extension DigestSet {
    package var json: JSONValue {
        var object: JSONObject = ["bytes": .integer(byteCount)]
        for digest in members { object[digest.algorithm.name] = .string(digest.hex) }
        return .object(object)
    }

    package init(_ json: JSONValue) throws(TextFault) {
        self.init(byteCount: try json.unsigned("bytes"))
        for algorithm in DigestAlgorithm.allCases {
            self[algorithm] = try json.digest(algorithm)
        }
    }
}

extension PerceptualHash {
    package var json: JSONValue {
        [
            "bits": .string(Self.hex(bits)), "quality": .integer(quality),
            "reading": .string(reading.rawValue),
            "orientation": .string(orientation.rawValue),
        ]
    }

    package init(_ json: JSONValue) throws(TextFault) {
        self.init(
            bits: try json.parsed("bits", Self.bits(hex:)),
            quality: Int(try json.integer("quality")),
            reading: try json.parsed("reading", Reading.init(rawValue:)),
            orientation: try json.parsed("orientation", Orientation.init(rawValue:))
        )
    }

    package static func hex(_ bits: SIMD4<UInt64>) -> String {
        (0..<4).map { Hex.text(bits[$0]) }.joined()
    }

    package static func bits(hex: String) -> SIMD4<UInt64>? {
        guard let bytes = Hex.bytes(hex.utf8), bytes.count == 32 else { return nil }
        var bits = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() {
            bits[index / 8] |= UInt64(byte) << (56 - 8 * UInt64(index % 8))
        }
        return bits
    }
}

extension PerceptualFinding {
    package var json: JSONValue {
        switch self {
        case .notAsked: ["finding": "not-asked"]
        case .unusable: ["finding": "unusable"]
        case .failed(let obstacle): ["finding": "failed", "obstacle": .string(obstacle.rawValue)]
        case .hashes(let hashes, let truncated):
            ["finding": "hashes", "hashes": .array(hashes.map(\.json)), "truncated": .bool(truncated)]
        }
    }

    package init(_ json: JSONValue) throws(TextFault) {
        switch json["finding"]?.stringValue {
        case "not-asked": self = .notAsked
        case "unusable": self = .unusable
        case "failed": self = .failed(try json.parsed("obstacle", Obstacle.init(rawValue:)))
        case "hashes":
            let hashes = try json.list("hashes") { value throws(TextFault) in try PerceptualHash(value) }
            self = .hashes(hashes, truncated: try json.flag("truncated"))
        default: throw TextFault(member: "finding")
        }
    }
}

extension ListEntry {
    package var json: JSONValue {
        var object: JSONObject = [
            "list": .string(id.list), "ordinal": .integer(id.ordinal), "class": .string(listClass.rawValue),
            "supplier": .string(provenance.supplier), "generation": .string(provenance.generation),
            "provenance": .string(provenance.text), "synthetic": .bool(provenance.synthetic),
        ]
        for digest in digests { object[digest.algorithm.name] = .string(digest.hex) }
        if let perceptual { object["pdq"] = .string(PerceptualHash.hex(perceptual)) }
        if let size { object["size"] = .integer(size) }
        if !name.isEmpty { object["entry_id"] = .string(name) }
        if !contributor.isEmpty { object["contributor"] = .string(contributor) }
        if !classification.isEmpty { object["classification"] = .string(classification) }
        return .object(object)
    }

    package init(_ json: JSONValue) throws(TextFault) {
        var digests: [Digest] = []
        for algorithm in DigestAlgorithm.allCases {
            if let digest = try json.digest(algorithm) {
                digests.append(digest)
            }
        }
        self.init(
            id: EntryID(
                list: try json.parsed("list") { $0 },
                ordinal: try json.unsigned("ordinal")
            ),
            listClass: try json.parsed("class", ListClass.init(rawValue:)),
            digests: digests,
            perceptual: try json.parsedIfThere("pdq", PerceptualHash.bits(hex:)),
            size: json.lacks("size") ? nil : try json.unsigned("size"),
            name: try json.parsedIfThere("entry_id") { $0 } ?? "",
            contributor: try json.parsedIfThere("contributor") { $0 } ?? "",
            classification: try json.parsedIfThere("classification") { $0 } ?? "",
            provenance: Provenance(
                supplier: try json.parsed("supplier") { $0 },
                generation: try json.parsed("generation") { $0 },
                text: try json.parsed("provenance") { $0 },
                synthetic: try json.flag("synthetic")
            )
        )
    }
}

extension Match {
    package var json: JSONValue {
        [
            "entry": entry.json, "agreed": .array(agreed.members.map { .string($0.name) }),
            "distance": distance.map { .integer($0) } ?? .null,
            "orientation": .optional(orientation?.rawValue),
            "reading": .optional(reading?.rawValue), "part": .string(part.rawValue),
            "grade": .string(grade.rawValue), "action": .string(action.rawValue),
        ]
    }

    package init(_ json: JSONValue) throws(TextFault) {
        let agreed = try json.list("agreed") { value throws(TextFault) in
            guard let name = value.stringValue, let algorithm = DigestAlgorithm(name: name) else {
                throw TextFault(member: "agreed")
            }
            return algorithm
        }
        self.init(
            entry: try ListEntry(json["entry"] ?? .null),
            agreed: DigestAlgorithms(agreed),
            distance: json.lacks("distance") ? nil : Int(try json.integer("distance")),
            orientation: try json.parsedIfThere("orientation", Orientation.init(rawValue:)),
            reading: try json.parsedIfThere("reading", Reading.init(rawValue:)),
            part: try json.parsed("part", UploadPart.init(rawValue:)),
            grade: try json.parsed("grade", Grade.init(rawValue:)),
            action: try json.parsed("action", MatchAction.init(rawValue:))
        )
    }
}

extension CustodyEvent {
    /// The kind of row, one word.
    package var name: String {
        switch self {
        case .interrupted: "interrupted"
        case .digested: "digested"
        case .perceptual: "perceptual"
        case .unlisted: "unlisted"
        case .listed: "listed"
        case .suppressed: "suppressed"
        case .unreadable: "unreadable"
        case .vanished: "vanished"
        case .released: "released"
        case .held: "held"
        case .bundled: "bundled"
        case .sourceRemoved: "source-removed"
        case .drafted: "drafted"
        case .ordered: "ordered"
        case .restored: "restored"
        case .refused: "refused"
        case .destroyed: "destroyed"
        }
    }

    /// What the row says besides its kind; `null` where the kind says all.
    package var detail: JSONValue {
        switch self {
        case .interrupted, .unlisted, .vanished, .released, .held, .sourceRemoved, .restored, .refused,
            .destroyed:
            .null
        case .digested(let digests, let picture): ["digests": digests.json, "picture": .bool(picture)]
        case .perceptual(let finding): finding.json
        case .listed(let matches), .suppressed(let matches): ["matches": .array(matches.map(\.json))]
        case .unreadable(let obstacle): ["obstacle": .string(obstacle.rawValue)]
        case .bundled(let bundle): ["bundle": .string("\(bundle)")]
        case .drafted(let draft): ["draft": .string("\(draft)")]
        case .ordered(let order): order.json
        }
    }

    /// Reads a row back.
    package init(name: String, detail: JSONValue) throws(TextFault) {
        func matches() throws(TextFault) -> [Match] {
            try detail.list("matches") { value throws(TextFault) in try Match(value) }
        }
        switch name {
        case "interrupted": self = .interrupted
        case "digested":
            self = .digested(
                try DigestSet(detail["digests"] ?? .null),
                picture: try detail.flag("picture")
            )
        case "perceptual": self = .perceptual(try PerceptualFinding(detail))
        case "unlisted": self = .unlisted
        case "listed": self = .listed(try matches())
        case "suppressed": self = .suppressed(try matches())
        case "unreadable": self = .unreadable(try detail.parsed("obstacle", Obstacle.init(rawValue:)))
        case "vanished": self = .vanished
        case "released": self = .released
        case "held": self = .held
        case "bundled": self = .bundled(try detail.parsed("bundle") { BundleID($0) })
        case "source-removed": self = .sourceRemoved
        case "drafted": self = .drafted(DraftID(try detail.parsed("draft") { UploadID($0) }))
        case "ordered": self = .ordered(try Order(detail))
        case "restored": self = .restored
        case "refused": self = .refused
        case "destroyed": self = .destroyed
        default: throw TextFault(member: "event")
        }
    }
}
