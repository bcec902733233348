import GenerationFormat
import LinuxIO
import UploadModel

/// The entries of one list once they are all in, to be compared with each other.
final class WrittenRecords {
    private let records: Mapping
    private let index: Mapping

    init(_ list: Int, in directory: borrowing Descriptor) throws(SyscallError) {
        records = try Self.map(GenerationFile.records(list), directory)
        index = try Self.map(GenerationFile.recordIndex(list), directory)
    }

    private static func map(_ name: String, _ directory: borrowing Descriptor) throws(SyscallError) -> Mapping
    {
        try Mapping.of(try directory.open(Array(name.utf8), subject: name), subject: name)
    }

    /// Whether two entries are the same in all that the supplier says of them.
    func areEqual(_ one: UInt64, _ other: UInt64) -> Bool {
        records.withBytes { records in
            guard let one = range(one, in: records), let other = range(other, in: records) else {
                return false
            }
            return records.extracting(one).withUnsafeBytes { one in
                records.extracting(other).withUnsafeBytes { one.elementsEqual($0) }
            }
        }
    }

    /// The same for entries that are equal.
    func hash(_ ordinal: UInt64) -> Int {
        records.withBytes { records in
            var hasher = Hasher()
            if let range = range(ordinal, in: records) {
                records.extracting(range).withUnsafeBytes { hasher.combine(bytes: $0) }
            }
            return hasher.finalize()
        }
    }

    /// What the entry is first looked up by, and so counted by.
    func firstKind(_ ordinal: UInt64) -> EntryKind? {
        EntryKind(rawValue: kinds(ordinal).trailingZeroBitCount)
    }

    /// The kinds of its values, each the bit of its raw value.
    func kinds(_ ordinal: UInt64) -> UInt8 {
        records.withBytes { records in
            guard let range = range(ordinal, in: records) else { return 0 }
            let flags = records.unsafeLoad(fromByteOffset: range.lowerBound, as: UInt8.self)
            return flags & (1 << UInt8(EntryKind.allCases.count) - 1)
        }
    }

    private func range(_ ordinal: UInt64, in records: RawSpan) -> Range<Int>? {
        index.withBytes { index in
            guard let start = RecordIndex.offset(of: ordinal, index: index, records: records),
                let end = EntryRecord.end(of: start, in: records)
            else { return nil }
            return start..<end
        }
    }
}
