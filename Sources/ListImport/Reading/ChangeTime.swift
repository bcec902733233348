import UploadModel

/// When an entry changed, as a number that only has to be in order within one list.
struct ChangeTime: Equatable {
    enum Scale { case number, date }

    let scale: Scale
    let value: Int64

    /// A whole number, or a time of RFC 3339, which becomes nanoseconds since 1970, as far as 64 bits reach (the years
    /// 1678 to 2262; what lies beyond is as early or late as can be). `nil` for an empty text.
    static func read(_ text: Text) throws(ListFault.Reason) -> ChangeTime? {
        let text = text.trimmed
        if text.byteCount == 0 { return nil }
        if let number = number(text) {
            guard let time = Int64(exactly: number) else { throw .notATime }
            return ChangeTime(scale: .number, value: time)
        }
        guard text.byteCount >= 20, text.byte(4) == 0x2D, text.byte(7) == 0x2D, text.byte(13) == 0x3A,
            text.byte(16) == 0x3A, text.byte(10) == UInt8(ascii: "T") || text.byte(10) == UInt8(ascii: " "),
            let year = digits(text, 0..<4), let month = digits(text, 5..<7), let day = digits(text, 8..<10),
            let hour = digits(text, 11..<13), let minute = digits(text, 14..<16),
            let second = digits(text, 17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { throw .notATime }
        let (nanoseconds, zone) = try fraction(text.from(19))
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - (try offset(zone))
        let seconds = minutes * 60 + second
        let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (value, isToo) = whole.addingReportingOverflow(nanoseconds)
        return ChangeTime(scale: .date, value: isBeyond || isToo ? (seconds < 0 ? .min : .max) : value)
    }

    private static func digits(_ text: Text, _ range: Range<Int>) -> Int64? {
        number(text.extracting(range)).map { Int64($0) }
    }

    /// Nanoseconds; digits beyond the ninth are left out.
    private static func fraction(_ text: Text) throws(ListFault.Reason) -> (Int64, zone: Text) {
        guard text.byte(0) == UInt8(ascii: ".") else { return (0, text) }
        var (index, value) = (1, Int64(0))
        while index < text.byteCount, let digit = text.byte(index).hexDigit, digit < 10 {
            if index <= 9 { value = value * 10 + Int64(digit) }
            index += 1
        }
        guard index > 1 else { throw .notATime }
        for _ in index..<max(index, 10) { value *= 10 }
        return (value, text.from(index))
    }

    /// Minutes east of UTC.
    private static func offset(_ zone: Text) throws(ListFault.Reason) -> Int64 {
        if zone.byteCount == 1, zone.byte(0) == UInt8(ascii: "Z") { return 0 }
        guard zone.byteCount == 6, zone.byte(3) == 0x3A, let hours = digits(zone, 1..<3),
            let minutes = digits(zone, 4..<6),
            zone.byte(0) == UInt8(ascii: "+") || zone.byte(0) == UInt8(ascii: "-"), hours < 24, minutes < 60
        else { throw .notATime }
        return (zone.byte(0) == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    /// Days since 1970-01-01; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
