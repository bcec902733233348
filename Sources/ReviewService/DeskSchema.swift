import GRDB

/// The tables, version by version. A step that has shipped is never edited; the next one is appended.
enum DeskSchema {
    /// `PRAGMA application_id`, "BwDk", so that no other program's file is taken for ours.
    private static let application = 0x4277_446B

    private static let steps = [
        """
        CREATE TABLE cases (
            id TEXT NOT NULL PRIMARY KEY,
            account TEXT,
            first_ns INTEGER NOT NULL,
            last_ns INTEGER NOT NULL,
            stage TEXT NOT NULL,
            urgent INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX cases_by_account ON cases (account, first_ns);

        CREATE TABLE exhibits (
            id TEXT NOT NULL PRIMARY KEY,
            case_id TEXT NOT NULL REFERENCES cases (id),
            shelf TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            claimed_ns INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX exhibits_by_case ON exhibits (case_id, claimed_ns, id);
        CREATE INDEX exhibits_by_digest ON exhibits (sha256);

        CREATE TABLE events (
            case_id TEXT NOT NULL REFERENCES cases (id),
            number INTEGER NOT NULL,
            at_ns INTEGER NOT NULL,
            staff TEXT NOT NULL,
            roles TEXT NOT NULL,
            name TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (case_id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER events_are_kept BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'rows of the review are only added'); END;
        CREATE TRIGGER events_stay BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'rows of the review are only added'); END;
        """,
        """
        CREATE TABLE keeping (
            number INTEGER NOT NULL PRIMARY KEY,
            exhibit TEXT NOT NULL REFERENCES exhibits (id),
            at_ns INTEGER NOT NULL,
            staff TEXT NOT NULL,
            roles TEXT NOT NULL,
            name TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX keeping_by_exhibit ON keeping (exhibit, number);
        CREATE TRIGGER keeping_is_kept BEFORE DELETE ON keeping
            BEGIN SELECT RAISE(ABORT, 'rows of keeping are only added'); END;
        CREATE TRIGGER keeping_stays BEFORE UPDATE ON keeping
            BEGIN SELECT RAISE(ABORT, 'rows of keeping are only added'); END;
        """,
        """
        CREATE TABLE allowances (
            staff TEXT NOT NULL,
            at_ns INTEGER NOT NULL,
            by TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (staff, at_ns)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        CREATE TABLE key_orders (
            number INTEGER NOT NULL PRIMARY KEY,
            at_ns INTEGER NOT NULL,
            staff TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER key_orders_are_kept BEFORE DELETE ON key_orders
            BEGIN SELECT RAISE(ABORT, 'rows of key orders are only added'); END;
        CREATE TRIGGER key_orders_stay BEFORE UPDATE ON key_orders
            BEGIN SELECT RAISE(ABORT, 'rows of key orders are only added'); END;
        """,
        """
        CREATE TABLE attachment_keeping (
            number INTEGER NOT NULL PRIMARY KEY,
            attachment TEXT NOT NULL,
            at_ns INTEGER NOT NULL,
            staff TEXT NOT NULL,
            roles TEXT NOT NULL,
            name TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX attachment_keeping_by_attachment ON attachment_keeping (attachment, number);
        CREATE TRIGGER attachment_keeping_is_kept BEFORE DELETE ON attachment_keeping
            BEGIN SELECT RAISE(ABORT, 'rows of keeping are only added'); END;
        CREATE TRIGGER attachment_keeping_stays BEFORE UPDATE ON attachment_keeping
            BEGIN SELECT RAISE(ABORT, 'rows of keeping are only added'); END;
        """,
        """
        ALTER TABLE cases ADD COLUMN service TEXT;
        ALTER TABLE cases ADD COLUMN by_match INTEGER NOT NULL DEFAULT 1;
        UPDATE cases SET by_match = EXISTS (
            SELECT 1 FROM events WHERE case_id = cases.id AND number = 1 AND json_extract(detail, '$.by') = 'match'
        );
        """,
    ]

    static func prepare(_ db: Database) throws {
        let version = try version(of: db)
        try db.execute(
            sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        )
        guard try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" else {
            throw DeskBookFault.damaged("a check of its pages failed")
        }
        guard version < steps.count else { return }
        try db.inTransaction {
            for step in steps[version...] { try db.execute(sql: step) }
            try db.execute(
                sql: "PRAGMA user_version = \(steps.count); PRAGMA application_id = \(application);"
            )
            return .commit
        }
    }

    private static func version(of db: Database) throws -> Int {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == application else {
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
                throw DeskBookFault.damaged("another program's database lies in its place")
            }
            return 0
        }
        guard found <= steps.count else {
            throw DeskBookFault.newerSchema(found: found, known: steps.count)
        }
        return found
    }
}
