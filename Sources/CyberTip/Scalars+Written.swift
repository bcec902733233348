import UploadModel

// How each simple value is spelled, and the numbers, dates and codes that are only that.

extension String: Scalar {
    var written: String { self }
    init(written: String) throws(Defect) { self = written }
}

extension Bool: Scalar {
    var written: String { "\(self)" }

    init(written: String) throws(Defect) {
        guard let flag = Bool(written) else { throw Defect("neither true nor false", .boolean) }
        self = flag
    }
}

extension Int: Scalar {
    var written: String { "\(self)" }

    init(written: String) throws(Defect) {
        guard let number = Int(written), number.written == written else {
            throw Defect("not a whole number", .number)
        }
        self = number
    }
}

extension Double: Scalar {
    var written: String { "\(self)" }

    init(written: String) throws(Defect) {
        guard let number = Double(written), number.isFinite, !written.lowercased().contains("x") else {
            throw Defect("not a number", .number)
        }
        self = number
    }
}

extension Scalar where Self: RawRepresentable<String> {
    var written: String { rawValue }

    init(written: String) throws(Defect) {
        guard let word = Self(rawValue: written) else { throw Defect("not one of the list", .enumeration) }
        self = word
    }
}

extension IncidentType: Scalar {}
extension EventName: Scalar {}
extension PhoneType: Scalar {}
extension EmailType: Scalar {}
extension AddressType: Scalar {}
extension AssociationType: Scalar {}
extension DetailsType: Scalar {}
extension FileRelevance: Scalar {}
extension IndustryClass: Scalar {}

extension ZonedTime: Scalar {
    var written: String { text }
    init(written: String) throws(Defect) { try self.init(written) }
}

extension WebAddress: Scalar {
    var written: String { text }
    init(written: String) throws(Defect) { try self.init(written) }
}

extension EmailAddress: Scalar {
    var written: String { text }
    init(written: String) throws(Defect) { try self.init(written) }
}

extension IPAddress: Scalar {
    var written: String { text }
    init(written: String) throws(Defect) { try self.init(written) }
}

extension Port: Scalar {
    var written: String { "\(number)" }
    init(written: String) throws(Defect) { try self.init(written) }
}

/// The service's number of a report, 64 bits.
package struct ReportID: Hashable, Sendable, Scalar {
    package let number: Int64
    var written: String { "\(number)" }

    package init(_ number: Int64) { self.number = number }

    package init(written: String) throws(Defect) {
        guard let number = Int64(written), number > 0, "\(number)" == written else {
            throw Defect("not a report's number", .number)
        }
        self.number = number
    }
}

/// The service's name of an uploaded file; nothing is known of its form.
package struct FileID: Hashable, Sendable, Scalar {
    package let text: String
    var written: String { text }

    package init(written: String) throws(Defect) {
        guard !written.isEmpty else { throw Defect("an empty file id") }
        text = written
    }
}

/// `+31`, which the number itself then does not repeat.
package struct CallingCode: Hashable, Sendable, Scalar {
    package let text: String
    var written: String { text }

    package init(_ text: String) throws(Defect) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (1...3).contains(digits.count),
            digits.allSatisfy(\.isDigit)
        else {
            throw Defect("not a calling code such as +31", .callingCode)
        }
        self.text = text
    }

    init(written: String) throws(Defect) { try self.init(written) }
}

/// A day without a time, `2026-11-21`.
package struct CalendarDate: Hashable, Sendable, Scalar {
    package let text: String
    var written: String { text }
    /// Its first moment in UTC.
    let start: ZonedTime

    package init(_ text: String) throws(Defect) {
        guard text.utf8.count == 10, let start = try? ZonedTime("\(text)T00:00:00Z") else {
            throw Defect("not a date such as 2026-11-21", .date)
        }
        self.text = text
        self.start = start
    }

    init(written: String) throws(Defect) { try self.init(written) }
}
