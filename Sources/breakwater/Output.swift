import JSONText
import LinuxIO
import UploadModel

/// What a verb prints: JSON, one object a line, or text for a person.
enum Output {
    static func line(_ json: JSONValue) throws {
        try ThisProcess.writeToStandardOutput(bytes(of: json))
    }

    /// One line of JSON, the same value as its canonical form: what is not plain text is escaped, so that no terminal takes
    /// it for a command.
    static func bytes(of json: JSONValue) -> [UInt8] {
        var text = ""
        for scalar in String(decoding: json.line, as: UTF8.self).unicodeScalars {
            if scalar.properties.generalCategory.isPrintable {
                text.unicodeScalars.append(scalar)
            } else {
                text += UTF16.encode(scalar).map(escape) ?? ""
            }
        }
        return Array((text + "\n").utf8)
    }

    /// - Source: RFC 8259, section 7: one escape for each UTF-16 unit.
    private static func escape(_ units: UTF16.EncodedScalar) -> String {
        units.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    static func line(_ text: String) throws {
        try ThisProcess.writeToStandardOutput(Array((text + "\n").utf8))
    }

    /// What is worth knowing and keeps nothing from being done.
    static func note(_ text: String) {
        ThisProcess.writeToStandardError(Array("\(Breakwater.name): note: \(text)\n".utf8))
    }

    static func count(_ number: some BinaryInteger, _ one: String, _ more: String) -> String {
        "\(number) \(number == 1 ? one : more)"
    }

    /// Bytes of a name, so that no terminal takes them for a command: what is not plain text is escaped.
    static func safe(_ bytes: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isPlain = scalar.properties.generalCategory.isPrintable && scalar != "\\"
            text += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return text
    }

    /// A path as JSON members: the text, and the exact bytes where the text is not they.
    static func path(_ bytes: [UInt8]) -> JSONObject {
        let text = String(decoding: bytes, as: UTF8.self)
        var object: JSONObject = ["path": .string(text)]
        if !text.utf8.elementsEqual(bytes) { object["path_base64"] = .string(Base64.text(bytes)) }
        return object
    }

    static func digests(_ digests: DigestSet?) -> JSONValue {
        guard let digests else { return .null }
        var object = JSONObject()
        for digest in digests.members { object[digest.algorithm.name] = .string(digest.hex) }
        return .object(object)
    }

    static func matches(_ matches: [Match]) -> JSONValue {
        .array(
            matches.map { match in
                [
                    "list": .string(match.entry.id.list), "entry": .string("\(match.entry.id)"),
                    "grade": .string(match.grade.rawValue),
                    "distance": match.distance.map { .integer($0) } ?? .null,
                ]
            }
        )
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        default: true
        }
    }
}
