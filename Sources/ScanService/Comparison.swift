import HashLists
import LinuxIO
import UploadModel

// What the lists say of an upload, for the daemon and for those who ask about one file.

extension Generation {
    /// Every entry that shares a digest.
    func matches(_ digests: DigestSet, _ part: UploadPart) -> [Match] {
        entries(meeting: digests).compactMap { Match($0, meeting: digests, part: part) }
    }

    /// Every entry that is similar to some reading of the picture, each once, by the nearest.
    func matches(_ finding: PerceptualFinding) -> [Match] {
        guard case .hashes(let hashes, _) = finding else { return [] }
        var nearest: [EntryID: Match] = [:]
        for (hash, neighbours) in zip(hashes, neighbours(of: hashes)) {
            for neighbour in neighbours {
                let known = nearest[neighbour.entry.id]?.distance ?? .max
                if neighbour.distance < known { nearest[neighbour.entry.id] = Match(neighbour, hash) }
            }
        }
        return nearest.values.sorted {
            ($0.distance!, $0.entry.id.ordinal) < ($1.distance!, $1.entry.id.ordinal)
        }
    }

    /// Whether a list asks for the hashes of this file, which its first bytes tell.
    func asksForHashes(of file: borrowing Descriptor) -> Bool {
        guard asksForPictures else { return false }
        var prefix = [UInt8](repeating: 0, count: PictureFormat.prefixLength)
        let count = (try? file.read(into: &prefix, at: 0, subject: "upload")) ?? 0
        return PictureFormat(firstBytes: prefix[..<count]) != nil
    }
}

extension Match {
    fileprivate init(_ neighbour: Neighbour, _ hash: PerceptualHash) {
        self.init(
            entry: neighbour.entry,
            agreed: [],
            distance: neighbour.distance,
            orientation: hash.orientation,
            reading: hash.reading,
            part: .content,
            grade: .g4
        )
    }
}
