import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ScanService

/// What the desk orders about keys, as the daemon carries it out.
@Suite struct KeyOrderTests {
    private static let seed = [UInt8](repeating: 7, count: 32)

    private struct Desk {
        let house: ScratchHouse
        let custodians = (0..<3).map { _ in AgeIdentity.generate() }

        /// - Parameter second: Whether there is a second copy, `second`.
        init(second: Bool = false) throws {
            let named = custodians.map { $0.recipient.text }
            house = try ScratchHouse { settings in
                let place = settings.state.root.dropLast("state".count)
                settings.state.deskKey = "\(place)desk.pub"
                settings.evidence.custodians = .recipients(named)
                guard second else { return }
                settings.evidence.secondCopy = "\(place)second"
                try? ThisProcess.makeDirectoryIfMissing(settings.evidence.secondCopy, mode: 0o750)
            }
            try house.put("desk.pub", try #require(OrderSignature.publicKeyText(seed: KeyOrderTests.seed)))
        }

        /// Hands a signed order in, also where it was answered: what a kill before the answer leaves.
        func give(_ order: KeyOrder) throws {
            try house.sign(order.json, seed: KeyOrderTests.seed)
            if try house.exists(answer(order)) { try house.remove(answer(order)) }
            try house.move("state/order", to: "state/orders/order-\(order.id)")
        }

        private func answer(_ order: KeyOrder) -> String { "state/orders/answers/\(order.id).json" }

        func run(until order: KeyOrder) async throws {
            let answer = answer(order)
            try await house.run { [house] in try house.exists(answer) ? nil : "an answer" }
            let text = try #require(try house.text(answer))
            let said = try OrderAnswer(JSONValue(parsing: Array(text.utf8)))
            #expect(said.done, "\(said.message)")
        }

        func entries(_ kind: CustodyEntryKind, of order: KeyOrder) throws -> Int {
            try house.custodyEntries().count { $0.kind == kind && $0.references["order"] == "\(order.id)" }
        }
    }

    private static func approval(_ staff: String, _ role: StaffRole) -> Approval {
        Approval(staff: StaffID(staff)!, role: role, time: Timestamp(nanoseconds: 1), request: .second)
    }

    private static let shredding = KeyOrder(
        id: UploadID("019ab2c3-d4e7-7f60-8123-456789abcdef")!,
        .shred(
            Order(
                id: .second,
                verb: .destroy,
                upload: .first,
                reason: "a test",
                at: Timestamp(nanoseconds: 1),
                approvals: approvals,
                basis: .lawEnforcement(
                    request: String(repeating: "0", count: 64),
                    calledBack: Timestamp(nanoseconds: 1)
                )
            )
        ),
        reason: "a test",
        at: Timestamp(nanoseconds: 1),
        approvals: approvals
    )

    private static let approvals = [approval("s-17", .custodian), approval("s-18", .counsel)]

    @Test("a shredding is entered in the custody log once, however often a kill makes it begin again")
    func shreddedOnce() async throws {
        let desk = try Desk()
        try desk.house.bundled(at: "spool/work/a", "a")
        try await desk.house.run { try desk.house.isQuarantined(.first) }
        for _ in 0..<2 {
            try desk.give(Self.shredding)
            try await desk.run(until: Self.shredding)
        }
        for kind in [CustodyEntryKind.orderReceived, .keyShredded] {
            #expect(try desk.entries(kind, of: Self.shredding) == 1)
        }
        #expect(try !desk.house.exists("state/vault/keys/\(BundleID(.first))"))
        #expect(try desk.house.custodyFindings().isEmpty)
    }

    @Test("headers that went by an order are not missed while the destruction waits; others are")
    func shreddedBeforeDestroyed() async throws {
        let desk = try Desk()
        let (house, keys) = (desk.house, "state/vault/keys/\(BundleID(.first))")
        try house.bundled(at: "spool/work/a", "a")
        try await house.run { try house.isQuarantined(.first) }
        try house.move(keys, to: "keys")
        #expect(try Set(house.findings().map(\.about)) == ["\(UploadID.first)"])
        try house.move("keys", to: keys)
        try desk.give(Self.shredding)
        try await desk.run(until: Self.shredding)
        #expect(try house.stage(.first) == "awaiting-review")
        #expect(try house.findings() == [])
    }

    @Test("a record that lies on the second disk without an order takes no headers away; with one it does")
    func unordered() async throws {
        let desk = try Desk(second: true)
        let (bundle, house) = (BundleID(.first), desk.house)
        let keys = ["state/vault/keys/\(bundle)", "second/keys/\(bundle)"]
        try house.bundled(at: "spool/work/a", "a")
        try await house.run { try house.isQuarantined(.first) }
        try house.put(
            "second/shredded/\(bundle).json",
            #"{"exhibit":"\#(bundle)","order":"\#(Self.shredding.id)","schema":"breakwater-shredded-1"}"#
        )
        try await house.run()
        #expect(try house.exists("\(keys[0])/content.custodians.age.hdr"))
        #expect(try !house.exists("state/vault/shredded/\(bundle).json"))
        #expect(try house.findings().map(\.about) == ["\(bundle)"])

        try desk.give(Self.shredding)
        try await desk.run(until: Self.shredding)
        // As a copy that was away brings them back.
        try house.put("\(keys[1])/content.custodians.age.hdr", "late")
        try await house.run()
        for folder in keys { #expect(try !house.exists(folder)) }
        #expect(try house.findings().allSatisfy { !$0.problem.contains("shredded/") })
        #expect(try house.custodyFindings().isEmpty)
    }

    @Test("a key that was retired is so in both copies; the same order again is received once")
    func retiredTwice() async throws {
        let desk = try Desk(second: true)
        let key = desk.custodians[0].recipient.fingerprint
        let order = KeyOrder(
            id: .second,
            .retire(key),
            reason: "a test",
            at: Timestamp(nanoseconds: 1),
            approvals: [Self.approval("s-17", .custodian)]
        )
        for _ in 0..<2 {
            try desk.give(order)
            try await desk.run(until: order)
        }
        #expect(try desk.entries(.orderReceived, of: order) == 1)
        let here = try #require(try desk.house.text("state/vault/retired/\(key).json"))
        #expect(try desk.house.text("second/retired/\(key).json") == here)
    }

    @Test(
        "what a killed run took and never entered is the desk's again where the log takes nothing; what was entered is not"
    )
    func givenBack() async throws {
        struct Full: Error {}
        let house = try Desk().house
        try house.bundled(at: "spool/work/a", "a")
        let order = Self.shredding
        let (given, taken) = ("state/orders/order-\(order.id)", "state/orders/taken-\(order.id)")
        func lying(_ house: ScratchHouse) throws -> [String] { try [given, taken].filter(house.exists) }
        for place in [given, taken] {
            try house.makeDirectories(place)
            try await house.withHouse { daemon throws in
                #expect(throws: Full.self) {
                    _ = try daemon.takeOver(order.id, about: BundleID(.first)) { throw Full() }
                }
                #expect(try lying(house) == [given])
            }
            try house.removeTree(given)
        }
        try house.makeDirectories(given)
        try await house.withHouse { daemon throws in
            let received = order.statement(.orderReceived, at: Timestamp(nanoseconds: 1))
            #expect(
                try daemon.takeOver(order.id, about: BundleID(.first)) {
                    try daemon.record.require([received])
                }
            )
            #expect(throws: Full.self) {
                _ = try daemon.takeOver(order.id, about: BundleID(.first)) { throw Full() }
            }
            #expect(try lying(house) == [taken])
            #expect(try !daemon.takeOver(.second, about: BundleID(.first)) { throw Full() })
        }
    }
}
