/// The part of an upload that met an entry.
package enum UploadPart: String, CaseIterable, Sendable {
    case content
    /// The sidecar file `NAME.meta.json`.
    case context
}

/// An entry meeting an upload.
package struct Match: Equatable, Sendable {
    package let entry: ListEntry
    package let agreed: DigestAlgorithms
    /// Hamming distance in bits, 0 to 31, with the way the picture was read and turned; `nil` without PDQ.
    package let distance: Int?
    package let orientation: Orientation?
    package let reading: Reading?
    package let part: UploadPart
    package let grade: Grade

    package init(
        entry: ListEntry,
        agreed: DigestAlgorithms,
        distance: Int? = nil,
        orientation: Orientation? = nil,
        reading: Reading? = nil,
        part: UploadPart,
        grade: Grade
    ) {
        self.entry = entry
        self.agreed = agreed
        self.distance = distance
        self.orientation = orientation
        self.reading = reading
        self.part = part
        self.grade = grade
    }

    /// An exact comparison; `nil` when no digest agrees.
    package init?(_ entry: ListEntry, meeting digests: DigestSet, part: UploadPart) {
        guard let grade = Grade.of(entry, meeting: digests) else { return nil }
        self.init(entry: entry, agreed: Agreement(of: entry, with: digests).agreed, part: part, grade: grade)
    }

    /// Whether this match alone makes us prepare a draft; all others wait for a person to classify.
    package var warrantsDraft: Bool {
        entry.listClass == .csam && [.g1, .g2, .g3].contains(grade)
    }
}

/// What the entries that an upload met lead to, once all of them are known.
package enum Judgement: Equatable, Sendable {
    case unlisted
    case listed([Match])
    /// A `benign` entry of an equal or stronger digest kind stands against every match.
    case suppressed([Match])

    /// Weighs `matches` against each other. A `csam` entry is never suppressed, and PDQ never suppresses.
    package init(of matches: [Match]) {
        let benign = matches.filter { $0.entry.listClass == .benign }
        let serious = matches.filter { $0.entry.listClass != .benign }
        if serious.isEmpty {
            self = .unlisted
        } else if serious.allSatisfy({ match in benign.contains { $0.suppresses(match) } }) {
            self = .suppressed(matches)
        } else {
            self = .listed(matches)
        }
    }

    package var event: CustodyEvent {
        switch self {
        case .unlisted: .unlisted
        case .listed(let matches): .listed(matches)
        case .suppressed(let matches): .suppressed(matches)
        }
    }
}

extension Match {
    fileprivate func suppresses(_ other: Match) -> Bool {
        guard other.entry.listClass != .csam, other.part == part, grade != .conflicting else { return false }
        guard let mine = agreed.strongest, let theirs = other.agreed.strongest else { return false }
        return mine >= theirs
    }
}
