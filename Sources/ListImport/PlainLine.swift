import UploadModel

/// A line of a plain list that stops the build.
///
/// Says where and why and never what the line holds: it may be a listed value with a typing error.
package struct BadLine: Error, Equatable, CustomStringConvertible {
    package let file: String
    /// From 1.
    package let line: UInt64
    package let reason: Reason

    package init(file: String, line: UInt64, reason: Reason) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package enum Reason: String, Sendable {
        case tooLong = "longer than 4096 bytes"
        case noDigest = "does not begin with hexadecimal digits"
        case wrongLength = "does not begin with 32, 40 or 64 hexadecimal digits"
        case notPDQ = "does not begin with 64 hexadecimal digits, which a PDQ hash has"
        case noName = "something other than two spaces and a file name follows the digest"
    }

    package var description: String {
        "\(file): line \(line) \(reason.rawValue); correct the file and build again"
    }
}

/// One line of a plain list: one value, as md5sum(1) and its like write a digest, or nothing.
enum PlainLine {
    /// Bytes, the line's end not counted.
    static let longest = 4_096

    /// - Parameter bytes: Without the newline; a carriage return before it is taken off here.
    /// - Returns: The value, or `nil` for a blank line or a comment.
    static func value(
        in bytes: ArraySlice<UInt8>,
        _ format: ListFormat
    ) throws(BadLine.Reason) -> ListedValue? {
        let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
        if line.first == UInt8(ascii: "#") || line.allSatisfy(isSpace) { return nil }
        let digits = line.prefix { $0.hexDigit != nil }
        guard !digits.isEmpty else { throw .noDigest }
        let value = try value(of: digits, format)
        guard isName(line.dropFirst(digits.count)) else { throw .noName }
        return value
    }

    private static func value(
        of digits: ArraySlice<UInt8>,
        _ format: ListFormat
    ) throws(BadLine.Reason) -> ListedValue {
        switch format {
        case .digests:
            guard let digest = Digest(hex: digits) else { throw .wrongLength }
            return .digest(digest)
        case .pdq:
            guard let bits = PerceptualHash.bits(hex: String(decoding: digits, as: UTF8.self)) else {
                throw .notPDQ
            }
            return .perceptual(bits)
        }
    }

    /// Nothing, or a space, then the sign of how md5sum(1) read the file, then at least one byte of its name.
    private static func isName(_ rest: ArraySlice<UInt8>) -> Bool {
        if rest.isEmpty { return true }
        let sign = rest.dropFirst()
        return rest.count > 2 && rest.first == UInt8(ascii: " ")
            && (sign.first == UInt8(ascii: " ") || sign.first == UInt8(ascii: "*"))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension BadLine.Reason: Error {}
