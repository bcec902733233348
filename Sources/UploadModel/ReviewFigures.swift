/// Counts for a transparency report, from the rows of cases: how many, never what or whose.
///
/// What happened is counted, not what was only proposed; an exhibit is counted once however often somebody changed
/// their mind.
package struct ReviewFigures: Equatable, Sendable {
    package enum Figure: String, CaseIterable, Sendable {
        case casesOpened = "cases opened"
        case casesByPersons = "cases opened by a person"
        case exhibits = "exhibits"
        case reportableMatches = "exhibits with a match that makes a report"
        case classified = "exhibits classified"
        case notCSAM = "exhibits found not_csam"
        case viewings = "viewings of a whole file"
        case urgent = "cases escalated"
        case approved = "reports approved"
        case approvedAlone = "reports approved by one person alone"
        case returned = "approvals taken back"
        case submitted = "reports submitted"
    }

    private var counts: [Figure: Int] = [:]
    private let begin: Timestamp
    private let end: Timestamp

    /// - Parameters:
    ///   - begin: The first moment of the period.
    ///   - end: The first moment after it.
    package init(from begin: Timestamp, until end: Timestamp) { (self.begin, self.end) = (begin, end) }

    package subscript(figure: Figure) -> Int { counts[figure] ?? 0 }

    /// Counts one case: all its rows from the first on, since what a row means depends on those before it.
    ///
    /// - Throws: ``ReviewDamaged``; nothing of the case is counted then.
    package mutating func count(_ rows: some Sequence<ReviewRow>) throws(ReviewDamaged) {
        var (review, found) = (Review(), [Figure]())
        for row in rows {
            let before = review
            try review.take(row)
            if begin <= row.at && row.at < end { found += Self.figures(of: row.event, before, review) }
        }
        for figure in found { counts[figure, default: 0] += 1 }
    }

    private static func figures(of event: ReviewEvent, _ before: Review, _ after: Review) -> [Figure] {
        switch event {
        case .opened(.match): [.casesOpened]
        case .opened: [.casesOpened, .casesByPersons]
        case .joined(let exhibit): exhibit.warrantsDraft ? [.exhibits, .reportableMatches] : [.exhibits]
        case .classified(let bundle, _): before[bundle]?.classification == nil ? [.classified] : []
        case .disposed(let bundle, _):
            after[bundle]?.isFoundNotCSAM == true && before[bundle]?.isFoundNotCSAM == false ? [.notCSAM] : []
        case .viewed(_, .completed(_, whole: true)): [.viewings]
        case .escalated: before.wasEscalated ? [] : [.urgent]
        case .approved: after.approval?.isAlone == true ? [.approved, .approvedAlone] : [.approved]
        case .returned: [.returned]
        case .submitted: [.submitted]
        default: []
        }
    }
}
