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
        // One step of all three before the next of any: their buckets lie far apart, and each is a wait for memory.
        digests.visit { base.table($0.algorithm)?.willReadDirectory(for: $0) }
        digests.visit { base.table($0.algorithm)?.willReadSuffixes(for: $0) }
        var found: [ListEntry] = []
        digests.visit { digest in
            let one: InlineArray<1, Digest> = [digest]
            forEachPlace(of: one.span) { _, place in
                let entry = listEntry(place, by: digest)
                // By its class too: a damaged place may lead from one digest to the entry that another confirms.
                if !found.contains(where: { $0.id == entry.id && $0.listClass == entry.listClass }) {
                    found.append(entry)
                }
            }
        }
        return found
    }

    /// Calls `found` for each of many digests of one algorithm that some entry holds, with its place among them.
    /// Look-ups wait for memory together, so a stream of misses costs less than each alone.
    package func look(for digests: Span<Digest>, found: (Int) -> Void) {
        forEachPlace(of: digests) { place, _ in found(place) }
    }

    /// For each hash, in order, every entry within ``PerceptualHash/farthest`` of it.
    package func neighbours(of hashes: [PerceptualHash]) -> [[Neighbour]] {
        let near = near(hashes, in: base, place: place(ofBase:))
        guard let delta else { return near.map { $0.map { neighbour($0) } } }
        let newer = self.near(hashes, in: delta.segment, place: place(ofDelta:))
        return zip(near, newer).map { near, newer in
            let standing = near.filter { !delta.tells(of: $0.hash) } + newer
            // As they lie in a whole generation.
            return standing.sorted { $0.isBefore($1) }.map { neighbour($0) }
        }
    }

    // MARK: - The delta first, and what it does not tell of from the base

    /// Calls `found` for each entry that holds one of the digests, which are of one algorithm, with the digest's place
    /// among them.
    func forEachPlace(of digests: Span<Digest>, _ found: (Int, EntryPlace) -> Void) {
        guard digests.count > 0 else { return }
        let algorithm = digests[0].algorithm
        guard let newer = delta?.segment.table(algorithm) else {
            base.table(algorithm)?.look(for: digests) { index, number in
                found(index, place(ofBase: number))
            }
            return
        }
        var told: Set<Int> = []
        newer.look(for: digests) { index, number in
            told.insert(index)
            if let place = place(ofDelta: number) { found(index, place) }
        }
        base.table(algorithm)?.look(for: digests) { index, number in
            if !told.contains(index) { found(index, place(ofBase: number)) }
        }
    }

    private struct Near {
        let place: EntryPlace
        let hash: SIMD4<UInt64>
        let distance: Int

        func isBefore(_ other: Near) -> Bool {
            hash == other.hash ? place < other.place : hash.isBelow(other.hash)
        }
    }

    private func near(
        _ hashes: [PerceptualHash],
        in segment: Segment,
        place: (UInt32) -> EntryPlace?
    ) -> [[Near]] {
        guard let perceptual = segment.perceptual, !hashes.isEmpty else { return hashes.map { _ in [] } }
        return perceptual.near(hashes).map { near in
            near.compactMap { near in
                place(near.number).map { Near(place: $0, hash: near.hash, distance: near.distance) }
            }
        }
    }

    private func neighbour(_ near: Near) -> Neighbour {
        Neighbour(entry: listEntry(near.place, or: near.hash), distance: near.distance)
    }
}
