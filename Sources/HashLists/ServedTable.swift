import CHammingKernels
import GenerationFormat
import LinuxIO
import UploadModel

/// The digests of one algorithm as they are mapped. An object: every look-up asks for it, and copies of one cost less.
final class ServedTable: Sendable {
    let table: DigestTable
    private let directory: MappedFile
    private let suffixes: MappedFile
    private let places: MappedFile
    /// `nil` where the table is small enough to do without.
    private let filter: ServedFilter?

    /// Digests whose look-ups wait for memory together.
    private static let batch = 16

    /// `nil` where this part has no such digests.
    init?(
        _ algorithm: DigestAlgorithm,
        _ part: GenerationPart,
        of manifest: GenerationManifest,
        in folder: borrowing Descriptor
    ) throws {
        let kind = EntryKind(algorithm)
        let name = part.name(GenerationFile.directory(kind))
        guard manifest.file(name) != nil else { return nil }
        let directory = try MappedFile(name, of: manifest, in: folder)
        let suffixes = try MappedFile(part.name(GenerationFile.suffixes(kind)), of: manifest, in: folder)
        let places = try MappedFile(part.name(GenerationFile.places(kind)), of: manifest, in: folder)
        directory.populate()
        try directory.checkSHA256()
        table = try directory.withBytes { bytes throws(GenerationFault) in
            try DigestTable(
                algorithm,
                in: part,
                directory: bytes,
                suffixByteCount: UInt64(suffixes.byteCount),
                placesByteCount: UInt64(places.byteCount)
            )
        }
        try suffixes.checkHeader(FileHeader(.suffixes, parameter: table.shape.bits))
        try places.checkHeader(FileHeader(.places))
        suffixes.willReadAtRandom()
        places.willReadAtRandom()
        (self.directory, self.suffixes, self.places) = (directory, suffixes, places)
        filter = part == .base ? try ServedFilter(algorithm, of: manifest, in: folder) : nil
    }

    var files: [MappedFile] { [directory, suffixes, places] + (filter?.files ?? []) }

    /// Whether the filter, where there is one, says what it can.
    var isReadIn: Bool { filter.map { $0.isReady || $0.isDamaged } ?? true }
    var hasDamagedFilter: Bool { filter?.isDamaged == true }

    /// Reads all of the directory and compares it with what was signed.
    func checkDirectory() throws(GenerationFault) { try directory.checkSHA256() }

    /// Calls `found` for each entry that holds one of the digests, with the digest's place and the entry's number.
    func look(for digests: Span<Digest>, found: (Int, UInt32) -> Void) {
        directory.withBytes { directory in
            suffixes.withBytes { suffixes in
                for start in stride(from: 0, to: digests.count, by: Self.batch) {
                    let range = start..<min(digests.count, start + Self.batch)
                    let kept = filter?.mayHold(digests, range) ?? .max
                    if kept != 0 { look(for: digests, range, kept, directory, suffixes, found) }
                }
            }
        }
    }

    @inline(__always)
    private func look(
        for digests: Span<Digest>,
        _ range: Range<Int>,
        _ kept: UInt64,
        _ directory: RawSpan,
        _ suffixes: RawSpan,
        _ found: (Int, UInt32) -> Void
    ) {
        var buckets = InlineArray<16, Range<Int>>(repeating: 0..<0)
        for index in range { willRead(directory, table.directoryByte(of: digests[index])) }
        for index in range where kept & (1 << UInt64(index - range.lowerBound)) != 0 {
            buckets[index - range.lowerBound] = table.bucket(of: digests[index], in: directory)
        }
        for index in range {
            willRead(suffixes, near: digests[index], buckets[index - range.lowerBound])
        }
        for index in range {
            let records = table.records(
                of: digests[index],
                among: buckets[index - range.lowerBound],
                in: suffixes
            )
            for record in records { found(index, places.withBytes { DigestTable.place(record, in: $0) }) }
        }
    }

    // MARK: Memory that is asked for beforehand, so that the waits for it overlap

    /// The first of two steps for a digest that is looked up soon.
    @inline(__always)
    func willReadDirectory(for digest: Digest) {
        directory.withBytes { willRead($0, table.directoryByte(of: digest)) }
    }

    /// The second, which needs what the first asked for.
    @inline(__always)
    func willReadSuffixes(for digest: Digest) {
        let bucket = directory.withBytes { table.bucket(of: digest, in: $0) }
        suffixes.withBytes { willRead($0, near: digest, bucket) }
    }

    @inline(__always)
    private func willRead(_ suffixes: RawSpan, near digest: Digest, _ bucket: Range<Int>) {
        let place = table.bytes(near: digest, in: bucket)
        guard !place.isEmpty else { return }
        willRead(suffixes, place.lowerBound)
        willRead(suffixes, place.upperBound - 1)
    }

    @inline(__always)
    private func willRead(_ bytes: RawSpan, _ place: Int) {
        bytes.withUnsafeBytes { bw_will_read($0.baseAddress! + place) }
    }

    /// Every digest in order, with the number of its entry.
    func walk(_ body: (Digest, UInt32) throws -> Void) throws {
        try directory.withBytes { directory in
            try suffixes.withBytes { suffixes in
                try places.withBytes { places in
                    try table.forEach(directory: directory, suffixes: suffixes, places: places, body)
                }
            }
        }
    }
}
