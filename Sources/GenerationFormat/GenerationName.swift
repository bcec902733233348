import UploadModel

/// Names one generation and its directory: `g0000000012-5f0c9a3e`.
///
/// The counter orders generations and never goes back; the tag tells two apart that were built from one state.
package struct GenerationName: Hashable, Sendable, CustomStringConvertible {
    package let counter: UInt64
    package let tag: UInt32

    /// The ten digits are used up.
    package static let highestCounter: UInt64 = 9_999_999_999

    /// - Precondition: `counter` is at most ``highestCounter``.
    package init(counter: UInt64, tag: UInt32) {
        precondition(counter <= Self.highestCounter, "a generation's counter has ten digits")
        self.counter = counter
        self.tag = tag
    }

    /// Reads the one spelling that ``description`` writes; anything else, a path above all, is `nil`.
    package init?(_ text: some Collection<UInt8>) {
        let bytes = Array(text)
        guard bytes.count == 20, bytes[0] == UInt8(ascii: "g"), bytes[11] == UInt8(ascii: "-") else {
            return nil
        }
        let digits = String(decoding: bytes[1..<11], as: UTF8.self)
        let tag = String(decoding: bytes[12...], as: UTF8.self)
        guard let counter = UInt64(digits), let value = UInt32(tag, radix: 16) else { return nil }
        self.init(counter: counter, tag: value)
        guard description.utf8.elementsEqual(bytes) else { return nil }
    }

    package init?(_ text: String) { self.init(text.utf8) }

    /// Reads what `lists/current` holds.
    package init?(currentFile bytes: [UInt8]) {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        self.init(bytes.dropLast())
    }

    package var currentFile: [UInt8] { Array("\(self)\n".utf8) }

    package var description: String {
        let digits = String(counter)
        return "g" + String(repeating: "0", count: 10 - digits.utf8.count) + digits + "-"
            + Hex.text(UInt64(tag)).suffix(8)
    }
}
