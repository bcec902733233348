import JSONText

// What the custody log says of an act at the desk. Free text stands beside the log, under a commitment.

extension ReviewRow {
    /// - Parameters:
    ///   - review: The case as it stands after the act.
    ///   - user: Of the operating system.
    package func statements(in id: CaseID, after review: Review, user: UInt32?) -> [CustodyStatement] {
        event.kinds.map { kind in
            CustodyStatement(
                at: at,
                kind,
                by: actor(user),
                about: CustodySubject(exhibit: event.bundle, case: id),
                reason: event.code(after: review),
                references: event.references(after: review),
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
        case .escalated, .escalationWithdrawn: [.caseEscalated]
        case .attached, .attachmentWithdrawn, .told: [.exhibitAttached]
        case .marked: [.exhibitAnnotated]
        case .lookedUp: [.contextAsked]
        case .classified: [.exhibitClassified]
        case .annotated: [.exhibitAnnotated]
        case .viewed(_, .started): [.viewRequested, .viewGranted, .viewStarted]
        // Nobody's act. How the person ended the viewing says how many bytes went out; of one that broke off, the desk
        // says why.
        case .viewed(_, .delivered), .viewed(_, .cut): []
        case .viewed(_, .completed): [.viewCompleted]
        case .viewed(_, .aborted): [.viewAborted]
        case .disposed: [.dispositionSet]
        case .drafted: [.reportDrafted]
        case .shown: [.contextOpened]
        case .approved: [.reportApproved]
        case .returned: [.reportEdited]
        case .exported: [.reportExported]
        case .submitted: [.reportSubmitted, .retentionStarted]
        case .supplemented: [.reportSupplemented]
        }
    }

    /// A word that is nobody's own.
    fileprivate func code(after review: Review) -> String? {
        switch self {
        case .disposed(_, let found): found.name
        case .viewed(_, .completed(_, let whole)): whole ? "whole" : "partial"
        case .approved: review.approval?.isAlone == true ? "alone" : nil
        case .lookedUp(let lookup): lookup.word
        case .escalationWithdrawn, .attachmentWithdrawn: "withdrawn"
        case .shown: "report.show"
        case .told: "context"
        default: nil
        }
    }

    fileprivate func references(after review: Review) -> [String: String] {
        switch self {
        case .joined(let exhibit): exhibit.manifest.map { ["manifest": $0] } ?? [:]
        // The digest of an answer, which somebody could guess, stands under the commitment.
        case .lookedUp(let lookup): ["lookup": "\(lookup.id)"]
        case .classified(_, let found): ["class": found.rawValue]
        case .marked(let marks): ["flags": marks.map(\.rawValue).sorted().joined(separator: " ")]
        case .annotated(_, let flags): ["flags": flags.map(\.rawValue).sorted().joined(separator: " ")]
        case .viewed(let bundle, let step): step.references(review[bundle])
        case .disposed(let bundle, _):
            review[bundle]?.waitsForSecond == nil ? [:] : ["waits_for": "second-person"]
        case .drafted(let mark): ["draft": mark.sha256]
        case .attachmentWithdrawn(let attachment, _): ["attachment": "\(attachment)"]
        case .shown(let draft), .approved(let draft), .exported(let draft): ["draft": draft]
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
        case .noted, .escalated, .escalationWithdrawn, .returned, .attached, .attachmentWithdrawn, .told,
            .disposed, .opened, .viewed(_, .started), .lookedUp:
            false
        default: true
        }
    }
}

extension ViewStep {
    /// The grant and, once the viewing has ended, how many bytes the viewer took.
    package func references(_ exhibit: ExhibitReview?) -> [String: String] {
        var references = ["grant": "\(grant)"]
        if case .started = self { return references }
        let view = exhibit?.views.first { $0.grant == grant }
        references["bytes"] = view?.delivery?.bytes.map { "\($0)" }
        return references
    }
}
