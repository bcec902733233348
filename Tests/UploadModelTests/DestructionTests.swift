import JSONText
import Testing

@testable import UploadModel

/// Who may destroy what, and when.
@Suite struct DestructionTests {
    static let asked = UploadID("01a2003d-4b1c-7c55-9d0e-2f6a1c3b5d7e")!
    static let exhibit = BundleID(UploadID("01a2003d-2a03-7851-99f1-8164611d1177")!)
    static let digest = String(repeating: "0f", count: 32)

    static func approval(
        _ staff: String,
        _ at: String,
        _ role: StaffRole = .custodian,
        request: UploadID = asked
    ) -> Approval {
        Approval(staff: StaffID(staff)!, role: role, time: RetentionTests.time(at), request: request)
    }

    static func requested(
        _ basis: DestructionBasis = .expiry,
        by staff: String = "s-17",
        _ role: StaffRole = .custodian
    ) throws -> Destruction {
        try Destruction(of: exhibit, because: basis, request: approval(staff, "2027-08-01T00:00:00Z", role))
    }

    /// Submitted on 1 June 2026; expired on 1 July 2027.
    static let expired = RetentionTests.submitted("2026-06-01T00:00:00Z")
    static let yes = approval("s-18", "2027-08-02T00:00:00Z")

    @Test("two persons destroy what has expired")
    func expiry() throws {
        var destruction = try Self.requested()
        #expect(destruction.approvals.persons(for: Self.asked) == 1)
        #expect(throws: DestructionRefused.wrongState(.requested)) {
            try destruction.mayExecute(given: Self.expired, at: Self.yes.time)
        }
        try destruction.approve(Self.yes, given: Self.expired)
        #expect(destruction.approvals.persons(for: Self.asked) == 2)
        try destruction.mayExecute(given: Self.expired, at: Self.yes.time)
        try destruction.executed(at: Self.yes.time)
        #expect(throws: DestructionRefused.self) { try destruction.executed(at: Self.yes.time) }
        #expect(destruction.state.name == "executed")
    }

    @Test(
        "the same person in other spellings is the same person",
        arguments: [
            "anna b", "Anna B", "ANNA B", " anna  b ", "annab", "A N N A B",
        ]
    )
    func samePerson(_ spelling: String) throws {
        var destruction = try Self.requested(by: "Anna B")
        let again = Self.approval(spelling, "2027-08-02T00:00:00Z")
        #expect(throws: DestructionRefused.samePerson) {
            try destruction.approve(again, given: Self.expired)
        }
        #expect([Self.approval("Anna B", "2027-08-01T00:00:00Z"), again].persons(for: Self.asked) == 1)
    }

    @Test(
        "ids that could look like another are none",
        arguments: ["", "  ", "аnna", "anna\u{200B}b", "--", "a\tb"]
    )
    func refusedIDs(_ text: String) { #expect(StaffID(text) == nil) }

    @Test("nothing is destroyed before it has expired, or if it was not submitted")
    func tooEarly() throws {
        var destruction = try Self.requested()
        let early = Self.approval("s-18", "2027-06-30T23:59:59Z")
        #expect(throws: DestructionRefused.notExpired(until: RetentionTests.time("2027-07-01T00:00:00Z"))) {
            try destruction.approve(early, given: Self.expired)
        }
        let unsubmitted = Retention(preservedAt: RetentionTests.time("2020-01-01T00:00:00Z"))
        #expect(throws: DestructionRefused.notExpired(until: nil)) {
            try destruction.approve(Self.yes, given: unsubmitted)
        }
        #expect(destruction.state == .requested)
    }

    @Test("a hold blocks every basis; a request that comes during one waits", arguments: Hold.Kind.allCases)
    func underHold(_ kind: Hold.Kind) throws {
        var retention = Self.expired
        let hold = RetentionTests.hold(kind, "2027-07-15T00:00:00Z")
        retention.place(hold)
        let bases: [DestructionBasis] = [
            .expiry, .notCSAM, .lawEnforcement(request: Self.digest, calledBack: Self.yes.time),
        ]
        for basis in bases {
            var destruction = try Self.requested(basis, .counsel)
            #expect(throws: DestructionRefused.underHold(kind)) {
                try destruction.approve(Self.yes, given: retention)
            }
            #expect(destruction.state == .requested)
        }
        var destruction = try Self.requested()
        _ = retention.change(hold.id) { $0.release(at: RetentionTests.time("2027-08-01T12:00:00Z")) }
        try destruction.approve(Self.yes, given: retention)
        #expect(destruction.state == .approved(Self.yes))
    }

    @Test("a hold that comes after the approval stops the act")
    func holdAfterApproval() throws {
        var (destruction, retention) = (try Self.requested(), Self.expired)
        try destruction.approve(Self.yes, given: retention)
        retention.place(RetentionTests.hold(.court, "2027-08-03T00:00:00Z"))
        #expect(throws: DestructionRefused.underHold(.court)) {
            try destruction.mayExecute(given: retention, at: RetentionTests.time("2027-08-03T00:00:00Z"))
        }
    }

    @Test("what expires while it is in review waits for the review")
    func expiryInReview() throws {
        var (destruction, retention) = (try Self.requested(), Self.expired)
        retention.isInReview = true
        #expect(throws: DestructionRefused.inReview) { try destruction.approve(Self.yes, given: retention) }
        retention.isInReview = false
        try destruction.approve(Self.yes, given: retention)
    }

    @Test("law enforcement's request waits for counsel and for the call back, and for no expiry")
    func lawEnforcement() throws {
        let running = RetentionTests.submitted("2027-07-01T00:00:00Z")
        #expect(throws: DestructionRefused.noRequestDigest) {
            try Self.requested(.lawEnforcement(request: "", calledBack: nil))
        }
        var destruction = try Self.requested(.lawEnforcement(request: Self.digest, calledBack: nil))
        #expect(throws: DestructionRefused.waitsForCounsel) {
            try destruction.approve(Self.yes, given: running)
        }
        let counsel = Self.approval("s-2", "2027-08-02T00:00:00Z", .counsel)
        #expect(throws: DestructionRefused.waitsForCallBack) {
            try destruction.approve(counsel, given: running)
        }
        var ahead = destruction
        ahead.calledBack(at: RetentionTests.time("2027-08-02T00:00:01Z"))
        #expect(throws: DestructionRefused.calledBackLater) { try ahead.approve(counsel, given: running) }
        ahead.calledBack(at: RetentionTests.time("2027-08-01T09:00:00Z"))
        try ahead.approve(counsel, given: running)
        destruction.calledBack(at: RetentionTests.time("2027-08-01T09:00:00Z"))
        try destruction.approve(counsel, given: running)
        #expect(destruction.approvals.map(\.role) == [.custodian, .counsel])
    }

    @Test("what is not csam is kept 30 days in case that was wrong")
    func notCSAM() throws {
        var retention = Retention(preservedAt: RetentionTests.time("2027-01-01T00:00:00Z"))
        var destruction = try Self.requested(.notCSAM)
        #expect(throws: DestructionRefused.notCSAMUntil(nil)) {
            try destruction.approve(Self.yes, given: retention)
        }
        retention.decided(.notCSAM("a list's error"), at: RetentionTests.time("2027-07-04T00:00:00Z"))
        #expect(throws: DestructionRefused.notCSAMUntil(RetentionTests.time("2027-08-03T00:00:00Z"))) {
            try destruction.approve(Self.yes, given: retention)
        }
        try destruction.approve(Self.approval("s-18", "2027-08-03T00:00:00Z"), given: retention)
    }

    @Test("roles, other requests and second answers are refused")
    func formalities() throws {
        #expect(throws: DestructionRefused.wrongRole(.reviewer)) { try Self.requested(.expiry, .reviewer) }
        var destruction = try Self.requested()
        let reviewer = Self.approval("s-18", "2027-08-02T00:00:00Z", .reviewer)
        #expect(throws: DestructionRefused.wrongRole(.reviewer)) {
            try destruction.approve(reviewer, given: Self.expired)
        }
        let other = Self.approval(
            "s-18",
            "2027-08-02T00:00:00Z",
            request: UploadID(at: Self.yes.time, random: (1, 1))
        )
        #expect(throws: DestructionRefused.otherRequest) {
            try destruction.approve(other, given: Self.expired)
        }
        #expect([Self.yes, other].persons(for: Self.asked) == 0)
        try destruction.refuse(Self.yes)
        #expect(throws: DestructionRefused.wrongState(.refused(Self.yes))) {
            try destruction.approve(Self.yes, given: Self.expired)
        }
    }

    @Test("the certificate says who, why, and what was done where")
    func certificate() throws {
        let certificate = DestructionCertificate(
            exhibit: Self.exhibit,
            basis: .lawEnforcement(request: Self.digest, calledBack: Self.yes.time),
            approvals: [Self.approval("s-17", "2027-08-01T00:00:00Z"), Self.yes],
            executedAt: Self.yes.time,
            content: String(repeating: "1", count: 64),
            tagManifest: nil,
            secondCopies: ["/mnt/other"],
            places: [
                DestroyedPlace(path: "vault/keys/a", what: "key header", method: .unlinked),
                DestroyedPlace(path: "vault/exhibits/b", what: "body", method: .absent),
            ]
        )
        let text = certificate.text
        for line in [
            "exhibit      ex-01a2003d-2a03-7851-99f1-8164611d1177", "basis        le-request",
            "request      SHA-256 \(Self.digest)",
            "agreed       s-18, custodian, 2027-08-02T00:00:00.000000000Z",
            "second copy  /mnt/other", "  unlinked  key header  vault/keys/a",
            "  absent  body  vault/exhibits/b",
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)")
        }
        #expect(certificate.json["request_sha256"]?.stringValue == Self.digest)
        #expect(certificate.json["places"]?.arrayValue?.count == 2)
    }
}
