/// Why an act at the case desk is not taken, with the way out. Nothing in here comes from an upload but ids.
package enum ReviewRefused: WayOut, Equatable {
    case role(String, needs: Set<StaffRole>)
    case heldBy(StaffID)
    case notClaimed
    case noReason
    case notOfCase(BundleID)
    case notEscalated
    case notAttached(UploadID)
    case notClassified(BundleID)
    case noOriginal(BundleID)
    case otherBytes(BundleID)
    case needsSecondPerson(String)
    case noGrant(UploadID)
    case notYourGrant(StaffID)
    case viewEnded(UploadID)
    case grantExpired(UploadID)
    /// With the bytes that the person's viewer took; `nil` while they are on their way.
    case notDelivered(UploadID, bytes: Int64?)
    case approvedAlready
    case submitted
    case notApproved
    case notSubmitted
    case noCurrentDraft
    case draftChanged
    case blocked(Int)
    case undecided(BundleID, String)
    case notViewed(BundleID)
    case notExported
    /// An event that cannot follow the case's rows.
    case unfit(String)

    package var description: String {
        switch self {
        case .role(let act, _): "your roles do not allow \"\(act)\""
        case .heldBy(let person): "the case is claimed by \(person)"
        case .notClaimed: "nobody has claimed the case"
        case .noReason: "it gives no reason, and that is kept with the case"
        case .notOfCase(let bundle): "\(bundle) is not an exhibit of this case"
        case .notEscalated: "the case is not escalated"
        case .notAttached(let id): "no file \(id) of this case is in the report"
        case .notClassified(let bundle): "\(bundle) is not classified, so there is nothing to confirm"
        case .noOriginal(let bundle): "\(bundle) is no other exhibit of this case that stays in the report"
        case .otherBytes(let bundle): "its bytes are not known to be those of \(bundle)"
        case .needsSecondPerson(let what): "\(what) needs a second person"
        case .noGrant(let grant): "there is no grant \(grant) for this exhibit"
        case .notYourGrant(let person): "the grant was given to \(person)"
        case .viewEnded(let grant): "the viewing under grant \(grant) has ended"
        case .grantExpired(let grant): "the grant \(grant) is older than 12 h"
        case .notDelivered(let grant, nil): "not every byte was handed over under grant \(grant) yet"
        case .notDelivered(let grant, let bytes?):
            "the viewer went away before it had taken every byte under grant \(grant), at most \(bytes)"
        case .approvedAlready: "the report is approved"
        case .submitted: "the report is submitted, and a finished report cannot be changed"
        case .notApproved: "the report is not approved"
        case .notSubmitted: "no report of this case is submitted"
        case .noCurrentDraft: "there is no draft of the case as it stands now"
        case .draftChanged: "the draft is not the one that was looked at"
        case .blocked(let count): "the draft has \(count) blocking finding\(count == 1 ? "" : "s")"
        case .undecided(let bundle, let why): "\(bundle) \(why)"
        case .notViewed(let bundle):
            "nobody has viewed the whole of \(bundle), and review.require_view asks for it"
        case .notExported: "the approved draft was not exported, so it cannot have been submitted"
        case .unfit(let act): "\"\(act)\" cannot follow what was done with the case"
        }
    }

    package var hint: String {
        switch self {
        case .role(_, let needs):
            needs.isEmpty
                ? "only the desk's program does this"
                : "it needs the role \(needs.map(\.rawValue).sorted().joined(separator: " or "))"
        case .heldBy: "ask them to release it, or an approver to do so"
        case .notClaimed: "\"breakwater case claim\" claims it"
        case .noReason: "say why"
        case .notOfCase: "\"breakwater case show\" lists its exhibits"
        case .notEscalated: "\"breakwater case show\" says \"urgent\" of one that is"
        case .notAttached: "\"breakwater case show\" lists what is attached"
        case .notClassified: "classify it first, \"breakwater exhibit classify\""
        case .noOriginal: "name the exhibit of this case that it repeats"
        case .otherBytes: "only equal bytes are a duplicate; judge this exhibit by itself"
        case .needsSecondPerson:
            "another person does it; small_team = true in the roles file lets one approve alone"
        case .noGrant, .grantExpired, .viewEnded: "\"breakwater view start\" begins a new viewing"
        case .notDelivered:
            "\"breakwater view complete --partial\" says that it was a part, \"view start\" begins a new viewing"
        case .notYourGrant: "only they can say what they saw"
        case .approvedAlready: "\"breakwater report return\" takes the approval back"
        case .submitted: "\"breakwater report supplement\" opens a case for what is more to say"
        case .notApproved: "another person approves it, \"breakwater report approve\""
        case .notSubmitted:
            "\"breakwater report mark-submitted\" records that a person did; until then this case itself can change"
        case .noCurrentDraft, .draftChanged: "\"breakwater report draft\" prepares one; look at it again"
        case .blocked: "\"breakwater report lint\" says what and where"
        case .undecided: "a second person or counsel decides, \"breakwater exhibit dispose\""
        case .notViewed: "\"breakwater view start\", then \"view complete\""
        case .notExported: "\"breakwater report export\" writes it out"
        case .unfit: "\"breakwater case show\" says where it stands"
        }
    }

    package var exitCode: ExitCode {
        switch self {
        case .needsSecondPerson, .undecided: .waitsForSecondPerson
        case .role, .noReason, .notOfCase, .notAttached, .noGrant, .noOriginal, .otherBytes: .calledWrongly
        case .heldBy, .notClaimed, .notEscalated, .notClassified, .notYourGrant, .viewEnded, .grantExpired,
            .notDelivered, .approvedAlready, .submitted, .notApproved, .notSubmitted, .noCurrentDraft,
            .draftChanged, .blocked, .notViewed,
            .notExported, .unfit:
            .no
        }
    }
}
