import Testing

@testable import UploadModel

/// How long an exhibit is kept, and what must be true before it is destroyed.
@Suite struct RetentionTests {
    static func time(_ text: String) -> Timestamp { Timestamp(text)! }

    static func submitted(_ text: String) -> Retention {
        var retention = Retention(preservedAt: time("2024-01-01T00:00:00Z"))
        retention.submitted(at: time(text))
        return retention
    }

    // MARK: - Expiry

    struct Year: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let submitted: String
        let dutyEnd: String
        let expiry: String
    }

    static let years = [
        Year(
            testDescription: "a plain year",
            submitted: "2026-11-21T20:15:04.123456Z",
            dutyEnd: "2027-11-21T20:15:04.123456Z",
            expiry: "2027-12-21T20:15:04.123456Z"
        ),
        Year(
            testDescription: "a year with a leap day in it is 366 days",
            submitted: "2027-06-01T00:00:00Z",
            dutyEnd: "2028-06-01T00:00:00Z",
            expiry: "2028-07-01T00:00:00Z"
        ),
        Year(
            testDescription: "submitted on a leap day: never less than a year",
            submitted: "2028-02-29T12:00:00Z",
            dutyEnd: "2029-03-01T12:00:00Z",
            expiry: "2029-03-31T12:00:00Z"
        ),
        Year(
            testDescription: "the day before a leap day",
            submitted: "2027-02-28T23:59:59.999999999Z",
            dutyEnd: "2028-02-28T23:59:59.999999999Z",
            expiry: "2028-03-29T23:59:59.999999999Z"
        ),
        Year(
            testDescription: "the last second of a year",
            submitted: "2026-12-31T23:59:59Z",
            dutyEnd: "2027-12-31T23:59:59Z",
            expiry: "2028-01-30T23:59:59Z"
        ),
        Year(
            testDescription: "a century without a leap day",
            submitted: "2099-02-28T00:00:00Z",
            dutyEnd: "2100-02-28T00:00:00Z",
            expiry: "2100-03-30T00:00:00Z"
        ),
    ]

    @Test("the clock runs one calendar year and the margin from the submission", arguments: years)
    func expires(_ row: Year) {
        let retention = Self.submitted(row.submitted)
        #expect(retention.dutyEnd == Self.time(row.dutyEnd))
        #expect(retention.expiry == Self.time(row.expiry))
    }

    @Test("daylight saving time moves nothing: an hour apart in UTC stays an hour apart")
    func daylightSaving() throws {
        // 01:30 twice on 25 October 2026 in Berlin, before and after the clocks went back.
        let first = Self.submitted("2026-10-24T23:30:00Z")
        let second = Self.submitted("2026-10-25T00:30:00Z")
        let (a, b) = (try #require(first.expiry), try #require(second.expiry))
        #expect(b.nanoseconds - a.nanoseconds == 3_600_000_000_000)
        #expect(Timestamp("2026-10-25T01:30:00+02:00") == nil, "a zone other than UTC is never guessed at")
    }

    @Test("the clock never runs from the detection")
    func neverFromDetection() {
        let retention = Retention(preservedAt: Self.time("2020-01-01T00:00:00Z"))
        #expect(retention.expiry == nil)
        #expect(retention.standing(at: Self.time("2026-01-01T00:00:00Z")) == .unsubmitted(alarmDays: 30))
        #expect(Self.submitted("2026-06-01T00:00:00Z").expiry == Self.time("2027-07-01T00:00:00Z"))
    }

    @Test("a supplement starts the clock again, a repeated receipt of an older report does not")
    func supplement() {
        var retention = Self.submitted("2026-06-01T00:00:00Z")
        retention.submitted(at: Self.time("2026-08-01T00:00:00Z"))
        retention.submitted(at: Self.time("2026-07-01T00:00:00Z"))
        #expect(retention.dutyEnd == Self.time("2027-08-01T00:00:00Z"))
    }

    // MARK: - Standing

    static let standings: [(at: String, RetentionStanding)] = [
        ("2026-06-02T00:00:00Z", .preserved(until: time("2027-07-01T00:00:00Z"))),
        ("2027-05-01T23:59:59Z", .preserved(until: time("2027-07-01T00:00:00Z"))),
        ("2027-05-02T00:00:00Z", .expiring(at: time("2027-07-01T00:00:00Z"), withinDays: 60)),
        ("2027-06-01T00:00:00Z", .expiring(at: time("2027-07-01T00:00:00Z"), withinDays: 30)),
        ("2027-06-24T00:00:00Z", .expiring(at: time("2027-07-01T00:00:00Z"), withinDays: 7)),
        ("2027-06-30T23:59:59Z", .expiring(at: time("2027-07-01T00:00:00Z"), withinDays: 7)),
        ("2027-07-01T00:00:00Z", .expired(at: time("2027-07-01T00:00:00Z"))),
        ("2030-01-01T00:00:00Z", .expired(at: time("2027-07-01T00:00:00Z"))),
    ]

    @Test("the worklist has it at 60, 30, 7 and 0 days", arguments: standings)
    func worklist(at: String, expected: RetentionStanding) {
        #expect(Self.submitted("2026-06-01T00:00:00Z").standing(at: Self.time(at)) == expected)
    }

    @Test("what nobody decided on raises alarms at 7 and 30 days and never expires")
    func undecided() {
        var retention = Retention(preservedAt: Self.time("2026-01-01T00:00:00Z"))
        func alarm(_ text: String) -> Int64?? {
            if case .unsubmitted(let days) = retention.standing(at: Self.time(text)) {
                .some(days)
            } else {
                nil
            }
        }
        #expect(alarm("2026-01-07T23:59:59Z") == .some(nil))
        #expect(alarm("2026-01-08T00:00:00Z") == .some(7))
        #expect(alarm("2026-01-31T00:00:00Z") == .some(30))
        retention.decided(.undetermined, at: Self.time("2026-01-09T00:00:00Z"))
        #expect(alarm("2026-02-01T00:00:00Z") == .some(30))
        retention.decided(.confirmed, at: Self.time("2026-02-01T00:00:00Z"))
        #expect(alarm("2036-02-01T00:00:00Z") == .some(nil))
    }

    // MARK: - Holds

    static func hold(_ kind: Hold.Kind, _ at: String, _ n: UInt64 = 1) -> Hold {
        Hold(
            id: UploadID(at: time(at), random: (0, n)),
            kind: kind,
            placedAt: time(at),
            document: String(repeating: "ab", count: 32)
        )
    }

    @Test("a preservation request runs 90 days, and 90 more when it is renewed in time")
    func preservationRequest() {
        var hold = Self.hold(.preservationRequest, "2026-01-01T00:00:00Z")
        #expect(hold.isActive(at: Self.time("2026-03-31T23:59:59Z")))
        #expect(!hold.isActive(at: Self.time("2026-04-01T00:00:00Z")))
        let tooLate = hold.renew(at: Self.time("2026-04-01T00:00:00Z"))
        let inTime = hold.renew(at: Self.time("2026-03-31T00:00:00Z"))
        let again = hold.renew(at: Self.time("2026-05-01T00:00:00Z"))
        #expect([tooLate, inTime, again] == [false, true, false])
        #expect(hold.end == Self.time("2026-06-30T00:00:00Z"))
        var court = Self.hold(.court, "2020-01-01T00:00:00Z")
        #expect(court.isActive(at: Self.time("2030-01-01T00:00:00Z")))
        let renewed = court.renew(at: Self.time("2026-01-01T00:00:00Z"))
        #expect(!renewed)
    }

    @Test("holds overlap, and each blocks by itself until the last one ends")
    func overlapping() throws {
        var retention = Self.submitted("2026-01-01T00:00:00Z")
        let (court, inside) = (
            Self.hold(.court, "2026-06-01T00:00:00Z", 1), Self.hold(.internal, "2026-07-01T00:00:00Z", 2)
        )
        retention.place(court)
        retention.place(Self.hold(.preservationRequest, "2027-01-15T00:00:00Z", 3))
        retention.place(inside)
        let now = Self.time("2027-03-01T00:00:00Z")
        #expect(retention.activeHolds(at: now).map(\.kind) == [.court, .preservationRequest, .internal])
        let released = retention.change(court.id) { $0.release(at: now) }
        let twice = retention.change(court.id) { $0.release(at: now) }
        #expect(released && !twice)
        #expect(retention.activeHolds(at: now).map(\.kind) == [.preservationRequest, .internal])
        _ = retention.change(inside.id) { $0.release(at: now) }
        #expect(retention.activeHolds(at: Self.time("2027-04-14T23:59:59Z")).count == 1)
        #expect(retention.activeHolds(at: Self.time("2027-04-15T00:00:00Z")).isEmpty)
        // A hold moves no expiry: it only blocks what would follow.
        #expect(retention.expiry == Self.time("2027-01-31T00:00:00Z"))
    }

    @Test("an extension has a purpose, and is never shorter than the duty")
    func extended() throws {
        var retention = Self.submitted("2026-01-01T00:00:00Z")
        let approval = DestructionTests.approval("s-1", "2026-12-01T00:00:00Z")
        func more(_ until: String) -> RetentionExtension {
            RetentionExtension(until: Self.time(until), purpose: .preventExploitation, approval: approval)
        }
        let shorter = retention.extend(more("2027-01-31T00:00:00Z"))
        let longer = retention.extend(more("2028-01-01T00:00:00Z"))
        #expect([shorter, longer] == [false, true])
        #expect(retention.expiry == Self.time("2028-01-01T00:00:00Z"))
        var unsubmitted = Retention(preservedAt: Self.time("2026-01-01T00:00:00Z"))
        let nothing = unsubmitted.extend(more("2028-01-01T00:00:00Z"))
        #expect(!nothing)
    }
}
