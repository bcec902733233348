import UploadModel

// Persons, and a case to try acts on.

let ana = Staff(id: StaffID("ana")!, user: "1001", roles: [.reviewer])
let ben = Staff(id: StaffID("ben")!, user: "1002", roles: [.approver])
let cleo = Staff(id: StaffID("cleo")!, user: "1003", roles: [.reviewer, .approver])
let otto = Staff(id: StaffID("otto")!, user: "1004", roles: [.operator])
let other = BundleID(UploadID("019ab2c3-d4e5-7f60-8123-000000000002")!)
let grant = UploadID("019ab2c3-d4e5-7f60-8123-00000000aaaa")!
let mark = DraftMark(
    sha256: String(repeating: "ab", count: 32),
    blocking: 0,
    warnings: 1,
    advice: 0,
    score: 80
)
let start = Timestamp(nanoseconds: 1_795_300_000_000_000_000)

/// A case whose exhibits met what is given, ready for persons.
func opened(
    _ matches: [Match] = [match(.csam)],
    rules: ReviewRules = ReviewRules(requireView: .never)
) throws -> Desk {
    var desk = Desk(rules: rules)
    try desk.do(.opened(.match), .desk)
    try desk.do(.joined(JoinedExhibit(bundle, meeting: matches, sha256: "aa")), .desk)
    return desk
}

/// A review with the rows that it gave.
struct Desk {
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
