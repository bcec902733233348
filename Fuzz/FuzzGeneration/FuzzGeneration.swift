import GenerationFormat
import UploadModel

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own input:
// so many seeded mutations of the samples (`FuzzGeneration 20000`). Both feed `check`.

/// Any bytes are a manifest and a table of entries, or a named fault; whatever is a table can be looked up in.
private func check(_ bytes: RawSpan) {
    if let manifest = try? GenerationManifest(reading: bytes) {
        let written = manifest.bytes
        precondition(
            (try? GenerationManifest(reading: written.span.bytes)) == manifest,
            "read as another manifest"
        )
    }
    guard let table = try? EntriesTable(bytes, listSizes: [3, 5]) else { return }
    for kind in EntryKind.allCases {
        for record in 0..<table.count(of: kind) { _ = table.place(of: record, kind, in: bytes) }
    }
    for digest in sampleDigests {
        for record in table.records(of: digest, in: bytes) {
            precondition(
                table.place(of: record, EntryKind(digest.algorithm), in: bytes).list < 2,
                "no list's entry"
            )
        }
    }
    for record in 0..<table.count(of: .perceptual) { _ = table.perceptual(of: record, in: bytes) }
}

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
        static let samples = [sampleManifest.bytes, sampleEntries]

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
                    importedAt: Timestamp(nanoseconds: 0),
                    maximumAge: 30
                )
            ],
            entries: .init(byteCount: 4_096, sha256: sampleDigests[8])
        )

        static let sampleEntries: [UInt8] = {
            var writer = EntriesWriter()
            for digest in sampleDigests where digest.byte(0) != 0x80 {
                writer.add(digest, at: EntryPlace(list: 0, ordinal: 3))
                writer.add(digest, at: EntryPlace(list: 1, ordinal: 5))
            }
            writer.add(perceptual: SIMD4(repeating: 0x0F0F), at: EntryPlace(list: 1, ordinal: 1))
            return writer.written()
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
