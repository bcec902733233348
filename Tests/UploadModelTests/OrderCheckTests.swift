import JSONText
import Testing

@testable import UploadModel

/// What a signed order must bring, and what a suppression covers.
@Suite struct OrderCheckTests {
    static let content = Digest(hex: String(repeating: "1a", count: 32).utf8)!
    static let digests = DigestSet(byteCount: 4, [content])

    static func entry(_ ordinal: UInt64 = 3, list: String = "demo", digest: Digest = content) -> ListEntry {
        ListEntry(
            id: EntryID(list: list, ordinal: ordinal),
            listClass: .csam,
            digests: [digest],
            provenance: Provenance(supplier: "nobody", generation: "g", text: "", synthetic: true)
        )
    }

    static func match(_ entry: ListEntry = entry(), part: UploadPart = .content) -> Match {
        Match(entry: entry, agreed: DigestAlgorithms(.sha256), part: part, grade: .g1)
    }

    static let similar = Match(
        entry: entry(),
        agreed: [],
        distance: 4,
        orientation: nil,
        reading: nil,
        part: .content,
        grade: .g4
    )

    static func order(
        _ verb: Order.Verb,
        _ persons: [(String, StaffRole)],
        content: String? = content.hex,
        basis: DestructionBasis? = nil,
        since: String? = nil,
        reviewBy: Timestamp? = Timestamp(nanoseconds: 1),
        id: UploadID = DestructionTests.asked
    ) -> Order {
        Order(
            id: id,
            verb: verb,
            upload: DestructionTests.exhibit.upload,
            reason: "a test",
            at: Timestamp(nanoseconds: 0),
            approvals: persons.map { DestructionTests.approval($0.0, "2027-08-01T00:00:00Z", $0.1) },
            content: content,
            reviewBy: reviewBy,
            basis: basis,
            basisSince: since.map { RetentionTests.time($0) }
        )
    }

    static let preservedAt = RetentionTests.time("2026-06-01T00:00:00Z")
    static let now = RetentionTests.time("2027-08-01T00:00:00Z")

    static let two: [(String, StaffRole)] = [("a", .reviewer), ("b", .approver)]
    static let custodians: [(String, StaffRole)] = [("a", .custodian), ("b", .custodian)]
    static let police = DestructionBasis.lawEnforcement(
        request: DestructionTests.digest,
        calledBack: Timestamp(nanoseconds: 5)
    )

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let order: Order
        let matches: [Match]
        let fault: OrderFault?

        init(_ name: String, _ order: Order, _ matches: [Match] = [match()], _ fault: OrderFault? = nil) {
            (testDescription, self.order, self.matches, self.fault) = (name, order, matches, fault)
        }
    }

    static let rows = [
        Row("an exact match, two persons", order(.restore, two)),
        Row(
            "an exact match, one person",
            order(.restore, [("a", .reviewer)]),
            [match()],
            .tooFewPersons(needed: 2)
        ),
        Row(
            "an exact match, one person twice",
            order(.restore, [("a b", .reviewer), (" AB", .approver)]),
            [match()],
            .tooFewPersons(needed: 2)
        ),
        Row("a similar picture, one person", order(.restore, [("a", .reviewer)]), [similar]),
        Row("nobody", order(.restore, []), [similar], .tooFewPersons(needed: 1)),
        Row(
            "two who agreed to another restore",
            order(.restore, two, id: DestructionTests.exhibit.upload),
            [match()],
            .tooFewPersons(needed: 2)
        ),
        Row(
            "lifted by one who agreed to another lift",
            order(.lift, [("a", .auditor)], id: DestructionTests.exhibit.upload),
            [match()],
            .tooFewPersons(needed: 1)
        ),
        Row(
            "destroyed by two who agreed to another destruction",
            order(
                .destroy,
                custodians,
                basis: .expiry,
                since: "2026-07-02T00:00:00Z",
                id: DestructionTests.exhibit.upload
            ),
            [],
            .tooFewPersons(needed: 2)
        ),
        Row("an operator", order(.restore, two + [("c", .operator)]), [match()], .wrongRole(.operator)),
        Row("no content", order(.restore, two, content: nil), [match()], .noContent),
        Row("other content", order(.restore, two, content: "00"), [match()], .otherContent),
        Row("no review date", order(.restore, two, reviewBy: nil), [match()], .noReviewDate),
        Row(
            "no review date where the context alone met an entry, since nothing is suppressed",
            order(.restore, two, reviewBy: nil),
            [match(part: .context)]
        ),
        Row("suppressed again by two", order(.suppress, two)),
        Row(
            "suppressed again by one",
            order(.suppress, [("a", .reviewer)]),
            [match()],
            .tooFewPersons(needed: 2)
        ),
        Row("lifted by one", order(.lift, [("a", .auditor)])),
        Row("lifted by nobody", order(.lift, []), [match()], .tooFewPersons(needed: 1)),
        Row(
            "destroyed by two, a year and 30 days after the submission",
            order(.destroy, custodians, basis: .expiry, since: "2026-07-02T00:00:00Z")
        ),
        Row(
            "destroyed a second too early",
            order(.destroy, custodians, basis: .expiry, since: "2026-07-02T00:00:01Z"),
            [],
            .tooEarly(until: RetentionTests.time("2027-08-01T00:00:01Z"))
        ),
        Row(
            "expired, and nobody says since when",
            order(.destroy, custodians, basis: .expiry),
            [],
            .noTimeOfBasis
        ),
        Row(
            "submitted before the match",
            order(.destroy, custodians, basis: .expiry, since: "2026-05-31T23:59:59Z"),
            [],
            .noTimeOfBasis
        ),
        Row(
            "submitted in the future",
            order(.destroy, custodians, basis: .expiry, since: "2027-08-01T00:00:01Z"),
            [],
            .noTimeOfBasis
        ),
        Row(
            "not csam, 30 days after that was decided",
            order(.destroy, custodians, basis: .notCSAM, since: "2027-07-02T00:00:00Z")
        ),
        Row(
            "not csam, decided a second later",
            order(.destroy, custodians, basis: .notCSAM, since: "2027-07-02T00:00:01Z"),
            [],
            .tooEarly(until: RetentionTests.time("2027-08-01T00:00:01Z"))
        ),
        Row(
            "not csam, and nobody says since when",
            order(.destroy, custodians, basis: .notCSAM),
            [],
            .noTimeOfBasis
        ),
        Row(
            "destroyed by one",
            order(.destroy, [("a", .custodian)], basis: .expiry),
            [],
            .tooFewPersons(needed: 2)
        ),
        Row("destroyed by a reviewer", order(.destroy, two, basis: .expiry), [], .wrongRole(.reviewer)),
        Row("destroyed for no reason", order(.destroy, custodians), [], .noBasis),
        Row(
            "destroyed for police, no counsel",
            order(.destroy, custodians, basis: police),
            [],
            .waitsForCounsel
        ),
        Row(
            "destroyed for police, nobody called back",
            order(
                .destroy,
                [("a", .custodian), ("b", .counsel)],
                basis: .lawEnforcement(request: DestructionTests.digest, calledBack: nil)
            ),
            [],
            .waitsForCallBack
        ),
        Row(
            "destroyed for police, called back after the approval",
            order(
                .destroy,
                [("a", .custodian), ("b", .counsel)],
                basis: .lawEnforcement(
                    request: DestructionTests.digest,
                    calledBack: RetentionTests.time("2027-08-01T00:00:01Z")
                )
            ),
            [],
            .calledBackLater
        ),
        Row("destroyed for police", order(.destroy, [("a", .custodian), ("b", .counsel)], basis: police)),
    ]

    @Test("each order is held against the rows", arguments: rows)
    func checked(_ row: Row) {
        var found: OrderFault?
        do throws(OrderFault) {
            try row.order.check(
                matches: row.matches,
                digests: Self.digests,
                preservedAt: Self.preservedAt,
                at: Self.now
            )
        } catch {
            found = error
        }
        #expect(found == row.fault)
    }

    @Test("all that an order says reads back", arguments: rows)
    func roundTrip(_ row: Row) throws {
        #expect(try Order(JSONValue(parsing: row.order.json.canonical)) == row.order)
    }

    // MARK: - Suppressions

    @Test("a suppression covers the exact bytes and the entries that they met, and nothing wider")
    func covers() throws {
        let order = Self.order(.restore, Self.two)
        let made = try #require(Suppression(order, digests: Self.digests, matches: [Self.match()]))
        let suppression = try Suppression(JSONValue(parsing: made.json.canonical))
        #expect(suppression == made)
        let value = try #require(Digest(hex: String(repeating: "2b", count: 32).utf8))
        let (others, other) = (DigestSet(byteCount: 4, [value]), Self.entry(3, digest: value))
        #expect(suppression.covers(Self.match(), of: Self.digests))
        #expect(
            suppression.covers(Self.match(Self.entry(9)), of: Self.digests),
            "another generation's ordinal"
        )
        #expect(!suppression.covers(Self.match(), of: others), "other bytes")
        #expect(!suppression.covers(Self.match(Self.entry(list: "second")), of: Self.digests), "another list")
        #expect(!suppression.covers(Self.match(other), of: Self.digests), "another entry")
        #expect(!suppression.covers(Self.match(part: .context), of: Self.digests), "the context")
        #expect(
            !suppression.covers(Self.match(), of: DigestSet(byteCount: 4)),
            "bytes that were not digested"
        )
    }

    @Test("what is covered is suppressed, and what is left counts")
    func judgement() throws {
        let order = Self.order(.restore, Self.two)
        let suppression = try #require(Suppression(order, digests: Self.digests, matches: [Self.match()]))
        let second = Self.match(Self.entry(list: "second"))
        func judged(_ matches: [Match]) -> Judgement {
            Judgement(of: matches, digests: Self.digests, under: [suppression])
        }
        #expect(judged([Self.match()]) == .suppressed([Self.match()]))
        #expect(judged([Self.match(), second]) == .listed([second]))
        #expect(judged([]) == .unlisted)
        #expect(Judgement(of: [second], digests: Self.digests, under: []) == .listed([second]))
    }

    @Test("nothing is suppressed without a digest, a date or a match of the content")
    func notMade() {
        let order = Self.order(.restore, Self.two)
        #expect(Suppression(order, digests: nil, matches: [Self.match()]) == nil)
        #expect(Suppression(order, digests: Self.digests, matches: [Self.match(part: .context)]) == nil)
        let undated = Self.order(.restore, Self.two, reviewBy: nil)
        #expect(Suppression(undated, digests: Self.digests, matches: [Self.match()]) == nil)
    }
}
