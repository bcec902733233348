import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ScanService

/// Orders to restore and to lift, where lists or a lost file overtook them.
@Suite struct RestoreOrderTests {
    private static let seed = [UInt8](repeating: 7, count: 32)
    private static let third = UploadID("019ab2c3-d4e7-7f60-8123-456789abcdef")!

    /// A deployment that takes the desk's orders, with an upload that a restore was ordered and recorded for.
    private struct Desk {
        let house: ScratchHouse

        init(goal: String? = nil) throws {
            house = try ScratchHouse { $0.state.deskKey = "\($0.state.root.dropLast("state".count))desk.pub" }
            try house.put(
                "desk.pub",
                try #require(OrderSignature.publicKeyText(seed: RestoreOrderTests.seed))
            )
            try house.bundled(at: "spool/work/a", "a")
            try goal.map { try house.move("spool/work/a", to: $0) } ?? house.remove("spool/work/a")
            try house.write(
                .first,
                "a",
                [.sourceRemoved, .drafted(DraftID(.first)), .ordered(order(.first))]
            )
        }

        func order(_ id: UploadID, _ verb: Order.Verb = .restore) throws -> Order {
            let at = Timestamp(nanoseconds: 1)
            let roles: [StaffRole] = verb == .destroy ? [.custodian, .counsel] : [.reviewer, .approver]
            let approvals = zip(["s-17", "s-18"], roles).map {
                Approval(staff: StaffID($0)!, role: $1, time: at, request: id)
            }
            return Order(
                id: id,
                verb: verb,
                upload: .first,
                reason: "a test",
                at: at,
                approvals: approvals,
                content: verb == .restore ? try house.digests(of: ScratchHouse.listed).sha256?.hex : nil,
                reviewBy: verb == .restore ? Timestamp(nanoseconds: 4_000_000_000_000_000_000) : nil,
                basis: verb == .destroy
                    ? .lawEnforcement(request: String(repeating: "0", count: 64), calledBack: at) : nil
            )
        }

        func give(_ order: Order) throws {
            try house.sign(order.json, seed: RestoreOrderTests.seed)
            if order.content != nil { try house.put("state/order/content", ScratchHouse.listed) }
            try house.move("state/order", to: "state/orders/order-\(order.id)")
        }

        /// Hands the order in and runs the daemon until it is answered.
        func answer(
            to order: Order,
            after last: ScratchHouse.LastEnd = .crashed
        ) async throws -> OrderAnswer {
            try give(order)
            try await house.run(after: last) { [house] in try house.isAnswered(order.id) }
            let text = try #require(try house.text("state/orders/answers/\(order.id).json"))
            return try OrderAnswer(JSONValue(parsing: Array(text.utf8)))
        }

        /// A generation with an entry that the order does not cover.
        func overtake() throws { try house.list(["demo": [ScratchHouse.listed]], by: .sha1) }

        func lostSuppressions() throws -> [UploadID] {
            let state = try Descriptor.directory("\(house.path)/state")
            return try house.readLedger { try CustodyLoss.lostSuppressions(state, $0) }
        }

        var suppression: String { "state/suppressions/\(UploadID.first).json" }
    }

    @Test("a restore that lists overtook is refused and leaves nothing, and the next one is carried out")
    func overtaken() async throws {
        let desk = try Desk()
        let order = try desk.order(.first)
        // What a try that got as far as the move has left.
        let made = try Suppression(
            order,
            digests: desk.house.digests(of: ScratchHouse.listed),
            matches: [desk.house.match()]
        )
        try desk.house.put(
            desk.suppression,
            String(decoding: try #require(made).json.canonical, as: UTF8.self)
        )
        try desk.overtake()
        let refused = try await desk.answer(to: order)
        #expect(!refused.done && refused.message.contains("listed since"), "\(refused.message)")
        #expect(try desk.house.stage(.first) == "awaiting-review")
        #expect(try desk.house.released() == [])
        #expect(try !desk.house.exists(desk.suppression))

        try desk.house.list(["demo": [ScratchHouse.listed]])
        #expect(try await desk.answer(to: desk.order(.second)).done)
        #expect(try desk.house.stage(.first) == "restored")
        #expect(try desk.house.released() == ["a"])
        #expect(try desk.house.kinds(of: BundleID(.first)).count { $0 == "order.refused" } == 1)
        #expect(try desk.house.custodyFindings().isEmpty)

        // A crash took the first one's answer: another one's end is not its own.
        try desk.house.remove("state/orders/answers/\(UploadID.first).json")
        #expect(try await !desk.answer(to: order).done)
    }

    @Test("what was destroyed after its restore was refused misses no suppression")
    func refusedThenDestroyed() async throws {
        let desk = try Desk()
        let order = try desk.order(.first)
        try desk.overtake()
        #expect(try await !desk.answer(to: order).done)
        #expect(try await desk.answer(to: desk.order(.second, .destroy)).done)
        #expect(try desk.house.stage(.first) == "destroyed")
        #expect(try desk.lostSuppressions() == [])
        #expect(try desk.house.findings() == [])
    }

    @Test("what lay at its goal before a crash is restored, whatever was listed since")
    func thereAlready() async throws {
        let desk = try Desk(goal: "spool/released/a")
        try desk.overtake()
        #expect(try await desk.answer(to: desk.order(.first)).done)
        #expect(try desk.house.stage(.first) == "restored")
        #expect(try desk.house.released() == ["a"])
    }

    @Test(
        "what was given back before a crash and taken by the application is restored, whatever was listed since"
    )
    func takenAlready() async throws {
        let desk = try Desk()
        let order = try desk.order(.first)
        try desk.give(order)
        let held = try Descriptor.directory("\(desk.house.path)/spool/held").status().inode
        try desk.house.put("state/orders/order-\(order.id)/given", "held \(held)\n")
        try desk.overtake()
        try await desk.house.run { [house = desk.house] in try house.isAnswered(order.id) }
        #expect(try desk.house.stage(.first) == "restored")
        #expect(try desk.house.released() == [])
        #expect(try desk.house.exists(desk.suppression))
        let kinds = try desk.house.kinds(of: BundleID(.first))
        #expect(kinds.contains("restore.done") && !kinds.contains("order.refused"))
        #expect(try desk.house.custodyFindings().isEmpty)
    }

    @Test("a lift acknowledges a suppression whose file is lost, once")
    func lostSuppression() async throws {
        let desk = try Desk(goal: "spool/released/a")
        #expect(try await desk.answer(to: desk.order(.first)).done)
        #expect(try desk.lostSuppressions() == [])
        try desk.house.remove(desk.suppression)
        #expect(try desk.lostSuppressions() == [.first])
        #expect(try await desk.answer(to: desk.order(.second, .lift)).done)
        #expect(try desk.lostSuppressions() == [])
        #expect(try await !desk.answer(to: desk.order(Self.third, .lift)).done)
        #expect(try desk.house.custodyFindings().isEmpty)
    }

    @Test("a lift ends the alarm also where the log that knew of the suppression is lost")
    func lostLog() async throws {
        let desk = try Desk(goal: "spool/released/a")
        #expect(try await desk.answer(to: desk.order(.first)).done)
        try desk.house.remove(desk.suppression)
        try Descriptor.directory("\(desk.house.path)/state").removeTree(Array("custody".utf8))
        try CustodyLoss.begin(at: "\(desk.house.path)/state")
        #expect(try desk.lostSuppressions() == [.first])
        #expect(try await desk.answer(to: desk.order(.second, .lift), after: .inOrder).done)
        #expect(try desk.lostSuppressions() == [])
        #expect(try desk.house.findings() == [])
        // What the start after a crash completes from rows does not come back behind the lift.
        #expect(try await !desk.answer(to: desk.order(Self.third, .lift)).done)
        #expect(try desk.lostSuppressions() == [])
        #expect(try desk.house.custodyFindings().isEmpty)
    }

    @Test(
        "a lift that a crash cut between its entry and the file ends the suppression when it is taken again"
    )
    func halfLifted() async throws {
        let desk = try Desk(goal: "spool/released/a")
        #expect(try await desk.answer(to: desk.order(.first)).done)
        let file = try #require(try desk.house.text(desk.suppression))
        let lift = try desk.order(.second, .lift)
        #expect(try await desk.answer(to: lift).done)
        try desk.house.put(desk.suppression, file)
        try desk.house.remove("state/orders/answers/\(UploadID.second).json")
        #expect(try await desk.answer(to: lift).done)
        #expect(try !desk.house.exists(desk.suppression))
        #expect(try desk.house.kinds(of: BundleID(.first)).count { $0 == "suppression.removed" } == 1)
    }
}
