/// How perceptual hashes are cut into chunks, so that those within 31 bits of one are among few candidates.
///
/// If the radii of all chunks and one for each add up to 32, a hash that differs in at most 31 bits differs in some
/// chunk by at most that chunk's radius: were each exceeded there would be 32 differences at least. So nothing is
/// missed, whatever the hashes.
///
/// - Source: Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing", for equal radii;
///   Qin et al., "GPH: Similarity Search in Hamming Space", for mixed ones.
package struct ChunkPlan: Equatable, Sendable {
    /// How many chunks there are.
    package let chunks: Int

    /// Any other number would be as exact and slower.
    static let known = [11, 12, 16]

    package init?(chunks: Int) {
        guard Self.known.contains(chunks) else { return nil }
        self.chunks = chunks
    }

    /// The one that needs the least work for so many hashes: the fewer the candidates of a bucket, the shorter the
    /// chunk may be, and the fewer the buckets that have to be looked at.
    package init(count: Int) {
        chunks = count <= 2_000_000 ? 16 : count <= 16_000_000 ? 12 : 11
    }

    /// Bits of a chunk.
    package func bits(_ chunk: Int) -> Int { 256 / chunks + (chunk < 256 % chunks ? 1 : 0) }

    /// Bits that may differ within a chunk; the longest chunks come first and have the largest radii.
    package func radius(_ chunk: Int) -> Int { 32 / chunks + (chunk < 32 % chunks ? 1 : 0) - 1 }

    /// A hash's own value of a chunk. Bit k of the hash belongs to chunk k modulo their number: what lies side by side
    /// in a hash is alike in many pictures, and would fill a few buckets.
    package func value(_ chunk: Int, of hash: SIMD4<UInt64>) -> UInt32 {
        var value: UInt32 = 0
        var place = chunk
        for bit in 0..<bits(chunk) {
            value |= UInt32(truncatingIfNeeded: hash[place >> 6] >> UInt64(place & 63) & 1) << UInt32(bit)
            place += chunks
        }
        return value
    }

    /// What a value is turned by to get all those within the chunk's radius, itself first.
    package func masks(_ chunk: Int) -> [UInt32] {
        var masks: [UInt32] = [0]
        var last: [UInt32] = [0]
        for _ in 0..<radius(chunk) {
            last = last.flatMap { mask in
                // Bits above the highest that is set, so that each combination comes once.
                ((32 - mask.leadingZeroBitCount)..<bits(chunk)).map { mask | 1 << UInt32($0) }
            }
            masks += last
        }
        return masks
    }

    // MARK: The two files

    /// Of an entry of a chunk: the hash's first 96 bits, and its place.
    package static let entryByteCount = 16

    /// Where a chunk's part of the directory begins: the numbers, 32 bits each, of entries before each bucket, and of
    /// all.
    package func directoryOffset(_ chunk: Int) -> Int {
        FileHeader.byteCount + (0..<chunk).reduce(0) { $0 + 4 * ((1 << bits($1)) + 1) }
    }

    package var directoryByteCount: Int { directoryOffset(chunks) }

    package func entriesOffset(_ chunk: Int, count: Int) -> Int {
        FileHeader.byteCount + chunk * count * Self.entryByteCount
    }

    /// Checks headers and lengths; the numbers in the directory are left to its SHA-256, and held within bounds by
    /// whoever looks up.
    package static func plan(directory: RawSpan, entries: RawSpan, count: Int) throws(GenerationFault)
        -> ChunkPlan
    {
        let name = GenerationFile.chunkDirectory
        let chunks = try FileHeader.parameter(of: directory, named: name)
        guard let plan = ChunkPlan(chunks: Int(clamping: chunks)) else {
            throw .damaged(file: name, because: "no number of chunks that is known")
        }
        try FileHeader(.chunkDirectory, parameter: plan.chunks).check(directory, named: name)
        try FileHeader(.chunks, parameter: plan.chunks).check(entries, named: GenerationFile.chunks)
        try GenerationFile.check(directory.byteCount, of: name, is: plan.directoryByteCount)
        try GenerationFile.check(
            entries.byteCount,
            of: GenerationFile.chunks,
            is: plan.entriesOffset(plan.chunks, count: count)
        )
        return plan
    }
}
