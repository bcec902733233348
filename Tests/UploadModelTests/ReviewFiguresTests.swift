import Testing
import UploadModel

@Suite struct ReviewFiguresTests {
    /// A year's work on two cases, row by row, with the days on which it was done.
    private static func rows() throws -> [[ReviewRow]] {
        var first = Desk(rules: ReviewRules(requireView: .never))
        func on(_ day: Int64, _ desk: inout Desk, _ event: ReviewEvent, _ staff: Staff) throws {
            desk.now = start.adding(days: day)
            try desk.do(event, staff)
        }
        try on(0, &first, .opened(.match), .desk)
        for exhibit in [bundle, other] {
            let facts = JoinedExhibit(exhibit, meeting: [match(.csam)], sha256: "aa")
            try on(0, &first, .joined(facts), .desk)
        }
        try on(1, &first, .classified(bundle, .a1), ana)
        try on(1, &first, .classified(bundle, .b2), ana)
        // Proposed and then agreed to: one finding. Proposed and then judged otherwise: none.
        try on(2, &first, .disposed(other, .notCSAM("an error of the list")), ana)
        try on(3, &first, .disposed(other, .notCSAM("agreed")), ben)
        try on(3, &first, .disposed(bundle, .notCSAM("perhaps")), ana)
        try on(3, &first, .disposed(bundle, .confirmed), ben)
        for step in [
            ViewStep.started(grant: grant, purpose: "triage"), .completed(grant: grant, whole: false),
        ] { try on(4, &first, .viewed(bundle, step), ana) }
        try on(5, &first, .escalated("a child is at risk"), ana)
        try on(5, &first, .escalated("a child is at risk today"), ana)
        try on(6, &first, .drafted(mark), ana)
        try on(6, &first, .approved(mark.sha256), cleo)
        try on(6, &first, .returned("an address came"), cleo)
        try on(6, &first, .drafted(mark), ana)
        try on(6, &first, .approved(mark.sha256), cleo)
        try on(7, &first, .exported(mark.sha256), ben)
        let sent = Submission(report: 77, receiptSHA256: "cc", environment: .test)
        try on(8, &first, .submitted(sent), ben)

        var second = Desk(rules: ReviewRules(requireView: .never, isSmallTeam: true))
        try on(40, &second, .opened(.person(.enticement, because: "staff saw it")), cleo)
        try on(40, &second, .drafted(mark), cleo)
        try on(40, &second, .approved(mark.sha256), cleo)
        return [first.rows, second.rows]
    }

    private static func figures(from begin: Int64, until end: Int64) throws -> String {
        var figures = ReviewFigures(from: start.adding(days: begin), until: start.adding(days: end))
        for rows in try rows() { try figures.count(rows) }
        return ReviewFigures.Figure.allCases.filter { figures[$0] > 0 }
            .map { "\($0.rawValue)  \(figures[$0])" }.joined(separator: "\n")
    }

    @Test("acts that happened are counted, what was only proposed is not")
    func golden() throws {
        #expect(
            try Self.figures(from: 0, until: 30) == """
                cases opened  1
                exhibits  2
                exhibits with a match that makes a report  2
                exhibits classified  1
                exhibits found not_csam  1
                cases escalated  1
                reports approved  2
                approvals taken back  1
                reports submitted  1
                """
        )
        #expect(
            try Self.figures(from: 30, until: 60) == """
                cases opened  1
                cases opened by a person  1
                reports approved  1
                reports approved by one person alone  1
                """
        )
    }

    @Test("a period between proposal and agreement counts neither; that of the agreement counts it")
    func border() throws {
        #expect(try Self.figures(from: 2, until: 3) == "")
        #expect(try Self.figures(from: 3, until: 4) == "exhibits found not_csam  1")
    }
}

@Suite struct ExposureTests {
    @Test("viewings of one person within 24 hours count, with their time")
    func counts() throws {
        var desk = try opened()
        try desk.do(.viewed(bundle, .started(grant: grant, purpose: "triage")), ana)
        desk.now = Timestamp(nanoseconds: start.nanoseconds + 90_000_000_000)
        try desk.do(.viewed(bundle, .aborted(grant: grant)), ana)
        try desk.do(.viewed(bundle, .started(grant: upload, purpose: "triage")), cleo)
        let views = try #require(desk.review[bundle]?.views)
        let soon = Timestamp(nanoseconds: start.nanoseconds + 100_000_000_000)
        let mine = Exposure(of: ana.id, in: views, now: soon)
        #expect((mine.viewings, mine.seconds) == (1, 90))
        // One that nobody ended goes on.
        #expect(Exposure(of: cleo.id, in: views, now: soon).seconds == 10)
        #expect(Exposure(of: ana.id, in: views, now: start.adding(days: 1)).viewings == 0)
    }
}
