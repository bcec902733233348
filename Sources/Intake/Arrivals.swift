import LinuxIO
import Synchronization
package import UploadModel

/// Why we look at an upload: a hint of the kernel's, or a sweep and what made it.
package enum Origin: Hashable, Sendable {
    case hint
    case sweep(SweepReason)
}

/// What made a sweep.
package enum SweepReason: String, CaseIterable, Sendable {
    case start, timer, overflow, doubt
    /// More hints than there was room for.
    case backlog
    case newDirectory = "new-directory"
    /// The root was replaced, unmounted or found again.
    case root
}

/// An upload that somebody says lies in a spool's incoming/. The claim finds out.
package struct Arrival: Sendable {
    package let spool: Int
    package let path: SpoolPath
    package let origin: Origin
    /// Monotonic, nanoseconds.
    package let since: Int64
}

/// What tells one upload in incoming/ from another. Outside the queue, so that it depends on no type of the queue's.
private struct ArrivalKey: Hashable {
    let spool: Int
    let path: SpoolPath
}

/// The bounded queue between those who look and the lanes: hints wait for nobody, sweeps wait for room.
///
/// `Claimed` is what the lanes know of an upload that is in work/ already and has to wait: settling, or a try that
/// failed. All that is claimed, parked or not, is counted here and never exceeds ``mostClaims``, so that the backlog
/// stays in incoming/.
package final class Arrivals<Claimed: Sendable>: Sendable {
    /// Hints and sweeps' finds waiting for a lane, at most.
    package static var capacity: Int { 4_096 }
    /// Uploads in work/, at most: lanes, settling list and custody together.
    package static var mostClaims: Int { 4_096 }

    fileprivate struct State {
        var queue: [Arrival] = []
        var head = 0
        var known: Set<ArrivalKey> = []
        var later = DueQueue<Arrival>()
        var parked = DueQueue<Claimed>()
        var isOpen = false
        var isStopped = false
        var isSweepWaiting = false

        var waiting: Int { queue.count - head }
    }

    /// What a worker gets to do.
    package enum Work: Sendable {
        case arrival(Arrival)
        case claimed(Claimed)
    }

    private let state = Monitor(State())
    /// Raised under the monitor alone, so it never exceeds ``mostClaims`` by an arrival's claim.
    private let claims = Atomic(0)

    package init() {}

    /// Claims that may still be made.
    private var room: Int { Self.mostClaims - claims.load(ordering: .relaxed) }

    /// Takes a hint without waiting.
    ///
    /// - Returns: `false` when there is no room: the spool must be swept once there is.
    package func hint(_ path: SpoolPath, spool: Int) -> Bool {
        state.change { state in
            // While a sweep waits it goes first: it finds the oldest, and what is hinted at now as well.
            if state.waiting >= (state.isSweepWaiting ? Self.capacity / 8 : Self.capacity) { return false }
            state.add(Arrival(spool: spool, path: path, origin: .hint, since: Clocks.monotonic))
            return true
        }
    }

    /// Takes a sweep's find, waiting for room.
    ///
    /// - Returns: `false` when everything is stopping.
    package func found(_ path: SpoolPath, spool: Int, reason: SweepReason) -> Bool {
        let arrival = Arrival(spool: spool, path: path, origin: .sweep(reason), since: Clocks.monotonic)
        return state.wait { state in
            if state.isStopped { return false }
            // Half the room is the hints', so that a sweep of a million files does not turn each into doubt.
            // One that has to wait does so until a quarter is left, and is not woken for each file.
            guard state.waiting < (state.isSweepWaiting ? Self.capacity / 4 : Self.capacity / 2) else {
                state.isSweepWaiting = true
                return nil
            }
            state.add(arrival)
            return true
        } ?? false
    }

    package func isKnown(_ path: SpoolPath, spool: Int) -> Bool {
        state.read { $0.known.contains(ArrivalKey(spool: spool, path: path)) }
    }

    /// Looks at an arrival again after a pause. Forgotten when there is no room; a sweep finds it again.
    package func again(_ arrival: Arrival, after pause: Int64) {
        state.change { state in
            guard state.later.count < Self.capacity else { return }
            state.later.add(arrival, due: Clocks.monotonic + pause)
        }
    }

    /// Puts an upload that is in work/ aside for a while. Its claim goes on counting.
    package func park(_ upload: Claimed, for pause: Int64) {
        state.change { $0.parked.add(upload, due: Clocks.monotonic + pause) }
    }

    /// Counts an upload that no claim brought: in work/ since before the start, or on its way out of held/.
    package func count() { claims.wrappingAdd(1, ordering: .relaxed) }

    /// Ends one claim. Wakes the lanes only if there were so many that they waited for this.
    package func finished() {
        let before = claims.wrappingSubtract(1, ordering: .relaxed).oldValue
        if before >= Self.mostClaims { state.change { _ in } }
    }

    /// Opens or closes the door to new claims; what is parked goes on.
    package func setOpen(_ isOpen: Bool) {
        if state.read({ $0.isOpen != isOpen }) { state.change { $0.isOpen = isOpen } }
    }

    /// Waits for work, and counts a claim for each arrival given.
    ///
    /// - Returns: One to `most`; none when everything is stopping.
    package func take(most: Int) -> [Work] {
        while true {
            if let work = workAtOnce(most) { return work }
            let deadline = state.read { $0.nextDue }
            _ = state.wait(until: deadline) { $0.hasWork(Clocks.monotonic, room) ? true : nil }
        }
    }

    /// What there is to do at once, as in ``take(most:)``; none as well when that is nothing.
    package func takeNow(most: Int) -> [Work] { workAtOnce(most) ?? [] }

    /// Wakes a sweep that waits for room once there is much of it, and not for each file.
    private func workAtOnce(_ most: Int) -> [Work]? {
        let (work, wakesSweep) = state.changeQuietly { state -> ([Work]?, Bool) in
            if state.isStopped { return ([], false) }
            let (work, claimed) = state.take(most: most, now: Clocks.monotonic, room)
            claims.wrappingAdd(claimed, ordering: .relaxed)
            let wakes = state.isSweepWaiting && state.waiting < Self.capacity / 4
            if wakes { state.isSweepWaiting = false }
            return (work.isEmpty ? nil : work, wakes)
        }
        if wakesSweep { state.change { _ in } }
        return work
    }

    /// Ends all waiting. What is queued stays in incoming/, what is parked in work/.
    package func stop() { state.change { $0.isStopped = true } }

    package var isStopped: Bool { state.read { $0.isStopped } }

    package var figures: Figures {
        let claims = claims.load(ordering: .relaxed)
        return state.read { state in
            let oldest = state.waiting > 0 ? state.queue[state.head].since : nil
            return Figures(
                waiting: state.waiting,
                parked: state.parked.count,
                claims: claims,
                isOpen: state.isOpen,
                oldest: oldest
            )
        }
    }

    package struct Figures: Sendable {
        package let waiting, parked, claims: Int
        package let isOpen: Bool
        /// Since when the first in the queue waits, monotonic nanoseconds.
        package let oldest: Int64?
    }
}

extension Arrivals.State {
    fileprivate mutating func add(_ arrival: Arrival) {
        guard known.insert(ArrivalKey(spool: arrival.spool, path: arrival.path)).inserted else { return }
        queue.append(arrival)
    }

    fileprivate var nextDue: Int64? {
        // A worker that finds nothing due looks again when something is, or after a second.
        let soonest = min(parked.soonest ?? .max, later.soonest ?? .max)
        return min(soonest, Clocks.monotonic + 1_000_000_000)
    }

    fileprivate func hasWork(_ now: Int64, _ room: Int) -> Bool {
        isStopped || parked.soonest ?? .max <= now || later.soonest ?? .max <= now || claimable(room) > 0
    }

    /// Arrivals that may be claimed where there is room for so many claims.
    private func claimable(_ room: Int) -> Int { isOpen ? max(0, min(waiting, room)) : 0 }

    /// - Returns: What is due or waits, and how many claims that makes.
    fileprivate mutating func take(
        most: Int,
        now: Int64,
        _ room: Int
    ) -> ([Arrivals.Work], claims: Int) {
        var work: [Arrivals.Work] = []
        while let arrival = later.take(by: now) { add(arrival) }
        while work.count < most, let upload = parked.take(by: now) { work.append(.claimed(upload)) }
        let count = min(most - work.count, claimable(room))
        for _ in 0..<count { work.append(.arrival(takeNext())) }
        dropTaken()
        return (work, count)
    }

    private mutating func takeNext() -> Arrival {
        let arrival = queue[head]
        head += 1
        known.remove(ArrivalKey(spool: arrival.spool, path: arrival.path))
        return arrival
    }

    /// Keeps the array from growing at its front.
    private mutating func dropTaken() {
        guard head >= 1_024 || head == queue.count else { return }
        queue.removeFirst(head)
        head = 0
    }
}
