// Strings: runs of bytes that stand for themselves, and escapes between them.

extension JSONParser {
    mutating func string(in bytes: RawSpan) throws(JSONFault) -> String {
        try expect(UInt8(ascii: "\""), in: bytes)
        var text = try run(in: bytes)
        while try peek(in: bytes) == UInt8(ascii: "\\") {
            text.unicodeScalars.append(try escape(in: bytes))
            text += try run(in: bytes)
        }
        try expect(UInt8(ascii: "\""), in: bytes)
        return text
    }

    /// What lies before the next quotation mark or backslash.
    ///
    /// Its UTF-8 is judged when its end is known: a text that stops inside of a scalar is cut short, not
    /// invalid.
    private mutating func run(in bytes: RawSpan) throws(JSONFault) -> String {
        let start = offset
        var byte = try peek(in: bytes)
        while byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
            if byte < 0x20 { throw .controlCharacter(offset: offset) }
            advance()
            byte = try peek(in: bytes)
        }
        return start == offset ? "" : try verbatim(start..<offset, in: bytes)
    }

    private mutating func escape(in bytes: RawSpan) throws(JSONFault) -> Unicode.Scalar {
        let start = offset
        advance()
        let kind = try peek(in: bytes)
        if kind == UInt8(ascii: "u") { return try unicodeEscape(from: start, in: bytes) }
        guard let scalar = Self.shortEscapes(kind) else { throw .unknownEscape(offset: start) }
        advance()
        return scalar
    }

    private static func shortEscapes(_ kind: UInt8) -> Unicode.Scalar? {
        switch Unicode.Scalar(kind) {
        case "\"": "\""
        case "\\": "\\"
        case "/": "/"
        case "b": "\u{8}"
        case "f": "\u{C}"
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        default: nil
        }
    }

    /// `\uXXXX`, or two of them that make a pair. A half of a pair is refused where it starts.
    private mutating func unicodeEscape(
        from start: Int,
        in bytes: RawSpan
    ) throws(JSONFault) -> Unicode.Scalar {
        let unit = try codeUnit(of: start, in: bytes)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), try peek(in: bytes) == UInt8(ascii: "\\") else {
            throw .loneSurrogate(offset: start)
        }
        let second = offset
        advance()
        guard try peek(in: bytes) == UInt8(ascii: "u") else { throw .loneSurrogate(offset: start) }
        let trail = try codeUnit(of: second, in: bytes)
        guard UTF16.isTrailSurrogate(trail) else { throw .loneSurrogate(offset: start) }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    /// The `u` and four hexadecimal digits of either case; `escape` is where the backslash stands.
    private mutating func codeUnit(of escape: Int, in bytes: RawSpan) throws(JSONFault) -> UInt16 {
        advance()
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexadecimal(try peek(in: bytes)) else {
                throw .unknownEscape(offset: escape)
            }
            unit = unit << 4 | digit
            advance()
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
