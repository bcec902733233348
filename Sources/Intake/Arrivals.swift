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
        var queue = ArrivalQueue()
        var later = DueQueue<Arrival>()
        var parked = DueQueue<Claimed>()
        var isOpen = false
        var isStopped = false
        var isSweepWaiting = false

        var waiting: Int { queue.count }
    }

    /// What a worker gets to do.
    package struct Work: Sendable {
        package let claimed: [Claimed]
        package let arrivals: [Arrival]

        package init(claimed: [Claimed] = [], arrivals: [Arrival] = []) {
            (self.claimed, self.arrivals) = (claimed, arrivals)
        }

        package var count: Int { claimed.count + arrivals.count }
        package var isEmpty: Bool { count == 0 }
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
        let arrival = Arrival(spool: spool, path: path, origin: .hint)
        return state.change { state in
            // While a sweep waits it goes first: it finds the oldest, and what is hinted at now as well.
            if state.waiting >= (state.isSweepWaiting ? Self.capacity / 8 : Self.capacity) { return false }
            state.queue.add(arrival)
            return true
        }
    }

    /// Takes a sweep's find, waiting for room.
    ///
    /// - Returns: `false` when everything is stopping.
    package func found(_ path: SpoolPath, spool: Int, reason: SweepReason) -> Bool {
        let arrival = Arrival(spool: spool, path: path, origin: .sweep(reason))
        return state.wait { state in
            if state.isStopped { return false }
            // Half the room is the hints', so that a sweep of a million files does not turn each into doubt.
            // One that has to wait does so until a quarter is left, and is not woken for each file.
            guard state.waiting < (state.isSweepWaiting ? Self.capacity / 4 : Self.capacity / 2) else {
                state.isSweepWaiting = true
                return nil
            }
            state.queue.add(arrival)
            return true
        } ?? false
    }

    package func isKnown(_ path: SpoolPath, spool: Int) -> Bool {
        let key = Arrival.key(of: path, in: spool)
        return state.read { $0.queue.isKnown(key) }
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
    package func take(most: Int) -> Work {
        while true {
            if let work = workAtOnce(most) { return work }
            let deadline = state.read { $0.nextDue }
            _ = state.wait(until: deadline) { $0.hasWork(Clocks.monotonic, room) ? true : nil }
        }
    }

    /// What there is to do at once, as in ``take(most:)``; none as well when that is nothing.
    package func takeNow(most: Int) -> Work { workAtOnce(most) ?? Work() }

    /// Wakes a sweep that waits for room once there is much of it, and not for each file.
    private func workAtOnce(_ most: Int) -> Work? {
        let (work, wakesSweep) = state.changeQuietly { state -> (Work?, Bool) in
            if state.isStopped { return (Work(), false) }
            let work = state.take(most: most, now: Clocks.monotonic, room)
            claims.wrappingAdd(work.arrivals.count, ordering: .relaxed)
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
            Figures(
                waiting: state.waiting,
                parked: state.parked.count,
                claims: claims,
                isOpen: state.isOpen,
                oldest: state.queue.first?.since
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

    /// What is due or waits.
    fileprivate mutating func take(most: Int, now: Int64, _ room: Int) -> Arrivals.Work {
        while let arrival = later.take(by: now) { queue.add(arrival) }
        var claimed: [Claimed] = []
        while claimed.count < most, let upload = parked.take(by: now) { claimed.append(upload) }
        let count = min(most - claimed.count, claimable(room))
        return Arrivals.Work(claimed: claimed, arrivals: queue.take(count))
    }
}
