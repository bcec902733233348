import LedgerStore
import LinuxIO
import Logging
import Synchronization
import UploadModel
import VaultStore

/// The daemon's door to its custody log.
///
/// What happened to uploads is noted and written a moment later: quarantine never waits for the log, and a gap says how
/// many entries were late or lost. What a person ordered is written before it is done, or not done at all.
final class Record: Sendable {
    private let log: CustodyLog
    let directory: Descriptor
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    /// Held from taking statements out until they are written or back: nothing is written twice, and the order stays.
    private let writing = Mutex(())

    private struct Waiting {
        var statements: [CustodyStatement] = []
        /// Since when nothing could be written.
        var since: Timestamp?
        var lost = 0
        var published: Int64 = 0
    }

    /// Statements that are kept while the log cannot be written; later ones are counted.
    private static let most = 4_096
    /// Nanoseconds between two checkpoints while entries come in; the next one may be this late.
    private static let pause: Int64 = 60_000_000_000

    /// Opens `<state>/custody/`, and makes its key at the first start.
    ///
    /// - Throws: ``CustodyLost`` where rows tell of matches and there is no log.
    init(_ state: StateDirectory, ledger: Ledger, logger: Logger) throws {
        if try CustodyLoss.lacksLog(state.root, ledger) { throw CustodyLost.log(state.path) }
        directory = try Self.openDirectory(state)
        log = try Self.openLog(directory)
        self.logger = logger
    }

    static func openDirectory(_ state: StateDirectory) throws -> Descriptor {
        let group = try state.root.status(subject: "state").gid
        let directory = try state.root.ensureDirectory(
            Array("custody".utf8),
            mode: 0o2750,
            subject: "custody"
        )
        if try directory.status(subject: "custody").gid != group { try? directory.setGroup(group) }
        return directory
    }

    static func openLog(_ directory: borrowing Descriptor) throws -> CustodyLog {
        let key = try LogKey.read(in: directory) ?? LogKey.make(naming: Self.name, in: directory)
        return try CustodyLog.open(in: directory, key: key)
    }

    /// What an origin begins with; the key's digest makes it one deployment's.
    private static let name = "breakwater/custody/breakwaterd"

    /// Notes what happened, without waiting.
    func note(_ statements: CustodyStatement...) { note(statements) }

    func note(_ statements: [CustodyStatement]) {
        let statements = statements.map {
            log.byteCount(of: $0) <= CustodyLog.longestEntry ? $0 : $0.tooLong
        }
        waiting.withLock { waiting in
            let room = max(0, Self.most - waiting.statements.count)
            waiting.statements += statements.prefix(room)
            waiting.lost += max(0, statements.count - room)
        }
    }

    /// Writes an entry before what it says is done. Blocks.
    ///
    /// - Throws: `CustodyLogFault`; then it must not be done.
    func require(_ statements: [CustodyStatement]) throws(CustodyLogFault) {
        // Before it could stand in the way of what waits.
        let longest = statements.map(log.byteCount(of:)).max() ?? 0
        if longest > CustodyLog.longestEntry { throw .tooLong(bytes: longest) }
        try writing.withLock { _ throws(CustodyLogFault) in
            try flush()
            try log.append(contentsOf: statements)
        }
    }

    /// Writes what waits, and signs what was written when it is time. Blocks; called again and again.
    func turn() {
        do throws(CustodyLogFault) {
            try writing.withLock { _ throws(CustodyLogFault) in try flush() }
            let isDue = waiting.withLock { Clocks.monotonic - $0.published >= Self.pause }
            if log.isDirty, isDue { try publish() }
        } catch {
            let isNews = waiting.withLock { waiting in
                defer { waiting.since = waiting.since ?? Timestamp(nanoseconds: Clocks.realtime) }
                return waiting.since == nil
            }
            if isNews { report(error) }
        }
    }

    /// Writes what waits and signs all of it: the end of a run.
    func close() {
        do throws(CustodyLogFault) {
            try writing.withLock { _ throws(CustodyLogFault) in try flush() }
            try publish()
        } catch {
            report(error)
        }
    }

    func report(_ error: any Error) {
        logger.error("custody-log", metadata: [LogKeys.reason: "\(error)"])
    }

    /// From when on the ledger may have what the log has not: an hour before its newest entry, for rows come a little
    /// before and clocks are set back.
    func beginOfWhatMayLack() throws(CustodyLogFault) -> Timestamp {
        let newest = try log.newest()?.at.nanoseconds ?? 0
        return Timestamp(nanoseconds: max(0, newest - 3_600_000_000_000))
    }

    /// Everything about an exhibit, the newest first.
    func chain(of exhibit: BundleID) throws(CustodyLogFault) -> [CustodyEntry] { try log.chain(of: exhibit) }

    /// The orders to shred its headers that were taken; what cannot be read says nothing.
    func shreddings(of exhibit: BundleID) -> Set<UploadID> {
        Set(((try? chain(of: exhibit)) ?? []).compactMap(\.shredding))
    }

    private func publish() throws(CustodyLogFault) {
        try log.publish()
        waiting.withLock { $0.published = Clocks.monotonic }
    }

    /// Writes what waits; ``writing`` is held. What is on the disk does not wait any more, even if the rest failed.
    private func flush() throws(CustodyLogFault) {
        let (gap, lost, taken) = waiting.withLock { waiting in
            defer { waiting.statements = [] }
            return (Self.gap(waiting), waiting.lost, waiting.statements)
        }
        var rest = [gap].compactMap { $0 } + taken
        guard !rest.isEmpty else { return }
        defer {
            let saidGap = rest.count <= taken.count
            waiting.withLock { waiting in
                waiting.statements = rest.suffix(taken.count) + waiting.statements
                if saidGap { (waiting.since, waiting.lost) = (nil, waiting.lost - lost) }
            }
        }
        try log.append(&rest)
    }

    private static func gap(_ waiting: Waiting) -> CustodyStatement? {
        guard let since = waiting.since ?? (waiting.lost > 0 ? Timestamp(nanoseconds: Clocks.realtime) : nil)
        else { return nil }
        return CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .logGap,
            by: .system,
            reason: "not-written",
            references: [
                "since": "\(since)", "late": "\(waiting.statements.count)", "lost": "\(waiting.lost)",
            ]
        )
    }
}

// MARK: - What the daemon states

extension Record {
    /// The beginning of a run. One before that did not end in order may have left entries unwritten.
    func noteStart(_ configuration: Configuration, endedInOrder: Bool) {
        let now = Timestamp(nanoseconds: Clocks.realtime)
        if !endedInOrder, log.size > 0 {
            note(CustodyStatement(at: now, .logGap, by: .system, reason: "ended-without-stop"))
        }
        let config = CustodySubject(config: configuration.sha256)
        note(
            CustodyStatement(
                at: now,
                .daemonStart,
                by: .system,
                about: config,
                references: ["program": configuration.program]
            )
        )
        noteLoaded(configuration)
    }

    /// Settings that are in effect from now on.
    func noteLoaded(_ configuration: Configuration) {
        note(
            CustodyStatement(
                at: Timestamp(nanoseconds: Clocks.realtime),
                .configLoaded,
                by: .system,
                about: CustodySubject(config: configuration.sha256)
            )
        )
    }

    /// The clock of days was set: what was before and is after cannot be compared without this.
    func noteStep(milliseconds: Int64) {
        note(
            CustodyStatement(
                at: Timestamp(nanoseconds: Clocks.realtime),
                .clockStep,
                by: .system,
                references: ["by_ms": "\(milliseconds)"]
            )
        )
    }

    /// A custodian's key opened a challenge.
    static func drilled(_ key: String, at time: Timestamp) -> CustodyStatement {
        CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .keyDrilled,
            by: .daemon,
            about: CustodySubject(key: key),
            references: ["answered": "\(time)"]
        )
    }

    static func expired(_ list: String, at time: Timestamp) -> CustodyStatement {
        CustodyStatement(at: time, .listExpired, by: .daemon, about: CustodySubject(list: list))
    }

    static func imported(_ list: String, generation: String) -> CustodyStatement {
        CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .listImported,
            by: .daemon,
            about: CustodySubject(list: list),
            references: ["generation": generation]
        )
    }

    static func rejected(generation: String) -> CustodyStatement {
        CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .listRejected,
            by: .daemon,
            references: ["generation": generation]
        )
    }

    /// An unsealed copy that is about to go, since custodians have shown that they can open its bundle.
    static func removed(_ copy: PlainCopyRemoval) -> CustodyStatement {
        CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .plaintextRemoved,
            by: .daemon,
            about: CustodySubject(exhibit: copy.bundle),
            reason: "unsealed-copy"
        )
    }

    /// An order that was not carried out; its text is not believed, so only its id is said.
    static func refused(_ order: UploadID) -> CustodyStatement {
        CustodyStatement(
            at: Timestamp(nanoseconds: Clocks.realtime),
            .orderRefused,
            by: .daemon,
            references: ["order": "\(order)"]
        )
    }

    func noteStop() {
        note(CustodyStatement(at: Timestamp(nanoseconds: Clocks.realtime), .daemonStop, by: .system))
    }

    /// A fact that became durable in the ledger.
    ///
    /// - Parameter keepsPlainCopy: Whether an unsealed copy lies beside the bundle.
    func note(_ row: LedgerRow, of upload: UploadID, state: borrowing Descriptor, keepsPlainCopy: Bool) {
        note(Self.statements(row, of: upload, state: state, keepsPlainCopy: keepsPlainCopy))
    }

    static func statements(
        _ row: LedgerRow,
        of upload: UploadID,
        state: borrowing Descriptor,
        keepsPlainCopy: Bool
    ) -> [CustodyStatement] {
        func say(_ kind: CustodyEntryKind, why: String? = nil, _ references: [String: String] = [:])
            -> CustodyStatement
        {
            CustodyStatement(
                at: row.at,
                kind,
                by: .daemon,
                about: CustodySubject(exhibit: BundleID(upload)),
                reason: why,
                references: references
            )
        }
        switch row.event {
        case .listed(let matches):
            return [
                say(.matchDetected, why: matches.map(\.grade.rawValue).min(), matches.references),
                say(.fileQuarantined),
            ]
        case .bundled(let bundle):
            let manifest = (try? Destroyer.tagManifest(of: bundle, state: state)) ?? nil
            let sealed = say(.exhibitSealed, manifest.map { ["tagmanifest": $0] } ?? [:])
            let copies = (try? Vault.secondCopies(of: bundle, state: state)) ?? []
            let stored = copies.map { say(.replicaStored, ["path": $0]) }
            return [sealed] + stored + (keepsPlainCopy ? [say(.plaintextKept, why: "unsealed-copy")] : [])
        case .sourceRemoved: return [say(.plaintextRemoved, why: "source")]
        case .drafted: return [say(.reportDrafted)]
        default: return []
        }
    }
}

extension [Match] {
    /// Entries that are named one by one; the bundle's record has all of them.
    private static var most: Int { 256 }

    /// The entries by name, never by value, and the lists that they came from.
    fileprivate var references: [String: String] {
        var references = [
            "entries": prefix(Self.most).map { "\($0.entry.id)" }.joined(separator: " "),
            "generation": first?.entry.provenance.generation ?? "",
        ]
        if count > Self.most { references["more_entries"] = "\(count - Self.most)" }
        return references
    }
}

extension CustodyStatement {
    /// What is entered in the place of a statement that no entry can hold: nothing after it waits for it.
    fileprivate var tooLong: CustodyStatement {
        CustodyStatement(
            at: at,
            .logGap,
            by: .system,
            about: subject,
            reason: "too-long",
            references: ["type": kind.rawValue]
        )
    }
}
