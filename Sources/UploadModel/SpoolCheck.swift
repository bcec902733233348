/// Judges the guarantees by what directories and rows tell.
///
/// Pure: it is given what was found for one upload at a time and names what cannot be. While a daemon runs, look
/// twice: only what is wrong both times is wrong.
package enum SpoolCheck {
    /// What was found of an upload that has rows.
    package struct Found: Sendable {
        package let id: UploadID
        package let stage: Custody.Stage
        package let isSetAside: Bool
        package let inWork: Bool
        package let inHeld: Bool
        /// `nil` when there is no bundle of this name.
        package let bundleFaults: [String]?
        package let hasDraft: Bool
        /// Whether a file with the matched content lies in released/ under this upload's name.
        package let isInReleased: Bool
        package let warrantsDraft: Bool

        package init(
            id: UploadID,
            stage: Custody.Stage,
            isSetAside: Bool,
            inWork: Bool,
            inHeld: Bool,
            bundleFaults: [String]?,
            hasDraft: Bool,
            isInReleased: Bool,
            warrantsDraft: Bool
        ) {
            (self.id, self.stage, self.isSetAside) = (id, stage, isSetAside)
            (self.inWork, self.inHeld, self.bundleFaults) = (inWork, inHeld, bundleFaults)
            (self.hasDraft, self.isInReleased, self.warrantsDraft) = (hasDraft, isInReleased, warrantsDraft)
        }
    }

    /// One thing that cannot be, named by the upload and never by its file's name.
    package struct Finding: Hashable, Sendable {
        package let about: String
        package let problem: String

        package init(about: String, problem: String) { (self.about, self.problem) = (about, problem) }
    }

    /// What is wrong with one upload; nothing when its guarantees hold.
    package static func judge(_ found: Found) -> [Finding] {
        var problems: [String] = []
        let source = found.isSetAside ? found.inHeld : found.inWork
        let bundle = found.bundleFaults
        switch found.stage {
        case .quarantined:
            if !source && bundle == nil {
                problems.append("matched, and neither its source nor its bundle is there")
            }
        case .held:
            if !found.inHeld { problems.append("held, and not in held/") }
        case .bundled, .sourceRemoved, .awaitingReview, .restoring:
            if bundle == nil { problems.append("preserved by its rows, and not in the vault") }
            if case .awaitingReview = found.stage, found.warrantsDraft, !found.hasDraft {
                problems.append("its draft is missing")
            }
        case .claimed, .digested, .measured, .cleared, .stopped, .destroying, .closed: break
        }
        problems += (bundle ?? []).map { "bundle: \($0)" }
        if found.isInReleased && hasOpenMatch(found.stage) {
            problems.append("matched, and its content is in released/")
        }
        return problems.map { Finding(about: "\(found.id)", problem: $0) }
    }

    private static func hasOpenMatch(_ stage: Custody.Stage) -> Bool {
        switch stage {
        case .quarantined(let matches): !matches.isEmpty
        case .bundled, .sourceRemoved, .awaitingReview: true
        default: false
        }
    }
}
