package import Logging

/// Writes each log message as one line of JSON: `ts`, `level`, `event`, then the metadata by key, all
/// strings.
///
/// Whatever the metadata holds, a line is one line and parses. A key named like one of the first three gets
/// an underscore in front, so that no name is there twice.
package struct JSONLinesLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let now: @Sendable () -> (seconds: Int64, nanoseconds: Int32)
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - now: Time since 1970 in UTC.
    ///   - write: Gets a whole line with its line feed, from any thread; it writes the line in one go, so
    ///     that lines of two threads do not mix.
    package init(
        level: Logger.Level,
        now: @escaping @Sendable () -> (seconds: Int64, nanoseconds: Int32),
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        logLevel = level
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let (seconds, nanoseconds) = now()
        var line = JSONLine()
        line.add("ts", Timestamp.text(seconds: seconds, nanoseconds: nanoseconds))
        line.add("level", event.level.rawValue)
        line.add("event", event.message.description)
        for (key, value) in members(of: event).sorted(by: { $0.key < $1.key }) {
            line.add(key, value)
        }
        write(line.finished())
    }

    /// The message's own metadata wins over the task's, and that over the handler's.
    private func members(of event: LogEvent) -> [String: String] {
        var merged = metadata
        merged.merge(metadataProvider?.get() ?? [:]) { $1 }
        merged.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error, merged["error"] == nil { merged["error"] = "\(error)" }
        var members: [String: String] = [:]
        for (key, value) in merged.sorted(by: { $0.key < $1.key }) {
            members[Self.free(key, in: merged)] = Self.text(of: value)
        }
        return members
    }

    private static func free(_ key: String, in metadata: Logger.Metadata) -> String {
        guard ["ts", "level", "event"].contains(key) else { return key }
        var key = "_" + key
        while metadata[key] != nil { key = "_" + key }
        return key
    }

    /// Dictionaries by key: their own description has another order on every run.
    private static func text(of value: Logger.Metadata.Value) -> String {
        switch value {
        case .array(let values):
            return "[" + values.map(text).joined(separator: ", ") + "]"
        case .dictionary(let members):
            let sorted = members.sorted { $0.key < $1.key }
            return "{" + sorted.map { "\($0.key): \(text(of: $0.value))" }.joined(separator: ", ") + "}"
        case .string, .stringConvertible:
            return value.description
        }
    }
}

/// A flat JSON object of strings, built from left to right.
struct JSONLine {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func add(_ name: String, _ value: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        quote(value)
    }

    consuming func finished() -> [UInt8] {
        bytes + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { add(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// More than JSON asks for: DEL, C1 and the Unicode line ends mean something to terminals and line
    /// readers.
    private mutating func add(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x5C:
            bytes += [UInt8(ascii: "\\"), UInt8(scalar.value)]
        case ..<0x20, 0x7F...0x9F, 0x2028, 0x2029:
            bytes += "\\u\(hex(scalar.value))".utf8
        default:
            bytes += scalar.utf8
        }
    }

    private func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// Times as RFC 3339 writes them, in UTC with milliseconds.
enum Timestamp {
    /// - Parameter nanoseconds: 0 to 999,999,999; cut to milliseconds, never rounded into the next second.
    static func text(seconds: Int64, nanoseconds: Int32) -> String {
        let (days, inDay) = seconds.flooredQuotientAndRemainder(by: 86_400)
        let date = civil(daysSince1970: days)
        let day = [padded(date.year, 4), padded(date.month, 2), padded(date.day, 2)].joined(separator: "-")
        let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(day)T\(time).\(padded(Int64(nanoseconds) / 1_000_000, 3))Z"
    }

    /// The Gregorian date, counted in years that begin in March, so that the leap day comes last.
    ///
    /// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, inEra) = (days + 719_468).flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let dayOfYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
