import Synchronization
import UploadModel

// What time alone brings about: an exhibit that comes into the worklist, and one whose time is over.

extension CaseDesk {
    /// Nanoseconds between two looks; a notice is a matter of days.
    static let expiryPause: Int64 = 3_600_000_000_000

    /// Enters each notice of an expiry in the custody log, once: the log itself says which were. Counts what is due.
    func noteExpiries() throws {
        let at = now
        var figures = RetentionFigures()
        for known in try book.read({ try $0.cases() }) {
            for keeping in try keepings(of: known.id) where try !isDestroyed(keeping) {
                figures.count(keeping.retention, at: at)
                guard let notice = keeping.retention.notice(at: at) else { continue }
                let isKnown = try log.chain(of: keeping.exhibit).contains {
                    $0.kind == notice.kind && $0.references == notice.references
                }
                if isKnown { continue }
                try log.append([
                    CustodyStatement(
                        at: at,
                        notice.kind,
                        by: .system,
                        about: CustodySubject(exhibit: keeping.exhibit, case: keeping.case),
                        references: notice.references
                    )
                ])
            }
        }
        retentionFigures.withLock { $0 = figures }
    }
}

extension Retention {
    fileprivate func notice(at time: Timestamp) -> (kind: CustodyEntryKind, references: [String: String])? {
        switch standing(at: time) {
        case .expiring(let end, let days):
            (.retentionExpiring, ["until": "\(end)", "within_days": "\(days)"])
        case .expired(let end): (.retentionExpired, ["until": "\(end)"])
        case .unsubmitted, .notCSAM, .preserved: nil
        }
    }
}
