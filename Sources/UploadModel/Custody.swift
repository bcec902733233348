/// Something that has happened to an upload. One case is one kind of ledger row.
package enum CustodyEvent: Equatable, Sendable {
    /// The daemon ended while it had the upload in hand.
    case interrupted
    case digested(DigestSet, picture: Bool)
    case perceptual(PerceptualFinding)
    /// It met no entry of a loaded list.
    case unlisted
    case listed([Match])
    /// It met entries, and a `benign` one stands against each.
    case suppressed([Match])
    case unreadable(Obstacle)
    /// The source went away before anything was compared.
    case vanished
    case released
    case held
    case bundled(BundleID)
    case sourceRemoved
    case drafted(DraftID)
    case ordered(Order)
    case restored
    /// An order that was recorded is not carried out: lists overtook it.
    case refused
    case destroyed
}

/// The one thing to do next. Each effect may be repeated after a crash without harm.
package enum CustodyEffect: Equatable, Sendable {
    case digest
    case decode
    case compare
    case release
    case hold(Obstacle)
    /// Preserve it; no match when a person ordered it.
    case bundle([Match])
    case removeSource(BundleID)
    case draft(BundleID)
    /// Bring it back from held/ to work/ and start over.
    case retry
    case restore(Order)
    case destroy(Order)
    case nothing
}

/// Where one upload stands between its claim and the end of our part.
///
/// A value: it holds no descriptor, clock or connection. Feed it what happened with ``record(_:)`` and it
/// answers with the one thing to do next, so the ledger's rows, replayed in order, rebuild it exactly.
package struct Custody: Equatable, Sendable {
    package private(set) var stage: Stage = .claimed
    /// How often the daemon ended while it had this upload in hand.
    package private(set) var interruptions = 0
    /// Whether the upload lies in held/, and not in work/.
    package private(set) var isSetAside = false

    package enum Stage: Equatable, Sendable {
        case claimed
        case digested(DigestSet)
        case measured(DigestSet, PerceptualFinding)
        /// It may go; with the entries that it met and that are suppressed.
        case cleared([Match])
        case stopped(Obstacle)
        case held(Obstacle)
        case quarantined([Match])
        case bundled(BundleID, [Match])
        case sourceRemoved(BundleID)
        case awaitingReview(BundleID)
        case restoring(Order)
        case destroying(Order)
        case closed(Ending)
    }

    /// How our part ended.
    package enum Ending: String, Sendable {
        case released, withdrawn, restored, destroyed
    }

    package init() {}

    /// Rebuilds custody from its rows.
    ///
    /// - Returns: The custody, and the effect that was due when the last row was written; perform it again.
    /// - Throws: ``OutOfOrder`` when the rows cannot have been written by this machine.
    package static func replaying(
        _ events: some Sequence<CustodyEvent>
    ) throws(OutOfOrder) -> (custody: Custody, next: CustodyEffect) {
        var custody = Custody()
        var next = CustodyEffect.digest
        for event in events { next = try custody.record(event) }
        return (custody, next)
    }

    /// Takes in one fact about the upload and returns the next effect to carry out.
    ///
    /// - Throws: ``OutOfOrder`` when `event` cannot follow the current stage. Custody is unchanged in that
    ///   case; the caller stops work on this upload.
    package mutating func record(_ event: CustodyEvent) throws(OutOfOrder) -> CustodyEffect {
        switch (stage, event) {
        case (.claimed, .interrupted):
            interruptions += 1
            return .digest

        case (.claimed, .digested(let digests, picture: true)):
            stage = .digested(digests)
            return .decode

        case (.claimed, .digested(let digests, picture: false)):
            stage = .measured(digests, .notAsked)
            return .compare

        case (.digested(let digests), .perceptual(let finding)):
            stage = .measured(digests, finding)
            return .compare

        // Digests that no list asked for are computed once an entry was met, and compared again.
        case (.measured(_, let finding), .digested(let digests, _)):
            stage = .measured(digests, finding)
            return .compare

        case (.measured(_, .failed(let obstacle)), .unlisted):
            stage = .stopped(obstacle)
            return .hold(obstacle)

        case (.measured, .unlisted):
            stage = .cleared([])
            return .release

        // It met an entry and was not compared as a picture: neither released nor held.
        case (.measured(_, .failed), .suppressed(let matches)):
            stage = .quarantined(matches)
            return .bundle(matches)

        case (.measured, .suppressed(let matches)):
            stage = .cleared(matches)
            return .release

        // Nothing that met an entry lies in held/, whatever stands in the way of its release.
        case (.cleared(let matches), .unreadable) where !matches.isEmpty:
            stage = .quarantined(matches)
            return .bundle(matches)

        case (.measured, .listed(let matches)) where !matches.isEmpty:
            stage = .quarantined(matches)
            return .bundle(matches)

        case (.claimed, .unreadable(let obstacle)), (.digested, .unreadable(let obstacle)),
            (.measured, .unreadable(let obstacle)), (.cleared, .unreadable(let obstacle)):
            stage = .stopped(obstacle)
            return .hold(obstacle)

        case (.claimed, .vanished), (.digested, .vanished), (.measured, .vanished), (.cleared, .vanished):
            stage = .closed(.withdrawn)
            return .nothing

        case (.cleared, .released):
            stage = .closed(.released)
            return .nothing

        case (.stopped(let obstacle), .held):
            stage = .held(obstacle)
            isSetAside = true
            return .nothing

        case (.held, .ordered(let order)) where order.verb == .retry:
            stage = .claimed
            interruptions = 0
            isSetAside = false
            return .retry

        case (.held(let obstacle), .ordered(let order)) where order.verb == .release && obstacle.isOfPictures:
            throw OutOfOrder(stage: stage, event: event)

        case (.held, .ordered(let order)) where order.verb == .release:
            stage = .cleared([])
            return .release

        case (.held, .ordered(let order)) where order.verb == .preserve:
            stage = .quarantined([])
            return .bundle([])

        case (.quarantined(let matches), .bundled(let bundle)):
            stage = .bundled(bundle, matches)
            return .removeSource(bundle)

        case (.bundled(let bundle, let matches), .sourceRemoved):
            guard matches.contains(where: \.warrantsDraft) else {
                stage = .awaitingReview(bundle)
                return .nothing
            }
            stage = .sourceRemoved(bundle)
            return .draft(bundle)

        case (.sourceRemoved(let bundle), .drafted):
            stage = .awaitingReview(bundle)
            return .nothing

        case (.awaitingReview, .ordered(let order)) where order.verb == .restore:
            stage = .restoring(order)
            return .restore(order)

        // What was restored is kept still, until its time is over.
        case (.awaitingReview, .ordered(let order)) where order.verb == .destroy,
            (.closed(.restored), .ordered(let order)) where order.verb == .destroy:
            stage = .destroying(order)
            return .destroy(order)

        case (.restoring, .restored):
            stage = .closed(.restored)
            return .nothing

        // Preserved as before, and open to the next order.
        case (.restoring(let order), .refused):
            stage = .awaitingReview(BundleID(order.upload))
            return .nothing

        case (.destroying, .destroyed):
            stage = .closed(.destroyed)
            return .nothing

        case (.claimed, _), (.digested, _), (.measured, _), (.cleared, _), (.stopped, _), (.held, _),
            (.quarantined, _), (.bundled, _), (.sourceRemoved, _), (.awaitingReview, _), (.restoring, _),
            (.destroying, _), (.closed, _):
            throw OutOfOrder(stage: stage, event: event)
        }
    }
}

/// A fact that cannot follow the stage that custody is in: a damaged ledger, or a fault of ours.
///
/// Its description names the kinds only, since an event carries digests.
package struct OutOfOrder: Error, Equatable, CustomStringConvertible {
    package let stage: Custody.Stage
    package let event: CustodyEvent

    package var description: String { "\"\(event.name)\" cannot follow stage \"\(stage.name)\"" }
}

extension Custody.Stage {
    /// One word for output and the ledger's index.
    package var name: String {
        switch self {
        case .claimed: "claimed"
        case .digested: "digested"
        case .measured: "measured"
        case .cleared: "cleared"
        case .stopped: "stopped"
        case .held: "held"
        case .quarantined: "quarantined"
        case .bundled: "bundled"
        case .sourceRemoved: "source-removed"
        case .awaitingReview: "awaiting-review"
        case .restoring: "restoring"
        case .destroying: "destroying"
        case .closed(let ending): ending.rawValue
        }
    }

    /// Whether nothing is due until a person acts, or ever.
    package var rests: Bool {
        switch self {
        case .held, .awaitingReview, .closed: true
        case .claimed, .digested, .measured, .cleared, .stopped, .quarantined, .bundled, .sourceRemoved,
            .restoring, .destroying:
            false
        }
    }

    /// Names of the stages in which an upload could not be compared.
    package static let namesOfHeld = ["stopped", "held"]

    /// Names of the stages from a match, or a person's order to preserve, to the end of the case.
    package static let namesOfCases = [
        "quarantined", "bundled", "source-removed", "awaiting-review", "restoring", "destroying",
    ]

    /// Every stage's name; a test holds it against the stages.
    package static let names =
        ["claimed", "digested", "measured", "cleared"] + namesOfHeld + namesOfCases
        + ["released", "withdrawn", "restored", "destroyed"]
}
