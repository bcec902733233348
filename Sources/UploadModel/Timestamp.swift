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

/// A date and a time of day in the proleptic Gregorian calendar.
///
/// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
private struct Civil {
    let year, month, day, second: Int64

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
