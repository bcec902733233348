import JSONText
import LinuxIO
package import UploadModel

/// What is to be preserved of one upload: all that rows and settings know of it. No clock is asked, so a bundle
/// that is written again says the same.
package struct Exhibit: Equatable, Sendable {
    package let upload: UploadID
    /// The spool's name in the settings.
    package let spool: String
    /// Where the application put it; personal data, so it stands in the sealed subject record only.
    package let path: SpoolPath
    package let claimedAt: Timestamp
    /// Time of the row that led here: the match, or a person's order.
    package let listedAt: Timestamp
    /// At the match; `nil` when a person ordered to preserve what could not be read before.
    package let digests: DigestSet?
    package let perceptual: PerceptualFinding?
    package let matches: [Match]
    /// A person's order to preserve; `nil` when a match led here.
    package let order: Order?
    /// Name and version of the program.
    package let program: String
    /// SHA-256 of the settings in effect, hexadecimal.
    package let configurationSHA256: String
    /// SHA-256 of the running program's file, hexadecimal; empty where it cannot be read.
    package let programSHA256: String
    /// The generation of lists that was loaded.
    package let generation: String
    /// The provider's name from the settings; may be empty.
    package let organization: String
    package let environment: Environment
    /// What the ledger has of it until now, oldest first.
    package let timeline: [TimelineEvent]

    package init(
        upload: UploadID,
        spool: String,
        path: SpoolPath,
        claimedAt: Timestamp,
        listedAt: Timestamp,
        digests: DigestSet?,
        perceptual: PerceptualFinding?,
        matches: [Match],
        order: Order?,
        program: String,
        configurationSHA256: String,
        programSHA256: String,
        generation: String,
        organization: String,
        environment: Environment,
        timeline: [TimelineEvent]
    ) {
        self.upload = upload
        self.spool = spool
        self.path = path
        self.claimedAt = claimedAt
        self.listedAt = listedAt
        self.digests = digests
        self.perceptual = perceptual
        self.matches = matches
        self.order = order
        self.program = program
        self.configurationSHA256 = configurationSHA256
        self.programSHA256 = programSHA256
        self.generation = generation
        self.organization = organization
        self.environment = environment
        self.timeline = timeline
    }

    package var bundle: BundleID { BundleID(upload) }
}

/// One row of an upload's ledger, as evidence tells of it.
package struct TimelineEvent: Equatable, Sendable {
    package let at: Timestamp
    /// The event's name; what it holds stands in the record.
    package let name: String

    package init(at: Timestamp, name: String) { (self.at, self.name) = (at, name) }

    var line: [UInt8] {
        let json: JSONValue = ["at_ns": .nanoseconds(at.nanoseconds), "event": .string(name)]
        return json.canonical + [UInt8(ascii: "\n")]
    }
}

// MARK: - The records of a bundle

// Canonical JSON knows doubles only, so whatever may pass 2^53 (nanoseconds, inodes, devices) is text.

extension Exhibit {
    /// `data/exhibit.json`: the technical record, without the uploader's words or names.
    func technicalRecord(
        of copy: ContentCopy,
        _ attributes: [ExtendedAttribute],
        sealing: JSONValue
    ) -> JSONValue {
        [
            "schema": "breakwater-exhibit-2",
            "exhibit": .string("\(bundle)"),
            "upload": .string("\(upload)"),
            "environment": .string(environment.rawValue),
            "spool": .string(spool),
            "claimed_at_ns": .nanoseconds(claimedAt.nanoseconds),
            "listed_at_ns": .nanoseconds(listedAt.nanoseconds),
            "file": copy.found.json,
            "extended_attributes": attributes.summary,
            "digests": digestRecord(preserved: copy),
            "perceptual": perceptual?.json ?? .null,
            "matches": .array(matches.map(\.json)),
            "order": orderRecord,
            "program": .string(program),
            "program_sha256": .string(programSHA256),
            "configuration_sha256": .string(configurationSHA256),
            "generation": .string(generation),
            "sealing": sealing,
            "disposition": "pending",
        ]
    }

    /// The digests then and now. Bytes that changed in between are no reason to stop: both are kept, and said.
    private func digestRecord(preserved copy: ContentCopy) -> JSONValue {
        [
            "at_match": digests?.json ?? .null,
            "preserved": copy.digests.json,
            "stable": digests.map { .bool($0.agrees(with: copy.digests)) } ?? .null,
            "changed_while_copied": .bool(copy.changedMeanwhile),
        ]
    }

    private var orderRecord: JSONValue {
        guard let order else { return .null }
        return [
            "id": .string("\(order.id)"), "verb": .string(order.verb.rawValue),
            "at_ns": .nanoseconds(order.at.nanoseconds),
        ]
    }

    /// `data/timeline.jsonl`: one canonical line an event.
    var timelineRecord: [UInt8] { timeline.flatMap(\.line) }

    /// What `data/subject.age.body` holds: all that may point to a person.
    func subjectRecord(context: [UInt8]?, _ attributes: [ExtendedAttribute]) -> JSONValue {
        [
            "schema": "breakwater-subject-2",
            "exhibit": .string("\(bundle)"),
            "spool": .string(spool),
            "path": [
                "base64": .string(Base64.text(path.bytes)),
                "text": .string(String(decoding: path.bytes, as: UTF8.self)),
            ],
            "context": context.map {
                ["bytes": .integer($0.count), "base64": .string(Base64.text($0))]
            } ?? .null,
            "extended_attributes": attributes.json,
            "order_reason": order.map { .string($0.reason) } ?? .null,
        ]
    }
}

extension DigestSet {
    /// Whether nothing that both know differs.
    fileprivate func agrees(with other: DigestSet) -> Bool {
        byteCount == other.byteCount && members.allSatisfy { other[$0.algorithm] == $0 }
    }
}

extension JSONValue {
    static func nanoseconds(_ value: Int64) -> JSONValue { .string("\(value)") }
}
