package import UploadModel

/// Collects entries in any order and writes them as ``EntriesTable`` reads them. All of it is held in memory.
package struct EntriesWriter {
    private var records = [[Record]](repeating: [], count: EntryKind.allCases.count)

    private struct Record {
        let key: EntryKey
        let place: EntryPlace

        static func precedes(_ a: Record, _ b: Record) -> Bool { (a.key, a.place) < (b.key, b.place) }
    }

    package init() {}

    /// - Precondition: The same digest was not added at the same place before.
    package mutating func add(_ digest: Digest, at place: EntryPlace) {
        records[EntryKind(digest.algorithm).rawValue].append(Record(key: EntryKey(digest), place: place))
    }

    /// - Precondition: The same hash was not added at the same place before.
    package mutating func add(perceptual: SIMD4<UInt64>, at place: EntryPlace) {
        records[EntryKind.perceptual.rawValue].append(Record(key: EntryKey(perceptual), place: place))
    }

    /// The whole file.
    package consuming func written() -> [UInt8] {
        var bytes = EntriesTable.magic
        bytes.append(UInt32(GenerationManifest.format))
        bytes.append(0 as UInt32)
        for kind in EntryKind.allCases { bytes.append(UInt64(records[kind.rawValue].count)) }
        for kind in EntryKind.allCases {
            bytes.pad(to: EntriesTable.aligned(bytes.count))
            records[kind.rawValue].sort(by: Record.precedes)
            for record in records[kind.rawValue] { bytes += record.key.bytes(kind.keyByteCount) }
            for record in records[kind.rawValue] {
                bytes.append(UInt32(record.place.list))
                bytes.append(record.place.ordinal)
            }
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        for byte in 0..<(type(of: number).bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: number >> (8 * byte)))
        }
    }

    fileprivate mutating func pad(to count: Int) {
        append(contentsOf: repeatElement(0, count: count - self.count))
    }
}
