package import UploadModel

/// A moment with its time zone, as a report carries it: `2026-11-21T21:15:04+01:00`.
///
/// The spelling is kept, since the zone says where the provider's clock stood. It is never completed, clamped
/// or replaced by another time.
///
/// - Source: XML Schema, part 2, `dateTime`, with the zone that the service requires.
package struct ZonedTime: Hashable, Sendable {
    package let text: String
    private let second: Int64
    private let nanosecond: Int64

    package init(_ moment: Timestamp) {
        text = moment.wholeSeconds
        (second, nanosecond) = moment.split
    }

    /// - Throws: ``Defect`` for another form, a date that does not exist, or a time without a zone.
    package init(_ text: String) throws(Defect) {
        var rest = Array(text.utf8)[...]
        guard rest.count <= 40, let day = Self.day(&rest), let second = Self.timeOfDay(&rest),
            let nanosecond = Self.fraction(&rest)
        else { throw Defect("not a time such as 2026-11-21T21:15:04+01:00", .time) }
        guard let offset = Self.zone(&rest), rest.isEmpty else {
            throw Defect("a time without a time zone; end it in Z or an offset such as +01:00", .timeZone)
        }
        self.text = text
        self.second = day * 86_400 + second - offset
        self.nanosecond = nanosecond
    }

    /// A reported event lies in the past of the moment that it was found at.
    package func isAfter(_ moment: Timestamp) -> Bool { (second, nanosecond) > moment.split }

    package func isAfter(_ other: ZonedTime) -> Bool {
        (second, nanosecond) > (other.second, other.nanosecond)
    }

    // MARK: - Reading; each takes what it reads off the front

    /// Days since 1970-01-01.
    private static func day(_ text: inout ArraySlice<UInt8>) -> Int64? {
        guard let year = number(&text, digits: 4), year > 0, take("-", &text),
            let month = number(&text, digits: 2), 1...12 ~= month, take("-", &text),
            let day = number(&text, digits: 2), 1...lastDay(of: month, in: year) ~= day
        else { return nil }
        return daysSince1970(year, month, day)
    }

    private static func timeOfDay(_ text: inout ArraySlice<UInt8>) -> Int64? {
        guard take("T", &text), let hour = number(&text, digits: 2), hour < 24, take(":", &text),
            let minute = number(&text, digits: 2), minute < 60, take(":", &text),
            let second = number(&text, digits: 2), second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// Nanoseconds; digits beyond the ninth are too small to matter.
    private static func fraction(_ text: inout ArraySlice<UInt8>) -> Int64? {
        guard take(".", &text) else { return 0 }
        let digits = text.prefix(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        text = text.dropFirst(digits.count)
        return (digits + [UInt8](repeating: UInt8(ascii: "0"), count: 9)).prefix(9).reduce(0) {
            $0 * 10 + Int64($1 - 48)
        }
    }

    /// Seconds east of UTC.
    private static func zone(_ text: inout ArraySlice<UInt8>) -> Int64? {
        if take("Z", &text) { return 0 }
        let east = text.first == UInt8(ascii: "+")
        guard east || text.first == UInt8(ascii: "-") else { return nil }
        text = text.dropFirst()
        guard let hour = number(&text, digits: 2), take(":", &text), let minute = number(&text, digits: 2),
            minute < 60, hour * 60 + minute <= 14 * 60
        else { return nil }
        return (east ? 1 : -1) * (hour * 3_600 + minute * 60)
    }

    private static func number(_ text: inout ArraySlice<UInt8>, digits: Int) -> Int64? {
        let found = text.prefix(digits)
        guard found.count == digits, found.allSatisfy(\.isDigit) else { return nil }
        text = text.dropFirst(digits)
        return found.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private static func take(_ character: Unicode.Scalar, _ text: inout ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: character) else { return false }
        text = text.dropFirst()
        return true
    }

    private static func lastDay(of month: Int64, in year: Int64) -> Int64 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
    }

    /// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`; years from 1.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Timestamp {
    /// Seconds since 1970, rounded down, and what is left in nanoseconds.
    fileprivate var split: (Int64, Int64) {
        let rest = nanoseconds % 1_000_000_000
        return rest < 0
            ? (nanoseconds / 1_000_000_000 - 1, rest + 1_000_000_000) : (nanoseconds / 1_000_000_000, rest)
    }
}
