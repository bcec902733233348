import JSONText
import Testing
import UploadModel

private let ana = Staff(id: StaffID("ana")!, user: "1001", roles: [.reviewer])
private let ben = Staff(id: StaffID("ben")!, user: "1002", roles: [.approver])
private let cleo = Staff(id: StaffID("cleo")!, user: "1003", roles: [.reviewer, .approver])
private let otto = Staff(id: StaffID("otto")!, user: "1004", roles: [.operator])
private let other = BundleID(UploadID("019ab2c3-d4e5-7f60-8123-000000000002")!)
private let grant = UploadID("019ab2c3-d4e5-7f60-8123-00000000aaaa")!
private let mark = DraftMark(
    sha256: String(repeating: "ab", count: 32),
    blocking: 0,
    warnings: 1,
    advice: 0,
    score: 80
)
private let start = Timestamp(nanoseconds: 1_795_300_000_000_000_000)

/// A case whose exhibits met what is given, ready for persons.
private func opened(
    _ matches: [Match] = [match(.csam)],
    rules: ReviewRules = ReviewRules(requireView: .never)
) throws -> Desk {
    var desk = Desk(rules: rules)
    try desk.do(.opened(.match), .desk)
    try desk.do(.joined(JoinedExhibit(bundle, meeting: matches, sha256: "aa")), .desk)
    return desk
}

/// A review with the rows that it gave.
private struct Desk {
    var review = Review()
    var rows: [ReviewRow] = []
    var rules: ReviewRules
    var now = start

    mutating func `do`(_ event: ReviewEvent, _ staff: Staff) throws(ReviewRefused) {
        rows.append(try review.record(event, by: staff, at: now, under: rules))
    }

    /// What the act is refused with; `nil` where it is taken.
    func refusal(_ event: ReviewEvent, _ staff: Staff) -> ReviewRefused? {
        var copy = self
        do throws(ReviewRefused) { try copy.do(event, staff) } catch { return error }
        return nil
    }
}

@Suite struct ViewedFlagTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let steps: [(BundleID, ViewStep, Staff)]
        let isViewed: Bool
        var testDescription: String { name }
    }

    private static let seen = ViewStep.started(grant: grant, purpose: "triage")
    private static let sent = ViewStep.delivered(grant: grant)
    private static let whole = ViewStep.completed(grant: grant, whole: true)

    static let rows = [
        Row(name: "no view", steps: [], isViewed: false),
        Row(name: "begun", steps: [(bundle, seen, ana), (bundle, sent, .desk)], isViewed: false),
        Row(
            name: "aborted",
            steps: [(bundle, seen, ana), (bundle, sent, .desk), (bundle, .aborted(grant: grant), ana)],
            isViewed: false
        ),
        Row(
            name: "partial",
            steps: [
                (bundle, seen, ana), (bundle, sent, .desk),
                (bundle, .completed(grant: grant, whole: false), ana),
            ],
            isViewed: false
        ),
        Row(
            name: "another exhibit with equal digest",
            steps: [(other, seen, ana), (other, sent, .desk), (other, whole, ana)],
            isViewed: false
        ),
        Row(
            name: "full view",
            steps: [(bundle, seen, ana), (bundle, sent, .desk), (bundle, whole, ana)],
            isViewed: true
        ),
    ]

    @Test("the report says viewed exactly where a reviewer saw the whole of this exhibit", arguments: rows)
    func truth(_ row: Row) throws {
        var desk = try opened()
        try desk.do(.joined(JoinedExhibit(other, meeting: [match(.csam)], sha256: "aa")), .desk)
        for (exhibit, step, staff) in row.steps { try desk.do(.viewed(exhibit, step), staff) }
        #expect(desk.review[bundle]?.isViewed == row.isViewed)
        #expect(try Review(replaying: desk.rows)[bundle]?.isViewed == row.isViewed)
    }

    @Test("a full view by a person without the role is no view")
    func withoutRole() throws {
        var desk = try opened()
        #expect(desk.refusal(.viewed(bundle, Self.seen), ben) == .role("view-started", needs: [.reviewer]))
        // Rows of somebody who never had the role, as if written by another hand.
        for (step, staff) in [(Self.seen, ben), (Self.sent, Staff.desk), (Self.whole, ben)] {
            desk.rows.append(
                ReviewRow(at: start, by: staff.id, roles: staff.roles, event: .viewed(bundle, step))
            )
        }
        #expect(try Review(replaying: desk.rows)[bundle]?.isViewed == false)
    }

    @Test("nobody ends a viewing that is another's, was not delivered, has ended, or is older than a shift")
    func grants() throws {
        var desk = try opened()
        #expect(desk.refusal(.viewed(bundle, Self.whole), ana) == .noGrant(grant))
        try desk.do(.viewed(bundle, Self.seen), ana)
        #expect(desk.refusal(.viewed(bundle, Self.whole), cleo) == .notYourGrant(ana.id))
        #expect(desk.refusal(.viewed(bundle, Self.whole), ana) == .notDelivered(grant))
        try desk.do(.viewed(bundle, Self.sent), .desk)
        var late = desk
        late.now = Timestamp(nanoseconds: start.nanoseconds + ReviewRules.longestView + 1)
        #expect(late.refusal(.viewed(bundle, Self.whole), ana) == .grantExpired(grant))
        try desk.do(.viewed(bundle, Self.whole), ana)
        #expect(desk.refusal(.viewed(bundle, .aborted(grant: grant)), ana) == .viewEnded(grant))
    }

    @Test("a viewing that ends after the approval stands in the way of the export, and none begins")
    func afterApproval() throws {
        var desk = try opened()
        try desk.do(.viewed(bundle, Self.seen), ana)
        try desk.do(.viewed(bundle, Self.sent), .desk)
        try desk.do(.drafted(mark), ana)
        try desk.do(.approved(mark.sha256), ben)
        let another = ViewStep.started(grant: upload, purpose: "triage")
        #expect(desk.refusal(.viewed(bundle, another), ana) == .approvedAlready)
        #expect(desk.refusal(.exported(mark.sha256), ben) == nil)
        try desk.do(.viewed(bundle, Self.whole), ana)
        #expect(desk.refusal(.exported(mark.sha256), ben) == .draftChanged)
    }

    @Test("a view needs a purpose")
    func purpose() throws {
        let empty = ViewStep.started(grant: grant, purpose: " \n")
        #expect(try opened().refusal(.viewed(bundle, empty), ana) == .noReason)
    }
}

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

@Suite struct ReviewRowTests {
    static let events: [ReviewEvent] = [
        .opened(.match), .opened(.person(.enticement, because: "staff saw it")),
        .opened(.supplement(CaseID(upload))),
        .joined(
            JoinedExhibit(
                bundle: bundle,
                warrantsDraft: true,
                isExact: true,
                isStrong: false,
                isConflicting: true,
                sha256: nil
            )
        ),
        .claimed, .released, .noted("a \"note\"\n"), .escalated("a child is at risk"),
        .attached(Attachment(id: grant, name: "chat \u{202E}.txt", digests: all)),
        .classified(bundle, .b2), .annotated(bundle, []), .annotated(bundle, [.infant, .viral]),
        .viewed(bundle, .started(grant: grant, purpose: "triage")), .viewed(bundle, .delivered(grant: grant)),
        .viewed(bundle, .completed(grant: grant, whole: true)),
        .viewed(bundle, .completed(grant: grant, whole: false)), .viewed(bundle, .aborted(grant: grant)),
        .disposed(bundle, .confirmed), .disposed(bundle, .notCSAM("collision")),
        .disposed(bundle, .undetermined), .disposed(bundle, .duplicateOf(other)), .drafted(mark),
        .approved("aa"), .returned("why"), .exported("aa"),
        .submitted(Submission(report: .max, receiptSHA256: "bb", environment: .production)),
        .supplemented(CaseID(upload)),
    ]

    @Test("every event reads back as it was", arguments: events)
    func readsBack(_ event: ReviewEvent) throws {
        let json = try JSONValue(parsing: event.json.canonical)
        #expect(try ReviewEvent(name: event.name, json) == event)
        guard let object = json.objectValue else { return }
        // Rows of earlier desks do not have "strong".
        for (key, _) in object.members where key != "strong" {
            var less = object
            less[key] = nil
            #expect(throws: TextFault.self, "without \(key)") {
                try ReviewEvent(name: event.name, .object(less))
            }
        }
    }

    @Test("whatever persons try, replaying the rows gives the same review", arguments: 0..<200)
    func walk(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var desk = try opened([Self.anyMatch(&random)], rules: ReviewRules(requireView: .never))
        for _ in 0..<60 {
            guard let event = Self.events.randomElement(using: &random) else { continue }
            let staff = [ana, ben, cleo, otto, .desk].randomElement(using: &random) ?? ana
            try? desk.do(event, staff)
        }
        #expect(try Review(replaying: desk.rows) == desk.review, "seed \(seed)")
        guard let approval = desk.review.approval else { return }
        let judges = desk.rows.filter {
            switch $0.event {
            case .classified, .disposed, .annotated: true
            default: false
            }
        }
        #expect(!judges.contains { $0.by == approval.by }, "seed \(seed)")
    }

    private static func anyMatch(_ random: inout SplitMix64) -> Match {
        match(.csam, grade: Grade.allCases.randomElement(using: &random) ?? .g1)
    }
}
