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
    private let directory: Descriptor
    private let logger: Logger
    private let waiting = Mutex(Waiting())

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
    init(_ state: StateDirectory, logger: Logger) throws {
        let group = try state.root.status(subject: "state").gid
        directory = try state.root.ensureDirectory(Array("custody".utf8), mode: 0o2750, subject: "custody")
        if try directory.status(subject: "custody").gid != group { try? directory.setGroup(group) }
        let key = try LogKey.read(in: directory) ?? LogKey.make(naming: Self.name, in: directory)
        log = try CustodyLog.open(in: directory, key: key)
        self.logger = logger
    }

    /// What an origin begins with; the key's digest makes it one deployment's.
    private static let name = "breakwater/custody/breakwaterd"

    /// Notes what happened, without waiting.
    func note(_ statements: CustodyStatement...) { note(statements) }

    func note(_ statements: [CustodyStatement]) {
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
        try flush()
        try log.append(contentsOf: statements)
    }

    /// Writes what waits, and signs what was written when it is time. Blocks; called again and again.
    func turn() {
        do throws(CustodyLogFault) {
            try flush()
            let isDue = waiting.withLock { Clocks.monotonic - $0.published >= Self.pause }
            if log.isDirty, isDue { try publish() }
        } catch {
            let isNews = waiting.withLock { waiting in
                defer { waiting.since = waiting.since ?? Timestamp(nanoseconds: Clocks.realtime) }
                return waiting.since == nil
            }
            if isNews { logger.error("custody-log", metadata: [LogKeys.reason: "\(error)"]) }
        }
    }

    /// Writes what waits and signs all of it: the end of a run.
    func close() {
        do throws(CustodyLogFault) {
            try flush()
            try publish()
        } catch {
            logger.error("custody-log", metadata: [LogKeys.reason: "\(error)"])
        }
    }

    private func publish() throws(CustodyLogFault) {
        try log.publish()
        waiting.withLock { $0.published = Clocks.monotonic }
    }

    private func flush() throws(CustodyLogFault) {
        let (batch, gap) = waiting.withLock { waiting in (waiting.statements, Self.gap(waiting)) }
        guard !batch.isEmpty || gap != nil else { return }
        try log.append(contentsOf: [gap].compactMap { $0 } + batch)
        waiting.withLock { waiting in
            waiting.statements.removeFirst(batch.count)
            (waiting.since, waiting.lost) = (nil, 0)
        }
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
        let subject = CustodySubject(exhibit: BundleID(upload))
        func say(_ kind: CustodyEntryKind, why: String? = nil, _ references: [String: String] = [:]) {
            note(
                CustodyStatement(
                    at: row.at,
                    kind,
                    by: .daemon,
                    about: subject,
                    reason: why,
                    references: references
                )
            )
        }
        switch row.event {
        case .listed(let matches):
            say(.matchDetected, why: matches.map(\.grade.rawValue).min(), matches.references)
            say(.fileQuarantined)
        case .bundled(let bundle):
            let manifest = (try? Destroyer.tagManifest(of: bundle, state: state)) ?? nil
            say(.exhibitSealed, manifest.map { ["tagmanifest": $0] } ?? [:])
            if keepsPlainCopy { say(.plaintextKept, why: "unsealed-copy") }
        case .sourceRemoved: say(.plaintextRemoved, why: "source")
        case .drafted: say(.reportDrafted)
        default: break
        }
    }
}

extension [Match] {
    /// The entries by name, never by value, and the lists that they came from.
    fileprivate var references: [String: String] {
        [
            "entries": map { "\($0.entry.id)" }.joined(separator: " "),
            "generation": first?.entry.provenance.generation ?? "",
        ]
    }
}
