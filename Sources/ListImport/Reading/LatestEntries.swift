import CSQLite
import LinuxIO

/// Entries by their key, of each the state that changed last; for lists that hold an entry more than once.
///
/// An SQLite file that has no name any more when it is used, so that nothing is left behind. Memory is its cache of
/// 64 MiB, whatever the number of entries.
final class LatestEntries {
    enum State: Int32 {
        case standing, withdrawn, rejected
        /// It stands, and holds only values that need a hasher which this build does not have.
        case elsewhere
    }

    private var database: OpaquePointer?
    private var put: OpaquePointer?

    /// - Parameter workspace: A directory of ours; without one SQLite takes a place for temporary files.
    init(workspace: borrowing Descriptor?) throws {
        var path = ""
        switch workspace {
        case .some(let directory):
            let name = ".entries-\(String(UInt64.random(in: 0...(.max)), radix: 16))"
            path = "/proc/self/fd/\(directory.raw)/\(name)"
            try open(path)
            try directory.unlink(Array(name.utf8), subject: "workspace")
        case .none: try open(path)
        }
        try run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        try run(
            """
            CREATE TABLE latest (key BLOB PRIMARY KEY, changed INTEGER, state INTEGER, line BLOB) WITHOUT ROWID;
            BEGIN
            """
        )
        // Of two states of one time a withdrawal counts, and else the one that was read later; where no time is said,
        // the one that was read later.
        put = try prepare(
            """
            INSERT INTO latest VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE
            SET changed = ?2, state = ?3, line = ?4
            WHERE ?2 > changed OR (?2 = changed AND (?5 OR ?3 = 1 OR state <> 1))
            """
        )
    }

    deinit {
        sqlite3_finalize(put)
        sqlite3_close(database)
    }

    func note(_ state: State, _ line: [UInt8], key: [UInt8], changed: Int64?) throws {
        try bind(put, 1, key)
        try check(sqlite3_bind_int64(put, 2, changed ?? .min))
        try check(sqlite3_bind_int(put, 3, state.rawValue))
        try bind(put, 4, line)
        try check(sqlite3_bind_int(put, 5, changed == nil ? 1 : 0))
        let code = sqlite3_step(put)
        sqlite3_reset(put)
        guard code == SQLITE_DONE else { throw fault(code) }
    }

    /// Calls `body` with each key's latest state, in the order of the keys.
    func each(_ body: (State, [UInt8]) throws -> Void) throws {
        let rows = try prepare("SELECT state, line FROM latest ORDER BY key")
        defer { sqlite3_finalize(rows) }
        while true {
            let code = sqlite3_step(rows)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw fault(code) }
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(rows, 1),
                count: Int(sqlite3_column_bytes(rows, 1))
            )
            try body(State(rawValue: sqlite3_column_int(rows, 0)) ?? .rejected, Array(bytes))
        }
    }

    private func open(_ path: String) throws {
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_NOMUTEX
        try check(
            sqlite3_open_v2(path, &database, path.isEmpty ? flags & ~SQLITE_OPEN_EXCLUSIVE : flags, nil)
        )
    }

    private func run(_ sql: String) throws { try check(sqlite3_exec(database, sql, nil, nil, nil)) }

    private func prepare(_ sql: String) throws -> OpaquePointer? {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(database, sql, -1, &statement, nil))
        return statement
    }

    private func bind(_ statement: OpaquePointer?, _ place: CInt, _ bytes: [UInt8]) throws {
        // SQLITE_TRANSIENT, which Swift does not import: SQLite copies the bytes.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        try check(
            bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, place, $0.baseAddress, CInt($0.count), copied)
            }
        )
    }

    private func check(_ code: CInt) throws { if code != SQLITE_OK { throw fault(code) } }

    private func fault(_ code: CInt) -> WorkspaceFault { WorkspaceFault(code: code) }
}

/// The place for entries that are there more than once failed; usually it is full.
package struct WorkspaceFault: Error, Equatable, CustomStringConvertible {
    /// SQLite's result code.
    package let code: Int32

    package var description: String {
        "the workspace for entries failed (SQLite error \(code)); see that there is room"
    }
}
