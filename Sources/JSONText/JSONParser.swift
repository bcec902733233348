extension JSONValue {
    /// Reads one JSON text that fills `bytes`, white space around it allowed.
    ///
    /// RFC 8259 to the letter, and beyond it: no byte order mark, no key twice, no half surrogate pair, no
    /// number that a double cannot hold. Time is linear in the bytes; recursion is bounded by
    /// `limits.depth`.
    package init(parsing bytes: RawSpan, limits: JSONLimits) throws(JSONFault) {
        var parser = JSONParser(limits: limits)
        self = try parser.text(in: bytes)
    }

    package init(parsing bytes: [UInt8], limits: JSONLimits = .own) throws(JSONFault) {
        try self.init(parsing: bytes.span.bytes, limits: limits)
    }
}

/// A place in a text, and the ways on from there.
///
/// Each function is handed the text anew, since a struct cannot hold a `RawSpan` yet. Each starts at its
/// first byte and leaves `offset` behind its last; after a fault `offset` means nothing.
struct JSONParser {
    private(set) var offset = 0
    private let limits: JSONLimits
    private var depth = 0

    init(limits: JSONLimits) {
        self.limits = limits
    }

    mutating func text(in bytes: RawSpan) throws(JSONFault) -> JSONValue {
        guard bytes.byteCount <= limits.bytes else {
            throw .tooLarge(bytes: bytes.byteCount, limit: limits.bytes)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark(offset: 0) }
        skipSpace(in: bytes)
        if offset == bytes.byteCount { throw .empty }
        let value = try value(in: bytes)
        skipSpace(in: bytes)
        if offset < bytes.byteCount { throw .trailingBytes(offset: offset) }
        return value
    }

    private mutating func value(in bytes: RawSpan) throws(JSONFault) -> JSONValue {
        switch try peek(in: bytes) {
        case UInt8(ascii: "{"): .object(try object(in: bytes))
        case UInt8(ascii: "["): .array(try array(in: bytes))
        case UInt8(ascii: "\""): .string(try string(in: bytes))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try number(in: bytes))
        case UInt8(ascii: "t"): try word("true", .bool(true), in: bytes)
        case UInt8(ascii: "f"): try word("false", .bool(false), in: bytes)
        case UInt8(ascii: "n"): try word("null", .null, in: bytes)
        default: throw .unexpectedByte(offset: offset)
        }
    }

    private mutating func word(
        _ word: String,
        _ value: JSONValue,
        in bytes: RawSpan
    ) throws(JSONFault) -> JSONValue {
        for byte in word.utf8 { try expect(byte, in: bytes) }
        return value
    }
}

// MARK: - Arrays and objects

extension JSONParser {
    private mutating func array(in bytes: RawSpan) throws(JSONFault) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if try !skipIf(UInt8(ascii: "]"), in: bytes) {
            repeat {
                skipSpace(in: bytes)
                elements.append(try value(in: bytes))
            } while try another(before: UInt8(ascii: "]"), in: bytes)
        }
        depth -= 1
        return elements
    }

    private mutating func object(in bytes: RawSpan) throws(JSONFault) -> JSONObject {
        try enter()
        var object = JSONObject()
        if try !skipIf(UInt8(ascii: "}"), in: bytes) {
            repeat {
                try member(into: &object, in: bytes)
            } while try another(before: UInt8(ascii: "}"), in: bytes)
        }
        depth -= 1
        return object
    }

    private mutating func member(into object: inout JSONObject, in bytes: RawSpan) throws(JSONFault) {
        skipSpace(in: bytes)
        let start = offset
        let key = try string(in: bytes)
        skipSpace(in: bytes)
        try expect(UInt8(ascii: ":"), in: bytes)
        skipSpace(in: bytes)
        let value = try value(in: bytes)
        guard object.appendIfNew(key, value) else { throw .duplicateKey(offset: start) }
    }

    /// Takes the opening bracket.
    private mutating func enter() throws(JSONFault) {
        let limit = min(limits.depth, JSONLimits.deepest)
        guard depth < limit else { throw .tooDeep(offset: offset, limit: limit) }
        depth += 1
        offset += 1
    }

    /// Takes the closing bracket of an array or object without contents.
    private mutating func skipIf(_ closing: UInt8, in bytes: RawSpan) throws(JSONFault) -> Bool {
        skipSpace(in: bytes)
        guard try peek(in: bytes) == closing else { return false }
        offset += 1
        return true
    }

    /// Takes a comma, after which another must follow, or the closing bracket.
    private mutating func another(before closing: UInt8, in bytes: RawSpan) throws(JSONFault) -> Bool {
        skipSpace(in: bytes)
        let byte = try peek(in: bytes)
        guard byte == UInt8(ascii: ",") || byte == closing else { throw .unexpectedByte(offset: offset) }
        offset += 1
        return byte != closing
    }
}

// MARK: - Numbers

extension JSONParser {
    mutating func number(in bytes: RawSpan) throws(JSONFault) -> JSONNumber {
        let start = offset
        if at("-", in: bytes) { offset += 1 }
        if at("0", in: bytes) {
            offset += 1
            if bytes.digit(at: offset) { throw .malformedNumber(offset: start) }
        } else {
            try digits(in: bytes)
        }
        if at(".", in: bytes) {
            offset += 1
            try digits(in: bytes)
        }
        let exponent = at("e", in: bytes) || at("E", in: bytes)
        if exponent {
            offset += 1
            if at("+", in: bytes) || at("-", in: bytes) { offset += 1 }
            try digits(in: bytes)
        }
        let spelling = try verbatim(start..<offset, in: bytes)
        // 300 digits are under 1e300, which spares the common number the conversion.
        guard (!exponent && offset - start <= 300) || Double(spelling)?.isFinite == true else {
            throw .numberTooLarge(offset: start)
        }
        return JSONNumber(checked: spelling)
    }

    /// One digit or more.
    private mutating func digits(in bytes: RawSpan) throws(JSONFault) {
        _ = try peek(in: bytes)
        guard bytes.digit(at: offset) else { throw .malformedNumber(offset: offset) }
        while bytes.digit(at: offset) { offset += 1 }
    }
}

// MARK: - Steps that all share

extension JSONParser {
    /// The byte here; there must be one.
    func peek(in bytes: RawSpan) throws(JSONFault) -> UInt8 {
        guard offset < bytes.byteCount else { throw .cutShort(offset: offset) }
        return bytes.byte(at: offset)
    }

    private func at(_ character: Unicode.Scalar, in bytes: RawSpan) -> Bool {
        offset < bytes.byteCount && bytes.byte(at: offset) == UInt8(ascii: character)
    }

    mutating func expect(_ byte: UInt8, in bytes: RawSpan) throws(JSONFault) {
        guard try peek(in: bytes) == byte else { throw .unexpectedByte(offset: offset) }
        offset += 1
    }

    mutating func advance(by count: Int = 1) {
        offset += count
    }

    /// The text of a range whose borders are ASCII bytes or the ends, so that no scalar is cut in two.
    func verbatim(_ range: Range<Int>, in bytes: RawSpan) throws(JSONFault) -> String {
        do {
            return String(copying: try UTF8Span(validating: Span(_bytes: bytes.extracting(range))))
        } catch {
            throw .invalidUTF8(offset: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }

    private mutating func skipSpace(in bytes: RawSpan) {
        while at(" ", in: bytes) || at("\n", in: bytes) || at("\r", in: bytes) || at("\t", in: bytes) {
            offset += 1
        }
    }
}

extension RawSpan {
    /// Checked against the bounds. Every pattern of eight bits is a `UInt8`, so the load is a safe one.
    func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    fileprivate func digit(at offset: Int) -> Bool {
        offset < byteCount && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte(at: offset))
    }

    fileprivate func starts(with prefix: [UInt8]) -> Bool {
        byteCount >= prefix.count && prefix.indices.allSatisfy { byte(at: $0) == prefix[$0] }
    }
}
