/// Bytes that are read as text: a part of a piece, a line, or a field, without a copy. Places count from 0.
struct Text {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var byteCount: Int { bytes.count }

    func byte(_ place: Int) -> UInt8 { bytes[bytes.startIndex + place] }

    func extracting(_ range: Range<Int>) -> Text {
        Text(bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)])
    }

    func from(_ start: Int) -> Text { Text(bytes.dropFirst(start)) }

    func starts(with prefix: StaticString) -> Bool {
        guard byteCount >= prefix.utf8CodeUnitCount else { return false }
        for place in 0..<prefix.utf8CodeUnitCount where byte(place) != prefix.utf8Start[place] {
            return false
        }
        return true
    }

    /// The first place of `wanted` from `start` on.
    func first(_ wanted: UInt8, from start: Int = 0) -> Int? {
        bytes[(bytes.startIndex + start)...].firstIndex(of: wanted).map { $0 - bytes.startIndex }
    }

    /// Without blanks and tabs at both ends.
    var trimmed: Text { trimmed(isBlank) }

    /// Without white space at both ends, line breaks among it.
    var trimmedLines: Text { trimmed { $0 <= 0x20 } }

    private func trimmed(_ isSpace: (UInt8) -> Bool) -> Text {
        var (start, end) = (bytes.startIndex, bytes.endIndex)
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return Text(bytes[start..<end])
    }

    var withoutByteOrderMark: Text { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? from(3) : self }

    var withoutCarriageReturn: Text { bytes.last == UInt8(ascii: "\r") ? Text(bytes.dropLast()) : self }

    var array: [UInt8] { Array(bytes) }

    /// What is not UTF-8 in it replaced.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    func withSpan<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R { try body(bytes.span.bytes) }
}

extension [UInt8] {
    var text: Text { Text(self[...]) }
}

func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
