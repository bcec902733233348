import Digests
import JSONText
import LinuxIO
package import UploadModel
import VaultStore

// Seeing an exhibit: a grant for one person and one exhibit, its bytes, and what the person says of the viewing. The
// flag of the report is computed from these rows and from nothing else.

extension CaseDesk {
    func startView(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (id, bundle) = try exhibit(of: request)
        if try !request.flag("again"), let seen = try earlierView(of: bundle, by: staff) {
            throw DeskRefused.alreadySeen(bundle, by: seen)
        }
        try checkExposure(of: staff)
        try checkOpens(bundle)
        let grant = UploadID.fresh(at: now)
        let step = ViewStep.started(grant: grant, purpose: try request.text("purpose"))
        let review = try record([.viewed(bundle, step)], on: id, by: staff)
        var answer = said(
            id,
            review,
            "grant \(grant)",
            ["grant": .string("\(grant)"), "exhibit": .string("\(bundle)")]
        )
        answer.payload = .view(bundle, grant: grant, case: id)
        return answer
    }

    /// Who has seen these bytes already: this person, or a colleague who confirmed what they show.
    private func earlierView(of bundle: BundleID, by staff: Staff) throws -> StaffID? {
        try book.read { tables in
            guard let booked = try tables.exhibit(bundle) else { return nil }
            for other in try tables.exhibits(sha256: booked.sha256) {
                guard let seen = try tables.review(of: other.case)[other.bundle] else { continue }
                if seen.wasShown(to: staff.id) { return staff.id }
                if seen.disposition == .confirmed, let view = seen.views.last(where: \.showedAll) {
                    return view.by
                }
            }
            return nil
        }
    }

    /// Hands an exhibit's bytes over, piece by piece, and notes what became of them: that the viewer took every one, or
    /// where it broke off. Other acts go on meanwhile, however slowly the viewer reads.
    ///
    /// - Parameter hand: Gives a piece to the viewer, and returns once its command wrote it out. An empty one is the
    ///   end: then it returns once the viewer took every byte.
    /// - Throws: What `hand` throws, or ``DeskRefused/changed(_:)``: nothing whole was delivered then.
    package func deliver(
        _ bundle: BundleID,
        grant: UploadID,
        case id: CaseID,
        _ hand: ([UInt8]) throws -> Void
    ) throws {
        var taken: Int64 = 0
        // Whether the viewer's side fails then, and not ours.
        var isHanding = false
        do {
            try content(of: bundle) { piece in
                isHanding = true
                try hand(piece)
                isHanding = false
                taken += Int64(piece.count)
            }
            isHanding = true
            try hand([])
        } catch {
            let why = (error as? ViewEnded)?.rawValue ?? (isHanding ? "viewer-gone" : "unreadable")
            let bytes = (error as? ViewCut)?.taken ?? taken
            try breakOff(ViewStep.cut(grant: grant, bytes: bytes), because: why, bundle, id)
            throw error
        }
        _ = try alone {
            try record([.viewed(bundle, .delivered(grant: grant, bytes: taken))], on: id, by: .desk)
        }
    }

    /// The log says why no more came, also where the person never says how the viewing ended.
    private func breakOff(_ step: ViewStep, because code: String, _ bundle: BundleID, _ id: CaseID) throws {
        try alone {
            let review = try record([.viewed(bundle, step)], on: id, by: .desk)
            try log.append([
                CustodyStatement(
                    at: now,
                    .viewAborted,
                    by: .system,
                    about: CustodySubject(exhibit: bundle, case: id),
                    reason: code,
                    references: step.references(review[bundle])
                )
            ])
        }
    }

    /// - Throws: ``DeskRefused/changed(_:)`` at the end where it is not what was adopted.
    private func content(of bundle: BundleID, _ each: ([UInt8]) throws -> Void) throws {
        guard let booked = try book.read({ try $0.exhibit(bundle) }) else {
            throw DeskRefused.noSuch("\(bundle)")
        }
        var digest = RunningDigest(DigestAlgorithms(.sha256))
        try shelf(booked.shelf).content(of: bundle) { chunk in
            digest.update(chunk)
            try each(chunk.withUnsafeBytes { Array($0) })
        }
        guard digest.finish().sha256?.hex == booked.sha256 else { throw DeskRefused.changed(bundle) }
    }

    /// - Parameter whole: Whether all of it was seen; `nil` for a viewing that was broken off.
    func endView(_ request: DeskRequest, _ staff: Staff, whole: Bool?) throws -> DeskAnswer {
        let (id, bundle) = try exhibit(of: request)
        let grant = try grant(request, of: bundle, in: id, staff)
        let step = whole.map { ViewStep.completed(grant: grant, whole: $0) } ?? .aborted(grant: grant)
        let review = try record([.viewed(bundle, step)], on: id, by: staff)
        let isViewed = review[bundle]?.isViewed == true
        // A viewing after the draft, or after the report, is not in it.
        let report =
            review.submission != nil
            ? "the report that was submitted says what it said"
            : "\(review.isDraftCurrent ? "the report says" : "the next draft says") viewed \(isViewed)"
        return said(
            id,
            review,
            "\(bundle): \(whole == nil ? "viewing broken off" : "viewing ended"); \(report)",
            ["viewed": .bool(isViewed)]
        )
    }

    /// The grant that is named, or the person's last one for the exhibit.
    private func grant(_ request: DeskRequest, of bundle: BundleID, in id: CaseID, _ staff: Staff) throws
        -> UploadID
    {
        if try request.textIfThere("grant") != nil {
            return try request.value("grant", "a grant's whole id") { UploadID($0) }
        }
        let view = try review(of: id)[bundle]?.views.last { $0.by == staff.id && $0.ending == nil }
        guard let view else {
            throw DeskRefused.unusable("no viewing of yours is open there; give --grant for another one")
        }
        return view.grant
    }
}

/// The viewer went away before it had everything.
package struct ViewCut: Error, Equatable, CustomStringConvertible {
    /// Bytes that it took.
    package let taken: Int64
    let why: String

    package init(taken: Int64, why: String) { (self.taken, self.why) = (taken, why) }

    package var description: String { "the viewer took \(taken) bytes: \(why)" }
}

/// Why the desk ends a viewing itself; the words are those of its custody log.
enum ViewEnded: String, WayOut {
    case grantExpired = "grant-expired"
    case notReviewer = "role-lost"
    case deskEnds = "desk-ends"

    var description: String {
        switch self {
        case .grantExpired: "its grant is older than 12 h"
        case .notReviewer: "its person is no reviewer any more"
        case .deskEnds: "the desk ends"
        }
    }

    var hint: String {
        switch self {
        case .grantExpired: "\"breakwater view start --again\" begins a new viewing"
        case .notReviewer: "the desk's roles file names users and their roles"
        case .deskEnds: "\"breakwater view start --again\" begins a new viewing once the desk runs again"
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .grantExpired: .no
        case .notReviewer: .calledWrongly
        case .deskEnds: .mayPass
        }
    }
}

/// A viewing that broke off at the desk's side, as its viewer is told.
struct ViewBroken: WayOut {
    let bundle: BundleID
    let reason: any Error

    var description: String {
        "the viewing of \(bundle) broke off, and what came is not all of it: \(reason)"
    }

    var hint: String {
        (reason as? any WayOut)?.hint
            ?? "run \"breakwater evidence verify\", and bring back what is damaged from the second copy or a backup"
    }

    /// What else stops in the middle is a bundle that opened at its beginning.
    var exitCode: ExitCode { (reason as? any WayOut)?.exitCode ?? .guaranteeBroken }
}
