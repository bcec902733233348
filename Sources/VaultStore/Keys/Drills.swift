import Crypto
import JSONText
import LinuxIO
package import UploadModel

/// What is known of a custodian's key: when it was last asked to open something, and when it did.
///
/// A key counts as drilled for 90 days after it has opened a challenge.
package struct Drill: Equatable, Sendable {
    package let recipient: AgeRecipient
    package let askedAt: Timestamp
    package var answeredAt: Timestamp?
    /// The answer that the custody log has.
    package var loggedAt: Timestamp?
    /// SHA-256 of the answer to the challenge that is open, hexadecimal; `nil` once it was answered.
    var expected: String?

    package static let validity: Int64 = 90 * 86_400 * 1_000_000_000
    /// Nanoseconds that a challenge may be answered for: an answer shows who has the key now.
    static let patience: Int64 = 7 * 86_400 * 1_000_000_000

    package func isValid(at time: Timestamp) -> Bool {
        guard let answeredAt else { return false }
        return time.nanoseconds - answeredAt.nanoseconds <= Self.validity
    }

    /// When it has to be answered again; `nil` for one that never was.
    package var validUntil: Timestamp? {
        answeredAt.map { Timestamp(nanoseconds: $0.nanoseconds + Self.validity) }
    }
}

/// Why an answer to a drill does not count.
package enum DrillRefused: Error, Equatable, CustomStringConvertible {
    case neverAsked
    case wrongAnswer
    case answeredBefore
    case tooOld

    package var description: String {
        switch self {
        case .neverAsked: "no drill was begun for this key; run \"breakwater keys drill\" first"
        case .wrongAnswer: "this is not what the challenge holds; the key stays as it was"
        case .answeredBefore:
            "this challenge was answered already; run \"breakwater keys drill\" for a new one"
        case .tooOld: "this challenge is older than 7 days; run \"breakwater keys drill\" for a new one"
        }
    }
}

extension Vault {
    /// Writes a challenge for a custodian, `vault/drills/<fingerprint>.age`: 32 random bytes as text, sealed to that key
    /// alone. Opened with any age program, its text is the answer.
    ///
    /// - Returns: The path of the challenge, from the state.
    package func beginDrill(_ recipient: AgeRecipient, at time: Timestamp) throws -> String {
        let answer = Hex.text((0..<32).map { _ in UInt8.random(in: 0...(.max)) })
        let directory = try drillDirectory()
        let file = Array("\(recipient.fingerprint).age".utf8)
        try directory.writeDurably(
            try Self.challenge(answer, for: recipient),
            as: file,
            mode: VaultModes.file,
            subject: "drill"
        )
        let drill = Drill(
            recipient: recipient,
            askedAt: time,
            answeredAt: try self.drill(recipient)?.answeredAt,
            loggedAt: try self.drill(recipient)?.loggedAt,
            expected: Self.digest(of: answer)
        )
        try write(drill, in: directory)
        return "vault/drills/\(recipient.fingerprint).age"
    }

    /// Takes a custodian's answer. A challenge counts once, and for seven days.
    ///
    /// - Throws: ``DrillRefused``.
    package func endDrill(_ recipient: AgeRecipient, answer: String, at time: Timestamp) throws {
        guard var drill = try drill(recipient) else { throw DrillRefused.neverAsked }
        guard let expected = drill.expected else { throw DrillRefused.answeredBefore }
        guard time.nanoseconds - drill.askedAt.nanoseconds <= Drill.patience else {
            throw DrillRefused.tooOld
        }
        guard Self.digest(of: answer.filter { !$0.isWhitespace }) == expected else {
            throw DrillRefused.wrongAnswer
        }
        (drill.answeredAt, drill.expected) = (time, nil)
        try write(drill, in: try drillDirectory())
    }

    /// What is known of a key; `nil` when it was never asked.
    package func drill(_ recipient: AgeRecipient) throws -> Drill? {
        let path = Array("drills/\(recipient.fingerprint).json".utf8)
        guard try root.statusIfThere(of: path, subject: "drill") != nil else { return nil }
        let bytes = try root.open(path, subject: "drill").readAll(limit: 64 * 1_024, subject: "drill")
        return Drill(try JSONValue(parsing: bytes), recipient)
    }

    /// Notes that the custody log has the answer of a drill. An answer that came since is not covered by it.
    package func noteLogged(_ drill: Drill) throws {
        guard var known = try self.drill(drill.recipient) else { return }
        known.loggedAt = drill.answeredAt
        try write(known, in: try drillDirectory())
    }

    /// How many custodians' keys are drilled; the demonstration's never counts.
    package func drilledCount(_ keys: SealingKeys, at time: Timestamp) throws -> Int {
        try drilledFingerprints(keys, at: time).count
    }

    /// The fingerprints of the custodians' keys that are drilled.
    package func drilledFingerprints(_ keys: SealingKeys, at time: Timestamp) throws -> Set<String> {
        let drilled = try keys.custodians.filter { try drill($0.recipient)?.isValid(at: time) == true }
        return Set(drilled.map(\.recipient.fingerprint))
    }

    /// How evidence is sealed now: with an unsealed copy beside it until two custodians have shown their keys.
    package func terms(_ keys: SealingKeys, at time: Timestamp) throws -> SealingTerms {
        SealingTerms(try keys.audiences(), keepsPlainCopy: try drilledCount(keys, at: time) < 2)
    }

    private func drillDirectory() throws(SyscallError) -> Descriptor {
        try root.vaultDirectory("drills", group: try root.status(subject: "vault").gid)
    }

    private func write(_ drill: Drill, in directory: borrowing Descriptor) throws(SyscallError) {
        try directory.writeDurably(
            drill.json.canonical,
            as: Array("\(drill.recipient.fingerprint).json".utf8),
            mode: VaultModes.file,
            subject: "drill"
        )
    }

    /// A whole age file.
    private static func challenge(_ answer: String, for recipient: AgeRecipient) throws -> [UInt8] {
        let key = FileKey()
        let header = try AgeHeader(key, for: [recipient]).bytes
        return header + SealingStream.body(of: Array("\(answer)\n".utf8), key)
    }

    private static func digest(of answer: String) -> String {
        Hex.text(SHA256.hash(data: Array(answer.utf8)))
    }
}

extension Drill {
    init?(_ json: JSONValue, _ recipient: AgeRecipient) {
        func time(_ member: String) -> Timestamp? {
            json[member]?.stringValue.flatMap { Int64($0) }.map { Timestamp(nanoseconds: $0) }
        }
        guard json["recipient"]?.stringValue == recipient.text, let askedAt = time("asked_at_ns") else {
            return nil
        }
        self.init(
            recipient: recipient,
            askedAt: askedAt,
            answeredAt: time("answered_at_ns"),
            loggedAt: time("logged_at_ns"),
            expected: json["answer_sha256"]?.stringValue
        )
    }

    var json: JSONValue {
        [
            "schema": "breakwater-drill-1", "recipient": .string(recipient.text),
            "asked_at_ns": .nanoseconds(askedAt.nanoseconds), "answer_sha256": .optional(expected),
            "answered_at_ns": answeredAt.map { .nanoseconds($0.nanoseconds) } ?? .null,
            "logged_at_ns": loggedAt.map { .nanoseconds($0.nanoseconds) } ?? .null,
        ]
    }
}
