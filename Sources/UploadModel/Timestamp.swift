/// A moment in UTC, nanoseconds since 1970-01-01T00:00:00Z, leap seconds ignored as `clock_gettime(2)` does.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package init(seconds: Int64, nanoseconds: Int64) {
        self.nanoseconds = seconds * 1_000_000_000 + nanoseconds
    }

    package var milliseconds: Int64 { nanoseconds.floored(by: 1_000_000) }

    /// RFC 3339 in UTC with the nanoseconds, `2026-11-21T20:15:04.000000017Z`.
    package var description: String { civil.text + "." + padded(fraction, 9) + "Z" }

    /// RFC 3339 in UTC with microseconds: the form of custody entries.
    package var microsecondText: String { civil.text + "." + padded(fraction / 1_000, 6) + "Z" }

    /// This moment without what is below a microsecond.
    package var inMicroseconds: Timestamp {
        Timestamp(nanoseconds: nanoseconds.floored(by: 1_000) * 1_000)
    }

    /// RFC 3339 in UTC, whole seconds: the form that report documents carry.
    package var wholeSeconds: String { civil.text + "Z" }

    /// The day in UTC, `2026-11-21`.
    package var day: String { civil.dayText }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    private var fraction: Int64 {
        let rest = nanoseconds % 1_000_000_000
        return rest < 0 ? rest + 1_000_000_000 : rest
    }
    private var civil: Civil { Civil(secondsSince1970: nanoseconds.floored(by: 1_000_000_000)) }
}

// MARK: - Reading, and counting in the calendar

extension Timestamp {
    /// Reads what ``description``, ``microsecondText`` and ``wholeSeconds`` write: RFC 3339 in UTC with a `Z`, nine
    /// decimals at most. Anything else, another zone above all, is `nil`.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            zip([4, 7, 10, 13, 16], "--T::".utf8).allSatisfy({ bytes[$0] == $1 })
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            guard bytes[range].allSatisfy({ (48...57).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int64($1 - 48) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1678...2261).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60
        else { return nil }
        let decimals = bytes[19..<bytes.count - 1]
        var fraction: Int64 = 0
        if !decimals.isEmpty {
            guard decimals.first == UInt8(ascii: "."), (2...10).contains(decimals.count),
                let digits = number(20..<bytes.count - 1)
            else { return nil }
            fraction = (decimals.count..<10).reduce(digits) { value, _ in value * 10 }
        }
        let moment = Civil(year: year, month: month, day: day, second: hour * 3_600 + minute * 60 + second)
        guard Civil(secondsSince1970: moment.secondsSince1970) == moment else { return nil }
        self.init(seconds: moment.secondsSince1970, nanoseconds: fraction)
    }

    /// The same time of day so many calendar years later, in UTC. A 29 February that the year does not have becomes
    /// 1 March, so that what is kept for a year is never kept for less.
    package func adding(years: Int64) -> Timestamp {
        var later = civil
        later.year += years
        return Timestamp(seconds: later.secondsSince1970, nanoseconds: fraction)
    }

    /// So many times 24 hours later.
    package func adding(days: Int64) -> Timestamp {
        Timestamp(nanoseconds: nanoseconds + days * 86_400_000_000_000)
    }

    /// Whole days from here to `later`, rounded down.
    package func days(until later: Timestamp) -> Int64 {
        (later.nanoseconds - nanoseconds).floored(by: 86_400_000_000_000)
    }
}

/// A date and a time of day in the proleptic Gregorian calendar.
///
/// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`, `days_from_civil`.
private struct Civil: Equatable {
    var year, month, day, second: Int64

    init(year: Int64, month: Int64, day: Int64, second: Int64) {
        (self.year, self.month, self.day, self.second) = (year, month, day, second)
    }

    init(secondsSince1970 seconds: Int64) {
        let days = seconds.floored(by: 86_400)
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        second = seconds - days * 86_400
    }

    /// A day past the end of its month counts on into the next.
    var secondsSince1970: Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year.floored(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400 + second
    }

    var dayText: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) }

    var text: String {
        dayText + "T" + padded(second / 3_600, 2) + ":" + padded(second / 60 % 60, 2) + ":"
            + padded(second % 60, 2)
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    /// Division rounded towards minus infinity, so that moments before 1970 stay in order.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
