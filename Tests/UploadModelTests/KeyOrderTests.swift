import JSONText
import Testing

@testable import UploadModel

/// What custodians order about keys, and the holds that a custody log tells.
@Suite struct KeyOrderTests {
    static func order(_ act: KeyOrder.Act, _ approvals: [Approval]) -> KeyOrder {
        KeyOrder(
            id: DestructionTests.asked,
            act,
            reason: "its custodian left",
            at: Timestamp(nanoseconds: 1_795_300_000_000_000_001),
            approvals: approvals
        )
    }

    static func yes(_ staff: String, _ role: StaffRole, to request: UploadID = DestructionTests.asked)
        -> Approval
    {
        Approval(
            staff: StaffID(staff)!,
            role: role,
            time: Timestamp(nanoseconds: 0),
            request: request
        )
    }

    static let key = "00112233445566ff"
    static let shred = KeyOrder.Act.shred(
        Order(
            id: DestructionTests.asked,
            verb: .destroy,
            upload: DestructionTests.exhibit.upload,
            reason: "the year is over",
            at: Timestamp(nanoseconds: 1_795_300_000_000_000_000)
        )
    )

    @Test("an order about keys reads back as it was, and is told from one about an upload")
    func roundTrip() throws {
        for act in [.retire(Self.key), Self.shred] {
            let order = Self.order(act, [Self.yes("a", .custodian)])
            let json = try JSONValue(parsing: order.json.canonical)
            #expect(try KeyOrder(json) == order)
            #expect(KeyOrder.isOne(json))
        }
        #expect(!KeyOrder.isOne(["verb": "retry"]))
    }

    @Test("a shredding stands on an order to destroy and on no other")
    func otherOrder() {
        var json = Self.order(Self.shred, []).json.objectValue!
        var other = json["destruction"]!.objectValue!
        other["verb"] = "restore"
        json["destruction"] = .object(other)
        #expect(throws: TextFault(member: "destruction")) { try KeyOrder(.object(json)) }
    }

    @Test(
        "a key's name becomes a file's name, so nothing else passes for one",
        arguments: [
            "", "../../../etc", "0011223344556677/", "0011", "0011223344556677889900",
        ]
    )
    func fingerprint(_ text: String) {
        var json = Self.order(.retire(Self.key), []).json.objectValue!
        json["key"] = .string(text)
        #expect(throws: TextFault(member: "key")) { try KeyOrder(.object(json)) }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let act: KeyOrder.Act
        let approvals: [Approval]
        let fault: OrderFault?
    }

    static let rows = [
        Row(
            testDescription: "one custodian retires",
            act: .retire(key),
            approvals: [yes("a", .custodian)],
            fault: nil
        ),
        Row(
            testDescription: "nobody retires",
            act: .retire(key),
            approvals: [],
            fault: .tooFewPersons(needed: 1)
        ),
        Row(
            testDescription: "a reviewer retires",
            act: .retire(key),
            approvals: [yes("a", .reviewer)],
            fault: .wrongRole(.reviewer)
        ),
        Row(
            testDescription: "custodian and counsel shred",
            act: shred,
            approvals: [yes("a", .custodian), yes("b", .counsel)],
            fault: nil
        ),
        Row(
            testDescription: "one person in two spellings shreds",
            act: shred,
            approvals: [yes("a", .custodian), yes(" A", .custodian)],
            fault: .tooFewPersons(needed: 2)
        ),
        Row(
            testDescription: "a custodian agreed to retire another key",
            act: .retire(key),
            approvals: [yes("a", .custodian, to: DestructionTests.exhibit.upload)],
            fault: .tooFewPersons(needed: 1)
        ),
        Row(
            testDescription: "two agreed to another destruction",
            act: shred,
            approvals: ["a", "b"].map { yes($0, .custodian, to: DestructionTests.exhibit.upload) },
            fault: .tooFewPersons(needed: 2)
        ),
        Row(
            testDescription: "an approver shreds",
            act: shred,
            approvals: [yes("a", .custodian), yes("b", .approver)],
            fault: .wrongRole(.approver)
        ),
    ]

    @Test("retiring takes a custodian, shredding two of those who destroy", arguments: rows)
    func persons(_ row: Row) {
        let order = Self.order(row.act, row.approvals)
        if let fault = row.fault {
            #expect(throws: fault) { try order.check() }
        } else {
            #expect(throws: Never.self) { try order.check() }
        }
    }

    // MARK: - Holds in a log

    private static func entry(_ kind: CustodyEntryKind, _ n: UInt64, day: Int64, why: String?) -> CustodyEntry
    {
        CustodyLegalityTests.entry(
            kind,
            minute: day * 1_440,
            why: why,
            ["hold": "\(UploadID(at: Timestamp(nanoseconds: 0), random: (0, n)))", "document": "ab"]
        )
    }

    @Test("a log tells its holds: placed, renewed and released, of each kind")
    func loggedHolds() {
        let log = [
            Self.entry(.holdPlaced, 1, day: 0, why: "court"),
            Self.entry(.holdPlaced, 2, day: 0, why: "2703f"),
            Self.entry(.holdPlaced, 3, day: 0, why: "internal"),
            Self.entry(.holdPlaced, 2, day: 80, why: "renewed"),
            Self.entry(.holdReleased, 3, day: 1, why: nil),
        ]
        func active(_ day: Int64, _ log: [CustodyEntry]) -> [Hold.Kind] {
            let at = CustodyLegalityTests.entry(.daemonStart, minute: day * 1_440).at
            return log.holds.filter { $0.isActive(at: at) }.map(\.kind)
        }
        #expect(active(0, log) == [.court, .preservationRequest, .internal])
        #expect(active(100, log) == [.court, .preservationRequest])
        #expect(active(100, log.filter { $0.reason != "renewed" }) == [.court])
        #expect(active(181, log) == [.court])
        #expect(active(2, log.reversed()) == [.court, .preservationRequest])
    }
}
