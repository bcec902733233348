import GenerationFormat
package import UploadModel

/// An entry whose perceptual hash is similar, with the Hamming distance in bits.
package struct Neighbour: Equatable, Sendable {
    package let entry: ListEntry
    package let distance: Int
}

extension Generation {
    /// Every entry of every list that shares a digest with `digests`, each once; what that is worth is for `Grade` to
    /// say.
    package func entries(meeting digests: DigestSet) -> [ListEntry] {
        var found: [ListEntry] = []
        for table in tables {
            guard let digest = digests[table.table.shape.algorithm] else { continue }
            let one: InlineArray<1, Digest> = [digest]
            table.look(for: one.span) { _, number in
                guard let entry = listEntry(number, by: digest) else { return }
                if !found.contains(where: { $0.id == entry.id }) { found.append(entry) }
            }
        }
        return found
    }

    /// Calls `found` for each of many digests of one algorithm that some entry holds, with its place among them.
    /// Look-ups wait for memory together, so a stream of misses costs less than each alone.
    package func look(for digests: Span<Digest>, found: (Int) -> Void) {
        guard digests.count > 0 else { return }
        for table in tables where table.table.shape.algorithm == digests[0].algorithm {
            table.look(for: digests) { place, _ in found(place) }
        }
    }

    /// For each hash, in order, every entry within ``PerceptualHash/farthest`` of it.
    package func neighbours(of hashes: [PerceptualHash]) -> [[Neighbour]] {
        guard let perceptual, !hashes.isEmpty else { return hashes.map { _ in [] } }
        return perceptual.near(hashes).map { near in
            near.compactMap { near in
                listEntry(near.number, or: near.hash).map { Neighbour(entry: $0, distance: near.distance) }
            }
        }
    }
}
