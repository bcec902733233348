import GRDB
import Synchronization
package import UploadModel

/// The working book of uploads that were not released.
///
/// One SQLite file with its log beside it, written by one queue. A commit costs a disk's flush, 4 ms and
/// more, whatever its size, so all that waits while one runs is committed by the next.
package final class Ledger: Sendable {
    /// How long a lock of another process is waited for.
    package static let patience: Duration = .seconds(5)

    let book: DatabaseQueue
    private let state = Mutex(State())
    private let committed = Atomic<UInt64>(0)

    /// Opens the book for writing, makes it if there is none, and checks every page of it.
    ///
    /// - Parameter path: Of the database file; SQLite keeps `-wal` and `-shm` beside it. Modes follow the
    ///   umask.
    /// - Throws: ``LedgerFault/damaged(_:)``, ``LedgerFault/newerSchema(found:known:)`` or what SQLite meets;
    ///   what is stored is then unchanged.
    package init(opening path: String) throws(LedgerFault) {
        book = try Self.connect(path, readOnly: false, LedgerSchema.prepare)
    }

    /// Opens the book beside a daemon that may be running; nothing is made, migrated or written.
    ///
    /// - Throws: ``LedgerFault/notThere`` when there is no book yet, or none of this version.
    package init(reading path: String) throws(LedgerFault) {
        book = try Self.connect(path, readOnly: true, LedgerSchema.checkCurrent)
    }

    /// Waits for what is being written and lets go of the file. Later calls fail with ``LedgerFault/closed``.
    package func close() throws(LedgerFault) {
        book.writeWithoutTransaction { _ in state.withLock { $0.isClosed = true } }
        do { try book.close() } catch { throw LedgerFault(error) }
    }

    /// Transactions committed since opening.
    package var commits: UInt64 { committed.load(ordering: .relaxed) }

    private static func connect(
        _ path: String,
        readOnly: Bool,
        _ prepare: (Database) throws -> Void
    ) throws(LedgerFault) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(Double(patience.components.seconds))
        do {
            let book = try DatabaseQueue(path: path, configuration: configuration)
            try book.writeWithoutTransaction(prepare)
            return book
        } catch {
            throw LedgerFault(error)
        }
    }
}

// MARK: - Writing

extension Ledger {
    /// Appends to one upload, which is made if it is new. The entry is durable when this returns.
    ///
    /// A `drafted` row, or one that closes the upload, deletes the context's bytes in the same transaction.
    ///
    /// - Throws: ``LedgerFault/outOfOrder(_:_:)`` or ``LedgerFault/damaged(_:)`` when this entry cannot
    ///   follow what the ledger holds; others that waited with it are still written. Any other fault is that
    ///   of the whole batch. In either case nothing of this entry is written.
    package func append(_ entry: LedgerEntry) async throws(LedgerFault) {
        try await settle { try $0.append(entry) }
        if entry.mayEraseContext { await emptyLog() }
    }

    /// Empties the write-ahead log, which holds what was deleted until it is written over. A reader in another
    /// process may stand in the way; the next erasure empties it then.
    private func emptyLog() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            book.asyncWriteWithoutTransaction { db in
                _ = try? db.checkpoint(.truncate)
                done.resume()
            }
        }
    }

    /// Appends all entries in one transaction, or none of them. Blocks: for start-up.
    package func appendNow(_ entries: [LedgerEntry]) throws(LedgerFault) {
        try write { tables in for entry in entries { try tables.append(entry) } }
    }

    /// Removes all that is known of these uploads: they were released after interruptions. Durable when it
    /// returns; an id that is not there is none too many.
    package func forget(_ ids: [UploadID]) async throws(LedgerFault) {
        try await settle { tables in for id in ids { try tables.forget(id) } }
    }

    /// As ``forget(_:)``, and blocks: for start-up.
    package func forgetNow(_ ids: [UploadID]) throws(LedgerFault) {
        try write { tables in for id in ids { try tables.forget(id) } }
    }

    /// Remembers the counter of a generation that is served, so that an older one is never taken again. A
    /// lower value than the remembered one changes nothing.
    package func raiseCounter(to counter: UInt64) throws(LedgerFault) {
        try write { try $0.raiseCounter(to: counter) }
    }

    private typealias Outcome = Result<Void, LedgerFault>

    private struct Waiter {
        let perform: @Sendable (LedgerTables) throws -> Void
        let done: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var waiting: [Waiter] = []
        /// The disk's failure after which nothing is written any more.
        var stopped: LedgerFault?
        /// Set and asked on the book's queue only: GRDB does not survive the use of a closed connection.
        var isClosed = false
    }

    /// Cancelling the task does not call the request back: once asked for, a row is written or refused.
    private func settle(_ perform: @escaping @Sendable (LedgerTables) throws -> Void)
        async throws(LedgerFault)
    {
        let outcome = await withCheckedContinuation { done in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiter(perform: perform, done: done))
                return state.waiting.count == 1
            }
            if isFirst { book.asyncWriteWithoutTransaction { self.settleWaiting($0) } }
        }
        try outcome.get()
    }

    /// Runs on the writer's queue. Whoever comes after the first line waits for the next round.
    private func settleWaiting(_ db: Database) {
        let batch = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        var outcomes: [Outcome] = []
        do throws(LedgerFault) {
            try commit(on: db) { tables in outcomes = try batch.map { try outcome(of: $0, on: tables) } }
        } catch {
            outcomes = batch.map { _ in .failure(error) }
        }
        for (waiter, outcome) in zip(batch, outcomes) { waiter.done.resume(returning: outcome) }
    }

    /// A fault that the tables name themselves was found before they wrote; SQLite's errors spoil the batch.
    private func outcome(of waiter: Waiter, on tables: LedgerTables) throws -> Outcome {
        do {
            return .success(try waiter.perform(tables))
        } catch let fault as LedgerFault {
            return .failure(fault)
        }
    }

    func write(_ body: (LedgerTables) throws -> Void) throws(LedgerFault) {
        do {
            try book.writeWithoutTransaction { try commit(on: $0, body) }
        } catch {
            throw LedgerFault(error)
        }
    }

    private func commit(on db: Database, _ body: (LedgerTables) throws -> Void) throws(LedgerFault) {
        try checkOpen()
        if let stopped = state.withLock({ $0.stopped }) { throw stopped }
        do {
            try db.inTransaction {
                try body(LedgerTables(db: db))
                return .commit
            }
        } catch {
            let fault = LedgerFault(error)
            if case .ioError = fault { state.withLock { $0.stopped = fault } }
            throw fault
        }
        committed.add(1, ordering: .relaxed)
    }
}

// MARK: - Reading

extension Ledger {
    package func upload(_ id: UploadID) throws(LedgerFault) -> LedgerUpload? {
        try read { try $0.upload(id) }
    }

    /// The sidecar's bytes as they came; `nil` when there were none or the draft has been written.
    package func context(of id: UploadID) throws(LedgerFault) -> [UInt8]? {
        try read { try $0.context(of: id) }
    }

    /// Visits every upload whose stage does not rest, oldest first, in constant memory.
    ///
    /// The book is not locked during a visit, so the visitor may write to it.
    package func unfinished(_ visit: (LedgerUpload) throws -> Void) throws {
        var last: UploadID?
        while true {
            let page = try read { try $0.unfinished(after: last, limit: 64) }
            guard let end = page.last else { return }
            try page.forEach(visit)
            last = end.id
        }
    }

    /// One page of the uploads in any of `stages`, by ``Custody/Stage/name``, oldest first.
    ///
    /// - Parameter after: The last id of the page before.
    package func uploads(
        in stages: [String],
        after: UploadID? = nil,
        limit: Int
    ) throws(LedgerFault) -> [LedgerUpload] {
        try read { try $0.uploads(in: stages, after: after, limit: limit) }
    }

    /// The uploads whose id begins with `prefix`, in lower case; two at most, which says that it is
    /// ambiguous.
    package func find(prefix: String) throws(LedgerFault) -> [UploadID] {
        try read { try $0.find(prefix: prefix) }
    }

    /// How many uploads there are in each stage, by ``Custody/Stage/name``; a stage without any is left out.
    package func counts() throws(LedgerFault) -> [String: Int] {
        try read { try $0.counts() }
    }

    /// The highest counter of a generation ever served; 0 before the first.
    package func highestCounter() throws(LedgerFault) -> UInt64 {
        try read { try $0.highestCounter() }
    }

    private func read<Answer>(_ body: (LedgerTables) throws -> Answer) throws(LedgerFault) -> Answer {
        do {
            return try book.unsafeRead { db in
                try checkOpen()
                return try db.snapshot { try body(LedgerTables(db: db)) }
            }
        } catch {
            throw LedgerFault(error)
        }
    }

    private func checkOpen() throws(LedgerFault) {
        if state.withLock({ $0.isClosed }) { throw .closed }
    }
}

extension Database {
    /// All that `body` reads is of one moment, whatever another process commits meanwhile.
    fileprivate func snapshot<Answer>(_ body: () throws -> Answer) throws -> Answer {
        try beginTransaction(.deferred)
        defer { try? rollback() }
        return try body()
    }
}
