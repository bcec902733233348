import GRDB
import JSONText
import UploadModel

/// The statements, inside one transaction.
struct DeskTables {
    let db: Database
}

// MARK: - Writing

extension DeskTables {
    /// Appends rows to a case, and notes what follows from them beside it.
    func append(_ rows: [ReviewRow], to id: CaseID, standing: BookedCase) throws {
        try db.execute(
            sql: """
                INSERT INTO cases (id, account, service, first_ns, last_ns, stage, urgent, by_match)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET account = excluded.account, service = excluded.service,
                    first_ns = excluded.first_ns, last_ns = excluded.last_ns,
                    stage = excluded.stage, urgent = excluded.urgent
                """,
            arguments: [
                "\(id)", standing.account?.ref, standing.account?.service, standing.first.nanoseconds,
                standing.last.nanoseconds, standing.stage.rawValue, standing.isUrgent, standing.isOfMatch,
            ]
        )
        var number =
            try Int.fetchOne(
                db,
                sql: "SELECT coalesce(max(number), 0) FROM events WHERE case_id = ?",
                arguments: ["\(id)"]
            ) ?? 0
        for row in rows {
            number += 1
            try db.execute(
                sql: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    "\(id)", number, row.at.nanoseconds, "\(row.by)", row.rolesText, row.event.name,
                    String(decoding: row.event.json.canonical, as: UTF8.self),
                ]
            )
        }
    }

    func add(_ exhibit: BookedExhibit) throws {
        try db.execute(
            sql: "INSERT INTO exhibits VALUES (?, ?, ?, ?, ?)",
            arguments: [
                "\(exhibit.bundle)", "\(exhibit.case)", exhibit.shelf, exhibit.sha256,
                exhibit.claimedAt.nanoseconds,
            ]
        )
    }
}

extension DeskTables {
    func append(_ row: KeepingRow) throws {
        try db.execute(
            sql: "INSERT INTO keeping (exhibit, at_ns, staff, roles, name, detail) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                "\(row.exhibit)", row.at.nanoseconds, "\(row.by)",
                row.roles.map(\.rawValue).sorted().joined(separator: " "), row.event.name,
                String(decoding: row.event.json.canonical, as: UTF8.self),
            ]
        )
    }
}

extension DeskTables {
    func append(_ order: KeyOrder, by staff: StaffID) throws {
        try db.execute(
            sql: "INSERT INTO key_orders (at_ns, staff, detail) VALUES (?, ?, ?)",
            arguments: [
                order.at.nanoseconds, "\(staff)", String(decoding: order.json.canonical, as: UTF8.self),
            ]
        )
    }

    func append(_ row: AttachmentRow) throws {
        try db.execute(
            sql: """
                INSERT INTO attachment_keeping (attachment, at_ns, staff, roles, name, detail)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                "\(row.attachment)", row.at.nanoseconds, "\(row.by)",
                row.roles.map(\.rawValue).sorted().joined(separator: " "), row.event.name,
                String(decoding: row.event.json.canonical, as: UTF8.self),
            ]
        )
    }
}

// MARK: - Reading

extension DeskTables {
    /// Every order about keys that was ever given.
    func keyOrders() throws -> [KeyOrder] {
        try String.fetchAll(db, sql: "SELECT detail FROM key_orders ORDER BY number").map { detail in
            guard let json = try? JSONValue(parsing: Array(detail.utf8)), let order = try? KeyOrder(json)
            else {
                throw DeskBookFault.damaged("an order about keys cannot be read")
            }
            return order
        }
    }

    func attachmentRows(of attachment: UploadID) throws -> [AttachmentRow] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM attachment_keeping WHERE attachment = ? ORDER BY number",
            arguments: ["\(attachment)"]
        ).map(AttachmentRow.init)
    }

    func keepingRows(of bundle: BundleID) throws -> [KeepingRow] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM keeping WHERE exhibit = ? ORDER BY number",
            arguments: ["\(bundle)"]
        ).map(KeepingRow.init)
    }

    /// What was decided about holds of a case's exhibits.
    func holdRows(of id: CaseID) throws -> [KeepingRow] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT keeping.* FROM keeping JOIN exhibits ON exhibits.id = keeping.exhibit
                WHERE exhibits.case_id = ? AND keeping.name IN ('held', 'renewed', 'unheld') ORDER BY number
                """,
            arguments: ["\(id)"]
        ).map(KeepingRow.init)
    }

    /// Every order that was ever given, without what was refused again.
    func orders() throws -> [Order] {
        let sql = "SELECT * FROM keeping WHERE name IN ('ordered', 'refused') ORDER BY number"
        var orders: [Order] = []
        for row in try Row.fetchAll(db, sql: sql) {
            switch try KeepingRow(row).event {
            case .ordered(let order): orders.append(order)
            case .refused(let order, _): orders.removeAll { $0.id == order }
            default: break
            }
        }
        return orders
    }
}

extension KeepingRow {
    fileprivate init(_ row: Row) throws {
        let common = try KeptRow(row, BundleID(row["exhibit"] as String))
        self.init(
            exhibit: common.subject,
            at: common.at,
            by: common.staff,
            roles: common.roles,
            event: common.event
        )
    }
}

extension AttachmentRow {
    fileprivate init(_ row: Row) throws {
        let common = try KeptRow(row, UploadID(row["attachment"] as String))
        self.init(
            attachment: common.subject,
            at: common.at,
            by: common.staff,
            roles: common.roles,
            event: common.event
        )
    }
}

/// What the rows of both tables of keeping have.
private struct KeptRow<Subject> {
    let subject: Subject
    let at: Timestamp
    let staff: StaffID
    let roles: Set<StaffRole>
    let event: KeepingEvent

    init(_ row: Row, _ subject: Subject?) throws {
        let name: String = row["name"]
        let detail: String = row["detail"]
        guard let subject, let staff = StaffID(row["staff"] as String),
            let roles = ReviewRow.roles(row["roles"]), let json = try? JSONValue(parsing: Array(detail.utf8)),
            let event = try? KeepingEvent(name: name, json)
        else { throw DeskBookFault.damaged("a row of keeping, \"\(name)\", cannot be read") }
        (self.subject, at) = (subject, Timestamp(nanoseconds: row["at_ns"]))
        (self.staff, self.roles, self.event) = (staff, roles, event)
    }
}

extension DeskTables {
    func rows(of id: CaseID) throws -> [ReviewRow] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM events WHERE case_id = ? ORDER BY number",
            arguments: ["\(id)"]
        ).map(ReviewRow.init)
    }

    func review(of id: CaseID) throws -> Review { try Review(replaying: try rows(of: id)) }

    /// Urgent ones first, then by the first match.
    func cases() throws -> [BookedCase] {
        try Row.fetchAll(db, sql: "SELECT * FROM cases ORDER BY urgent DESC, first_ns, id").map(
            BookedCase.init
        )
    }

    /// Those that a person still has to do something about.
    func openCases() throws -> [BookedCase] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM cases WHERE stage NOT IN ('submitted', 'closed') ORDER BY first_ns, id"
        ).map(BookedCase.init)
    }

    func `case`(_ id: CaseID) throws -> BookedCase? {
        try Row.fetchOne(db, sql: "SELECT * FROM cases WHERE id = ?", arguments: ["\(id)"]).map(
            BookedCase.init
        )
    }

    /// Of the account of this name, whichever service it is of.
    func cases(named account: String) throws -> [BookedCase] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM cases WHERE account = ? ORDER BY first_ns, id",
            arguments: [account]
        ).map(BookedCase.init)
    }

    func cases(of account: AccountKey) throws -> [BookedCase] {
        try cases(named: account.ref).filter { $0.account == account }
    }

    /// Those with an account that nobody was asked about and whose report can still change.
    func casesToLookUp(atMost count: Int) throws -> [BookedCase] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM cases WHERE account IS NOT NULL AND stage NOT IN ('approved', 'submitted', 'closed')
                    AND NOT EXISTS (SELECT 1 FROM events WHERE case_id = cases.id AND name = 'looked-up')
                ORDER BY first_ns, id LIMIT ?
                """,
            arguments: [count]
        ).map(BookedCase.init)
    }

    func exhibits(of id: CaseID) throws -> [BookedExhibit] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM exhibits WHERE case_id = ? ORDER BY claimed_ns, id",
            arguments: ["\(id)"]
        ).map(BookedExhibit.init)
    }

    func exhibits(sha256: String) throws -> [BookedExhibit] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM exhibits WHERE sha256 = ? ORDER BY id",
            arguments: [sha256]
        ).map(BookedExhibit.init)
    }

    func exhibit(_ bundle: BundleID) throws -> BookedExhibit? {
        try Row.fetchOne(db, sql: "SELECT * FROM exhibits WHERE id = ?", arguments: ["\(bundle)"])
            .map(BookedExhibit.init)
    }

    /// Ids of a table that begin so; two at most, which says that it is ambiguous.
    func ids(in table: IDTable, beginning prefix: String) throws -> [String] {
        try String.fetchAll(
            db,
            sql: "SELECT id FROM \(table.rawValue) WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
            arguments: [prefix, prefix + "\u{10FFFF}"]
        )
    }

    enum IDTable: String { case cases, exhibits }
}

extension ReviewRow {
    fileprivate init(_ row: Row) throws {
        let name: String = row["name"]
        let detail: String = row["detail"]
        guard let roles = Self.roles(row["roles"]), let staff = StaffID(row["staff"] as String) else {
            throw ReviewDamaged(event: name)
        }
        do {
            let event = try ReviewEvent(name: name, try JSONValue(parsing: Array(detail.utf8)))
            self.init(at: Timestamp(nanoseconds: row["at_ns"]), by: staff, roles: roles, event: event)
        } catch {
            throw ReviewDamaged(event: name)
        }
    }
}

extension BookedCase {
    fileprivate init(_ row: Row) throws {
        guard let id = CaseID(row["id"] as String), let stage = Review.Stage(rawValue: row["stage"]) else {
            throw DeskBookFault.damaged("a case cannot be read")
        }
        self.init(
            id: id,
            account: (row["account"] as String?).map { AccountKey($0, of: row["service"]) },
            first: Timestamp(nanoseconds: row["first_ns"]),
            last: Timestamp(nanoseconds: row["last_ns"]),
            stage: stage,
            isUrgent: row["urgent"],
            isOfMatch: row["by_match"]
        )
    }
}

extension BookedExhibit {
    fileprivate init(_ row: Row) throws {
        guard let bundle = BundleID(row["id"] as String), let home = CaseID(row["case_id"] as String) else {
            throw DeskBookFault.damaged("an exhibit cannot be read")
        }
        self.init(
            bundle: bundle,
            case: home,
            shelf: row["shelf"],
            sha256: row["sha256"],
            claimedAt: Timestamp(nanoseconds: row["claimed_ns"])
        )
    }
}
