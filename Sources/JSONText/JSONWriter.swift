extension JSONValue {
    /// RFC 8785: members sorted by their UTF-16 code units, numbers as ECMAScript writes doubles, no space.
    ///
    /// Two values mean the same exactly when these bytes are the same, which is why we sign and digest them.
    /// For integers beyond 2^53 see ``JSONNumber``.
    package var canonical: [UInt8] {
        JSONWriter.written(self, as: .canonical)
    }

    /// For people: indented by two spaces, members in their order, numbers as spelled. No newline at the end.
    package var pretty: [UInt8] {
        JSONWriter.written(self, as: .pretty)
    }

    /// On one line: no space, members in their order, numbers as spelled. No newline at the end; whoever
    /// writes NDJSON adds it.
    package var line: [UInt8] {
        JSONWriter.written(self, as: .line)
    }
}

/// Writes a value. Recursion is as deep as the value is.
private struct JSONWriter {
    enum Form {
        case canonical, pretty, line
    }

    private let form: Form
    private var out: [UInt8] = []
    private var depth = 0

    private init(form: Form) {
        self.form = form
    }

    static func written(_ value: JSONValue, as form: Form) -> [UInt8] {
        var writer = JSONWriter(form: form)
        writer.write(value)
        return writer.out
    }

    private mutating func write(_ value: JSONValue) {
        switch value {
        case .null: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .number(let number): put(form == .canonical ? number.canonical : number.spelling)
        case .string(let text): quote(text)
        case .array(let elements): write(elements)
        case .object(let object): write(object)
        }
    }

    private mutating func write(_ elements: [JSONValue]) {
        list(elements, from: "[", to: "]") { writer, element in writer.write(element) }
    }

    private mutating func write(_ object: JSONObject) {
        list(form == .canonical ? object.sorted : object.members, from: "{", to: "}") { writer, member in
            writer.quote(member.key)
            writer.put(writer.form == .pretty ? ": " : ":")
            writer.write(member.value)
        }
    }

    private mutating func list<Item>(
        _ items: [Item],
        from opening: String,
        to closing: String,
        each: (inout JSONWriter, Item) -> Void
    ) {
        put(opening)
        depth += 1
        for (place, item) in items.enumerated() {
            if place > 0 { put(",") }
            breakLine()
            each(&self, item)
        }
        depth -= 1
        if !items.isEmpty { breakLine() }
        put(closing)
    }

    private mutating func breakLine() {
        guard form == .pretty else { return }
        put("\n")
        out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    /// Escapes what RFC 8259 says must be, in the shortest way; all else stands for itself (RFC 8785,
    /// 3.2.2.2).
    private mutating func quote(_ text: String) {
        put("\"")
        for byte in text.utf8 {
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                put(Self.escape(byte))
            } else {
                out.append(byte)
            }
        }
        put("\"")
    }

    private static func escape(_ byte: UInt8) -> String {
        switch Unicode.Scalar(byte) {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\u{8}": "\\b"
        case "\t": "\\t"
        case "\n": "\\n"
        case "\u{C}": "\\f"
        case "\r": "\\r"
        default: (byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16)
        }
    }

    private mutating func put(_ text: String) {
        out.append(contentsOf: text.utf8)
    }
}

extension JSONObject {
    /// By UTF-16 code units, which is not the order of the bytes: U+1F600 comes before U+FB33.
    fileprivate var sorted: [Member] {
        members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
    }
}
