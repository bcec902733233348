import Exposition
import HashLists
import Intake
import LinuxIO
import Synchronization
import UploadModel

/// Whether the daemon is ready, and why not: put together from what the loops last said.
final class Standing: Sendable {
    private struct State {
        var lost: [String: String] = [:]
        var left: [String: [LeftReason: Int]] = [:]
        var unwatched: [String: String] = [:]
        var noRoom: String?
        var isStopping = false
        /// Monotonic, nanoseconds.
        var lastTick: Int64 = 0
    }

    private let state = Mutex(State())
    private let house: House

    init(_ house: House) { self.house = house }

    func set(lost reason: String?, spool: String) { state.withLock { $0.lost[spool] = reason } }
    func set(left: [LeftReason: Int], spool: String) { state.withLock { $0.left[spool] = left } }
    func set(unwatched reason: String?, spool: String) { state.withLock { $0.unwatched[spool] = reason } }
    func set(noRoom reason: String?) { state.withLock { $0.noRoom = reason } }
    func setStopping() { state.withLock { $0.isStopping = true } }
    func tick() { state.withLock { $0.lastTick = Clocks.monotonic } }

    /// Whether new uploads may be claimed.
    var mayClaim: Bool {
        house.lists.current != nil && state.withLock { $0.noRoom == nil && !$0.isStopping }
    }

    /// Alive while the housekeeper turns: 30 s without a turn ask for a restart.
    var healthy: Readiness {
        let last = state.withLock { $0.lastTick }
        let stuck = Clocks.monotonic - last > 30_000_000_000
        return Readiness(reasons: stuck ? ["the daemon has not looked after itself for 30 s"] : [], notes: [])
    }

    var ready: Readiness { Readiness(reasons: reasons, notes: notes) }

    private var reasons: [String] {
        let known = state.withLock { $0 }
        var reasons: [String] = []
        if known.isStopping { reasons.append("stopping") }
        if let why = house.lists.whyNone { reasons.append("no lists: \(why)") }
        if isStale { reasons.append("a list is past its maximum age, and on_stale is \"stop\"") }
        if let noRoom = known.noRoom { reasons.append(noRoom) }
        reasons += house.places.reasons
        for (spool, why) in known.lost.sorted(by: { $0.key < $1.key }) {
            reasons.append("spool \(spool): \(why)")
        }
        for watch in house.watches where !watch.hasSwept && known.lost[watch.spool.name] == nil {
            reasons.append("spool \(watch.spool.name): the first sweep is not finished")
        }
        return reasons
    }

    /// A list past its age where the settings say that this stops the daemon.
    var isStale: Bool {
        guard house.live.lists.onStale == .stop, let generation = house.lists.current else { return false }
        return !generation.staleLists(at: Timestamp(nanoseconds: Clocks.realtime)).isEmpty
    }

    private var notes: [String] {
        let known = state.withLock { $0 }
        var notes = house.lists.notes(at: Timestamp(nanoseconds: Clocks.realtime))
        if house.lists.askForPictures, let reason = house.pictures.whyNone {
            notes.append("pictures are held, not compared: \(reason)")
        }
        if let note = house.drills.note(house.keys) { notes.append(note) }
        let unpreserved = house.unpreserved.load(ordering: .relaxed)
        if unpreserved > 0 {
            notes.append(
                "\(unpreserved) matched and were gone before they were preserved; run \"breakwater spool check\""
            )
        }
        for (spool, left) in known.left.sorted(by: { $0.key < $1.key }) {
            for (reason, count) in left.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count > 0 {
                notes.append("spool \(spool): \(count) left in incoming (\(reason.rawValue))")
            }
        }
        for (spool, why) in known.unwatched.sorted(by: { $0.key < $1.key }) {
            notes.append(
                "spool \(spool): not all of it is watched, sweeps find the rest (\(why)); "
                    + "see fs.inotify.max_user_watches"
            )
        }
        return notes
    }
}
