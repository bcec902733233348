import GenerationFormat
import LinuxIO
import UploadModel

/// The entries of one list while they come in.
final class RecordsWriter {
    private let records: SummedFile
    private let index: SummedFile
    private(set) var count: UInt64 = 0
    /// Entries that were left out since they stand in another place of the list, found while sorting.
    var duplicates: UInt64 = 0
    /// Entries all of whose values are in too many entries before them.
    var leftOut: UInt64 = 0
    /// Values that were left out since too many entries before hold them.
    var crowded: UInt64 = 0
    private var last: [UInt8] = []
    private var next: [UInt8] = []

    init(_ list: Int, _ part: GenerationPart = .base, in directory: borrowing Descriptor) throws {
        records = try SummedFile(
            part.name(GenerationFile.records(list)),
            FileHeader(.records, parameter: list),
            in: directory
        )
        index = try SummedFile(
            part.name(GenerationFile.recordIndex(list)),
            FileHeader(.recordIndex, parameter: list),
            in: directory
        )
    }

    /// - Returns: The entry's ordinal; `nil` for the same as the one before.
    func add(_ entry: ImportedEntry) throws(SyscallError) -> UInt64? {
        next.removeAll(keepingCapacity: true)
        entry.appendRecord(to: &next)
        if next == last { return nil }
        swap(&next, &last)
        try append(last)
        return count
    }

    /// Takes a record as it is.
    func append(_ record: [UInt8]) throws(SyscallError) {
        if count % UInt64(RecordIndex.step) == 0 { try index.append(records.byteCount) }
        try records.append(record)
        count += 1
    }

    func finish() throws(SyscallError) -> [GenerationManifest.File] {
        [try records.finish(), try index.finish()]
    }
}

extension ImportedEntry {
    func appendRecord(to bytes: inout [UInt8]) {
        EntryRecord.append(
            to: &bytes,
            md5: md5,
            sha1: sha1,
            sha256: sha256,
            perceptual: perceptual,
            size: size,
            texts: (name, contributor, classification)
        )
    }

    /// What a record was made of.
    init(_ record: EntryRecord) {
        for digest in record.digests {
            switch digest.algorithm {
            case .md5: md5 = digest
            case .sha1: sha1 = digest
            case .sha256: sha256 = digest
            }
        }
        (perceptual, size) = (record.perceptual, record.size)
        (name, contributor, classification) = (record.name, record.contributor, record.classification)
    }
}
