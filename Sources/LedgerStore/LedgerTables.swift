import GRDB
import JSONText
import UploadModel

/// The ledger's SQL, on a connection that somebody else has opened a transaction on.
///
/// What it finds wrong with an upload or an entry it throws as ``LedgerFault`` before it has written anything
/// of it; whatever SQLite refuses comes out as GRDB's error, and the transaction must be given up.
struct LedgerTables {
    let db: Database

    // MARK: - Writing

    func append(_ entry: LedgerEntry) throws {
        let stored = try rows(of: entry.id)
        let custody = try custody(after: stored, and: entry)
        try put(entry, at: custody.stage)
        for (offset, row) in entry.events.enumerated() {
            try insert(row, number: stored.count + offset, of: entry.id)
        }
        let drafted = entry.events.contains { if case .drafted = $0.event { true } else { false } }
        if drafted || custody.stage.isClosed {
            try execute("DELETE FROM context WHERE upload = ?", ["\(entry.id)"])
        } else if let context = entry.context {
            try execute("INSERT OR REPLACE INTO context VALUES (?, ?)", ["\(entry.id)", blob(context)])
        }
    }

    func forget(_ id: UploadID) throws {
        try execute("DELETE FROM upload WHERE id = ?", ["\(id)"])
    }

    func raiseCounter(to counter: UInt64) throws {
        guard try counter > highestCounter() else { return }
        try execute("INSERT OR REPLACE INTO generation VALUES (1, ?)", [Int64(bitPattern: counter)])
    }

    private func custody(after stored: [LedgerRow], and entry: LedgerEntry) throws -> Custody {
        var custody: Custody
        do {
            custody = try Custody.replaying(stored.map(\.event)).custody
        } catch {
            throw LedgerFault.damaged("upload \(entry.id): \(error)")
        }
        do {
            for row in entry.events { _ = try custody.record(row.event) }
        } catch {
            throw LedgerFault.outOfOrder(entry.id, error)
        }
        return custody
    }

    private func put(_ entry: LedgerEntry, at stage: Custody.Stage) throws {
        try execute(
            """
            INSERT INTO upload (id, spool, path, has_context, stage, rests) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                has_context = max(has_context, excluded.has_context),
                stage = excluded.stage,
                rests = excluded.rests
            """,
            ["\(entry.id)", entry.spool, blob(entry.path.bytes), entry.hasContext, stage.name, stage.rests]
        )
    }

    /// The detail keeps the spelling of its numbers: a canonical one would round nanoseconds to a double.
    private func insert(_ row: LedgerRow, number: Int, of id: UploadID) throws {
        let detail = String(decoding: row.event.detail.line, as: UTF8.self)
        try execute(
            "INSERT INTO event (upload, number, at_ns, name, detail) VALUES (?, ?, ?, ?, ?)",
            ["\(id)", number, row.at.nanoseconds, row.event.name, detail]
        )
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    // MARK: - Reading

    func upload(_ id: UploadID) throws -> LedgerUpload? {
        try uploads("id = ?", ["\(id)"]).first
    }

    /// Oldest first.
    func unfinished(after id: UploadID?, limit: Int) throws -> [LedgerUpload] {
        try uploads("rests = 0 AND id > ? ORDER BY id LIMIT ?", [text(id), limit])
    }

    func uploads(in stages: [String], after id: UploadID?, limit: Int) throws -> [LedgerUpload] {
        let places = Array(repeating: "?", count: stages.count).joined(separator: ", ")
        let arguments = StatementArguments(stages) + [text(id), limit]
        return try uploads("stage IN (\(places)) AND id > ? ORDER BY id LIMIT ?", arguments)
    }

    func context(of id: UploadID) throws -> [UInt8]? {
        try fetch("SELECT bytes FROM context WHERE upload = ?", ["\(id)"]).first.map { try bytes($0, 0) }
    }

    /// Two at most: enough to say that a prefix is ambiguous.
    func find(prefix: String) throws -> [UploadID] {
        // "~" sorts behind every character of an id.
        try fetch(
            "SELECT id FROM upload WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
            [prefix, prefix + "~"]
        )
        .map(id)
    }

    func counts() throws -> [String: Int] {
        let counted = try fetch("SELECT stage, count(*) FROM upload GROUP BY stage", [])
            .map { (try $0.decode(String.self, atIndex: 0), try $0.decode(Int.self, atIndex: 1)) }
        return Dictionary(uniqueKeysWithValues: counted)
    }

    func highestCounter() throws -> UInt64 {
        let stored = try fetch("SELECT highest_counter FROM generation", []).first
        return UInt64(bitPattern: try stored?.decode(Int64.self, atIndex: 0) ?? 0)
    }

    private func uploads(_ condition: String, _ arguments: StatementArguments) throws -> [LedgerUpload] {
        try fetch("SELECT id, spool, path, has_context FROM upload WHERE \(condition)", arguments).map {
            row in
            let id = try id(row)
            guard let path = SpoolPath(try bytes(row, 2)) else {
                throw LedgerFault.damaged("upload \(id): its path cannot be read")
            }
            return LedgerUpload(
                id: id,
                spool: try row.decode(String.self, atIndex: 1),
                path: path,
                rows: try rows(of: id),
                hasContext: try row.decode(Bool.self, atIndex: 3)
            )
        }
    }

    private func rows(of id: UploadID) throws -> [LedgerRow] {
        try fetch("SELECT at_ns, name, detail FROM event WHERE upload = ? ORDER BY number", ["\(id)"]).map {
            row in
            LedgerRow(
                event: try event(row, of: id),
                at: Timestamp(nanoseconds: try row.decode(Int64.self, atIndex: 0))
            )
        }
    }

    private func event(_ row: Row, of id: UploadID) throws -> CustodyEvent {
        let name = try row.decode(String.self, atIndex: 1)
        let detail = try row.decode(String.self, atIndex: 2)
        do {
            return try CustodyEvent(name: name, detail: JSONValue(parsing: Array(detail.utf8)))
        } catch {
            throw LedgerFault.damaged("upload \(id): \(error)")
        }
    }

    private func fetch(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }

    private func id(_ row: Row) throws -> UploadID {
        guard let id = UploadID(try row.decode(String.self, atIndex: 0)) else {
            throw LedgerFault.damaged("an upload's id cannot be read")
        }
        return id
    }

    private func bytes(_ row: Row, _ index: Int) throws -> [UInt8] {
        guard case .blob(let bytes) = try row.decode(DatabaseValue.self, atIndex: index).storage else {
            throw LedgerFault.damaged("bytes were expected and something else is stored")
        }
        return Array(bytes)
    }
}

/// Where a page begins; nothing sorts before an empty text.
private func text(_ id: UploadID?) -> String { id.map { "\($0)" } ?? "" }

/// Bytes as GRDB takes them, in Foundation's `Data`, whose name is inferred: Foundation is not imported here.
private func blob(_ bytes: [UInt8]) -> (any DatabaseValueConvertible)? {
    func filled<Bytes: RangeReplaceableCollection<UInt8>>(_ bytes: [UInt8]) -> Bytes { Bytes(bytes) }
    return DatabaseValue.Storage.blob(filled(bytes)).value
}

extension Custody.Stage {
    fileprivate var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
}
