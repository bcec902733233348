/// `hashdeep`: what hashdeep(1) prints, its columns as its header names them.
///
/// - Source: hashdeep's own files, version 1.0: `%%%% HASHDEEP-1.0`, `%%%% size,md5,sha256,filename`, `##` comments.
///   Nothing is quoted; the name is last and may hold commas.
struct HashdeepLine: LineFormat {
    static var longest: Int { 64 * 1_024 }

    private enum Column {
        case size
        case value(SignalType)
        case filename
    }

    private var columns: [Column]?
    private var isBegun = false

    mutating func record(in line: Text) throws(ListFault.Reason) -> ListRecord? {
        if line.starts(with: "%%%% ") {
            try begin(line.from(5))
            return nil
        }
        if line.isBlankOrComment { return nil }
        guard let columns else { throw .notHashdeep }
        var record = ListRecord()
        var start = 0
        for column in columns {
            if case .filename = column { break }
            guard let comma = line.first(UInt8(ascii: ","), from: start) else { throw .columnCount }
            let field = line.extracting(start..<comma)
            if case .size = column { try record.take(size: field) }
            if case .value(let type) = column { try record.take(field, as: type) }
            start = comma + 1
        }
        return record
    }

    func end() throws(ListFault.Reason) {
        if isBegun && columns == nil { throw .cutShort }
    }

    /// The first of the two lines of a header, or the second.
    private mutating func begin(_ text: Text) throws(ListFault.Reason) {
        if text.starts(with: "HASHDEEP-1.") {
            (isBegun, columns) = (true, nil)
            return
        }
        guard isBegun, columns == nil else { throw .notHashdeep }
        let names = text.string.split(separator: ",").map(String.init)
        guard names.last == "filename", names.count > 1 else { throw .notHashdeep }
        columns = names.map { name in
            switch name {
            case "size": .size
            case "filename": .filename
            default: .value(SignalType(name))
            }
        }
    }
}
