import JSONText
import UploadModel

// What a draft was made from, as `draft.json` keeps it.

extension DraftSource {
    var origin: JSONValue {
        guard isUpload else { return .null }
        return [
            "spool": .string(spool), "path": Self.exact(path.bytes), "claimed_at": .string("\(claimedAt)"),
            "listed_at": .string("\(listedAt)"), "digests": digests.json,
        ]
    }

    /// A match without the entry's values: only those that equal the file's own digests.
    func json(_ match: Match) -> JSONValue {
        let entry = match.entry
        var equal = JSONObject()
        for digest in entry.digests where digests[digest.algorithm] == digest {
            equal[digest.algorithm.name] = .string(digest.hex)
        }
        return [
            "entry": .string("\(entry.id)"), "list": .string(entry.id.list),
            "class": .string(entry.listClass.rawValue),
            "supplier": .string(entry.provenance.supplier),
            "generation": .string(entry.provenance.generation),
            "provenance": .string(entry.provenance.text), "synthetic": .bool(entry.provenance.synthetic),
            "grade": .string(match.grade.rawValue), "part": .string(match.part.rawValue),
            "agreed": .array(match.agreed.members.map { .string($0.name) }), "equal": .object(equal),
            "distance": match.distance.map { .integer($0) } ?? .null,
        ]
    }

    /// The context's bytes, and its members: those that a report has a place for, and all others.
    var contextAsFound: JSONValue {
        guard let context else { return .null }
        var members = JSONObject()
        var further = JSONObject()
        for (key, value) in Context(reading: context).members {
            if Context.Member(rawValue: key) == nil, Context.Section(rawValue: key) == nil {
                further[key] = value.verbatim
            } else {
                members[key] = value.verbatim
            }
        }
        return ["members": .object(members), "further": .object(further), "file": Self.exact(context)]
    }

    /// Bytes as text, and in base64 where that text is not all of them.
    static func exact(_ bytes: [UInt8]) -> JSONValue {
        if let text = String(validating: bytes, as: UTF8.self) { return ["text": .string(text)] }
        return ["text": .string(String(decoding: bytes, as: UTF8.self)), "base64": .string(base64(bytes))]
    }

    /// - Source: RFC 4648, section 4.
    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(
                    place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "=")
                )
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
}

extension JSONValue {
    /// The same value, except that a number which canonical form would respell becomes a string: an account
    /// number of twenty digits must not come out as the nearest double.
    fileprivate var verbatim: JSONValue {
        switch self {
        case .null, .bool, .string: self
        case .number(let number):
            canonical.elementsEqual(number.spelling.utf8) ? self : .string(number.spelling)
        case .array(let elements): .array(elements.map(\.verbatim))
        case .object(let object):
            .object(object.reduce(into: JSONObject()) { $0[$1.key] = $1.value.verbatim })
        }
    }
}
