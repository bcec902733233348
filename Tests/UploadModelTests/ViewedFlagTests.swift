import JSONText
import Testing
import UploadModel

@Suite struct ViewedFlagTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let steps: [(BundleID, ViewStep, Staff)]
        let isViewed: Bool
        var testDescription: String { name }
    }

    private static let seen = ViewStep.started(grant: grant, purpose: "triage")
    private static let sent = ViewStep.delivered(grant: grant, bytes: 9_000)
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
            name: "cut off, and said to be a part",
            steps: [
                (bundle, seen, ana), (bundle, .cut(grant: grant, bytes: 10), .desk),
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
        #expect(desk.refusal(.viewed(bundle, Self.whole), ana) == .notDelivered(grant, bytes: nil))
        try desk.do(.viewed(bundle, Self.sent), .desk)
        var late = desk
        late.now = Timestamp(nanoseconds: start.nanoseconds + ReviewRules.longestView + 1)
        #expect(late.refusal(.viewed(bundle, Self.whole), ana) == .grantExpired(grant))
        try desk.do(.viewed(bundle, Self.whole), ana)
        #expect(desk.refusal(.viewed(bundle, .aborted(grant: grant)), ana) == .viewEnded(grant))
    }

    @Test("what was cut off is never whole, and the refusal says how far it came")
    func cutOff() throws {
        var desk = try opened()
        try desk.do(.viewed(bundle, Self.seen), ana)
        #expect(desk.refusal(.viewed(bundle, .cut(grant: grant, bytes: 10)), ana)?.exitCode == .calledWrongly)
        try desk.do(.viewed(bundle, .cut(grant: grant, bytes: 10)), .desk)
        let refusal = try #require(desk.refusal(.viewed(bundle, Self.whole), ana))
        #expect(refusal == .notDelivered(grant, bytes: 10))
        #expect(refusal.description.contains("at most 10"))
        // The program cannot make a whole of it afterwards.
        #expect(desk.refusal(.viewed(bundle, Self.sent), .desk) == .viewEnded(grant))
        try desk.do(.viewed(bundle, .completed(grant: grant, whole: false)), ana)
        #expect(desk.review[bundle]?.isViewed == false)
    }

    @Test("a row of an earlier desk, which did not count bytes, still says what it said")
    func earlierRow() throws {
        let json = try JSONValue(parsing: Array(#"{"exhibit":"\#(bundle)","grant":"\#(grant)"}"#.utf8))
        let event = try ReviewEvent(name: "view-delivered", json)
        #expect(event == .viewed(bundle, .delivered(grant: grant, bytes: nil)))
        #expect(event.json == json)
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
