import JSONText
import UploadModel

// How an act becomes a row: the case is read, the review decides, the rows are written, in this order.

extension CaseDesk {
    /// What a request is about: a case, and an exhibit of it where one is named.
    struct Subject {
        let `case`: CaseID
        let bundle: BundleID?
    }

    /// Finds what `id` begins: a case, or an exhibit and its case.
    func subject(of request: DeskRequest) throws -> Subject {
        let text = try request.text("id")
        guard !["", "case-", "ex-"].contains(text) else {
            throw DeskRefused.unusable("\"\(text)\" is no beginning of a case's or an exhibit's id")
        }
        return try book.read { tables in
            let isExhibit = text.hasPrefix("ex-")
            if !isExhibit {
                let prefix = text.hasPrefix("case-") ? text : "case-\(text)"
                if let id = try Self.only(tables.ids(in: .cases, beginning: prefix), text) {
                    return Subject(case: CaseID(id)!, bundle: nil)
                }
            }
            let prefix = isExhibit ? text : "ex-\(text)"
            guard let id = try Self.only(tables.ids(in: .exhibits, beginning: prefix), text),
                let found = try tables.exhibit(BundleID(id)!)
            else { throw DeskRefused.noSuch(text) }
            return Subject(case: found.case, bundle: found.bundle)
        }
    }

    /// The exhibit that a request names.
    func exhibit(of request: DeskRequest) throws -> (case: CaseID, bundle: BundleID) {
        let subject = try subject(of: request)
        if let bundle = subject.bundle { return (subject.case, bundle) }
        // A case with one exhibit names it too.
        let exhibits = try book.read { try $0.exhibits(of: subject.case) }
        guard exhibits.count == 1 else {
            throw DeskRefused.exhibitsOf(try request.text("id"), exhibits.count)
        }
        return (subject.case, exhibits[0].bundle)
    }

    private static func only(_ ids: [String], _ text: String) throws -> String? {
        if ids.count > 1 { throw DeskRefused.ambiguous(text) }
        return ids.first
    }

    /// Does one thing to a case and says so.
    func act(_ event: ReviewEvent, _ request: DeskRequest, _ staff: Staff, _ done: String) throws
        -> DeskAnswer
    {
        let id = try subject(of: request).case
        let review = try record([event], on: id, by: staff)
        return said(id, review, "\(id): \(done)")
    }

    func said(_ id: CaseID, _ review: Review, _ line: String, _ more: JSONObject = [:]) -> DeskAnswer {
        var object: JSONObject = ["case": .string("\(id)"), "stage": .string(review.stage.rawValue)]
        for (key, value) in more { object[key] = value }
        return DeskAnswer(.object(object), [line])
    }

    /// Checks acts and does none of them: what is refused leaves nothing on the disk.
    func rehearse(_ events: [ReviewEvent], after review: Review, by staff: Staff) throws {
        var copy = review
        for event in events { _ = try copy.record(event, by: staff, at: now, under: rules) }
    }

    /// Checks acts one after the other and writes all their rows, or none.
    ///
    /// - Returns: The review after them; durable.
    @discardableResult
    func record(_ events: [ReviewEvent], on id: CaseID, by staff: Staff, at: Timestamp? = nil) throws
        -> Review
    {
        try book.write { tables in
            guard let known = try tables.case(id) else { throw DeskRefused.noSuch("\(id)") }
            return try write(events, on: id, by: staff, known, tables, at: at)
        }
    }

    /// The same inside a transaction; `known` gives account and window, which rows do not hold.
    ///
    /// The custody log has the acts before the book says that they were done: what it cannot take is refused.
    func write(
        _ events: [ReviewEvent],
        on id: CaseID,
        by staff: Staff,
        _ known: BookedCase,
        _ tables: DeskTables,
        at: Timestamp? = nil
    ) throws -> Review {
        var review = try tables.review(of: id)
        let at = at ?? now
        var rows: [ReviewRow] = []
        var statements: [CustodyStatement] = []
        let user = user(of: staff.id)
        for event in events {
            let row = try review.record(event, by: staff, at: at, under: rules)
            statements += row.statements(in: id, after: review, user: user)
            rows.append(row)
        }
        let standing = BookedCase(
            id: id,
            account: known.account,
            first: known.first,
            last: known.last,
            stage: review.stage,
            isUrgent: review.isUrgent,
            isOfMatch: review.opening == .match
        )
        try log.append(statements)
        try tables.append(rows, to: id, standing: standing)
        let files = rows.compactMap { $0.event.file?.id }
        if !files.isEmpty { try holdJoining(files: files, in: id, tables) }
        return review
    }

    func review(of id: CaseID) throws -> Review { try book.read { try $0.review(of: id) } }
}
