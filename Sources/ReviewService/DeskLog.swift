import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// The desk's own custody log, `custody/`, signed with a key that is made at the first start, `keys/custody.key`.
final class DeskLog: Sendable {
    private let log: CustodyLog

    init(in root: borrowing Descriptor) throws {
        let keys = try root.ensureDirectory(Array("keys".utf8), mode: 0o700, subject: "keys")
        let name = Array("custody.key".utf8)
        if try keys.statusIfThere(of: name, subject: "keys/custody.key") == nil {
            let text = LogKey(naming: "breakwater-review").fileText
            try keys.writeDurably(Array(text.utf8), as: name, mode: 0o400, subject: "keys/custody.key")
        }
        let text = try keys.open(name, subject: "keys/custody.key").readAll(
            limit: 4_096,
            subject: "keys/custody.key"
        )
        guard let key = LogKey(file: String(decoding: text, as: UTF8.self)) else {
            throw CustodyLogFault.damaged(file: "keys/custody.key")
        }
        let directory = try root.ensureDirectory(Array("custody".utf8), mode: 0o700, subject: "custody")
        log = try CustodyLog.open(in: directory, key: key)
    }

    /// What staff and others check the log's checkpoints with.
    var verifier: LogVerifier { log.verifier }

    /// States what is about to be written into the book. On the disk when this returns.
    func append(_ rows: [ReviewRow], of id: CaseID, user: UInt32?) throws(CustodyLogFault) {
        try append(rows.flatMap { $0.statements(of: id, user: user) })
    }

    func append(_ statements: [CustodyStatement]) throws(CustodyLogFault) {
        if !statements.isEmpty { try log.append(contentsOf: statements) }
    }

    func publish() throws(CustodyLogFault) { try log.publish() }
}

extension ReviewRow {
    /// What the custody log says of an act. Free text stands beside the log, under a commitment.
    fileprivate func statements(of id: CaseID, user: UInt32?) -> [CustodyStatement] {
        event.kinds.map { kind in
            CustodyStatement(
                at: at,
                kind,
                by: actor(user),
                about: CustodySubject(exhibit: event.bundle, case: id),
                reason: event.code,
                references: event.references,
                detail: event.isPlain ? nil : event.json
            )
        }
    }

    private func actor(_ user: UInt32?) -> CustodyActor {
        guard by != Staff.desk.id else { return .system }
        let role = StaffRole.allCases.first { roles.contains($0) && event.roles?.contains($0) == true }
        guard let role else { return .system }
        return .human(by, role, authentication: "peercred", uid: user)
    }
}

extension ReviewEvent {
    fileprivate var kinds: [CustodyEntryKind] {
        switch self {
        case .opened: [.caseOpened]
        case .joined: [.exhibitAdopted]
        case .claimed: [.caseClaimed]
        case .released: [.caseReleased]
        case .noted: [.caseNoted]
        case .escalated: [.caseEscalated]
        case .attached: [.exhibitAttached]
        case .lookedUp: [.contextAsked]
        case .classified: [.exhibitClassified]
        case .annotated: [.exhibitAnnotated]
        case .viewed(_, .started): [.viewRequested, .viewGranted, .viewStarted]
        // Nobody's act; the person says how the viewing ended.
        case .viewed(_, .delivered): []
        case .viewed(_, .completed): [.viewCompleted]
        case .viewed(_, .aborted): [.viewAborted]
        case .disposed: [.dispositionSet]
        case .drafted: [.reportDrafted]
        case .approved: [.reportApproved]
        case .returned: [.reportEdited]
        case .exported: [.reportExported]
        case .submitted: [.reportSubmitted, .retentionStarted]
        case .supplemented: [.reportSupplemented]
        }
    }

    /// A word that is nobody's own.
    fileprivate var code: String? {
        switch self {
        case .disposed(_, let found): found.name
        case .viewed(_, .completed(_, let whole)): whole ? "whole" : "partial"
        case .lookedUp(let lookup): lookup.word
        default: nil
        }
    }

    fileprivate var references: [String: String] {
        switch self {
        case .joined(let exhibit): exhibit.manifest.map { ["manifest": $0] } ?? [:]
        case .lookedUp(let lookup): lookup.references
        case .viewed(_, let step): ["grant": "\(step.grant)"]
        case .drafted(let mark): ["draft": mark.sha256]
        case .approved(let draft), .exported(let draft): ["draft": draft]
        case .submitted(let submission):
            ["receipt": submission.receiptSHA256, "report": "\(submission.report)"]
        case .supplemented(let other): ["case": "\(other)"]
        default: [:]
        }
    }

    /// Whether it holds nothing but ids, words of ours and digests.
    fileprivate var isPlain: Bool {
        switch self {
        case .joined(let exhibit): exhibit.from == nil
        case .noted, .escalated, .returned, .attached, .disposed, .opened, .viewed(_, .started): false
        default: true
        }
    }
}

extension AccountLookup {
    /// The digest of an answer names it and tells nothing of it.
    fileprivate var references: [String: String] {
        if case .answered(let sha256) = outcome {
            ["lookup": "\(id)", "answer": sha256]
        } else {
            ["lookup": "\(id)"]
        }
    }
}
