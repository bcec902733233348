/// What a match leads to. Each includes those before it; quarantine always is.
package enum MatchAction: String, CaseIterable, Comparable, Sendable {
    case quarantine
    /// A case is opened for a person to look at.
    case `case`
    /// A draft report is prepared without waiting for a person to classify.
    case draft

    package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self)! }
}

/// Perceptual matches up to a distance, and what they lead to.
package struct DistanceBand: Hashable, Sendable {
    /// The greatest Hamming distance of the band, in bits, 0 to 31.
    package let distance: Int
    package let action: MatchAction

    package init(distance: Int, action: MatchAction) {
        self.distance = distance
        self.action = action
    }
}

/// One list's actions by grade, as configured. The class of a list and the grade set what is allowed at most; these can
/// only lower it.
package struct ListActions: Hashable, Sendable {
    package var g1 = MatchAction.draft
    package var g2 = MatchAction.draft
    package var g3 = MatchAction.draft
    /// By ascending distance. What lies beyond the last is no match.
    package var bands = [DistanceBand(distance: 31, action: .case)]

    package init() {}
}

extension ListActions {
    /// What the list wants of a match of this grade; `nil` where it is none, beyond the last band.
    ///
    /// A conflict is always for a person to look at.
    package func action(for grade: Grade, distance: Int?) -> MatchAction? {
        switch grade {
        case .g1: g1
        case .g2: g2
        case .g3: g3
        case .g4: bands.first { (distance ?? 0) <= $0.distance }?.action
        case .conflicting: .case
        }
    }
}

extension MatchAction {
    /// What class and grade allow at most: only digests of a `csam` entry, unopposed, lead to a draft by themselves.
    package static func most(of listClass: ListClass, _ grade: Grade) -> MatchAction {
        switch (listClass, grade) {
        case (.csam, .g1), (.csam, .g2), (.csam, .g3): .draft
        case (.csam, .g4), (.csam, .conflicting): .case
        case (.minorReported, _), (.exploitative, _), (.ncii, _), (.watch, _): .case
        case (.benign, _): .quarantine
        }
    }
}
