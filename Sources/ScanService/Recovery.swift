import Intake
import LedgerStore
import LinuxIO
import Logging
import UploadModel

/// Brings rows and directories together at start: what was in hand goes on where it stopped.
///
/// docs/spool-states.md has every state that can be on disk and what happens to it here.
struct Recovery {
    let house: House
    /// Whether the last run ended in order: what lies in work/ is then nobody's fault.
    let endedInOrder: Bool

    private struct Key: Hashable {
        let spool: String
        let path: SpoolPath
    }

    /// Recovers all spools. The ledger is read once; what has no row and lies in work/ gets an `interrupted` one.
    func run() throws {
        var known: [Key: [LedgerUpload]] = [:]
        try house.ledger.unfinished { known[Key(spool: $0.spool, path: $0.path), default: []].append($0) }
        for (index, spool) in house.spools.enumerated() {
            try spool.removeUnfinishedCopies()
            try recover(spool, index: index, &known)
        }
        try resumeWithoutFile(known.values.joined())
    }

    private func recover(_ spool: Spool, index: Int, _ known: inout [Key: [LedgerUpload]]) throws {
        var interrupted: [LedgerEntry] = []
        let rows = known
        // A file that joins its context here may be listed too.
        var joined: Set<SpoolPath> = []
        try spool.forEachInWork { path in
            guard let path = try whole(path, in: spool, rows), joined.insert(path).inserted else { return }
            let owner = known[Key(spool: spool.name, path: path)]?.takeOwner(in: spool)
            var upload = try owner ?? fresh(path, in: spool, rows)
            // Its context may be in held/ still.
            if upload.isOnItsWayBack { try spool.bringBack(upload.place) }
            if !endedInOrder, upload.wasInLanes {
                let row = LedgerRow(event: .interrupted, at: Timestamp(nanoseconds: Clocks.realtime))
                upload.rows.append(row)
                interrupted.append(upload.entry([row]))
            }
            try resume(upload, in: spool, index: index)
        }
        // No room even for these: they go on uncounted.
        try unlessItPasses("interruptions-uncounted") { try house.ledger.appendNow(interrupted) }
    }

    /// The upload that what lies at `path` is part of. What has rows of its own goes its own way; a context whose
    /// upload rows know waits for that one; one whose claim was cut short is joined by its upload, now or as soon as
    /// that can follow.
    ///
    /// - Returns: `nil` when there is nothing to resume here.
    private func whole(
        _ path: SpoolPath,
        in spool: Spool,
        _ known: [Key: [LedgerUpload]]
    ) throws(SyscallError) -> SpoolPath? {
        let ownRows = known[Key(spool: spool.name, path: path)] ?? []
        guard spool.settings.context == .sidecar, ownRows.isEmpty, let upload = path.describedUpload else {
            return path
        }
        let rows = known[Key(spool: spool.name, path: upload)] ?? []
        let isKnown = rows.contains(where: \.hasContext)
        if isKnown, try spool.isInWork(upload) { return nil }
        if rows.isEmpty, try spool.ownsContext(upload) { return nil }
        // The one that rows know may be in held/, and this the context of the next one of its name.
        let whole = try spool.finishClaim(ofContext: path)
        return isKnown && whole == path ? nil : whole
    }

    /// An upload in work/ that has no row.
    private func fresh(
        _ path: SpoolPath,
        in spool: Spool,
        _ known: [Key: [LedgerUpload]]
    ) throws(SyscallError) -> LedgerUpload {
        let id = UploadID.fresh(at: Timestamp(nanoseconds: Clocks.realtime))
        let isFree = known[Key(spool: spool.name, path: path.context)] == nil
        let hasContext = try isFree ? spool.ownsContext(path) : false
        return LedgerUpload(id: id, spool: spool.name, path: path, rows: [], hasContext: hasContext)
    }

    private func resume(_ known: LedgerUpload, in spool: Spool, index: Int, hasFile: Bool = true) throws {
        var upload = try Upload(known, in: spool, index: index)
        upload.hasFile = hasFile || upload.place.isSetAside || upload.next == .retry
        let limit = house.live.scan.crashLimit
        if limit > 0, upload.custody.stage == .claimed, upload.custody.interruptions >= limit {
            try upload.record(.unreadable(.crashLimit))
        }
        house.arrivals.count()
        if upload.next == .digest && upload.facts.isEmpty {
            house.arrivals.park(upload, for: 0)
        } else {
            house.departures.send(.upload(upload))
        }
    }

    /// Rows without a file in work/: the rest of a move that was made before the crash, or a release that was not
    /// yet forgotten.
    private func resumeWithoutFile(_ rest: some Collection<LedgerUpload>) throws {
        var released: [UploadID] = []
        for known in rest {
            guard let index = house.spools.firstIndex(where: { $0.name == known.spool }) else { continue }
            if known.rows.allSatisfy({ $0.event == .interrupted }) {
                released.append(known.id)
            } else {
                try resume(known, in: house.spools[index], index: index, hasFile: false)
            }
        }
        // The next start drops them.
        try unlessItPasses("interruptions-kept") { try house.ledger.forgetNow(released) }
    }

    /// A start goes on without what the ledger has no room for at present.
    private func unlessItPasses(_ event: Logger.Message, _ write: () throws -> Void) throws {
        do {
            try write()
        } catch {
            guard let fault = error as? LedgerFault, fault.mayPass else { throw error }
            house.log.error(event, metadata: [LogKeys.reason: "\(fault)"])
        }
    }
}

extension [LedgerUpload] {
    /// Takes out the one whose file lies in work/ at this path: the latest, since none can be claimed there before its
    /// predecessor has left. Even that one may have left, the row of its last move unwritten; its effects look at what
    /// they find before they touch it.
    fileprivate mutating func takeOwner(in spool: Spool) -> LedgerUpload? {
        let owners = indices.filter { self[$0].mayLieInWork(of: spool) }
        return owners.max { self[$0].id < self[$1].id }.map { remove(at: $0) }
    }
}

extension LedgerUpload {
    fileprivate func mayLieInWork(of spool: Spool) -> Bool {
        guard let custody = try? Custody.replaying(rows.map(\.event)).custody, !custody.isSetAside else {
            return false
        }
        let aside = Place(id: id, path: path, hasContext: hasContext, isSetAside: true)
        switch custody.stage {
        case .claimed, .digested, .measured, .cleared, .stopped, .quarantined, .bundled:
            return !spool.isThere(aside)
        case .held, .sourceRemoved, .awaitingReview, .restoring, .destroying, .closed: return false
        }
    }

    fileprivate var isOnItsWayBack: Bool { (try? Custody.replaying(rows.map(\.event)))?.next == .retry }

    fileprivate var place: Place {
        Place(id: id, path: path, hasContext: hasContext, isSetAside: false)
    }

    /// Whether it was about to be read, for the first time or again by order, when the last run ended.
    fileprivate var wasInLanes: Bool {
        (try? Custody.replaying(rows.map(\.event)))?.custody.stage == .claimed
    }

    fileprivate func entry(_ rows: [LedgerRow]) -> LedgerEntry {
        LedgerEntry(id: id, spool: spool, path: path, events: rows, hasContext: hasContext)
    }
}
