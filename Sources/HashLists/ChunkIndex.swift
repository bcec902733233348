import CHammingKernels
import GenerationFormat
import LinuxIO
import UploadModel

/// The index of perceptual hashes by chunks, used once all of it was read in and its directory checked: cold, it would
/// cost thousands of page faults a question, where the scan costs none.
final class ChunkIndex: Sendable {
    private let plan: ChunkPlan
    private let directory: MappedFile
    private let entries: MappedFile
    private let count: Int
    private let masks: [[UInt32]]
    private let reading: ReadingIn

    /// Opens the index, where there is one, and reads it in on a thread of its own, if there is one to be had.
    init?(of manifest: GenerationManifest, in folder: borrowing Descriptor, count: Int) throws {
        guard manifest.file(GenerationFile.chunkDirectory) != nil else { return nil }
        let directory = try MappedFile(GenerationFile.chunkDirectory, of: manifest, in: folder)
        let entries = try MappedFile(GenerationFile.chunks, of: manifest, in: folder)
        let plan = try directory.withBytes { bytes throws(GenerationFault) in
            try entries.withBytes { entries throws(GenerationFault) in
                try ChunkPlan.plan(directory: bytes, entries: entries, count: count)
            }
        }
        (self.plan, self.directory, self.entries, self.count) = (plan, directory, entries, count)
        masks = (0..<plan.chunks).map(plan.masks)
        reading = ReadingIn([directory, entries], checking: [directory], thread: "lists-index")
    }

    deinit { reading.cancel() }

    var files: [MappedFile] { [directory, entries] }
    var isReady: Bool { reading.isReady }
    /// Found while it was read in: the scan goes on alone.
    var isDamaged: Bool { reading.isDamaged }

    /// The places of all hashes that may be near enough, in ascending order, each once.
    func candidates(_ hash: SIMD4<UInt64>) -> [UInt32] {
        var found: [UInt32] = []
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1_024) { room in
            for chunk in 0..<plan.chunks {
                let hits = probe(chunk, hash, room)
                guard hits > room.count else {
                    found.append(contentsOf: room.prefix(hits))
                    continue
                }
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: hits) { more in
                    _ = probe(chunk, hash, more)
                    found.append(contentsOf: more)
                }
            }
        }
        found.sort()
        var last: UInt32?
        return found.filter { place in
            defer { last = place }
            return place != last
        }
    }

    private func probe(_ chunk: Int, _ hash: SIMD4<UInt64>, _ room: UnsafeMutableBufferPointer<UInt32>) -> Int
    {
        directory.withBytes { directory in
            directory.withUnsafeBytes { directory in
                entries.withBytes { entries in
                    entries.withUnsafeBytes { entries in
                        let starts = directory.baseAddress! + plan.directoryOffset(chunk)
                        let first = entries.baseAddress! + plan.entriesOffset(chunk, count: count)
                        return bw_probe(
                            starts.assumingMemoryBound(to: UInt32.self),
                            first.assumingMemoryBound(to: UInt64.self),
                            count,
                            plan.value(chunk, of: hash),
                            masks[chunk],
                            masks[chunk].count,
                            hash[0],
                            UInt32(truncatingIfNeeded: hash[1] >> 32),
                            CInt(PerceptualHash.farthest),
                            room.baseAddress!,
                            room.count
                        )
                    }
                }
            }
        }
    }
}
