import UploadModel

/// Which alarms the operator was told of: a case that nobody looks at is not found in a list that nobody asks for.
struct CaseWatch {
    private var told: [CaseID: CaseAlarm] = [:]

    /// Takes in the open cases as they stand.
    ///
    /// - Returns: A line for each alarm that was not told of yet; after a start, for each that stands.
    mutating func news(_ cases: [(id: CaseID, alarm: CaseAlarm)]) -> [String] {
        let standing = cases.filter { $0.alarm != .none }
        let news = standing.filter { told[$0.id] != $0.alarm }
        told = Dictionary(standing.map { ($0.id, $0.alarm) }) { first, _ in first }
        return news.map { "\($0.id) waits for a person: alarm \($0.alarm.rawValue)" }
    }
}

extension CaseDesk {
    /// Cases that are neither submitted nor closed, with their alarms.
    func openCases() throws -> [(id: CaseID, alarm: CaseAlarm)] {
        let now = now
        return try book.read { try $0.openCases() }.map { ($0.id, $0.alarm(at: now)) }
    }
}

extension BookedCase {
    func alarm(at now: Timestamp) -> CaseAlarm {
        let isDone = stage == .submitted || stage == .closed
        return isDone ? .none : CaseAlarm(since: first, now: now, isUrgent: isUrgent)
    }
}
