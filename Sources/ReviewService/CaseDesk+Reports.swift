import CyberTip
import Digests
import JSONText
import LinuxIO
import UploadModel

// From a case to the documents of its report, and what becomes of them.

extension CaseDesk {
    /// The report of a case as it stands now. What it should speak of and cannot is among its findings.
    ///
    /// - Throws: ``DeskRefused/nothingToReport``, ``DeskRefused/exhibitsUnreadable``.
    func report(of id: CaseID, _ review: Review) throws -> DraftReport {
        try report(of: id, review, try shelved(id))
    }

    /// - Parameter at: What stands for today in it; now if left out.
    func report(of id: CaseID, _ review: Review, _ shelf: CaseShelf, at: Timestamp? = nil) throws
        -> DraftReport
    {
        let settings = configuration.settings
        let reportable = Set(review.reportable.map(\.facts.bundle))
        let exhibits = shelf.exhibits.filter { reportable.contains($0.bundle) }
        let missing = shelf.missing.filter { reportable.contains($0.bundle) }
        var sources = exhibits.map { $0.source(settings.report) }
        if sources.isEmpty || review.told != nil {
            sources += [try openedSource(id, review)].compactMap { $0 }
        }
        guard !sources.isEmpty else {
            throw missing.isEmpty ? DeskRefused.nothingToReport : DeskRefused.exhibitsUnreadable
        }
        var decided = Decisions(of: review, id)
        decided.findings = missing.map(\.finding)
        try consultBooks(of: id, review, exhibits, &decided)
        try inherit(review, &decided)
        decided.profile = settings.report.profile
        try consult(about: id, review, &decided)
        decided.now = at ?? now
        decided.target = settings.environment
        decided.hasIndustryAgreement = settings.review.industryAgreement
        return DraftReport(from: sources, decided: decided)
    }

    private func consultBooks(
        of id: CaseID,
        _ review: Review,
        _ inDraft: [ShelvedExhibit],
        _ decided: inout Decisions
    ) throws {
        decided.books.exhibitsLeftOut = review.exhibits.count { !$0.isOut && !$0.isReportable }
        let digests = Set(inDraft.compactMap { $0.digests.sha256?.hex })
        try book.read { tables in
            guard let account = try tables.case(id)?.account else { return }
            for other in try tables.cases(named: account.ref) where other.id != id {
                guard let number = try sent(other.id, tables) else { continue }
                if other.isPerhaps(of: account) { decided.findings.append(.perhapsOfAccount(other.id)) }
                guard other.account == account else { continue }
                decided.books.priorReports.append(number)
                let shared = try tables.exhibits(of: other.id).contains { digests.contains($0.sha256) }
                if shared { decided.books.reportsOfSameFile.append(number) }
            }
        }
    }

    /// The number of a case's report; `nil` where it was not submitted, or in another environment.
    private func sent(_ id: CaseID, _ tables: DeskTables) throws -> ReportID? {
        guard let sent = try tables.review(of: id).submission,
            sent.environment == configuration.settings.environment
        else { return nil }
        return try? ReportID(written: "\(sent.report)")
    }

    /// A supplement is of the type of what it adds to, and names its number; where no account can carry that, in words.
    private func inherit(_ review: Review, _ decided: inout Decisions) throws {
        guard case .supplement(let other) = review.opening else { return }
        let number = try book.read { try sent(other, $0) }
        let name = number.map { "report \($0.number)" } ?? "the report of \(other)"
        decided.openedBecause = "supplements \(name)"
        if let number, try book.read({ try $0.case(other)?.account }) != nil,
            !decided.books.priorReports.contains(number)
        {
            decided.books.priorReports.append(number)
        }
        var opening = review.opening
        while case .supplement(let before) = opening { opening = try self.review(of: before).opening }
        decided.type = opening?.type
    }

    // MARK: - Verbs

    func lint(_ id: CaseID) throws -> DeskAnswer {
        let review = try review(of: id)
        let report = try report(of: id, review)
        let counts = report.findings.counts
        let summary = Finding.Severity.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
        return DeskAnswer(
            [
                "case": .string("\(id)"),
                "findings": .array(report.findings.map(\.deskJSON)),
                "counts": .object(
                    Finding.Severity.allCases.reduce(into: JSONObject()) {
                        $0[$1.rawValue] = .integer(counts[$1] ?? 0)
                    }
                ),
                "completeness": .integer(report.completeness.score),
                "lacks": .array(report.completeness.lacks.map { .string($0) }),
            ],
            report.findings.map(\.line)
                + ["\(summary.joined(separator: ", ")); completeness \(report.completeness.score) of 100"],
            code: (counts[.blocking] ?? 0) > 0 ? .no : .done
        )
    }

    /// Writes the documents down, then the row that names them by their digest.
    func draft(_ id: CaseID, _ staff: Staff) throws -> DeskAnswer {
        let review = try review(of: id)
        let at = now
        let report = try report(of: id, review, try shelved(id), at: at)
        let mark = report.mark
        try rehearse([.drafted(mark)], after: review, by: staff)
        try files.keep(report.documents, asDraft: mark.sha256, of: id) {
            try say(opening: ["draft": mark.sha256], of: id)
        }
        let after = try record([.drafted(mark)], on: id, by: staff, at: at)
        let blocking = report.findings.filter { $0.severity == .blocking }
        var answer = said(
            id,
            after,
            "\(id): draft \(mark.text(isCurrent: true))",
            ["draft": mark.json(isCurrent: true), "blocking": .array(blocking.map(\.deskJSON))]
        )
        answer.lines += (blocking + report.findings.filter { $0.severity == .warning }).map(\.line)
        return answer
    }

    func approve(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        guard let draft = try review(of: id).draft else { throw ReviewRefused.noCurrentDraft }
        // Who looked at a draft may say which, so that no other is approved in its place.
        if let looked = try request.textIfThere("draft"), !draft.sha256.hasPrefix(looked) {
            throw ReviewRefused.draftChanged
        }
        try rehearse([.approved(draft.sha256)], after: try review(of: id), by: staff)
        try checkStillSo(draft.sha256, id)
        let review = try record([.approved(draft.sha256)], on: id, by: staff)
        let alone = review.approval?.isAlone == true ? ", alone" : ""
        return said(id, review, "\(id): draft \(draft.sha256.prefix(12)) approved by \(staff.id)\(alone)")
    }

    /// Makes the report again as of the draft's own time: another case of the account may have been submitted since, or
    /// a bundle be gone, which no row of this case says.
    ///
    /// - Throws: ``ReviewRefused/draftChanged``, ``ReviewRefused/blocked(_:)``.
    private func checkStillSo(_ draft: String, _ id: CaseID) throws {
        let rows = try book.read { try $0.rows(of: id) }
        let row = rows.last { if case .drafted = $0.event { true } else { false } }
        let mark = try report(of: id, try Review(replaying: rows), try shelved(id), at: row?.at).mark
        guard mark.blocking == 0 else { throw ReviewRefused.blocked(mark.blocking) }
        guard mark.sha256 == draft else { throw ReviewRefused.draftChanged }
    }

    func export(_ id: CaseID, _ staff: Staff) throws -> DeskAnswer {
        let review = try review(of: id)
        guard let approval = review.approval else { throw ReviewRefused.notApproved }
        try rehearse([.exported(approval.draft)], after: review, by: staff)
        try say(opening: ["draft": approval.draft], of: id)
        let files = try files.documents(of: approval.draft, id)
        guard let json = files.first(where: { $0.name == "draft.json" }),
            let environment = try JSONValue(parsing: json.bytes)["environment"]?.stringValue,
            environment != Environment.demonstration.rawValue,
            configuration.settings.environment != .demonstration
        else { throw DeskRefused.demonstration }
        guard files.draftDigest == approval.draft else { throw ReviewRefused.draftChanged }
        // What was submitted is handed out again as it was.
        if review.submission == nil {
            do { try checkStillSo(approval.draft, id) } catch is ReviewRefused {
                throw DeskRefused.staleApproval
            }
        }
        let after = try record([.exported(approval.draft)], on: id, by: staff)
        var answer = said(
            id,
            after,
            "\(id): \(files.count) files of draft \(approval.draft.prefix(12)), environment \(environment)",
            ["environment": .string(environment)]
        )
        answer.payload = .files(files)
        return answer
    }

    /// What the service answered, kept as it came before its row.
    func markSubmitted(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let number = try request.value("report", "a report's number, above 0") {
            Int64($0).flatMap { $0 > 0 ? $0 : nil }
        }
        guard let receipt = request.files.first?.bytes, !receipt.isEmpty else {
            throw DeskRefused.receiptEmpty
        }
        let digest = DigestSet(of: receipt).sha256?.hex ?? ""
        let submission = Submission(
            report: number,
            receiptSHA256: digest,
            environment: configuration.settings.environment
        )
        try rehearse([.submitted(submission)], after: try self.review(of: id), by: staff)
        try checkUntaken(submission, by: id)
        try files.keep(receipt: receipt, as: digest)
        let review = try record([.submitted(submission)], on: id, by: staff)
        return said(id, review, "\(id): submitted as report \(number)", ["report": .string("\(number)")])
    }

    /// What the service answered, for those who have to show it; the custody log has who opened it.
    func receipt(_ id: CaseID) throws -> DeskAnswer {
        guard let submission = try review(of: id).submission else { throw ReviewRefused.notSubmitted }
        let digest = submission.receiptSHA256
        try say(opening: ["receipt": digest], of: id)
        let bytes = try files.receipt(digest)
        var answer = DeskAnswer(
            [
                "case": .string("\(id)"), "report": .string("\(submission.report)"),
                "receipt_sha256": .string(digest), "environment": .string(submission.environment.rawValue),
            ],
            ["\(id): receipt of report \(submission.report), \(bytes.count) bytes, SHA-256 \(digest)"]
        )
        answer.payload = .files([NamedFile(name: "receipt", bytes: bytes)])
        return answer
    }

    /// - Throws: ``DeskRefused/submittedAs(_:_:)`` where the number or the receipt is another case's.
    private func checkUntaken(_ submission: Submission, by id: CaseID) throws {
        try book.read { tables in
            for other in try tables.cases() where other.stage == .submitted && other.id != id {
                guard let sent = try tables.review(of: other.id).submission else { continue }
                let isSame = sent.environment == submission.environment && sent.report == submission.report
                if isSame { throw DeskRefused.submittedAs("report \(sent.report)", other.id) }
                if sent.receiptSHA256 == submission.receiptSHA256 {
                    throw DeskRefused.submittedAs("this receipt", other.id)
                }
            }
        }
    }

    /// A case of its own for what is more to say, linked both ways.
    func supplement(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let at = now
        let new = CaseID(.fresh(at: at))
        let named = attachments(of: request.files)
        let events = [.opened(.supplement(id))] + named.map { ReviewEvent.attached($0) }
        try rehearse([.supplemented(new)], after: try review(of: id), by: staff)
        try rehearse(events, after: Review(), by: staff)
        try files.keep(request.files, as: named)
        let review = try book.write { tables in
            guard let known = try tables.case(id) else { throw DeskRefused.noSuch("\(id)") }
            let standing = BookedCase(
                id: new,
                account: known.account,
                first: at,
                last: at,
                stage: .open,
                isUrgent: false,
                isOfMatch: false
            )
            let review = try write(events, on: new, by: staff, standing, tables)
            _ = try write([.supplemented(new)], on: id, by: staff, known, tables)
            return review
        }
        return said(new, review, "\(new): opened to supplement \(id)", ["supplements": .string("\(id)")])
    }
}

extension DraftReport {
    fileprivate var mark: DraftMark {
        let counts = findings.counts
        return DraftMark(
            sha256: documents.draftDigest,
            blocking: counts[.blocking] ?? 0,
            warnings: counts[.warning] ?? 0,
            advice: counts[.advice] ?? 0,
            score: completeness.score
        )
    }

    /// Everything that is written down of a draft.
    fileprivate var documents: [NamedFile] {
        let files = fileXML
        let width = "\(files.count)".count
        return [
            NamedFile(name: "draft.json", bytes: json), NamedFile(name: "report.xml", bytes: reportXML),
            NamedFile(name: "summary.txt", bytes: summaryText),
            NamedFile(name: "summary.html", bytes: summaryHTML),
        ]
            + files.enumerated().map { place, bytes in
                let number = "\(place + 1)"
                let name = String(repeating: "0", count: width - number.count) + number
                return NamedFile(name: "file-\(name).xml", bytes: bytes)
            }
    }
}

extension Decisions {
    /// What the rows of a review say, and nothing that no person said.
    fileprivate init(of review: Review, _ id: CaseID) {
        self.init()
        self.case = id
        for exhibit in review.exhibits {
            var decision = FileDecision()
            decision.isViewed = exhibit.isViewed
            decision.classification = exhibit.classification
            decision.flags = exhibit.flags
            files[exhibit.facts.bundle.upload] = decision
        }
        supplements = review.attachments.map { Supplement(name: $0.name, digests: $0.digests) }
        escalation = review.escalation
        switch review.opening {
        case .person(let type, let reason): (self.type, openedBecause) = (type, reason)
        case .supplement, .match, nil: break
        }
        for mark in review.marks {
            switch mark {
            case .flag(let flag): flags.insert(flag)
            case .compromiseSuspected: books.isCompromiseSuspected = true
            case .leadFromPolice: books.isLeadFromPolice = true
            }
        }
    }
}

extension CaseOpening {
    /// `nil` of a supplement, which has that of its original.
    fileprivate var type: IncidentType? {
        switch self {
        case .match: .possessionManufactureDistribution
        case .person(let type, _): type
        case .supplement: nil
        }
    }
}

extension Finding {
    fileprivate static func perhapsOfAccount(_ other: CaseID) -> Finding {
        Finding(
            rule: "RL30",
            severity: .warning,
            field: Field("report/personOrUserReported/priorCTReports"),
            problem: "the report of \(other) is of an account of this name, and not left out by its service",
            remedy: "\"service\" in NAME.meta.json, which says whose account it is"
        )
    }
}
