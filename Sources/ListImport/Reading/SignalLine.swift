/// `threatexchange`: `signal_type value`, as python-threatexchange's file exchange has it.
struct SignalLine: LineFormat {
    /// Values of types that we cannot match, such as text, may be long.
    static var longest: Int { 64 * 1_024 }

    func record(in line: Text) throws(ListFault.Reason) -> ListRecord? {
        if line.isBlankOrComment { return nil }
        let line = line.trimmed
        var end = 0
        while end < line.byteCount, !isBlank(line.byte(end)) { end += 1 }
        // A bare value would be taken for a type, and be printed.
        guard end < line.byteCount, end <= 24 else { throw .noType }
        var record = ListRecord()
        let type = SignalType(line.extracting(0..<end).string)
        try record.take(line.from(end), as: type)
        return record
    }
}
