import JSONText

/// Pointers into a JSON value, RFC 6901.
enum JSONPointer {
    static func parts(_ text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            var result = ""
            var isEscape = false
            for character in part.unicodeScalars {
                if isEscape {
                    result.unicodeScalars.append(character == "1" ? "/" : "~")
                    isEscape = false
                } else if character == "~" {
                    isEscape = true
                } else {
                    result.unicodeScalars.append(character)
                }
            }
            return result
        }
    }

    static func value(at parts: [String], in value: JSONValue) -> JSONValue? {
        var found = value
        for part in parts {
            switch found {
            case .object(let object):
                guard let member = object[part] else { return nil }
                found = member
            case .array(let elements):
                guard let index = Int(part), elements.indices.contains(index) else { return nil }
                found = elements[index]
            case .null, .bool, .number, .string: return nil
            }
        }
        return found
    }
}
