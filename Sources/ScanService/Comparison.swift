import HashLists
import LinuxIO
import UploadModel

// What the lists say of an upload, for the daemon and for those who ask about one file.

extension Generation {
    /// Every entry that the content meets: by a digest, by a similar picture, or by both, each once.
    ///
    /// An entry that both meet is one match, and a stronger one than either.
    func matches(_ digests: DigestSet, _ finding: PerceptualFinding) -> [Match] {
        let similar = nearest(finding)
        let exact = entries(meeting: digests)
        if exact.isEmpty && similar.isEmpty { return [] }
        let met = exact.compactMap { entry in
            Match(
                entry,
                meeting: digests,
                likeness: similar[entry.id]?.likeness,
                actions: actions(of: entry),
                part: .content
            )
        }
        let named = Set(met.map(\.entry.id))
        let alike = similar.values.filter { !named.contains($0.entry.id) }.compactMap {
            Match($0.entry, $0.likeness, actions: actions(of: $0.entry))
        }
        return met
            + alike.sorted { ($0.distance!, $0.entry.id.ordinal) < ($1.distance!, $1.entry.id.ordinal) }
    }

    /// Every entry that the context meets.
    func matches(context digests: DigestSet) -> [Match] {
        entries(meeting: digests).compactMap {
            Match($0, meeting: digests, actions: actions(of: $0), part: .context)
        }
    }

    /// Every entry that is similar to some reading of the picture, with the nearest.
    private func nearest(_ finding: PerceptualFinding) -> [EntryID: (entry: ListEntry, likeness: Likeness)] {
        guard case .hashes(let hashes, _) = finding else { return [:] }
        var nearest: [EntryID: (entry: ListEntry, likeness: Likeness)] = [:]
        for (hash, neighbours) in zip(hashes, neighbours(of: hashes)) {
            for neighbour in neighbours
            where neighbour.distance < nearest[neighbour.entry.id]?.likeness.distance ?? .max {
                let likeness = Likeness(
                    distance: neighbour.distance,
                    orientation: hash.orientation,
                    reading: hash.reading
                )
                nearest[neighbour.entry.id] = (neighbour.entry, likeness)
            }
        }
        return nearest
    }

    /// Whether a list asks for the hashes of this file, which its first bytes tell.
    ///
    /// - Throws: What keeps them from being read: a picture must not pass for something else.
    func asksForHashes(of file: borrowing Descriptor) throws(SyscallError) -> Bool {
        guard asksForPictures else { return false }
        var prefix = [UInt8](repeating: 0, count: PictureFormat.prefixLength)
        let count = try file.read(into: &prefix, at: 0, subject: "upload")
        return PictureFormat(firstBytes: prefix[..<count]) != nil
    }
}
