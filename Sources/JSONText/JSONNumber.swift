/// A number as it was spelled, with its value on demand.
///
/// The spelling is one that RFC 8259 allows ("00123" is not, "1e5" stays "1e5") and its value is finite as a
/// double. Equality is that of spellings: 1 and 1.0 are two numbers here and one in canonical form.
///
/// Canonical form knows doubles only (RFC 8785, section 3.2.2.3). Integers within ±2^53 come out digit by
/// digit; a larger one, also one that we made from an `Int64` or `UInt64`, comes out as the nearest double:
/// 9007199254740993 as 9007199254740992. What must survive signing beyond 2^53 belongs in a string.
package struct JSONNumber: Hashable, Sendable {
    package let spelling: String

    /// Nil where the spelling is no JSON number, or too large to be finite as a double.
    package init?(spelling: String) {
        let bytes = Array(spelling.utf8)
        var parser = JSONParser(limits: .own)
        guard let number = try? parser.number(in: bytes.span.bytes), parser.offset == bytes.count else {
            return nil
        }
        self = number
    }

    package init(_ integer: Int64) {
        self.init(integer: integer)
    }

    package init(_ integer: UInt64) {
        self.init(integer: integer)
    }

    init(integer: some BinaryInteger) {
        spelling = String(integer)
    }

    /// The caller has read `spelling` by the grammar and found it finite.
    init(checked spelling: String) {
        self.spelling = spelling
    }

    /// The exact value. Nil where the spelling has a fraction or an exponent, even one that changes nothing
    /// ("1.0", "1e2"), or where it lies outside of `Int64`.
    package var int64: Int64? { Int64(spelling) }

    /// The nearest double; always finite. What is too small for a double is zero.
    package var double: Double { Double(spelling) ?? 0 }

    /// The spelling of RFC 8785.
    var canonical: String { double.ecmaScript }
}

extension Double {
    /// A finite double as ECMAScript writes it: `Number::toString` of ECMA-262, radix 10.
    ///
    /// `description` finds the same digits, the shortest that read back as the same double and of these the
    /// closest; only where they put the point and the exponent do the two differ.
    var ecmaScript: String {
        if self == 0 { return "0" }  // also -0
        let (digits, point) = magnitude.shortestDigits
        return (self < 0 ? "-" : "") + Self.placing(point, in: digits)
    }

    /// Significant digits without zeros at either end, and how many of them stand before the point: the `s`
    /// and `n` of ECMA-262. 1250.0 is ("125", 4), 0.001 is ("1", -2).
    private var shortestDigits: (digits: String, point: Int) {
        let parts = description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0

        let all = mantissa.joined()
        let significant = all.drop { $0 == "0" }
        let leadingZeros = all.utf8.count - significant.utf8.count
        let trailingZeros = significant.reversed().prefix { $0 == "0" }.count
        return (String(significant.dropLast(trailingZeros)), mantissa[0].utf8.count + exponent - leadingZeros)
    }

    /// Digits with their point or exponent. From 1e21 on and below 1e-6 there is an exponent.
    private static func placing(_ point: Int, in digits: String) -> String {
        let count = digits.utf8.count
        switch point {
        case count...21:  // of digits there are 17 at most
            return digits + String(repeating: "0", count: point - count)
        case 1...21:
            return digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0:
            return "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            return digits.prefix(1) + fraction + "e" + (exponent < 0 ? "" : "+") + String(exponent)
        }
    }
}
