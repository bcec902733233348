import Testing
import UploadModel

@Suite struct DispositionTests {
    @Test("not_csam on an exact match takes two people; on a near one it takes one")
    func notCSAM() throws {
        var exact = try opened()
        try exact.do(.disposed(bundle, .notCSAM("the list is wrong")), ana)
        #expect(exact.review[bundle]?.waitsForSecond == ana.id)
        #expect(exact.review[bundle]?.isReportable == true)
        #expect(
            exact.refusal(.disposed(bundle, .notCSAM("again")), ana)
                == .needsSecondPerson("\"not_csam\" on an exact match")
        )
        try exact.do(.disposed(bundle, .notCSAM("agreed")), ben)
        #expect(exact.review[bundle]?.isOut == true)
        #expect(exact.review.stage == .closed)

        var near = try opened([match(.csam, [], grade: .g4)])
        try near.do(.disposed(bundle, .notCSAM("a beach")), ana)
        #expect(near.review[bundle]?.isOut == true)
    }

    @Test("nothing is confirmed that is not classified, and a duplicate names another exhibit that stays")
    func others() throws {
        var desk = try opened()
        #expect(desk.refusal(.disposed(bundle, .confirmed), ana) == .notClassified(bundle))
        #expect(desk.refusal(.disposed(bundle, .duplicateOf(bundle)), ana) == .noOriginal(bundle))
        #expect(desk.refusal(.disposed(bundle, .duplicateOf(other)), ana) == .noOriginal(other))
        #expect(desk.refusal(.disposed(bundle, .notCSAM(" ")), ana) == .noReason)
        try desk.do(.joined(JoinedExhibit(other, meeting: [match(.csam)], sha256: "aa")), .desk)
        try desk.do(.disposed(other, .duplicateOf(bundle)), ana)
        #expect(desk.review.reportable.map(\.facts.bundle) == [bundle])
    }

    @Test("what a report would speak of is no duplicate of what is outside of it, whichever was judged first")
    func reportedDuplicates() throws {
        var desk = try opened([])
        try desk.do(.joined(JoinedExhibit(other, meeting: [], sha256: "aa")), .desk)
        try desk.do(.claimed, ana)
        try desk.do(.classified(bundle, .a1), ana)
        #expect(desk.refusal(.disposed(bundle, .duplicateOf(other)), ana) == .noOriginal(other))
        #expect(desk.review.reportable.map(\.facts.bundle) == [bundle])

        try desk.do(.disposed(other, .duplicateOf(bundle)), ana)
        #expect(desk.review.reportable.map(\.facts.bundle) == [bundle])

        // Classified only once it was a duplicate, it is in the report.
        var late = try opened([])
        try late.do(.joined(JoinedExhibit(other, meeting: [], sha256: "aa")), .desk)
        try late.do(.disposed(bundle, .duplicateOf(other)), ana)
        try late.do(.claimed, ana)
        try late.do(.classified(bundle, .a1), ana)
        #expect(late.review.reportable.map(\.facts.bundle) == [bundle])
    }

    @Test("a duplicate has the same bytes, and is in the report again when its original leaves it")
    func duplicates() throws {
        var desk = try opened()
        try desk.do(.joined(JoinedExhibit(other, meeting: [match(.csam)], sha256: "bb")), .desk)
        let third = BundleID(grant)
        try desk.do(.joined(JoinedExhibit(third, meeting: [match(.csam)], sha256: nil)), .desk)
        #expect(desk.refusal(.disposed(other, .duplicateOf(bundle)), ana) == .otherBytes(bundle))
        #expect(desk.refusal(.disposed(third, .duplicateOf(bundle)), ana) == .otherBytes(bundle))

        var same = try opened()
        try same.do(.joined(JoinedExhibit(other, meeting: [match(.csam)], sha256: "aa")), .desk)
        try same.do(.disposed(other, .duplicateOf(bundle)), ana)
        #expect(same.refusal(.disposed(bundle, .duplicateOf(other)), ana) == .noOriginal(other))
        try same.do(.disposed(bundle, .notCSAM("an error of the list")), ana)
        #expect(same.review[other]?.isOut == true)
        try same.do(.disposed(bundle, .notCSAM("agreed")), ben)
        #expect(same.review.reportable.map(\.facts.bundle) == [other])
        #expect(same.review.stage != .closed)
    }

    @Test("an agreement of a weak digest takes two people too", arguments: [Grade.g3, .conflicting])
    func weak(_ grade: Grade) throws {
        var desk = try opened([match(.csam, grade: grade)])
        try desk.do(.disposed(bundle, .notCSAM("a collision")), ana)
        #expect(desk.review[bundle]?.waitsForSecond == ana.id)
    }

    static let silent: [(String, [Match])] = [
        ("exploitative", [match(.exploitative)]), ("ncii", [match(.ncii)]), ("watch", [match(.watch)]),
        ("conflicting", [match(.csam, grade: .conflicting)]), ("near", [match(.csam, [], grade: .g4)]),
        ("by order", []),
    ]

    @Test("what makes no report by itself does so once a person has classified it", arguments: silent)
    func classified(_ name: String, _ matches: [Match]) throws {
        var desk = try opened(matches)
        #expect(desk.review.reportable.isEmpty)
        #expect(desk.refusal(.classified(bundle, .b1), ben) == .role("classified", needs: [.reviewer]))
        try desk.do(.classified(bundle, .b1), ana)
        #expect(desk.review.reportable.map(\.facts.bundle) == [bundle])
        #expect(desk.review.isUrgent == (name == "conflicting"))
    }

    @Test("who has claimed a case classifies alone in it; an approver frees it")
    func claims() throws {
        var desk = try opened()
        #expect(desk.refusal(.released, ana) == .notClaimed)
        try desk.do(.claimed, ana)
        #expect(desk.refusal(.claimed, cleo) == .heldBy(ana.id))
        #expect(desk.refusal(.classified(bundle, .a1), cleo) == .heldBy(ana.id))
        #expect(
            desk.refusal(.released, Staff(id: StaffID("dora")!, user: "9", roles: [.reviewer]))
                == .heldBy(ana.id)
        )
        try desk.do(.released, ben)
        try desk.do(.classified(bundle, .a1), cleo)
        #expect(desk.refusal(.claimed, otto) == .role("claimed", needs: [.reviewer, .approver]))
    }

    @Test("a case begins once")
    func opening() throws {
        let desk = try opened()
        #expect(desk.refusal(.opened(.match), .desk) == .unfit("opened"))
        #expect(
            desk.refusal(.joined(JoinedExhibit(bundle, meeting: [], sha256: "aa")), .desk) == .unfit("joined")
        )
        #expect(throws: ReviewDamaged.self) { try Review(replaying: desk.rows.dropFirst()) }
    }
}
