import Testing

@testable import UploadModel

/// Histories, and the one step in each that may not be.
@Suite struct CustodyLegalityTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let steps: [CustodyEntry]
        let breaches: [CustodyBreach]

        init(_ name: String, _ breaches: [CustodyBreach], _ steps: [CustodyEntry]) {
            (testDescription, self.steps, self.breaches) = (name, steps, breaches)
        }
    }

    static func entry(
        _ kind: CustodyEntryKind,
        by staff: String? = nil,
        minute: Int64 = 0,
        why: String? = nil,
        _ references: [String: String] = [:],
        isUnnamed: Bool = false,
        approvals: [Approval] = []
    ) -> CustodyEntry {
        let at = Timestamp(nanoseconds: 1_795_300_000_000_000_000 + minute * 60_000_000_000)
        var references = references
        if !approvals.isEmpty, !isUnnamed {
            // What the approvals of these tests are for.
            let name = kind == .keyShredded ? "destruction" : "order"
            references[name] = references[name] ?? "\(DestructionTests.asked)"
        }
        let human = staff.map {
            CustodyActor.human(StaffID($0)!, .reviewer, authentication: "peercred", uid: 1_001)
        }
        let statement = CustodyStatement(
            at: at,
            kind,
            by: human ?? .daemon,
            about: CustodySubject(exhibit: DestructionTests.exhibit, case: CaseID(DestructionTests.asked)),
            reason: why,
            references: references,
            approvals: approvals
        )
        let clock = CustodyClock(boot: "boot", monotonic: 1, isSynchronised: true)
        return CustodyEntry(statement, clock: clock, origin: "test", previous: nil, commitment: nil)
    }

    static let one = [DestructionTests.approval("s-17", "2027-08-01T00:00:00Z")]
    static let two = one + [DestructionTests.approval("s-18", "2027-08-02T00:00:00Z")]
    static let counsel = one + [DestructionTests.approval("s-2", "2027-08-02T00:00:00Z", .counsel)]
    static let twice = one + [DestructionTests.approval(" S-17", "2027-08-02T00:00:00Z")]

    /// Another order than the one that the approvals are for.
    static func other(_ name: String) -> [String: String] { [name: "\(DestructionTests.exhibit.upload)"] }

    /// What a destruction's time counts from, long ago.
    static let over = ["since": "2025-01-01T00:00:00Z"]
    /// A preservation request, as the desk names it.
    static let request = "\(UploadID(at: Timestamp(nanoseconds: 0), random: (0, 2)))"

    static let submitted = [
        entry(.reportApproved, by: "a"), entry(.reportSubmitted, by: "b"), entry(.retentionStarted, by: "b"),
    ]

    static let rows = [
        Row(
            "a view under its grant",
            [],
            [
                entry(.viewRequested, by: "a"), entry(.viewGranted, by: "a"),
                entry(.viewStarted, by: "a", minute: 9),
                entry(.viewCompleted, by: "a", minute: 11),
            ]
        ),
        Row(
            "a grant by another for the viewer",
            [],
            [
                entry(.viewGranted, by: "b", ["viewer": "a"]), entry(.viewStarted, by: "A"),
                entry(.viewAborted, by: "a"),
            ]
        ),
        Row(
            "a view whose bytes broke off, as the desk says, and that its viewer ended later",
            [],
            [
                entry(.viewGranted, by: "a"), entry(.viewStarted, by: "a"),
                entry(.viewAborted, why: "unreadable"),
                entry(.viewCompleted, by: "a"),
            ]
        ),
        Row("a view without a grant", [.viewWithoutGrant], [entry(.viewStarted, by: "a")]),
        Row(
            "a view under another's grant",
            [.viewWithoutGrant],
            [
                entry(.viewGranted, by: "a"), entry(.viewStarted, by: "b"),
            ]
        ),
        Row(
            "a second view under one grant",
            [.viewWithoutGrant],
            [
                entry(.viewGranted, by: "a"), entry(.viewStarted, by: "a"), entry(.viewCompleted, by: "a"),
                entry(.viewStarted, by: "a"),
            ]
        ),
        Row(
            "a view long after its grant",
            [.grantTooOld],
            [
                entry(.viewGranted, by: "a"), entry(.viewStarted, by: "a", minute: 11),
            ]
        ),
        Row("the end of a view that had not begun", [.viewNotStarted], [entry(.viewCompleted, by: "a")]),
        Row(
            "a report submitted as approved",
            [],
            [
                entry(.reportDrafted), entry(.reportApproved, by: "a"), entry(.reportSubmitted, by: "b"),
                entry(.retentionStarted),
            ]
        ),
        Row(
            "a report submitted without approval",
            [.submittedWithoutApproval],
            [
                entry(.reportDrafted), entry(.reportSubmitted, by: "b"),
            ]
        ),
        Row(
            "a report edited after its approval",
            [.submittedWithoutApproval],
            [
                entry(.reportApproved, by: "a"), entry(.reportEdited, by: "a"),
                entry(.reportSubmitted, by: "b"),
            ]
        ),
        Row("a retention before the submission", [.retentionWithoutSubmission], [entry(.retentionStarted)]),
        Row("a destruction by two", [], [entry(.destroyExecuted, why: "expiry", over, approvals: two)]),
        Row(
            "a destruction by one",
            [.destroyedByOne],
            [entry(.destroyExecuted, why: "expiry", over, approvals: one)]
        ),
        Row(
            "a destruction a second before its time",
            [.destroyedTooEarly],
            [entry(.destroyExecuted, why: "expiry", ["since": "2025-10-22T22:26:41Z"], approvals: two)]
        ),
        Row(
            "a destruction at its time",
            [],
            [entry(.destroyExecuted, why: "expiry", ["since": "2025-10-22T22:26:40Z"], approvals: two)]
        ),
        Row(
            "a destruction 29 days after not_csam",
            [.destroyedTooEarly],
            [entry(.destroyExecuted, why: "not-csam", ["since": "2026-10-24T12:00:00Z"], approvals: two)]
        ),
        Row(
            "a destruction that does not say from when its time counts",
            [.destroyedTooEarly],
            [entry(.destroyExecuted, why: "expiry", approvals: two)]
        ),
        Row(
            "an expiry approved within the year of the submission",
            [.destroyedTooEarly],
            submitted + [entry(.destroyApproved, minute: 394 * 1_440, why: "expiry", approvals: two)]
        ),
        Row(
            "an expiry approved after the year and its margin",
            [],
            submitted + [entry(.destroyApproved, minute: 395 * 1_440, why: "expiry", approvals: two)]
        ),
        Row(
            "an expiry approved before an extension has ended",
            [.destroyedTooEarly],
            submitted + [
                entry(.retentionExtended, ["until": "2028-06-01T00:00:00Z"]),
                entry(.destroyApproved, minute: 395 * 1_440, why: "expiry", approvals: two),
            ]
        ),
        Row(
            "an extension that does not keep longer",
            [.extendedToEarlier],
            submitted + [entry(.retentionExtended, ["until": "2027-12-01T00:00:00Z"])]
        ),
        Row(
            "an extension to a day before the last one",
            [.extendedToEarlier],
            [
                entry(.retentionExtended, ["until": "2028-06-01T00:00:00Z"]),
                entry(.retentionExtended, ["until": "2028-05-01T00:00:00Z"]),
            ]
        ),
        Row("headers shredded by two", [], [entry(.keyShredded, approvals: two)]),
        Row("headers shredded by one", [.shreddedByOne], [entry(.keyShredded, approvals: one)]),
        Row(
            "headers shredded by two, as 0.1.0 entered it",
            [],
            [entry(.keyShredded, isUnnamed: true, approvals: two)]
        ),
        Row(
            "headers shredded by two who agreed to another destruction",
            [.shreddedByOne],
            [entry(.keyShredded, other("destruction"), approvals: two)]
        ),
        Row(
            "a destruction by two who agreed to another one",
            [.destroyedByOne],
            [
                entry(
                    .destroyExecuted,
                    why: "expiry",
                    over.merging(other("order")) { $1 },
                    approvals: two
                )
            ]
        ),
        Row(
            "a restore by two who agreed to another one",
            [.restoredByNobody],
            [entry(.restoreDone, why: "exact", other("order"), approvals: two)]
        ),
        Row(
            "a destruction by one under two spellings",
            [.destroyedByOne],
            [
                entry(.destroyExecuted, why: "expiry", over, approvals: twice)
            ]
        ),
        Row("a destruction by nobody", [.destroyedByOne], [entry(.destroyExecuted, why: "expiry", over)]),
        Row(
            "a destruction for law enforcement with counsel",
            [],
            [
                entry(.destroyExecuted, why: "le-request", approvals: counsel)
            ]
        ),
        Row(
            "a destruction for law enforcement without counsel",
            [.destroyedWithoutCounsel],
            [
                entry(.destroyExecuted, why: "le-request", approvals: two)
            ]
        ),
        Row(
            "a destruction under a hold",
            [.destroyedUnderHold],
            [
                entry(.holdPlaced, ["hold": "1"]), entry(.holdPlaced, ["hold": "2"]),
                entry(.holdReleased, ["hold": "1"]),
                entry(.destroyExecuted, why: "expiry", over, approvals: two),
            ]
        ),
        Row(
            "a destruction after the last hold",
            [],
            [
                entry(.holdPlaced, ["hold": "1"]), entry(.holdReleased, ["hold": "1"]),
                entry(.destroyExecuted, why: "expiry", over, approvals: two),
            ]
        ),
        Row(
            "a destruction after the 90 days of a preservation request",
            [],
            [
                entry(.holdPlaced, why: "2703f", ["hold": request]),
                entry(.destroyExecuted, minute: 90 * 1_440, why: "expiry", over, approvals: two),
            ]
        ),
        Row(
            "a destruction within them, and within those of its renewal",
            [.destroyedUnderHold],
            [
                entry(.holdPlaced, why: "2703f", ["hold": request]),
                entry(.holdPlaced, minute: 80 * 1_440, why: "renewed", ["hold": request]),
                entry(.destroyExecuted, minute: 179 * 1_440, why: "expiry", over, approvals: two),
            ]
        ),
        Row(
            "a release that a crash wrote twice",
            [],
            [
                entry(.holdPlaced, ["hold": "1"]), entry(.holdReleased, ["hold": "1"]),
                entry(.holdReleased, ["hold": "1"]),
            ]
        ),
        Row("the release of no hold", [.releasedUnknownHold], [entry(.holdReleased, ["hold": "1"])]),
        Row(
            "an export of what was destroyed",
            [.actAfterDestruction],
            [
                entry(.exportRequested), entry(.destroyExecuted, why: "expiry", over, approvals: two),
                entry(.exportBuilt),
            ]
        ),
        Row("an export as requested", [], [entry(.exportRequested), entry(.exportBuilt)]),
        Row("an export that nobody requested", [.exportWithoutRequest], [entry(.exportBuilt)]),
        Row(
            "a restore of an exact match by two, and its suppression",
            [],
            [
                entry(.restoreDone, why: "exact", approvals: two), entry(.suppressionAdded),
            ]
        ),
        Row(
            "a restore of an exact match by one",
            [.restoredByOne],
            [
                entry(.restoreDone, why: "exact", approvals: one)
            ]
        ),
        Row(
            "a restore of a similar picture by one",
            [],
            [entry(.restoreDone, why: "similar", approvals: one)]
        ),
        Row("a restore by nobody", [.restoredByNobody], [entry(.restoreDone, why: "similar")]),
        Row("a suppression alone", [.suppressedWithoutRestore], [entry(.suppressionAdded)]),
        Row("plaintext removed after sealing", [], [entry(.exhibitSealed), entry(.plaintextRemoved)]),
        Row("plaintext removed before sealing", [.removedBeforeSealed], [entry(.plaintextRemoved)]),
        Row(
            "an order done as received",
            [],
            [
                entry(.orderReceived, ["order": "o"]), entry(.orderDone, ["order": "o"]),
            ]
        ),
        Row("an order done that was not received", [.doneWithoutOrder], [entry(.orderDone, ["order": "o"])]),
    ]

    @Test("each history breaks what it breaks, at its last step", arguments: rows)
    func histories(_ row: Row) {
        var legality = CustodyLegality()
        var found: [CustodyBreach] = []
        for (place, step) in row.steps.enumerated() {
            let breaches = legality.breaches(of: step)
            #expect(breaches.isEmpty || place == row.steps.count - 1)
            found += breaches
        }
        #expect(found == row.breaches)
    }

    @Test("every breach has a history that shows it")
    func everyBreach() {
        #expect(Set(Self.rows.flatMap(\.breaches)) == Set(CustodyBreach.allCases))
    }
}
