/// `pdq`: a hash a line, then its quality, an id and whatever follows after commas; or a name as after a digest.
struct PDQLine: LineFormat {
    func record(in line: Text) throws(ListFault.Reason) -> ListRecord? {
        if line.isBlankOrComment { return nil }
        let (digits, value) = HexValue.leading(line)
        guard let bits = value?.perceptual else { throw .notPDQ }
        var record = ListRecord()
        record.entry.perceptual = bits
        try Self.take(line.from(digits), into: &record)
        return record
    }

    private static func take(_ rest: Text, into record: inout ListRecord) throws(ListFault.Reason) {
        let comma = UInt8(ascii: ",")
        if rest.trimmed.byteCount == 0 || rest.starts(with: "  ") { return }
        guard rest.byte(0) == comma else { throw .noName }
        let end = rest.first(comma, from: 1) ?? rest.byteCount
        try record.take(quality: rest.extracting(1..<end))
        if end < rest.byteCount {
            let next = rest.first(comma, from: end + 1) ?? rest.byteCount
            record.entry.name = try shortText(rest.extracting((end + 1)..<next))
        }
    }
}
