/// A JSON value as it was read or is to be written.
///
/// Nothing is lost between reading and ``line``: numbers keep their spelling, objects the order of their
/// members, and strings their exact scalars. Equality follows: two strings are equal when their bytes are,
/// although Swift's `==` would also call a precomposed and a decomposed é the same, and two objects are equal
/// when their members are, in order. To compare meanings instead of texts, compare ``canonical``.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The integer itself, whatever its width; see ``JSONNumber`` for what becomes of it in ``canonical``.
    package static func number(_ integer: some BinaryInteger) -> JSONValue {
        .number(JSONNumber(integer: integer))
    }
}

// MARK: - Asking what it is

extension JSONValue {
    package var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Nil where the number has a fraction or an exponent, or lies outside of `Int64`.
    package var intValue: Int64? {
        if case .number(let number) = self { number.int64 } else { nil }
    }

    package var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    package var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// Nil where this is no object, or has no such member. A member that is null is `.some(.null)`.
    package subscript(key: String) -> JSONValue? {
        objectValue?[key]
    }
}

// MARK: - Equality

extension JSONValue: Hashable {
    package static func == (one: JSONValue, other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): ExactText(a) == ExactText(b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(ExactText(text))
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

/// A string that equals only the same bytes.
///
/// `String` itself compares by canonical equivalence, so it would find a duplicate where RFC 8259 has none.
struct ExactText: Hashable, Sendable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (one: ExactText, other: ExactText) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)  // no UTF-8 holds it, so "ab" "c" and "a" "bc" differ
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self = .string(text) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral integer: Int64) { self = .number(JSONNumber(integer)) }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// - Precondition: No key is there twice.
    package init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}

/// Where an optional is expected `nil` stays "no value": `object["a"] = nil` removes the member, and
/// `object["a"] = .null` writes a null.
extension JSONValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}
