/// Names one upload from its claim on: a UUID of version 7, so that ids sort by the time of the claim.
///
/// - Source: RFC 9562, section 5.7.
package struct UploadID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(at time: Timestamp, random: (UInt64, UInt64)) {
        high = UInt64(bitPattern: time.milliseconds) << 16 | 0x7000 | random.0 & 0x0FFF
        low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    package static func fresh(at time: Timestamp) -> UploadID {
        UploadID(at: time, random: (.random(in: 0...(.max)), .random(in: 0...(.max))))
    }

    /// Reads the 36-character lower-case form; anything else is `nil`.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36, [8, 13, 18, 23].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else {
            return nil
        }
        var value: (UInt64, UInt64) = (0, 0)
        for (index, byte) in bytes.filter({ $0 != UInt8(ascii: "-") }).enumerated() {
            guard let digit = byte.hexDigit, index < 32, !(65...70).contains(byte) else { return nil }
            if index < 16 {
                value.0 = value.0 << 4 | UInt64(digit)
            } else {
                value.1 = value.1 << 4 | UInt64(digit)
            }
        }
        guard bytes.filter({ $0 == UInt8(ascii: "-") }).count == 4 else { return nil }
        (high, low) = value
    }

    package var description: String {
        let hex = Hex.text(high) + Hex.text(low)
        var text = ""
        for (index, character) in hex.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(character)
        }
        return text
    }

    /// The moment of the claim, to the millisecond.
    package var claimedAt: Timestamp {
        // An id that somebody types may say the year 10889; the clock's type ends in 2262.
        Timestamp(nanoseconds: Int64(min(high >> 16, UInt64(Int64.max) / 1_000_000)) * 1_000_000)
    }

    package static func < (a: UploadID, b: UploadID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// Names one evidence bundle: `ex-` and the id of its upload.
package struct BundleID: Hashable, Sendable, CustomStringConvertible {
    package let upload: UploadID

    package init(_ upload: UploadID) { self.upload = upload }

    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix("ex-"), let upload = UploadID(text.dropFirst(3)) else { return nil }
        self.upload = upload
    }

    package var description: String { "ex-\(upload)" }
}

/// Names one draft report: the id of the upload that it is about.
package struct DraftID: Hashable, Sendable, CustomStringConvertible {
    package let upload: UploadID

    package init(_ upload: UploadID) { self.upload = upload }

    package var description: String { "\(upload)" }
}

/// Names a case by its first upload, or by an id of its own where there was none.
package struct CaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let first: UploadID

    package init(_ first: UploadID) { self.first = first }

    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix("case-"), let first = UploadID(text.dropFirst(5)) else { return nil }
        self.first = first
    }

    package static func < (a: CaseID, b: CaseID) -> Bool { a.first < b.first }

    package var description: String { "case-\(first)" }
}
