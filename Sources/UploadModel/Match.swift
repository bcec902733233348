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
    /// What the match leads to.
    package let action: MatchAction

    /// - Parameter action: What the list's settings want, at most what class and grade allow; without it, that.
    package init(
        entry: ListEntry,
        agreed: DigestAlgorithms,
        distance: Int? = nil,
        orientation: Orientation? = nil,
        reading: Reading? = nil,
        part: UploadPart,
        grade: Grade,
        action: MatchAction? = nil
    ) {
        self.entry = entry
        self.agreed = agreed
        self.distance = distance
        self.orientation = orientation
        self.reading = reading
        self.part = part
        self.grade = grade
        self.action = min(action ?? .draft, MatchAction.most(of: entry.listClass, grade))
    }

    /// An exact comparison; `nil` when no digest agrees.
    ///
    /// - Parameters:
    ///   - likeness: How near the picture came to the same entry, where it did.
    ///   - actions: The list's, from its settings.
    package init?(
        _ entry: ListEntry,
        meeting digests: DigestSet,
        likeness: Likeness? = nil,
        actions: ListActions = ListActions(),
        part: UploadPart
    ) {
        guard let grade = Grade.of(entry, meeting: digests, distance: likeness?.distance) else { return nil }
        let agreed = Agreement(of: entry, with: digests).agreed
        self.init(entry, agreed, likeness, grade, actions, part)
    }

    /// A perceptual comparison; `nil` beyond the last of the list's bands.
    package init?(_ entry: ListEntry, _ likeness: Likeness, actions: ListActions = ListActions()) {
        self.init(entry, [], likeness, .g4, actions, .content)
    }

    private init?(
        _ entry: ListEntry,
        _ agreed: DigestAlgorithms,
        _ likeness: Likeness?,
        _ grade: Grade,
        _ actions: ListActions,
        _ part: UploadPart
    ) {
        guard let action = actions.action(for: grade, distance: likeness?.distance) else { return nil }
        self.init(
            entry: entry,
            agreed: agreed,
            distance: likeness?.distance,
            orientation: likeness?.orientation,
            reading: likeness?.reading,
            part: part,
            grade: grade,
            action: action
        )
    }

    /// Whether this match alone makes us prepare a draft; all others wait for a person to classify.
    package var warrantsDraft: Bool { action == .draft }
}

/// How near a picture came to an entry, and which of its hashes did.
package struct Likeness: Hashable, Sendable {
    /// Hamming distance in bits.
    package let distance: Int
    package let orientation: Orientation
    package let reading: Reading

    package init(distance: Int, orientation: Orientation, reading: Reading) {
        (self.distance, self.orientation, self.reading) = (distance, orientation, reading)
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
