import CHammingKernels
import GenerationFormat
import LinuxIO
import UploadModel

/// The digests of one algorithm as they are mapped.
struct ServedTable: Sendable {
    let table: DigestTable
    private let directory: MappedFile
    private let suffixes: MappedFile
    private let places: MappedFile

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
    }

    var files: [MappedFile] { [directory, suffixes, places] }

    /// Reads all of the directory and compares it with what was signed.
    func checkDirectory() throws(GenerationFault) { try directory.checkSHA256() }

    /// Calls `found` for each entry that holds one of the digests, with the digest's place and the entry's number.
    func look(for digests: Span<Digest>, found: (Int, UInt32) -> Void) {
        directory.withBytes { directory in
            suffixes.withBytes { suffixes in
                for start in stride(from: 0, to: digests.count, by: Self.batch) {
                    let end = min(digests.count, start + Self.batch)
                    look(for: digests, start..<end, directory, suffixes, found)
                }
            }
        }
    }

    @inline(__always)
    private func look(
        for digests: Span<Digest>,
        _ range: Range<Int>,
        _ directory: RawSpan,
        _ suffixes: RawSpan,
        _ found: (Int, UInt32) -> Void
    ) {
        var buckets = InlineArray<16, Range<Int>>(repeating: 0..<0)
        for index in range {
            buckets[index - range.lowerBound] = table.bucket(of: digests[index], in: directory)
        }
        suffixes.withUnsafeBytes { bytes in
            for index in range {
                let place = table.bytes(of: buckets[index - range.lowerBound])
                guard !place.isEmpty else { continue }
                for line in stride(
                    from: place.lowerBound,
                    to: min(place.upperBound, place.lowerBound + 256),
                    by: 64
                ) {
                    bw_will_read(bytes.baseAddress! + line)
                }
            }
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
