internal import TOMLKit

/// A value of the file as the checks and the messages see it.
enum Found: Equatable {
    case text(String)
    case integer(Int)
    case flag(Bool)
    /// An array that holds text and nothing else, maybe empty.
    case texts([String])
    /// Of a type that no key takes, with the words for it.
    case other(String)
}

extension Found {
    init(_ value: any TOMLValueConvertible) {
        self =
            switch value.type {
            case .string: value.string.map(Found.text) ?? .other("text")
            case .int: value.int.map(Found.integer) ?? .other("a number")
            case .bool: value.bool.map(Found.flag) ?? .other("true or false")
            case .double: .other(value.double.map { "\($0)" } ?? "a fraction")
            case .table: .other("a table")
            case .array: Self.ofTexts(in: value) ?? .other("an array")
            case .date, .time, .dateTime: .other("a \(value.type)")
            }
    }

    private static func ofTexts(in value: any TOMLValueConvertible) -> Found? {
        guard let array = value.array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? .texts(texts) : nil
    }
}

extension Found: CustomStringConvertible {
    var description: String {
        switch self {
        case .text(let text): quoted(text)
        case .integer(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .texts: "an array"
        case .other(let words): words
        }
    }
}

/// `text` in quotes on one line, shortened where it is long: whatever the file holds, a message stays readable.
func quoted(_ text: String) -> String { "\"\(oneLine(text))\"" }

/// Goes by scalars, since a mark that combines with a line break would hide it inside one `Character`.
func oneLine(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(longestQuotation) {
        result.append(isControl(scalar) ? "\u{FFFD}" : scalar)
    }
    return String(result) + (text.unicodeScalars.count > longestQuotation ? "..." : "")
}

/// Control characters, and the two separators that break a line as they do.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
}

/// Scalars; room for the longest socket path.
private let longestQuotation = 120
