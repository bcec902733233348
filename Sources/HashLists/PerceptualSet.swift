import CHammingKernels
import GenerationFormat
import LinuxIO
import UploadModel

/// The perceptual hashes of all lists as they are mapped: a scan that is ready at once, and an index once it is read in.
final class PerceptualSet: Sendable {
    let count: Int
    private let planes: MappedFile
    private let rest: MappedFile
    private let places: MappedFile
    /// `nil` where the hashes are too few to need one.
    let index: ChunkIndex?

    /// `nil` where this part has no perceptual hashes.
    init?(_ part: GenerationPart, of manifest: GenerationManifest, in folder: borrowing Descriptor) throws {
        guard manifest.file(part.name(GenerationFile.planes)) != nil else { return nil }
        let planes = try MappedFile(part.name(GenerationFile.planes), of: manifest, in: folder)
        let rest = try MappedFile(part.name(GenerationFile.rest), of: manifest, in: folder)
        let places = try MappedFile(
            part.name(GenerationFile.places(.perceptual)),
            of: manifest,
            in: folder
        )
        let count = try planes.withBytes { planes throws(GenerationFault) in
            try rest.withBytes { rest throws(GenerationFault) in
                try places.withBytes { places throws(GenerationFault) in
                    try PerceptualPlanes.count(in: part, planes: planes, rest: rest, places: places)
                }
            }
        }
        (self.planes, self.rest, self.places, self.count) = (planes, rest, places, count)
        // A delta is small, and its scan is ready at once.
        index = part == .base ? try ChunkIndex(of: manifest, in: folder, count: count) : nil
    }

    var files: [MappedFile] { [planes, rest, places] + (index?.files ?? []) }

    /// One hash that came near: its entry's number, and the distance in bits.
    struct Near: Equatable {
        let number: UInt32
        let hash: SIMD4<UInt64>
        let distance: Int
    }

    /// For each hash, in order, every entry within ``PerceptualHash/farthest`` of it.
    func near(_ hashes: [PerceptualHash]) -> [[Near]] {
        let found =
            index.flatMap { index in index.isReady ? hashes.map { index.candidates($0.bits) } : nil }
            ?? scan(hashes)
        return zip(hashes, found).map { hash, candidates in
            candidates.compactMap { confirmed($0, hash) }
        }
    }

    /// For each hash the places of all whose first 128 bits are near enough: one pass, whatever the number of hashes.
    private func scan(_ hashes: [PerceptualHash]) -> [[UInt32]] {
        var found = [[UInt32]](repeating: [], count: hashes.count)
        let size = PerceptualPlanes.blockSize
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: size) { hits in
            planes.withBytes { bytes in
                bytes.withUnsafeBytes { raw in
                    for block in 0..<(count + size - 1) / size {
                        let start =
                            raw.baseAddress! + FileHeader.byteCount + block * PerceptualPlanes.blockByteCount
                        let words = start.assumingMemoryBound(to: UInt64.self)
                        let there = min(size, count - block * size)
                        for (index, hash) in hashes.enumerated() {
                            let near = bw_near128(
                                words,
                                words + size,
                                there,
                                hash.bits[0].littleEndian,
                                hash.bits[1].littleEndian,
                                CInt(PerceptualHash.farthest),
                                hits.baseAddress!
                            )
                            for hit in 0..<near {
                                found[index].append(UInt32(block * size) + UInt32(hits[hit]))
                            }
                        }
                    }
                }
            }
        }
        return found
    }

    private func confirmed(_ candidate: UInt32, _ wanted: PerceptualHash) -> Near? {
        // Only a damaged index can speak of more.
        guard candidate < count else { return nil }
        let hash = planes.withBytes { planes in
            rest.withBytes { PerceptualPlanes.hash(Int(candidate), planes: planes, rest: $0) }
        }
        let distance = wanted.distance(to: hash)
        guard distance <= PerceptualHash.farthest else { return nil }
        return Near(
            number: places.withBytes { DigestTable.place(Int(candidate), in: $0) },
            hash: hash,
            distance: distance
        )
    }

    /// The numbers of exactly this hash; the hashes lie in order.
    func numbers(of hash: SIMD4<UInt64>) -> [UInt32] {
        planes.withBytes { planes in
            rest.withBytes { rest in
                var (low, high) = (0, count)
                while low < high {
                    let middle = (low + high) / 2
                    let found = PerceptualPlanes.hash(middle, planes: planes, rest: rest)
                    if found.isBelow(hash) { low = middle + 1 } else { high = middle }
                }
                var end = low
                while end < count, PerceptualPlanes.hash(end, planes: planes, rest: rest) == hash { end += 1 }
                return (low..<end).map { place in places.withBytes { DigestTable.place(place, in: $0) } }
            }
        }
    }

    /// Every hash in order, with the number of its entry.
    func walk(_ body: (SIMD4<UInt64>, UInt32) throws -> Void) throws {
        try planes.withBytes { planes in
            try rest.withBytes { rest in
                try places.withBytes { places in
                    for place in 0..<count {
                        try body(
                            PerceptualPlanes.hash(place, planes: planes, rest: rest),
                            DigestTable.place(place, in: places)
                        )
                    }
                }
            }
        }
    }
}
