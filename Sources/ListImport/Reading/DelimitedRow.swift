import UploadModel

/// `csv` and `tsv`: rows of columns that the settings name.
///
/// - Source: RFC 4180 for `csv`, one kind of line end being as good as the other; `tsv` has no quotation marks.
struct DelimitedRow<Kind: DelimitedKind>: LineFormat {
    static var longest: Int { 64 * 1_024 }
    static var quotes: Bool { Kind.quotes }

    private let separator: UInt8
    private let entry: MappedEntry
    private var columnCount: Int?
    private var columns: [ListField: Int] = [:]

    init(_ mapping: ListMapping) {
        separator = Kind.separator ?? mapping.separator
        entry = MappedEntry(mapping: mapping)
    }

    mutating func record(in line: Text) throws(ListFault.Reason) -> ListRecord? {
        if line.trimmed.byteCount == 0 { return nil }
        let row = try split(line)
        guard let columnCount else {
            try begin(row)
            return entry.mapping.header ? nil : try record(of: row)
        }
        guard row.count == columnCount else { throw .columnCount }
        return try record(of: row)
    }

    private func record(of row: [[UInt8]]) throws(ListFault.Reason) -> ListRecord {
        try entry.record { field in columns[field].map { row[$0] } }
    }

    /// Finds the columns by the names in the first row, or by their numbers.
    private mutating func begin(_ row: [[UInt8]]) throws(ListFault.Reason) {
        columnCount = row.count
        for (field, name) in entry.mapping.fields {
            let named = entry.mapping.header ? row.firstIndex { $0.elementsEqual(name.utf8) } : nil
            guard let column = named ?? Int(name).map({ $0 - 1 }), row.indices.contains(column) else {
                throw .noColumn(name)
            }
            columns[field] = column
        }
    }

    private func split(_ line: Text) throws(ListFault.Reason) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        var index = 0
        while true {
            if Kind.quotes, index < line.byteCount, line.byte(index) == quote {
                fields.append(try quoted(line, &index))
            } else {
                let end = line.first(separator, from: index) ?? line.byteCount
                let field = line.extracting(index..<end)
                if Kind.quotes, field.first(quote) != nil { throw .strayQuote }
                fields.append(field.trimmed.array)
                index = end
            }
            if index == line.byteCount { return fields }
            guard line.byte(index) == separator else { throw .strayQuote }
            index += 1
        }
    }

    /// From the opening mark to behind the closing one; two marks stand for one.
    private func quoted(_ line: Text, _ index: inout Int) throws(ListFault.Reason) -> [UInt8] {
        var field: [UInt8] = []
        index += 1
        while let end = line.first(quote, from: index) {
            field += line.extracting(index..<end).array
            index = end + 1
            guard index < line.byteCount, line.byte(index) == quote else { return field }
            field.append(quote)
            index += 1
        }
        throw .strayQuote
    }

    private var quote: UInt8 { UInt8(ascii: "\"") }
}

/// What sets `csv` and `tsv` apart.
protocol DelimitedKind {
    static var quotes: Bool { get }
    /// `nil` where the settings say it.
    static var separator: UInt8? { get }
}

enum CSV: DelimitedKind {
    static var quotes: Bool { true }
    static var separator: UInt8? { nil }
}

enum TSV: DelimitedKind {
    static var quotes: Bool { false }
    static var separator: UInt8? { UInt8(ascii: "\t") }
}
