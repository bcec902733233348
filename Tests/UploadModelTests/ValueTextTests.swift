import JSONText
import Testing

@testable import UploadModel

@Suite struct ValueTextTests {
    static let matches = [
        match(.csam),
        Match(
            entry: entry(.watch, [digest(.md5)], perceptual: hash.bits, size: 12),
            agreed: DigestAlgorithms(.md5),
            distance: 31,
            orientation: .rotate270,
            reading: .full,
            part: .context,
            grade: .g2
        ),
        Match(entry: entry(.ncii, []), agreed: [], distance: 0, part: .content, grade: .g4),
    ]

    static let events =
        everyEvent + Obstacle.allCases.map { .unreadable($0) } + [
            .listed(matches), .suppressed(matches), .digested(DigestSet(byteCount: 0), picture: false),
            .perceptual(.hashes([], truncated: false)),
        ]

    @Test("every event reads back from the text of its row", arguments: events)
    func roundTrip(event: CustodyEvent) throws {
        let detail = try JSONValue(parsing: event.detail.line)
        #expect(try CustodyEvent(name: event.name, detail: detail) == event)
    }

    @Test("kinds of rows have names of their own")
    func names() {
        #expect(Set(everyEvent.map(\.name)).count == 17)
        #expect(throws: TextFault(member: "event")) { try CustodyEvent(name: "Released", detail: .null) }
    }

    /// One event with each kind of member in its row.
    static let rich: [CustodyEvent] = [
        .digested(all, picture: true), .perceptual(.hashes([hash], truncated: true)), .perceptual(undecoded),
        .listed([matches[1]]), .unreadable(.fifo), .bundled(bundle), .drafted(DraftID(upload)),
        .ordered(order(.retry)),
    ]

    static let damages = rich.flatMap { event in
        Damage.all(of: event.detail, under: "row").map { Damaged(event: event.name, damage: $0) }
    }

    @Test("a damaged member is named and nothing is made of the row", arguments: damages)
    func damaged(_ row: Damaged) {
        #expect(throws: TextFault(member: row.damage.member)) {
            try CustodyEvent(name: row.event, detail: row.damage.value)
        }
    }

    @Test("a digest under another algorithm's name is named", arguments: DigestAlgorithm.allCases)
    func misnamed(algorithm: DigestAlgorithm) throws {
        let other: DigestAlgorithm = algorithm == .sha1 ? .sha256 : .sha1
        var object = try #require(all.json.objectValue)
        object[algorithm.name] = .string(digest(other).hex)
        #expect(throws: TextFault(member: algorithm.name)) { try DigestSet(.object(object)) }
        var listed = try #require(entry(.csam).json.objectValue)
        listed[algorithm.name] = .string(digest(other).hex)
        #expect(throws: TextFault(member: algorithm.name)) { try ListEntry(.object(listed)) }
    }

    @Test("a number of bytes below zero is named")
    func negative() throws {
        var object = try #require(all.json.objectValue)
        object["bytes"] = -1
        #expect(throws: TextFault(member: "bytes")) { try DigestSet(.object(object)) }
    }

    @Test("an entry's size survives, however large a supplier made it")
    func largestSize() throws {
        let listed = entry(.csam, size: .max)
        #expect(try ListEntry(JSONValue(parsing: listed.json.line)) == listed)
    }
}

struct Damaged: CustomTestStringConvertible, Sendable {
    let event: String
    let damage: Damage
    var testDescription: String { "\(event): \(damage.member) \(damage.how)" }
}

/// A JSON value with one thing wrong, and the member that it is in.
struct Damage: Sendable {
    let member: String
    let how: String
    let value: JSONValue

    /// Every way to damage a value's leaves: another type, or gone where it must be there.
    static func all(of value: JSONValue, under member: String) -> [Damage] {
        switch value {
        case .object(let object): object.flatMap { Self.all(of: object, member: $0.key, $0.value) }
        case .array(let elements):
            elements.indices.flatMap { index in
                all(of: elements[index], under: member).map { damage in
                    var changed = elements
                    changed[index] = damage.value
                    return Damage(member: damage.member, how: damage.how, value: .array(changed))
                }
            } + [Damage(member: member, how: "is no list", value: "damaged")]
        case .string: [Damage(member: member, how: "is a number", value: 7)]
        case .number, .bool: [Damage(member: member, how: "is text", value: "damaged")]
        case .null: [Damage(member: member, how: "is a flag", value: true)]
        }
    }

    private static func all(of object: JSONObject, member: String, _ value: JSONValue) -> [Damage] {
        let changed = all(of: value, under: member).map { $0.within(object, member) }
        guard value.isLeaf, !optional.contains(member) else { return changed }
        return changed + [Damage(member: member, how: "is missing", value: .object(object.without(member)))]
    }

    private func within(_ object: JSONObject, _ name: String) -> Damage {
        var changed = object
        changed[name] = value
        return Damage(member: member, how: how, value: .object(changed))
    }

    private static let optional: Set = [
        "md5", "sha1", "sha256", "size", "pdq", "distance", "orientation", "reading",
    ]
}

extension JSONValue {
    fileprivate var isLeaf: Bool {
        switch self {
        case .object, .array: false
        case .null, .bool, .number, .string: true
        }
    }
}

extension JSONObject {
    fileprivate func without(_ member: String) -> JSONObject {
        var changed = self
        changed[member] = nil
        return changed
    }
}
