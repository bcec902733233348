import GenerationFormat
import LinuxIO

/// The records of one list of the base, to be read one after the other.
final class BaseRecords {
    private let mapping: Mapping
    private let name: String
    let count: UInt64

    /// Before which record a reader stands: its ordinal, and where it begins in the file.
    struct Position {
        var ordinal: UInt64 = 1
        var offset = FileHeader.byteCount
    }

    /// - Parameter count: Of records, at least one.
    init(_ list: Int, count: UInt64, in folder: borrowing Descriptor) throws(SyscallError) {
        let name = GenerationFile.records(list)
        mapping = try Mapping.of(try folder.open(Array(name.utf8), subject: name), subject: name)
        self.count = count
        self.name = name
    }

    /// Where the file ends before its count, which was verified and so only damage since can bring about.
    var damage: GenerationFault { .damaged(file: name, because: "an entry cannot be read") }

    /// Behind the record at `position`; `nil` where none is there.
    func next(_ position: Position) -> Position? {
        guard position.ordinal <= count else { return nil }
        return mapping.withBytes { bytes in
            EntryRecord.end(of: position.offset, in: bytes).map {
                Position(ordinal: position.ordinal + 1, offset: $0)
            }
        }
    }

    /// Calls `body` with the bytes of the record at `position` and where the next is; answers `nil` where none is there.
    func withRecord<Result>(at position: Position, _ body: (UnsafeRawBufferPointer, Position) -> Result)
        -> Result?
    {
        guard let next = next(position) else { return nil }
        return mapping.withBytes { bytes in
            bytes.extracting(position.offset..<next.offset).withUnsafeBytes { body($0, next) }
        }
    }

    /// The position behind a record that is the same as `record`; `nil` for any other.
    func step(over record: [UInt8], at position: Position) -> Position? {
        withRecord(at: position) { bytes, next in
            bytes.count == record.count && bytes.elementsEqual(record) ? next : nil
        } ?? nil
    }

    /// Calls `body` with each record in order: its ordinal, the file's bytes, and where it begins.
    func walk(_ body: (UInt64, RawSpan, Range<Int>) throws -> Void) throws {
        try mapping.withBytes { bytes in
            var offset = FileHeader.byteCount
            for ordinal in 1...count {
                guard let end = EntryRecord.end(of: offset, in: bytes) else { throw damage }
                try body(ordinal, bytes, offset..<end)
                offset = end
            }
        }
    }
}
