import Testing
import UploadModel

/// What the custody log says of acts at the desk.
@Suite struct ReviewCustodyTests {
    /// The last act's entries.
    private func said(_ desk: Desk) throws -> [CustodyStatement] {
        try #require(desk.rows.last).statements(in: CaseID(upload), after: desk.review, user: 1_001)
    }

    @Test("an entry states the class and the flags that a person gave")
    func judgement() throws {
        var desk = try opened()
        try desk.do(.classified(bundle, .a2), ana)
        #expect(try said(desk).map(\.references) == [["class": "A2"]])
        try desk.do(.annotated(bundle, [.viral, .infant]), ana)
        #expect(try said(desk).map(\.references) == [["flags": "infant viral"]])
        #expect(
            try said(desk).map(\.actor) == [.human(ana.id, .reviewer, authentication: "peercred", uid: 1_001)]
        )
    }

    @Test("the end of a viewing states how many bytes the viewer took; its purpose is only committed to")
    func viewing() throws {
        var desk = try opened()
        try desk.do(.viewed(bundle, .started(grant: grant, purpose: "triage of a real name")), ana)
        let begun = try said(desk)
        #expect(begun.map(\.kind) == [.viewRequested, .viewGranted, .viewStarted])
        #expect(begun.allSatisfy { $0.references == ["grant": "\(grant)"] && $0.detail != nil })
        try desk.do(.viewed(bundle, .cut(grant: grant, bytes: 10)), .desk)
        #expect(try said(desk).isEmpty)
        try desk.do(.viewed(bundle, .completed(grant: grant, whole: false)), ana)
        let ended = try said(desk)
        #expect(ended.map(\.kind) == [.viewCompleted])
        #expect(ended.map(\.reason) == ["partial"])
        #expect(ended.map(\.references) == [["grant": "\(grant)", "bytes": "10"]])
    }

    @Test("one person's approval of their own work is stated as that, a second person's is not")
    func alone() throws {
        for (staff, reason) in [(cleo, "alone" as String?), (ben, nil)] {
            var desk = try opened(rules: ReviewRules(requireView: .never, isSmallTeam: true))
            try desk.do(.drafted(mark), cleo)
            try desk.do(.approved(mark.sha256), staff)
            #expect(try said(desk).map(\.reason) == [reason])
        }
    }

    @Test("a finding that waits for a second person says so")
    func proposal() throws {
        var desk = try opened()
        try desk.do(.disposed(bundle, .notCSAM("an error of the list")), ana)
        #expect(try said(desk).map(\.references) == [["waits_for": "second-person"]])
        try desk.do(.disposed(bundle, .notCSAM("agreed")), ben)
        #expect(try said(desk).map(\.references) == [[:]])
        #expect(try said(desk).map(\.reason) == ["not_csam"])
    }
}
