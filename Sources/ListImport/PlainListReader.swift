import LinuxIO
package import UploadModel

/// What an entry of a list holds.
package enum ListedValue: Hashable, Sendable {
    case digest(Digest)
    case perceptual(SIMD4<UInt64>)
}

/// Reads a plain list: a value a line in hexadecimal of either case, a digest by its length or a PDQ hash.
///
/// Blank lines, `#` comments, a file name after the digest, CRLF and a UTF-8 byte order mark are taken; anything else
/// stops the reading, because a list that is read in part looks like one that was read whole.
package enum PlainListReader {
    private static let chunkByteCount = 64 * 1_024

    /// Streams the file; memory is one chunk and one line, whatever its size.
    ///
    /// - Parameters:
    ///   - path: As the settings name it; its last part may not be a link.
    ///   - body: Called for each value in the file's order.
    /// - Returns: The number of lines that held a value.
    /// - Throws: ``BadLine``, ``BuildFault/notAFile(_:)``, `SyscallError`, or what `body` throws.
    package static func read(
        _ path: String,
        as format: ListFormat = .digests,
        each body: (ListedValue) throws -> Void
    ) throws -> UInt64 {
        let file = try Descriptor.open(path, [.noFollow, .nonBlocking])
        guard try file.status(subject: path).kind == .regular else { throw BuildFault.notAFile(path) }
        file.willReadInOrder()

        var lines = PlainLines(file: path, format: format)
        var chunk = [UInt8](repeating: 0, count: chunkByteCount)
        var offset: Int64 = 0
        while true {
            let count = try file.read(into: &chunk, at: offset, subject: path)
            if count == 0 { break }
            try lines.take(chunk[..<count], each: body)
            offset += Int64(count)
        }
        try lines.end(each: body)
        return lines.valueCount
    }
}

/// Cuts what is read into lines, wherever the chunks end.
private struct PlainLines {
    let file: String
    let format: ListFormat
    private(set) var valueCount: UInt64 = 0
    /// Lines that were read whole.
    private var lineCount: UInt64 = 0
    /// The beginning of a line whose end has not been read.
    private var begun: [UInt8] = []

    init(file: String, format: ListFormat) { (self.file, self.format) = (file, format) }

    mutating func take(_ chunk: ArraySlice<UInt8>, each body: (ListedValue) throws -> Void) throws {
        var rest = chunk
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try begin(rest[..<newline])
            try end(each: body)
            rest = rest[(newline + 1)...]
        }
        try begin(rest)
    }

    mutating func end(each body: (ListedValue) throws -> Void) throws {
        if let value = try value() {
            valueCount += 1
            try body(value)
        }
        lineCount += 1
        begun.removeAll(keepingCapacity: true)
    }

    private func value() throws(BadLine) -> ListedValue? {
        let marked = lineCount == 0 && begun.starts(with: Self.byteOrderMark)
        do throws(BadLine.Reason) {
            return try PlainLine.value(in: begun.dropFirst(marked ? Self.byteOrderMark.count : 0), format)
        } catch {
            throw bad(error)
        }
    }

    private mutating func begin(_ bytes: ArraySlice<UInt8>) throws(BadLine) {
        guard begun.count + bytes.count <= PlainLine.longest else { throw bad(.tooLong) }
        begun += bytes
    }

    private func bad(_ reason: BadLine.Reason) -> BadLine {
        BadLine(file: file, line: lineCount + 1, reason: reason)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
