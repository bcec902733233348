import GenerationFormat
import LinuxIO
import UploadModel

/// One part of a generation as it is mapped: the base or the delta. Generations with one base share its segment, so a
/// reload maps what is new and nothing twice.
final class Segment: Sendable {
    let tables: [ServedTable]
    let perceptual: PerceptualSet?
    let records: [ListRecords?]
    /// Of ``files``, as they were when each was checked.
    private let headers: [FileHeader]

    init(_ part: GenerationPart, of manifest: GenerationManifest, in folder: borrowing Descriptor) throws {
        var tables: [ServedTable] = []
        for algorithm in DigestAlgorithm.allCases {
            if let table = try ServedTable(algorithm, part, of: manifest, in: folder) { tables.append(table) }
        }
        var records: [ListRecords?] = []
        for list in manifest.lists.indices {
            records.append(try ListRecords(list, part, of: manifest, in: folder))
        }
        (self.tables, self.records) = (tables, records)
        let perceptual = try PerceptualSet(part, of: manifest, in: folder)
        self.perceptual = perceptual
        headers = try Self.files(tables, records, perceptual).map { try $0.header() }
    }

    /// Unmapping what is large takes longer than a lane may stand still, so a thread of its own does it, where
    /// there is one to be had.
    deinit {
        let files = self.files
        guard files.reduce(0, { $0 + $1.byteCount }) > 64 << 20 else { return }
        _ = try? BlockingThread(ifPossible: "lists-unmap") { withExtendedLifetime(files) {} }
    }

    var files: [MappedFile] { Self.files(tables, records, perceptual) }

    private static func files(
        _ tables: [ServedTable],
        _ records: [ListRecords?],
        _ perceptual: PerceptualSet?
    )
        -> [MappedFile]
    {
        tables.flatMap(\.files) + records.compactMap { $0 }.flatMap(\.files) + (perceptual?.files ?? [])
    }

    /// Whether a generation that is about to be opened has this segment for its base: the same files, all of them, and
    /// what a look-up relies on is still as it was signed.
    func isBase(of manifest: GenerationManifest, in folder: borrowing Descriptor) throws -> Bool {
        let named = manifest.files.count { GenerationFile.isOfBase($0.name) }
        guard files.count == named else { return false }
        for file in files where try !file.isSame(asIn: manifest, folder) { return false }
        for (file, header) in zip(files, headers) { try file.checkHeader(header) }
        for table in tables { try table.checkDirectory() }
        return true
    }
}
