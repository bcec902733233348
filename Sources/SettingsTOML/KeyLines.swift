/// In which line each key of a TOML text stands; TOMLKit has positions for syntax errors only.
///
/// It looks for keys and the ends of values and checks little else: any text is scanned to its end without a trap,
/// and everything before the first mistake is read as TOML reads it.
struct KeyLines {
    /// A key's place: its tables, its own name; an element of an array of tables is its ordinal from 0.
    typealias Place = [String]

    private var lines: [Place: Int] = [:]
    /// Where a string has a NUL as an escape. TOMLKit hands strings out through C, which would end them there.
    private(set) var nulls: [(place: Place, line: Int)] = []

    /// The first table header that does not begin with a name. toml++ 3.4.0 ends the process there by an assertion
    /// (`parse_key`), so it must not see the header.
    private(set) var brokenHeader: (start: Int, line: Int, column: Int)?

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var table: Place = []
    private var current: Place = []
    /// How many elements each array of tables has so far.
    private var elements: [Place: Int] = [:]

    init(of text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while let byte = next {
            switch byte {
            case newline: advance()
            case space, tab, carriageReturn: index += 1
            case hash: skipLine()
            case openBracket: scanHeader()
            default: scanPair()
            }
        }
    }

    /// The line of `place`; where it has none of its own, as inside an inline table or when it is missing, that of
    /// the nearest table around it. `nil` when there is none.
    func line(of place: Place) -> Int? {
        for length in stride(from: place.count, to: 0, by: -1) {
            if let line = lines[Array(place.prefix(length))] { return line }
        }
        return nil
    }

    // MARK: - Statements

    /// `[a.b]` or `[[a.b]]`; parts before the last stand for the newest element where they name an array.
    private mutating func scanHeader() {
        let start = index
        index += 1
        let isArray = next == openBracket
        if isArray { index += 1 }
        skipBlanks()
        if brokenHeader == nil, let byte = next, byte != closeBracket, !isKeyByte(byte) {
            let lineStart = bytes[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
            brokenHeader = (start, line, index - lineStart + 1)
        }
        current = []
        let parts = scanKey()
        table = []
        for part in parts.dropLast() { enter(part) }
        if isArray, let name = parts.last {
            note(table + [name])
            elements[table + [name], default: 0] += 1
        }
        if let name = parts.last { enter(name) }
        note(table)
        skipLine()
    }

    private mutating func enter(_ part: String) {
        table.append(part)
        if let count = elements[table] { table.append("\(count - 1)") }
    }

    private mutating func scanPair() {
        current = table
        current = table + scanKey()
        note(current)
        skipValue()
    }

    /// Remembers the line for `place` and for the tables around it that no line has named yet.
    private mutating func note(_ place: Place) {
        for length in 0..<place.count {
            let around = Array(place.prefix(length + 1))
            if lines[around] == nil { lines[around] = line }
        }
    }

    // MARK: - Tokens

    /// The parts of a dotted key. Escapes in quoted parts stay as written: such a key is not one of ours, and its
    /// problem is then shown with its table's line.
    private mutating func scanKey() -> [String] {
        var parts: [String] = []
        while true {
            skipBlanks()
            parts.append(scanPart())
            skipBlanks()
            guard next == dot else { return parts }
            index += 1
        }
    }

    private mutating func scanPart() -> String {
        let start = index
        if next == doubleQuote || next == singleQuote {
            skipString()
            return String(decoding: bytes[start..<index].dropFirst().dropLast(), as: UTF8.self)
        }
        while let byte = next, !endsOfParts.contains(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// To the line break after the value, past those inside of brackets and strings.
    private mutating func skipValue() {
        var depth = 0
        while let byte = next {
            switch byte {
            case doubleQuote, singleQuote: skipString()
            case hash: skipLine()
            case newline where depth <= 0: return
            default:
                if byte == openBracket || byte == openBrace { depth += 1 }
                if byte == closeBracket || byte == closeBrace { depth -= 1 }
                advance()
            }
        }
    }

    private mutating func skipString() {
        let quote = bytes[index]
        let triple = [quote, quote, quote]
        let isLong = bytes[index...].starts(with: triple)
        index += isLong ? 3 : 1
        while let byte = next {
            if byte == backslash, quote == doubleQuote {
                skipEscape()
            } else if byte == quote, !isLong || bytes[index...].starts(with: triple) {
                index += isLong ? 3 : 1
                break
            } else if byte == newline, !isLong {
                return
            } else {
                advance()
            }
        }
        // A long string may end in one or two quotation marks of its own.
        while isLong, next == quote { index += 1 }
    }

    private mutating func skipEscape() {
        index += 1
        let rest = bytes[index...]
        if rest.starts(with: "u0000".utf8) || rest.starts(with: "U00000000".utf8) {
            nulls.append((current, line))
        }
        if next != nil { advance() }
    }

    private mutating func skipBlanks() {
        while next == space || next == tab { index += 1 }
    }

    private mutating func skipLine() {
        while let byte = next, byte != newline { index += 1 }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func advance() {
        if bytes[index] == newline { line += 1 }
        index += 1
    }
}

/// Whether a bare or quoted key may begin with it.
private func isKeyByte(_ byte: UInt8) -> Bool {
    isLowercase(byte | 0x20) || isDigit(byte) || "-_\"'".utf8.contains(byte)
}

private let newline = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let tab = UInt8(ascii: "\t")
private let space = UInt8(ascii: " ")
private let hash = UInt8(ascii: "#")
private let dot = UInt8(ascii: ".")
private let backslash = UInt8(ascii: "\\")
private let doubleQuote = UInt8(ascii: "\"")
private let singleQuote = UInt8(ascii: "'")
private let openBracket = UInt8(ascii: "[")
private let closeBracket = UInt8(ascii: "]")
private let openBrace = UInt8(ascii: "{")
private let closeBrace = UInt8(ascii: "}")
private let endsOfParts = Array(".=]# \t\r\n".utf8)
