import UploadModel

/// The form of a text, or what an element holds instead of one.
package enum Kind: Sendable, Equatable {
    case text
    case boolean
    case integer(ClosedRange<Int>)
    case number
    /// 64 bits; a report's number.
    case long
    case time, date
    case email, url, ipAddress
    /// Digits, at most so many.
    case digits(Int)
    case callingCode
    case oneOf([String])
    /// Present or absent: empty or `true`, since the service refuses `false`.
    case flag
    /// Children in order.
    case group
    /// Exactly one of its children.
    case choice
    /// Children in any order, each once at most.
    case flags

    var longest: Int? {
        switch self {
        case .email: EmailAddress.longest
        case .url: WebAddress.longest
        default: nil
        }
    }

    /// Whether it holds elements and no text.
    var isContainer: Bool { [.group, .choice, .flags].contains(self) }

    /// - Throws: ``Defect`` with the rule that `text` breaks.
    func check(_ text: String) throws(Defect) {
        switch self {
        case .text: try Self.check(text.isLegalInXML, .characters, "holds characters that XML forbids")
        case .boolean: _ = try Bool(written: text)
        case .integer(let range): try Self.check(Int(written: text), in: range)
        case .number: _ = try Double(written: text)
        case .long: _ = try ReportID(written: text)
        case .time: _ = try ZonedTime(text)
        case .date: _ = try CalendarDate(text)
        case .email: _ = try EmailAddress(text)
        case .url: _ = try WebAddress(text)
        case .ipAddress: _ = try IPAddress(text)
        case .digits(let most):
            let sound = (1...most).contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit)
            try Self.check(sound, .number, "not one to \(most) digits")
        case .callingCode: _ = try CallingCode(text)
        case .oneOf(let words): try Self.check(words.contains(text), .enumeration, "not one of the list")
        case .flag:
            try Self.check(["", "true"].contains(text), .presence, "a flag is there or not, and never false")
        case .group, .choice, .flags:
            try Self.check(text.allSatisfy(\.isWhitespace), .characters, "text between elements")
        }
    }

    private static func check(_ number: Int, in range: ClosedRange<Int>) throws(Defect) {
        try check(range.contains(number), .number, "not from \(range.lowerBound) to \(range.upperBound)")
    }

    private static func check(_ holds: Bool, _ rule: ContractRule, _ problem: String) throws(Defect) {
        guard holds else { throw Defect(problem, rule) }
    }
}
