import GRDB
import JSONText
import UploadModel
import VaultStore

// What one person has had to look at: counted, shown to nobody else, and limited where the site wants that.

extension CaseDesk {
    /// The asker's own; the desk has no verb that shows another's.
    func exposure(of person: Staff) throws -> DeskAnswer {
        let (found, limit) = try standing(of: person)
        let most = limit == 0 ? "" : " of \(limit)"
        return DeskAnswer(
            [
                "viewings": .integer(found.viewings), "seconds": .integer(found.seconds),
                "limit": limit == 0 ? .null : .integer(limit),
            ],
            ["within 24 hours: \(found.viewings)\(most) viewings, \(found.seconds / 60) minutes"]
        )
    }

    /// - Throws: ``DeskRefused/enoughForToday(_:)``.
    func checkExposure(of person: Staff) throws {
        let (found, limit) = try standing(of: person)
        if limit > 0, found.viewings >= limit { throw DeskRefused.enoughForToday(found.viewings) }
    }

    /// Another person lets somebody look at as much again, for 24 hours. The custody log has it before it holds.
    func allow(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let person = try request.value("staff", "somebody's id in the roles file") { text in
            StaffID(text).flatMap { user(of: $0) == nil ? nil : $0 }
        }
        let reason = try request.text("reason")
        guard !reason.allSatisfy(\.isWhitespace) else { throw ReviewRefused.noReason }
        if person == staff.id { throw DeskRefused.oneself }
        let at = now
        try log.append([
            CustodyStatement(
                at: at,
                .viewGranted,
                by: actor(staff),
                reason: "limit-lifted",
                references: ["viewer": "\(person)"],
                detail: ["reason": .string(reason)]
            )
        ])
        try book.write { try $0.allow(person, at: at, by: staff.id, because: reason) }
        return DeskAnswer(
            ["staff": .string("\(person)")],
            ["\(person) may view as much again within 24 hours"]
        )
    }

    /// What they viewed within 24 hours, and how many viewings that may be, with what others allowed; 0 for no limit.
    private func standing(of person: Staff) throws -> (Exposure, limit: Int) {
        let at = now
        let since = at.nanoseconds - Exposure.span
        return try book.read { (tables: DeskTables) throws -> (Exposure, limit: Int) in
            var views: [Viewing] = []
            for id in try tables.casesViewed(since: since) {
                views += try tables.review(of: id).exhibits.flatMap(\.views)
            }
            let allowances = try tables.allowances(of: person.id, since: since)
            let limit = configuration.settings.review.viewsPerDay * (1 + allowances)
            return (Exposure(of: person.id, in: views, now: at), limit)
        }
    }
}

extension DeskTables {
    fileprivate func casesViewed(since: Int64) throws -> [CaseID] {
        try String.fetchAll(
            db,
            sql: "SELECT DISTINCT case_id FROM events WHERE name = 'view-started' AND at_ns > ?",
            arguments: [since]
        ).compactMap { CaseID($0) }
    }

    fileprivate func allowances(of person: StaffID, since: Int64) throws -> Int {
        // Ids are compared without case and spacing, which SQL does not know.
        try String.fetchAll(db, sql: "SELECT staff FROM allowances WHERE at_ns > ?", arguments: [since])
            .count { StaffID($0) == person }
    }

    fileprivate func allow(_ person: StaffID, at: Timestamp, by other: StaffID, because reason: String) throws
    {
        try db.execute(
            sql: "INSERT INTO allowances VALUES (?, ?, ?, ?)",
            arguments: ["\(person)", at.nanoseconds, "\(other)", reason]
        )
    }
}
