import GenerationFormat
import LinuxIO
import UploadModel

/// Writes the index of perceptual hashes by chunks, from the planes that are written already.
final class ChunkIndexWriter {
    private let plan: ChunkPlan
    private let count: Int
    private let planes: Mapping
    private let rest: Mapping
    private let directory: SummedFile
    private let entries: SummedFile

    init(count: Int, in folder: borrowing Descriptor) throws {
        let plan = ChunkPlan(count: count)
        self.plan = plan
        self.count = count
        planes = try Mapping.of(
            try folder.open(Array(GenerationFile.planes.utf8)),
            subject: GenerationFile.planes
        )
        rest = try Mapping.of(try folder.open(Array(GenerationFile.rest.utf8)), subject: GenerationFile.rest)
        directory = try SummedFile(
            GenerationFile.chunkDirectory,
            FileHeader(.chunkDirectory, parameter: plan.chunks),
            in: folder
        )
        entries = try SummedFile(
            GenerationFile.chunks,
            FileHeader(.chunks, parameter: plan.chunks),
            in: folder
        )
    }

    /// - Parameter memory: Bytes that the entries of a chunk may take while they are put in order; where they do not
    ///   fit, the planes are read several times.
    func write(memory: Int) throws -> [GenerationManifest.File] {
        for chunk in 0..<plan.chunks {
            try write(chunk, fitting: max(1_024, memory / ChunkPlan.entryByteCount))
        }
        return [try directory.finish(), try entries.finish()]
    }

    private func write(_ chunk: Int, fitting: Int) throws {
        var starts = [UInt32](repeating: 0, count: (1 << plan.bits(chunk)) + 1)
        forEach { _, hash in starts[Int(plan.value(chunk, of: hash)) + 1] += 1 }
        for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
        try directory.append(littleEndian: starts)

        var bucket = 0
        while bucket < starts.count - 1 {
            var end = bucket + 1
            while end < starts.count - 1, Int(starts[end + 1] - starts[bucket]) <= fitting { end += 1 }
            try write(chunk, buckets: bucket..<end, starts)
            bucket = end
        }
    }

    /// A bucket that alone does not fit takes the memory that it needs.
    private func write(_ chunk: Int, buckets: Range<Int>, _ starts: [UInt32]) throws {
        let first = starts[buckets.lowerBound]
        let room = UnsafeMutableBufferPointer<SIMD2<UInt64>>.allocate(
            capacity: Int(starts[buckets.upperBound] - first)
        )
        defer { room.deallocate() }
        var next = Array(starts[buckets])
        forEach { place, hash in
            let bucket = Int(plan.value(chunk, of: hash))
            guard buckets.contains(bucket) else { return }
            let position = next[bucket - buckets.lowerBound]
            next[bucket - buckets.lowerBound] += 1
            let entry = SIMD2(hash[0].littleEndian, (hash[1] >> 32 | UInt64(place) << 32).littleEndian)
            (room.baseAddress! + Int(position - first)).initialize(to: entry)
        }
        try entries.append(UnsafeRawBufferPointer(room))
    }

    private func forEach(_ body: (Int, SIMD4<UInt64>) -> Void) {
        planes.withBytes { planes in
            rest.withBytes { rest in
                for place in 0..<count {
                    body(place, PerceptualPlanes.hash(place, planes: planes, rest: rest))
                }
            }
        }
    }
}
