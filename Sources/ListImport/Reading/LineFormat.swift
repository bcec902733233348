/// A format that has a record a line. A further one is one more type like these.
protocol LineFormat {
    /// Bytes of a line.
    static var longest: Int { get }
    /// Whether a line may go on past a line break between quotation marks.
    static var quotes: Bool { get }

    /// - Returns: `nil` for a line without a record, as a comment.
    mutating func record(in line: Text) throws(ListFault.Reason) -> ListRecord?
    /// When the list was as it is here, where the file says so.
    var updated: ChangeTime? { get }
    /// The file ended.
    func end() throws(ListFault.Reason)
}

extension LineFormat {
    static var longest: Int { 4_096 }
    static var quotes: Bool { false }
    var updated: ChangeTime? { nil }
    func end() throws(ListFault.Reason) {}

    /// Reads a file to its end, in the memory of one line and one piece.
    mutating func read(_ source: ByteSource, _ take: (ListRecord, ListFault.Place) throws -> Void) throws {
        try TextLines(longest: Self.longest, quotes: Self.quotes).each(of: source) { line, number, ended in
            guard let record = try record(in: line) else { return }
            // A value that lost its end with the end of the file; elsewhere a wrong length is the supplier's.
            if !ended, record.rejected.contains(.wrongLength) { throw ListFault.Reason.cutShort }
            try take(record, .line(number))
        }
        do throws(ListFault.Reason) { try end() } catch { throw source.fault(error) }
    }
}

extension Text {
    /// Nothing, blanks only, or a `#` comment.
    var isBlankOrComment: Bool {
        byteCount == 0 || byte(0) == UInt8(ascii: "#") || trimmed.byteCount == 0
    }
}
