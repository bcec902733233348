import GenerationFormat
import UploadModel

/// The three files of a table as the format's description has them, written without the builder.
struct TableBytes {
    let shape: DigestTableShape
    var directory: [UInt8]
    var suffixes: [UInt8]
    var places: [UInt8]

    init(_ algorithm: DigestAlgorithm, _ entries: [(digest: Digest, number: UInt32)], bits: Int) {
        shape = DigestTableShape(algorithm, bits: bits)
        let shape = shape
        let sorted = entries.sorted { ($0.digest, $0.number) < ($1.digest, $1.number) }
        directory = FileHeader(.directory, parameter: bits).bytes
        suffixes = FileHeader(.suffixes, parameter: bits).bytes
        places = FileHeader(.places).bytes
        for bucket in 0...shape.bucketCount {
            let before = sorted.count { shape.bucket(of: $0.digest.words) < bucket }
            directory += UInt32(before).bytes
        }
        for entry in sorted {
            suffixes += entry.digest.bytes.dropFirst(bits / 8)
            places += entry.number.bytes
        }
    }

    func table() throws(GenerationFault) -> DigestTable {
        try DigestTable(
            shape.algorithm,
            directory: directory.span.bytes,
            suffixByteCount: UInt64(suffixes.count),
            placesByteCount: UInt64(places.count)
        )
    }

    func numbers(of digest: Digest, in table: DigestTable) -> [UInt32] {
        let bucket = table.bucket(of: digest, in: directory.span.bytes)
        return table.records(of: digest, among: bucket, in: suffixes.span.bytes).map {
            DigestTable.place($0, in: places.span.bytes)
        }
    }
}

extension UInt32 {
    /// Little-endian.
    var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * UInt32($0))) } }
}

extension Digest {
    static func invented(_ algorithm: DigestAlgorithm, using random: inout SplitMix64) -> Digest {
        Digest(algorithm, (0..<algorithm.byteCount).map { _ in .random(in: 0...255, using: &random) })!
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
