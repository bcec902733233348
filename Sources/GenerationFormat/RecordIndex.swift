/// How the records of one list are found by their ordinals: the offsets of every sixteenth.
package enum RecordIndex {
    /// Records from one offset to the next.
    package static let step = 16

    package static func byteCount(records: UInt64) -> Int {
        FileHeader.byteCount + 8 * Int((records + UInt64(step) - 1) / UInt64(step))
    }

    /// Where the record of an ordinal begins; `nil` where the two files do not fit.
    package static func offset(of ordinal: UInt64, index: RawSpan, records: RawSpan) -> Int? {
        guard ordinal > 0 else { return nil }
        let place = ordinal - 1
        let slot = place / UInt64(step)
        guard slot < UInt64(max(0, index.byteCount - FileHeader.byteCount) / 8) else { return nil }
        let entry: UInt64 = index.loaded(at: FileHeader.byteCount + 8 * Int(slot))
        var offset = Int(clamping: UInt64(littleEndian: entry))
        for _ in 0..<place % UInt64(step) {
            guard let end = EntryRecord.end(of: offset, in: records) else { return nil }
            offset = end
        }
        return offset
    }
}
