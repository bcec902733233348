import Synchronization

/// Whether a context may lie in work/: where the application hands over none, no claim has to look for one.
///
/// Nobody but us puts anything into work/, so it is known once all of it was listed.
final class ContextsInWork: Sendable {
    private enum Knowledge: UInt8, AtomicRepresentable {
        case unknown, none, some
    }

    private let knowledge: Atomic<Knowledge>

    /// - Parameter isOnlyOpening: Whether no other ``Spool`` may have the same work/, and move contexts into it unseen.
    init(isOnlyOpening: Bool) { knowledge = Atomic(isOnlyOpening ? .unknown : .some) }

    var mayBeThere: Bool { knowledge.load(ordering: .acquiring) != .none }

    /// To be said before one is moved there. Holds from then on.
    func comes() { knowledge.store(.some, ordering: .releasing) }

    /// Says that a listing of all of work/ found none. One that came meanwhile counts.
    func listedNone() {
        _ = knowledge.compareExchange(expected: .unknown, desired: .none, ordering: .acquiringAndReleasing)
    }
}
