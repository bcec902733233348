import GRDB

/// The tables, version by version. A step that has shipped is never edited; the next one is appended.
enum LedgerSchema {
    /// `PRAGMA user_version` of a book that this program wrote.
    static var known: Int { steps.count }

    /// `PRAGMA application_id`, "BwLg", so that no other program's file is taken for ours.
    private static let application = 0x4277_4C67

    /// - An id is text, since people look uploads up by its first characters; as a UUID of version 7 it also
    ///   sorts by age. A time is nanoseconds since 1970.
    /// - `stage` and `rests` follow from the rows and are written with them.
    private static let steps = [
        """
        CREATE TABLE upload (
            id TEXT NOT NULL PRIMARY KEY,
            spool TEXT NOT NULL,
            path BLOB NOT NULL,
            has_context INTEGER NOT NULL,
            stage TEXT NOT NULL,
            rests INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX upload_by_stage ON upload (stage, id);
        CREATE INDEX upload_unfinished ON upload (id) WHERE rests = 0;

        CREATE TABLE event (
            upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            at_ns INTEGER NOT NULL,
            name TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (upload, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE context (
            upload TEXT NOT NULL PRIMARY KEY REFERENCES upload (id) ON DELETE CASCADE,
            bytes BLOB NOT NULL
        ) STRICT;

        CREATE TABLE generation (
            only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
            highest_counter INTEGER NOT NULL
        ) STRICT;
        """
    ]

    /// Makes the connection durable and the book current. A newer or a foreign file is left as it is.
    static func prepare(_ db: Database) throws {
        let version = try version(of: db)
        try db.execute(
            sql: """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                """
        )
        try checkPages(of: db)
        guard version < known else { return }
        try db.inTransaction {
            for step in steps[version...] { try db.execute(sql: step) }
            try db.execute(
                sql: """
                    PRAGMA user_version = \(known);
                    PRAGMA application_id = \(application);
                    """
            )
            return .commit
        }
    }

    /// For a reader, who never migrates.
    static func checkCurrent(_ db: Database) throws {
        guard try version(of: db) == known else { throw LedgerFault.notThere }
    }

    private static func version(of db: Database) throws -> Int {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == application else {
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
                throw LedgerFault.damaged("another program's database lies in its place")
            }
            return 0
        }
        guard found <= known else { throw LedgerFault.newerSchema(found: found, known: known) }
        return found
    }

    /// Every page and every column's type, but not the indexes' contents, which would cost a sort.
    private static func checkPages(of db: Database) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard finding == "ok" else { throw LedgerFault.damaged("a check of its pages failed") }
    }
}
