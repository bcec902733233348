import Testing
import UploadModel

@Suite struct TimestampTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let nanoseconds: Int64
        let text: String
        var testDescription: String { text }

        init(_ seconds: Int64, _ text: String, plus fraction: Int64 = 0) {
            (nanoseconds, self.text) = (seconds * 1_000_000_000 + fraction, text)
        }
    }

    /// The seconds are those of GNU date(1), `date -u -d ... +%s`.
    static let rows = [
        Row(0, "1970-01-01T00:00:00.000000000Z"),
        Row(951_782_399, "2000-02-28T23:59:59.999999999Z", plus: 999_999_999),
        Row(951_782_400, "2000-02-29T00:00:00.000000000Z"),
        Row(951_868_800, "2000-03-01T00:00:00.000000000Z"),
        Row(1_709_164_800, "2024-02-29T00:00:00.000000000Z"),
        Row(1_735_689_599, "2024-12-31T23:59:59.000000001Z", plus: 1),
        Row(1_795_291_204, "2026-11-21T20:00:04.000000017Z", plus: 17),
        Row(4_107_542_399, "2100-02-28T23:59:59.000000000Z"),
        Row(4_107_542_400, "2100-03-01T00:00:00.000000000Z"),
        Row(-1, "1969-12-31T23:59:59.000000000Z"),
        Row(0, "1969-12-31T23:59:59.999999999Z", plus: -1),
        Row(-2_203_891_200, "1900-03-01T00:00:00.000000000Z"),
    ]

    @Test("a moment reads as its date and time in UTC", arguments: rows)
    func dates(_ row: Row) {
        let moment = Timestamp(nanoseconds: row.nanoseconds)
        #expect(moment.description == row.text)
        #expect(moment.wholeSeconds == row.text.prefix(19) + "Z")
        #expect(moment.day == row.text.prefix(10))
    }

    @Test("milliseconds and order are the same before 1970 as after", arguments: [-3, 0, 3] as [Int64])
    func milliseconds(millisecond: Int64) {
        for fraction in [0, 1, 999_999] as [Int64] {
            #expect(Timestamp(nanoseconds: millisecond * 1_000_000 + fraction).milliseconds == millisecond)
        }
        #expect(Timestamp(nanoseconds: millisecond - 1) < Timestamp(nanoseconds: millisecond))
    }

    @Test("seconds and nanoseconds add up")
    func adds() {
        #expect(Timestamp(seconds: 2, nanoseconds: 5).nanoseconds == 2_000_000_005)
    }

    @Test("each day from 1900 to 2261 follows the one before")
    func calendar() {
        var (year, month, day) = (1900, 1, 1)
        for since1900 in 0..<132_000 as Range<Int64> {
            let moment = Timestamp(seconds: (since1900 - 25_567) * 86_400, nanoseconds: 0)
            let expected = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            if moment.day != expected {
                Issue.record("\(moment.day), but the calendar says \(expected)")
                return
            }
            (year, month, day) = Self.dayAfter(year, month, day)
        }
    }

    @Test("the last moment that fits has its text")
    func latest() {
        #expect(Timestamp(nanoseconds: .max).description == "2262-04-11T23:47:16.854775807Z")
    }

    @Test("the first moment that fits has its text, and asking for it does not trap")
    func earliest() async {
        await #expect(processExitsWith: .success) {
            let text = Timestamp(nanoseconds: .min).description
            precondition(text == "1677-09-21T00:12:43.145224192Z")
        }
    }

    private static func dayAfter(_ year: Int, _ month: Int, _ day: Int) -> (Int, Int, Int) {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        if day < length { return (year, month, day + 1) }
        return month < 12 ? (year, month + 1, 1) : (year + 1, 1, 1)
    }
}
