import Testing
import UploadModel

@Suite struct ApprovalTests {
    @Test("who judged or prepared it does not approve it, unless the team is small, and then that is said")
    func twoPersons() throws {
        var desk = try opened()
        try desk.do(.classified(bundle, .a1), cleo)
        try desk.do(.drafted(mark), ana)
        #expect(desk.refusal(.approved(mark.sha256), cleo) == .needsSecondPerson("approval"))
        #expect(desk.refusal(.approved(mark.sha256), ana) == .role("approved", needs: [.approver]))
        var small = desk
        small.rules.isSmallTeam = true
        try small.do(.approved(mark.sha256), cleo)
        #expect(small.review.approval?.isAlone == true)
        try desk.do(.approved(mark.sha256), ben)
        #expect(desk.review.approval?.by == ben.id)
        #expect(desk.review.approval?.isAlone == false)
        #expect(desk.review.stage == .approved)
    }

    @Test("who drafted it alone does not approve it")
    func drafter() throws {
        var desk = try opened()
        try desk.do(.drafted(mark), cleo)
        #expect(desk.refusal(.approved(mark.sha256), cleo) == .needsSecondPerson("approval"))
        #expect(desk.refusal(.approved(mark.sha256), ben) == nil)
    }

    @Test("who escalated, attached or opened a supplement does not approve it")
    func contributors() throws {
        let file = Attachment(id: grant, name: "chat.txt", digests: all)
        for event in [ReviewEvent.escalated("a child is at risk"), .attached(file)] {
            var desk = try opened()
            try desk.do(event, cleo)
            try desk.do(.drafted(mark), ana)
            #expect(desk.refusal(.approved(mark.sha256), cleo) == .needsSecondPerson("approval"))
        }
        var supplement = Desk(rules: ReviewRules())
        try supplement.do(.opened(.supplement(CaseID(upload))), cleo)
        try supplement.do(.drafted(mark), ana)
        #expect(supplement.refusal(.approved(mark.sha256), cleo) == .needsSecondPerson("approval"))
    }

    @Test("only the draft of the case as it stands is approved")
    func currentDraft() throws {
        var desk = try opened()
        #expect(desk.refusal(.approved(mark.sha256), ben) == .noCurrentDraft)
        try desk.do(.drafted(mark), ana)
        #expect(desk.refusal(.approved("00"), ben) == .draftChanged)
        try desk.do(.annotated(bundle, []), ana)
        #expect(desk.refusal(.approved(mark.sha256), ben) == .noCurrentDraft)
    }

    @Test("what blocks, is undecided or must be seen stands in the way")
    func obstacles() throws {
        var blocked = try opened()
        try blocked.do(
            .drafted(DraftMark(sha256: "aa", blocking: 2, warnings: 0, advice: 0, score: 9)),
            ana
        )
        #expect(blocked.refusal(.approved("aa"), ben) == .blocked(2))

        var open = try opened()
        try open.do(.disposed(bundle, .undetermined), ana)
        try open.do(.drafted(mark), ana)
        #expect(open.refusal(.approved(mark.sha256), ben) == .undecided(bundle, "is undetermined"))
    }

    struct ViewRow: CustomTestStringConvertible, Sendable {
        let rule: ViewRule
        let grade: Grade
        let isAsked: Bool
        var testDescription: String { "\(rule.rawValue), \(grade.rawValue)" }
    }

    static let viewRows = [
        ViewRow(rule: .never, grade: .g4, isAsked: false),
        ViewRow(rule: .nearMatches, grade: .g1, isAsked: false),
        ViewRow(rule: .nearMatches, grade: .g2, isAsked: false),
        ViewRow(rule: .nearMatches, grade: .g3, isAsked: true),
        ViewRow(rule: .nearMatches, grade: .g4, isAsked: true),
        ViewRow(rule: .nearMatches, grade: .conflicting, isAsked: true),
        ViewRow(rule: .always, grade: .g1, isAsked: true),
    ]

    @Test("review.require_view says which files somebody must have seen", arguments: viewRows)
    func views(_ row: ViewRow) throws {
        var desk = try opened([match(.csam, grade: row.grade)], rules: ReviewRules(requireView: row.rule))
        try desk.do(.classified(bundle, .b2), ana)
        try desk.do(.drafted(mark), ana)
        #expect(desk.refusal(.approved(mark.sha256), ben) == (row.isAsked ? .notViewed(bundle) : nil))
    }

    @Test("what is approved stands until it is taken back; what is submitted stands for good")
    func standing() throws {
        var desk = try opened()
        try desk.do(.drafted(mark), ana)
        #expect(desk.refusal(.exported(mark.sha256), ben) == .notApproved)
        try desk.do(.approved(mark.sha256), ben)
        #expect(!desk.review.isOpen)
        #expect(desk.refusal(.classified(bundle, .a1), ana) == .approvedAlready)
        #expect(
            desk.refusal(.joined(JoinedExhibit(other, meeting: [], sha256: "aa")), .desk) == .approvedAlready
        )
        #expect(desk.refusal(.drafted(mark), ana) == .approvedAlready)
        let sent = Submission(report: 5_000_000_000, receiptSHA256: "cc", environment: .test)
        #expect(desk.refusal(.submitted(sent), ben) == .notExported)
        try desk.do(.returned("another address came"), ben)
        try desk.do(.classified(bundle, .a1), ana)
        try desk.do(.drafted(mark), ana)
        try desk.do(.approved(mark.sha256), ben)
        try desk.do(.exported(mark.sha256), ben)
        try desk.do(.submitted(sent), ben)
        #expect(desk.review.submission == sent)
        #expect(desk.refusal(.returned("too late"), ben) == .submitted)
        #expect(desk.refusal(.escalated("too late"), ana) == .submitted)
        #expect(desk.refusal(.noted("a call came"), ana) == nil)
        #expect(try Review(replaying: desk.rows) == desk.review)
    }
}
