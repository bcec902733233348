import GenerationFormat
import UploadModel

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own input:
// so many seeded mutations of the samples (`FuzzGeneration 20000`). Both feed `check`.

/// Any bytes are a manifest, a directory of digests, entries, planes, an index or changes, or a named fault; whatever is one of
/// them can be looked up in.
private func check(_ bytes: RawSpan) {
    if let manifest = try? GenerationManifest(reading: bytes) {
        let written = manifest.bytes
        precondition(
            (try? GenerationManifest(reading: written.span.bytes)) == manifest,
            "read as another manifest"
        )
    }
    checkTable(bytes)
    checkRecords(bytes)
    checkChanges(bytes)
    for algorithm in DigestAlgorithm.allCases {
        guard let filter = try? DigestFilter(bytes, of: algorithm) else { continue }
        for digest in sampleDigests { _ = filter.mayHold(digest.words, in: bytes) }
    }
    _ = try? PerceptualPlanes.count(planes: bytes, rest: bytes, places: bytes)
    if let plan = try? ChunkPlan.plan(directory: bytes, entries: bytes, count: 3) {
        precondition(plan.directoryByteCount == bytes.byteCount, "a directory of another length")
    }
}

/// The directory is the input; behind it lie suffixes of the length that it asks for, of the sample's bytes.
private func checkTable(_ directory: RawSpan) {
    guard directory.byteCount >= FileHeader.byteCount + 8 else { return }
    let last = directory.unsafeLoadUnaligned(fromByteOffset: directory.byteCount - 4, as: UInt32.self)
    let bits = directory.unsafeLoad(fromByteOffset: 16, as: UInt8.self)
    guard last < 10_000, bits <= 24 else { return }
    for algorithm in DigestAlgorithm.allCases {
        let shape = DigestTableShape(algorithm, bits: Int(bits))
        let suffixes = [UInt8](repeating: 0x11, count: FileHeader.byteCount + shape.width * Int(last))
        guard
            let table = try? DigestTable(
                algorithm,
                directory: directory,
                suffixByteCount: UInt64(suffixes.count),
                placesByteCount: UInt64(FileHeader.byteCount + 4 * Int(last))
            )
        else { continue }
        for digest in sampleDigests where digest.algorithm == algorithm {
            let bucket = table.bucket(of: digest, in: directory)
            let records = table.records(of: digest, among: bucket, in: suffixes.span.bytes)
            precondition(records.isEmpty || records.upperBound <= table.count, "a record that is not there")
        }
    }
}

private func checkRecords(_ bytes: RawSpan) {
    var offset = 0
    while let end = EntryRecord.end(of: offset, in: bytes) {
        precondition(end > offset && end <= bytes.byteCount, "an entry that ends elsewhere")
        _ = EntryRecord(bytes, at: offset)
        offset = end
    }
    for ordinal in [1, 16, 17, .max] as [UInt64] {
        _ = RecordIndex.offset(of: ordinal, index: bytes, records: bytes).flatMap {
            EntryRecord(bytes, at: $0)
        }
    }
}

/// Whatever changes are read, each entry of the delta lies where its origin says and is the origin's.
private func checkChanges(_ bytes: RawSpan) {
    let lists = sampleDelta.lists
    guard let changes = try? EntryChanges.read(bytes, lists) else { return }
    precondition(changes.count == lists.count, "changes of another number of lists")
    for (list, changes) in zip(lists, changes) {
        for ordinal in 1..<(list.recordCount + 1) {
            switch changes.origin(of: ordinal) {
            case .delta(let number): precondition(UInt64(changes.added[Int(number) - 1]) == ordinal)
            case .base(let number):
                precondition(changes.ordinal(ofBase: number) == ordinal, "lost on the way")
            }
        }
    }
}

private let sampleDelta = GenerationManifest(
    name: GenerationName(counter: 8, tag: 0x5F0C_9A3F),
    createdAt: Timestamp(seconds: 1_800_000_000, nanoseconds: 1),
    base: GenerationName(counter: 7, tag: 0x5F0C_9A3E),
    lists: ["a", "b"].map {
        GenerationList(
            name: $0,
            listClass: .csam,
            supplier: "nobody",
            provenance: "",
            synthetic: true,
            entryCount: 3,
            recordCount: 19,
            importedAt: Timestamp(nanoseconds: 0),
            maximumAge: 30,
            base: ListBase(recordCount: 20, entryCount: 20, withdrawn: 3, added: 2)
        )
    },
    files: [.init(name: GenerationFile.changes, byteCount: 4_136, sha256: sampleDigests[8])]
)

/// Some that the sample table holds and some that it does not.
private let sampleDigests: [Digest] = DigestAlgorithm.allCases.flatMap { algorithm in
    [0x00, 0x11, 0x80, 0xFF].compactMap {
        Digest(algorithm, [UInt8](repeating: $0, count: algorithm.byteCount))
    }
}

#if FUZZING

    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        check(UnsafeRawBufferPointer(start: start, count: count).bytes)
        return 0
    }

#else

    @main
    struct MutationRun {
        static let samples = [
            sampleManifest.bytes, sampleDelta.bytes, sampleDirectory, sampleRecords, sampleChanges,
            sampleFilter,
        ]

        static let sampleManifest = GenerationManifest(
            name: GenerationName(counter: 7, tag: 0x5F0C_9A3E),
            createdAt: Timestamp(seconds: 1_800_000_000, nanoseconds: 1),
            lists: [
                GenerationList(
                    name: "a",
                    listClass: .csam,
                    supplier: "nobody",
                    provenance: "",
                    synthetic: true,
                    entryCount: 3,
                    recordCount: 4,
                    importedAt: Timestamp(nanoseconds: 0),
                    maximumAge: 30
                )
            ],
            files: [.init(name: "md5.directory", byteCount: 4_096, sha256: sampleDigests[8])]
        )

        /// Sixteen buckets; the second holds all.
        static let sampleDirectory: [UInt8] =
            FileHeader(.directory, parameter: 4).bytes
            + (0...16).flatMap { [$0 < 2 ? 0 : 3, 0, 0, 0] as [UInt8] }

        static let sampleChanges =
            FileHeader(.changes).bytes
            + EntryChanges.bytes([
                EntryChanges(withdrawn: [1, 7, 20], added: [1, 19]),
                EntryChanges(withdrawn: [4, 5, 6], added: [4, 5]),
            ])

        static let sampleFilter =
            FileHeader(.filter, parameter: 3).bytes + [UInt8](repeating: 0x0F, count: 192)

        static let sampleRecords: [UInt8] = {
            var bytes: [UInt8] = []
            for digest in sampleDigests where digest.algorithm == .sha1 {
                EntryRecord.append(
                    to: &bytes,
                    md5: nil,
                    sha1: digest,
                    sha256: nil,
                    perceptual: SIMD4(repeating: 0x0F0F),
                    size: 7,
                    texts: ("name", "", "A1")
                )
            }
            return bytes
        }()

        static func main() {
            let runs = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 20_000
            for seed in 0..<runs { check(mutant(of: seed).span.bytes) }
            print("FuzzGeneration: \(runs) mutants, one for each seed from 0 on")
        }

        static func mutant(of seed: UInt64) -> [UInt8] {
            var random = SplitMix64(state: seed)
            var bytes = samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, using: &random) }
            return bytes
        }

        /// Half of the changes fall where a table says what follows: its header and the first bytes of its pages.
        private static func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
            let page = 4_096 * Int.random(in: 0...4, using: &random)
            let place =
                Bool.random(using: &random)
                ? page + .random(in: 0..<64, using: &random) : .random(in: 0...bytes.count, using: &random)
            guard place < bytes.count else { return }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = .random(in: 0...255, using: &random)
            case 2: bytes.insert(.random(in: 0...255, using: &random), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
    }

    /// The generator of Steele, Lea and Flood: a seed names a run.
    struct SplitMix64: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

#endif
