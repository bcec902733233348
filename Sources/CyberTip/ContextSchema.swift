package import JSONText
import UploadModel

/// The JSON Schema of `NAME.meta.json`, made from the table, so that the two cannot differ.
///
/// It is stricter than we are: what breaks it is left out of a draft with a finding, and never held against an upload.
package enum ContextSchema {
    package static var json: JSONValue {
        var properties = JSONObject()
        for member in Context.Member.allCases { properties[member.rawValue] = schema(member) }
        for section in Context.Section.allCases {
            let one = reference(section.shape)
            properties[section.rawValue] = section.isList ? ["type": "array", "items": one] : one
        }
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "What an application says of an upload, NAME.meta.json",
            "description":
                "All members are optional, and members of other names are kept as they are. At most 64 KiB.",
            "type": "object", "properties": .object(properties), "$defs": .object(definitions),
        ]
    }

    private static func schema(_ member: Context.Member) -> JSONValue {
        switch member {
        case .port: ["type": ["integer", "string"], "minimum": 1, "maximum": 65_535]
        case .uploadedAt: Kind.time.schema(nil)
        case .email: Kind.email.schema(EmailAddress.longest)
        case .pageURL: Kind.url.schema(WebAddress.longest)
        default: ["type": "string"]
        }
    }

    /// Every element that holds others, by its name, under which all places have the same.
    private static var definitions: JSONObject {
        var found = JSONObject()
        func enter(_ shape: Shape) {
            if !shape.children.isEmpty { found[shape.name] = definition(shape) }
            shape.children.forEach(enter)
        }
        for section in Context.Section.allCases { enter(section.shape) }
        return found
    }

    private static func definition(_ shape: Shape) -> JSONValue {
        var properties = JSONObject()
        for attribute in shape.attributes {
            properties[attribute.name] = attribute.kind.schema(attribute.longest)
        }
        for child in shape.children {
            let one = reference(child)
            properties[child.name] = child.occurrence.isRepeated ? ["type": "array", "items": one] : one
        }
        var schema: JSONObject = [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
        ]
        let required = shape.children.filter { $0.occurrence == .one || $0.occurrence == .atLeastOne }
        let names = shape.attributes.filter(\.isRequired).map(\.name) + required.map(\.name)
        if !names.isEmpty { schema["required"] = .array(names.map { .string($0) }) }
        if shape.kind == .choice { (schema["minProperties"], schema["maxProperties"]) = (1, 1) }
        return .object(schema)
    }

    private static func reference(_ shape: Shape) -> JSONValue {
        if !shape.children.isEmpty { return ["$ref": .string("#/$defs/\(shape.name)")] }
        let bare = shape.kind.schema(shape.longest)
        guard !shape.attributes.isEmpty else { return bare }
        var properties: JSONObject = ["value": bare]
        for attribute in shape.attributes {
            properties[attribute.name] = attribute.kind.schema(attribute.longest)
        }
        let whole: JSONValue = [
            "type": "object", "additionalProperties": false, "required": ["value"],
            "properties": .object(properties),
        ]
        return ["anyOf": [bare, whole]]
    }
}

extension Kind {
    /// Lengths are in UTF-16 units for us and in characters for a schema, so ours may be shorter.
    fileprivate func schema(_ longest: Int?) -> JSONValue {
        var schema = form
        if let longest { schema["maxLength"] = .number(longest) }
        return .object(schema)
    }

    private var form: JSONObject {
        switch self {
        case .text, .group, .choice, .flags: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .flag: ["const": true]
        case .integer(let range):
            ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .number: ["type": ["number", "string"]]
        case .long: ["type": ["integer", "string"], "minimum": 1]
        case .time: ["type": "string", "format": "date-time"]
        case .date: ["type": "string", "format": "date"]
        case .email: ["type": "string", "format": "email"]
        case .url: ["type": "string", "format": "uri"]
        case .ipAddress: ["type": "string", "anyOf": [["format": "ipv4"], ["format": "ipv6"]]]
        case .digits(let most): ["type": "string", "pattern": .string("^[0-9]{1,\(most)}$")]
        case .callingCode: ["type": "string", "pattern": "^\\+[0-9]{1,3}$"]
        // Codes of places, too many to spell out at every address.
        case .oneOf(let words) where words.count > 20: ["type": "string", "pattern": "^[A-Z]{2}$"]
        case .oneOf(let words): ["enum": .array(words.map { .string($0) })]
        }
    }
}
