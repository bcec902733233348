package import UploadModel

/// A draft and all that is known of it: what the readiness rules look at.
package struct Dossier: Equatable, Sendable {
    package var report: Report
    package var files: [FileStanding]
    package var decided: Decisions
    package var environment: Environment
    /// The first match.
    package var detectedAt: Timestamp

    /// The account, empty where the report has none.
    var account: Account { report.user?.account ?? Account() }
    var person: Person { account.person ?? Person() }
    var target: Environment { decided.target ?? environment }
    /// Of the draft and of every file of it.
    var environments: [Environment] { [environment] + files.compactMap(\.environment) }
    var reported: [FileStanding] { files.filter { !$0.isContext } }
    /// Different accounts, as far as they are known to be: one without its service may be that of another file.
    var uploaders: Set<AccountKey> {
        let all = Set(reported.compactMap(\.uploader))
        let whole = Set(all.filter { $0.service != nil }.map(\.ref))
        return all.filter { $0.service != nil || !whole.contains($0.ref) }
    }
    var latest: Timestamp { max(detectedAt, decided.now ?? detectedAt) }

    /// All addresses of the account and of the files.
    var captures: [IPCapture] { account.captures + files.compactMap(\.details.capture) }
}

/// A file of a draft beside what is known of it.
package struct FileStanding: Equatable, Sendable {
    package var details: FileDetails
    /// Of the bytes that are preserved; `nil` when they are not.
    package var preserved: DigestSet?
    package var matches: [Match] = []
    package var decision = FileDecision()
    /// Whose it is, as the application said.
    package var uploader: AccountKey?
    /// Where it was preserved; `nil` of what a person attached.
    package var environment: Environment?
    /// Attached by a person to explain the others.
    package var isContext = false
    /// Every address that is known of the file; a report has one.
    package var captures: [IPCapture] = []

    package init(_ details: FileDetails) { self.details = details }

    /// The matches that a report may speak of by themselves.
    var warranted: [Match] { matches.filter(\.warrantsDraft) }
    var spoken: [Match] { decision.spoken(of: matches) }
}
