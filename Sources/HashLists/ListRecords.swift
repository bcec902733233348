import GenerationFormat
import LinuxIO
import UploadModel

/// The entries of one list, whole, as they are mapped.
struct ListRecords: Sendable {
    private let records: MappedFile
    private let index: MappedFile

    /// `nil` for a list without entries in this part, which has no files.
    init?(
        _ list: Int,
        _ part: GenerationPart,
        of manifest: GenerationManifest,
        in folder: borrowing Descriptor
    ) throws {
        let count = manifest.lists[list].recordCount(in: part)
        guard count > 0 else { return nil }
        records = try MappedFile(part.name(GenerationFile.records(list)), of: manifest, in: folder)
        index = try MappedFile(part.name(GenerationFile.recordIndex(list)), of: manifest, in: folder)
        try records.checkHeader(FileHeader(.records, parameter: list))
        try index.checkHeader(FileHeader(.recordIndex, parameter: list))
        guard index.byteCount == RecordIndex.byteCount(records: count) else {
            throw GenerationFault.damaged(
                file: index.name,
                because: "not of as many entries as its manifest says"
            )
        }
        records.willReadAtRandom()
        index.willReadAtRandom()
    }

    var files: [MappedFile] { [records, index] }

    /// `nil` where the files do not say, which only damage can bring about.
    func record(_ ordinal: UInt64) -> EntryRecord? {
        index.withBytes { index in
            records.withBytes { records in
                RecordIndex.offset(of: ordinal, index: index, records: records).flatMap {
                    EntryRecord(records, at: $0)
                }
            }
        }
    }
}
