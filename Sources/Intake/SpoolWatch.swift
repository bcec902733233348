package import LinuxIO
import Synchronization
import UploadModel

/// What the watch tells those who count.
package enum WatchReport: Sendable {
    case hint
    case overflow
    case sweepEnded(SweepReason, seconds: Double)
    /// Left where they are, as of the last two full sweeps.
    case left([LeftReason: Int])
    case watches(Int)
    case isUp(Bool)
    /// Why the kernel does not watch all of it, if so, as of the last full sweep: sweeps alone see the rest.
    case unwatched(String?)
    /// The spool cannot be served at present.
    case lost(String)
}

/// Watches one spool: a thread that turns the kernel's events into hints, and one that sweeps.
///
/// The directory is the truth. Whatever casts doubt on the hints ends in a full sweep, and a timer sweeps anyway.
package final class SpoolWatch<Claimed: Sendable>: Sendable {
    private let index: Int
    private let settings: SpoolSettings
    private let arrivals: Arrivals<Claimed>
    private let interval: Int64
    private let report: @Sendable (WatchReport) -> Void
    private let reopened: @Sendable (Spool) -> Void

    private let inotify: Inotify
    private let directories = Mutex<[WatchID: SpoolPath?]>([:])
    private let requests = Monitor(Requests())
    private let current: Mutex<Spool>

    private struct Requests {
        var full: SweepReason?
        var subtrees: [SpoolPath] = []
        var isStopped = false
        var nextTimer: Int64 = 0
        /// Since the last full sweep began, and between that and the one before.
        var left: [LeftReason: Int] = [:]
        var leftBefore: [LeftReason: Int] = [:]
        var unwatched: String?
        var firstSweepDone = false
    }

    /// - Parameters:
    ///   - index: The spool's place in the settings.
    ///   - interval: Nanoseconds between sweeps that nothing asked for.
    ///   - reopened: Called with the new directories after the root was replaced; uploads in its work/ are to be
    ///     resumed before it returns.
    package init(
        _ spool: Spool,
        index: Int,
        arrivals: Arrivals<Claimed>,
        interval: Int64,
        report: @escaping @Sendable (WatchReport) -> Void,
        reopened: @escaping @Sendable (Spool) -> Void
    ) throws(SyscallError) {
        (self.index, self.settings, self.arrivals, self.interval) = (
            index, spool.settings, arrivals, interval
        )
        (self.report, self.reopened) = (report, reopened)
        inotify = try Inotify()
        current = Mutex(spool)
        requests.change { $0.full = .start }
    }

    /// Starts both threads. They end after ``stop()``.
    package func start() -> [BlockingThread] {
        [
            BlockingThread("watch-\(settings.name)") { self.watch() },
            BlockingThread("sweep-\(settings.name)") { self.sweepForever() },
        ]
    }

    package func stop() { requests.change { $0.isStopped = true } }

    package var spool: Spool { current.withLock { $0 } }

    /// Whether the first sweep of everything has been through.
    package var hasSwept: Bool { requests.read { $0.firstSweepDone } }

    /// Counts something that stays in incoming/.
    package func count(left reason: LeftReason) { requests.change { $0.left[reason, default: 0] += 1 } }

    /// Asks for a sweep of everything.
    package func doubt(_ reason: SweepReason) {
        requests.change { if $0.full == nil { $0.full = reason } }
    }
}

// MARK: - Hints

extension SpoolWatch {
    private var isStopped: Bool { requests.read { $0.isStopped } }

    private func watch() {
        while !isStopped {
            do {
                try inotify.wait(milliseconds: 200) { heed($0) }
            } catch {
                doubt(.doubt)
            }
        }
    }

    private func heed(_ event: InotifyEvent) {
        if event.isOverflow {  // its watch is -1, so this comes before the look-up
            report(.overflow)
            return doubt(.overflow)
        }
        guard let directory = directories.withLock({ $0[event.watch] }) else { return }
        if event.isWatchGone { directories.withLock { $0[event.watch] = nil } }
        if event.isAboutWatchedDirectory || event.isWatchGone {
            if directory == nil { return doubt(.root) }
            // One that was removed is gone; one that was moved or covered leads elsewhere now.
            return event.isRemoval ? () : doubt(.doubt)
        }
        guard let path = directory.map({ $0.appending(name: event.name) }) ?? SpoolPath(bytes: event.name)
        else {
            return doubt(.doubt)
        }
        event.isDirectory ? request(subtree: path) : hint(path)
    }

    private func hint(_ path: SpoolPath) {
        report(.hint)
        if !arrivals.hint(path, spool: index) { doubt(.backlog) }
    }

    private func request(subtree path: SpoolPath) {
        requests.change { requests in
            if requests.subtrees.count < Self.mostSubtrees {
                requests.subtrees.append(path)
            } else if requests.full == nil {
                requests.full = .backlog
            }
        }
    }

    private static var mostSubtrees: Int { 1_024 }
}

// MARK: - Sweeps

extension SpoolWatch {
    private enum Task {
        case full(SweepReason)
        case subtree(SpoolPath)
        case stop
    }

    private func sweepForever() {
        while true {
            switch nextTask() {
            case .stop: return
            case .full(let reason): sweepAll(reason)
            case .subtree(let path): sweepSubtree(path)
            }
        }
    }

    private func nextTask() -> Task {
        while true {
            let deadline = requests.read { $0.nextTimer == 0 ? Clocks.monotonic + interval : $0.nextTimer }
            let task: Task? = requests.wait(until: deadline) { requests in
                if requests.isStopped { return .stop }
                if let reason = requests.full.take() { return .full(reason) }
                if !requests.subtrees.isEmpty { return .subtree(requests.subtrees.removeFirst()) }
                return Clocks.monotonic >= deadline ? .full(.timer) : nil
            }
            if let task { return task }
        }
    }

    private func sweepAll(_ reason: SweepReason) {
        let begin = Clocks.monotonic
        requests.change { requests in
            requests.leftBefore = requests.left
            requests.left = [:]
            requests.unwatched = nil
        }
        let known = spool
        guard let spool = spoolStillThere() else { return }
        // No hint tells of what came to new directories before they were watched.
        let reason = spool === known ? reason : .root
        do {
            try sweep(try spool.incoming.duplicate(), at: nil, depth: 0, reason, in: spool)
            // Their uploads may have gone from incoming/, and the contexts are to come out of work/ all the same.
            for path in spool.halfClaims.paths { _ = arrivals.found(path, spool: index, reason: reason) }
            requests.change { $0.firstSweepDone = true }
            report(.isUp(true))
            // Replaced between its opening and its watch, it would be silent for good.
            if !spool.isStillThere { doubt(.root) }
        } catch {
            report(.lost("\(error)"))
        }
        report(.sweepEnded(reason, seconds: Double(Clocks.monotonic - begin) / 1e9))
        // The lanes may still be at what this sweep found, so the round before counts as well.
        report(.left(requests.read { $0.leftBefore.merging($0.left, uniquingKeysWith: max) }))
        report(.unwatched(requests.read { $0.unwatched }))
        report(.watches(directories.withLock { $0.count }))
        requests.change { $0.nextTimer = Clocks.monotonic + interval }
    }

    private func sweepSubtree(_ path: SpoolPath) {
        let spool = spool
        let depth = path.bytes.count { $0 == UInt8(ascii: "/") } + 1
        guard depth <= Self.deepest else { return count(left: .tooDeep) }
        do throws(SyscallError) {
            let directory = try spool.incoming.open(
                path.bytes,
                [.directory],
                subject: "directory in incoming"
            )
            try sweep(directory, at: path, depth: depth, .newDirectory, in: spool)
        } catch {
            // Gone, a link, or not ours to read: a full sweep says which.
            if !error.isNotThere { doubt(.doubt) }
        }
    }

    /// Watches a directory, then lists it: what arrives in between is seen by one of the two.
    private func sweep(
        _ directory: consuming Descriptor,
        at path: SpoolPath?,
        depth: Int,
        _ reason: SweepReason,
        in spool: Spool
    ) throws(SyscallError) {
        watch(directory, at: path)
        var entries = try DirectoryEntries(of: directory, subject: "incoming")
        while let entry = try entries.next() {
            guard !isStopped else { return }
            guard let place = path.map({ $0.appending(name: entry.name) }) ?? SpoolPath(bytes: entry.name)
            else {
                count(left: .nameTooLong)
                continue
            }
            let kind = try directory.kind(of: entry)
            if kind == .directory {
                try descend(into: entry.name, of: directory, at: place, depth: depth + 1, reason, in: spool)
            } else if kind != nil, !isLeftToHints(place, entry.name, in: directory, reason) {
                guard arrivals.found(place, spool: index, reason: reason) else { return }
            }
        }
    }

    private func descend(
        into name: [UInt8],
        of directory: borrowing Descriptor,
        at place: SpoolPath,
        depth: Int,
        _ reason: SweepReason,
        in spool: Spool
    ) throws(SyscallError) {
        guard depth <= Self.deepest else { return count(left: .tooDeep) }
        do throws(SyscallError) {
            let child = try directory.open(name, [.directory], subject: "directory in incoming")
            try sweep(child, at: place, depth: depth, reason, in: spool)
        } catch {
            if error.isForbidden { return count(left: .forbidden) }
            if !error.isNotThere && !error.isLink && !error.isNotDirectory { throw error }
        }
    }

    /// Directories below one another that a sweep follows; one descriptor each.
    private static var deepest: Int { 64 }

    /// Whether a sweep by timer may leave this to a hint that is on its way: the figure of what only sweeps found
    /// would otherwise count everything that happens to arrive during one.
    private func isLeftToHints(
        _ path: SpoolPath,
        _ name: [UInt8],
        in directory: borrowing Descriptor,
        _ reason: SweepReason
    ) -> Bool {
        guard reason == .timer else { return false }
        if arrivals.isKnown(path, spool: index) { return true }
        guard let status = try? directory.status(of: name) else { return true }
        return Clocks.realtime - status.changed < 1_000_000_000
    }

    private func watch(_ directory: borrowing Descriptor, at path: SpoolPath?) {
        do throws(SyscallError) {
            let watch = try inotify.watch(directory)
            directories.withLock { $0[watch] = .some(path) }
        } catch {
            requests.change { $0.unwatched = "\(error)" }
        }
    }

    /// The spool as its path leads to it now; opens it anew when the root was replaced.
    private func spoolStillThere() -> Spool? {
        let known = spool
        if known.isStillThere { return known }
        report(.isUp(false))
        do {
            let fresh = try Spool(opening: settings, keeping: known)
            reopened(fresh)
            current.withLock { $0 = fresh }
            return fresh
        } catch {
            report(.lost("\(error)"))
            requests.change { $0.nextTimer = Clocks.monotonic + 1_000_000_000 }
            return nil
        }
    }
}
