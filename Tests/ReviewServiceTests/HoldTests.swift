import Digests
import GRDB
import JSONText
import LinuxIO
import Synchronization
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What a hold forbids: also where an order waits already, where the book is older than the custody log, and for what
/// joins the case later.
@Suite struct HoldTests {
    private static let letter = [NamedFile(name: "letter.pdf", bytes: Array("invented".utf8))]
    /// One person with both roles that may destroy.
    private static let both = Staff(id: StaffID("lena")!, user: "1005", roles: [.custodian, .counsel])

    private func found(_ lena: Staff = ScratchDesk.lena) throws -> (ScratchDesk, BundleID) {
        let people = [ScratchDesk.ana, ScratchDesk.ben, ScratchDesk.cara, lena]
        let scratch = try ScratchDesk(
            people: DeskStaff(
                Dictionary(uniqueKeysWithValues: people.map { (UInt32($0.user)!, $0) }),
                isSmallTeam: false
            )
        )
        let orders = try Descriptor.directory(scratch.state)
            .ensureDirectory(Array("orders".utf8), mode: 0o2770, subject: "orders")
        _ = try orders.ensureDirectory(Array("answers".utf8), mode: 0o2750, subject: "answers")
        let bundle = try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        return (scratch, bundle)
    }

    private func about(_ id: some CustomStringConvertible, _ more: JSONObject = [:]) -> JSONObject {
        var all = more
        all["id"] = .string("\(id)")
        all["reason"] = "an invented reason"
        return all
    }

    private func request(_ scratch: ScratchDesk, _ bundle: BundleID, as staff: Staff = ScratchDesk.cara)
        throws
    {
        let request = about(bundle, ["basis": "le-request"])
        _ = try scratch.ask("destroy.request", request, as: staff, files: Self.letter)
    }

    @discardableResult
    private func approve(_ scratch: ScratchDesk, _ bundle: BundleID, as staff: Staff = ScratchDesk.lena)
        throws -> Order
    {
        let request = about(bundle, ["called_back": "2026-11-21T10:00:00Z"])
        _ = try scratch.ask("destroy.approve", request, as: staff)
        return try #require(try scratch.desk.keeping(of: bundle).orders.last)
    }

    private func refuse(_ scratch: ScratchDesk, _ bundle: BundleID) throws -> DeskAnswer {
        try scratch.ask("destroy.refuse", about(bundle), as: ScratchDesk.lena)
    }

    private func shred(_ scratch: ScratchDesk, _ bundle: BundleID) throws -> UploadID {
        let answer = try scratch.ask("keys.shred", about(bundle), as: ScratchDesk.cara)
        return try #require(answer.value["order"]?.stringValue.flatMap { UploadID($0) })
    }

    @discardableResult
    private func hold(
        _ scratch: ScratchDesk,
        _ id: some CustomStringConvertible,
        kind: JSONValue = "court"
    ) throws -> (answer: DeskAnswer, hold: String) {
        let answer = try scratch.ask(
            "hold.add",
            about(id, ["kind": kind]),
            as: ScratchDesk.cara,
            files: Self.letter
        )
        return (answer, try #require(answer.value["hold"]?.stringValue))
    }

    private func release(_ scratch: ScratchDesk, _ id: some CustomStringConvertible, _ hold: String) throws {
        _ = try scratch.ask("hold.release", about(id, ["hold": .string(hold)]), as: ScratchDesk.cara)
    }

    /// As a book is that comes from a backup made before the hold.
    private func forget(_ event: String, _ scratch: ScratchDesk) throws {
        try scratch.desk.book.write { tables in
            try tables.db.execute(sql: "DROP TRIGGER keeping_is_kept")
            try tables.db.execute(sql: "DELETE FROM keeping WHERE name = ?", arguments: [event])
        }
    }

    private func lies(_ order: UploadID, in scratch: ScratchDesk) throws -> Bool {
        try Descriptor.directory("\(scratch.state)/orders")
            .statusIfThere(of: Array("order-\(order)".utf8), subject: "order") != nil
    }

    private func takeOver(_ order: UploadID, in scratch: ScratchDesk) throws {
        let orders = try Descriptor.directory("\(scratch.state)/orders")
        try orders.rename(Array("order-\(order)".utf8), to: orders, Array("taken-\(order)".utf8))
    }

    private func holds(_ scratch: ScratchDesk) throws -> [JSONValue] {
        let lines = try scratch.ask("retention.list", as: ScratchDesk.cara).value.arrayValue ?? []
        return lines.map { $0["holds"] ?? .null }
    }

    // MARK: - The log has it

    @Test("a hold that only the custody log has forbids the approval, is named, and is released by its id")
    func heldInTheLog() throws {
        let (scratch, bundle) = try found()
        let hold = try hold(scratch, bundle).hold
        try forget("held", scratch)
        try request(scratch, bundle)
        let error = #expect(throws: KeepingRefused.self) { try approve(scratch, bundle) }
        #expect("\(error!)".contains(hold))
        #expect(try scratch.desk.keeping(of: bundle).orders.isEmpty)
        try release(scratch, bundle, hold)
        #expect(try lies(approve(scratch, bundle).id, in: scratch))
    }

    @Test("a hold that only the custody log has keeps an order from being placed")
    func heldInTheLogLater() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle)
        try hold(scratch, bundle)
        try forget("held", scratch)
        try Descriptor.directory("\(scratch.state)/orders").removeTree(Array("order-\(order.id)".utf8))
        try scratch.desk.placeOrders()
        #expect(try !lies(order.id, in: scratch))
    }

    @Test("an extension that only the custody log has keeps what would have expired")
    func extendedInTheLog() throws {
        let (scratch, bundle) = try found()
        _ = try scratch.ask("exhibit.classify", about(bundle, ["class": "A1"]))
        try scratch.approve("\(bundle)")
        try scratch.submit("\(bundle)", as: 4_711)
        let longer = about(bundle, ["until": "2029-01-31", "purpose": "prevent-exploitation"])
        _ = try scratch.ask("retention.extend", longer, as: ScratchDesk.cara)
        try forget("extended", scratch)
        scratch.clock.advance(hours: 24 * 400)
        _ = try scratch.ask("destroy.request", about(bundle, ["basis": "expiry"]), as: ScratchDesk.cara)
        let until = Timestamp("2029-01-31T00:00:00Z")
        #expect(throws: KeepingRefused.destruction(.notExpired(until: until))) {
            try approve(scratch, bundle)
        }
    }

    // MARK: - An order waits

    @Test("a hold takes back an order that the daemon has not begun; once released, it is placed again")
    func withdrawn() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle)
        #expect(try lies(order.id, in: scratch))
        let (answer, hold) = try hold(scratch, bundle)
        #expect(answer.code == .done)
        #expect(try !lies(order.id, in: scratch))
        try scratch.desk.placeOrders()
        #expect(try !lies(order.id, in: scratch))
        try release(scratch, bundle, hold)
        try scratch.desk.placeOrders()
        #expect(try lies(order.id, in: scratch))
    }

    @Test("a hold takes back an order that came back with a restored disk")
    func withdrawnLater() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle)
        try hold(scratch, bundle)
        try scratch.desk.door.place(order) { _ in }
        #expect(try lies(order.id, in: scratch))
        try scratch.desk.placeOrders()
        #expect(try !lies(order.id, in: scratch))
    }

    @Test(
        "a hold that comes when the daemon has the order is recorded, and the answer is no and names the order"
    )
    func tooLate() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle)
        try takeOver(order.id, in: scratch)
        let (answer, hold) = try hold(scratch, bundle)
        #expect(answer.code == .no)
        #expect(answer.lines.contains { $0.contains("too late") && $0.contains("\(order.id)") })
        #expect(answer.value["under_way"]?.arrayValue == [.string("\(order.id)")])
        #expect(try scratch.desk.keeping(of: bundle).retention.holds.map { "\($0.id)" } == [hold])
        // What the daemon has is not placed a second time.
        try release(scratch, bundle, hold)
        try scratch.desk.placeOrders()
        #expect(try !lies(order.id, in: scratch))
    }

    @Test("a hold takes back the order to shred the headers, too")
    func shredWithdrawn() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle)
        let id = try shred(scratch, bundle)
        #expect(try lies(id, in: scratch))
        #expect(try hold(scratch, bundle).answer.code == .done)
        #expect(try !lies(id, in: scratch) && !lies(order.id, in: scratch))
        // Who refuses the destruction refuses both, also while the hold keeps them from being placed.
        #expect(try refuse(scratch, bundle).code == .done)
        scratch.clock.advance(hours: 24 * 400)
        try scratch.desk.placeOrders()
        #expect(try !lies(id, in: scratch) && !lies(order.id, in: scratch))
    }

    @Test("an order that waits, under a hold too, is refused, and is never placed again")
    func refusedLater() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let taken = try approve(scratch, bundle).id
        try takeOver(taken, in: scratch)
        #expect(throws: KeepingRefused.tooLate(taken)) { try refuse(scratch, bundle) }
        let orders = try Descriptor.directory("\(scratch.state)/orders")
        try orders.rename(Array("taken-\(taken)".utf8), to: orders, Array("order-\(taken)".utf8))
        let hold = try hold(scratch, bundle).hold
        #expect(try refuse(scratch, bundle).code == .done)
        #expect(throws: KeepingRefused.nothingProposed(bundle)) { try refuse(scratch, bundle) }
        try release(scratch, bundle, hold)
        try scratch.desk.placeOrders()
        #expect(try !lies(taken, in: scratch))
        #expect(try scratch.desk.book.read { try $0.orders() }.isEmpty)
        try request(scratch, bundle)
        #expect(try lies(approve(scratch, bundle).id, in: scratch))
    }

    @Test("a refusal that comes too late loses no order to shred the headers")
    func refusedTooLate() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle).id
        let shred = try shred(scratch, bundle)
        try takeOver(order, in: scratch)
        #expect(throws: KeepingRefused.tooLate(order)) { try refuse(scratch, bundle) }
        try scratch.desk.placeOrders()
        #expect(try lies(shred, in: scratch))
    }

    @Test("what has no header left is not refused any more")
    func refusedAfterShredding() throws {
        let (scratch, bundle) = try found()
        try request(scratch, bundle)
        let order = try approve(scratch, bundle).id
        let shred = try shred(scratch, bundle)
        let orders = try Descriptor.directory("\(scratch.state)/orders")
        try orders.removeTree(Array("order-\(shred)".utf8))
        try orders.open(Array("answers".utf8), .directory).writeNew(
            OrderAnswer(order: shred, done: true, message: "shredded").json.canonical,
            as: Array("\(shred).json".utf8),
            mode: 0o440,
            subject: "answer"
        )
        #expect(throws: KeepingRefused.tooLate(shred)) { try refuse(scratch, bundle) }
        #expect(try scratch.desk.keeping(of: bundle).orders.map(\.id) == [order])
        try scratch.desk.placeOrders()
        #expect(try lies(order, in: scratch))
    }

    @Test(
        "an order that the daemon gives back in that moment is withdrawn, or lies there and is said to be under way"
    )
    func givenBackMeanwhile() throws {
        let scratch = try found().0
        let orders = "\(scratch.state)/orders"
        let id = UploadID.fresh(at: scratch.clock.now)
        let (order, taken) = (Array("order-\(id)".utf8), Array("taken-\(id)".utf8))
        for pause in 0..<600 {
            try Descriptor.directory(orders).makeDirectory(taken, mode: 0o770)
            let begins = Atomic(false)
            let daemon = BlockingThread("daemon") {
                guard let orders = try? Descriptor.directory(orders) else { return }
                while !begins.load(ordering: .acquiring) {}
                for _ in 0..<pause * 20 { _ = begins.load(ordering: .relaxed) }
                try? orders.rename(taken, to: orders, order)
            }
            begins.store(true, ordering: .releasing)
            let isWithdrawn = try scratch.desk.door.withdraw(id)
            daemon.join()
            #expect(try lies(id, in: scratch) == !isWithdrawn, "after \(pause)")
            try Descriptor.directory(orders).removeTree(order)
        }
    }

    // MARK: - A case

    @Test("what joins a case later comes under the case's holds, until they are released or end")
    func joinedLater() throws {
        let (scratch, bundle) = try found()
        let id = try scratch.desk.keeping(of: bundle).case
        try hold(scratch, bundle, kind: "internal")
        let court = try hold(scratch, id).hold
        let request = try hold(scratch, id, kind: "2703f").hold
        scratch.clock.advance(hours: 24 * 10)
        _ = try scratch.ask("hold.renew", about(id, ["hold": .string(request)]), as: ScratchDesk.cara)
        let gone = try hold(scratch, id).hold
        try release(scratch, id, gone)
        scratch.clock.advance(hours: 24 * 90)
        let later = try scratch.preserve(minute: 1, content: "another invented one")
        #expect(try scratch.desk.adopt() == 1)
        #expect(try scratch.desk.keeping(of: later).case == id)
        func active(_ bundle: BundleID) throws -> [Hold] {
            try scratch.desk.keeping(of: bundle).retention.activeHolds(at: scratch.clock.now)
        }
        #expect(try active(later).map { "\($0.id)" } == [court, request])
        #expect(try active(later) == active(bundle).filter { $0.kind != .internal })
        let logged = try scratch.desk.log.chain(of: later).holds
        #expect(logged.map { "\($0.id)" } == [court, request])
        #expect(logged.map(\.end) == (try active(later).map(\.end)))
        try self.request(scratch, later)
        #expect(throws: KeepingRefused.destruction(.underHold(.court))) { try approve(scratch, later) }
        try release(scratch, id, court)
        #expect(try active(later).map { "\($0.id)" } == [request])
        scratch.clock.advance(hours: 24 * 90)
        #expect(try active(later).isEmpty)
        #expect(try holds(scratch).count == 2)
        try approve(scratch, later)
    }

    @Test("a file that is attached later comes under the case's holds, and so does a context that is told")
    func attachedLater() throws {
        let scratch = try ScratchDesk()
        let opened = try scratch.ask(
            "case.open",
            ["type": .string(IncidentType.enticement.rawValue), "reason": "a user complained"],
            files: [NamedFile(name: "first.txt", bytes: Array("first".utf8))]
        )
        let id = scratch.id(of: opened.value)
        let court = try hold(scratch, id).hold
        let late = [NamedFile(name: "late.txt", bytes: Array("late".utf8))]
        _ = try scratch.ask("exhibit.attach", ["id": .string(id)], files: late)
        let context = [NamedFile(name: "told.json", bytes: Array(#"{"uploader_ref":"7"}"#.utf8))]
        _ = try scratch.ask("case.context", ["id": .string(id), "context": true], files: context)
        let held = try holds(scratch)
        #expect(held.count == 3)
        #expect(held.allSatisfy { $0.arrayValue?.count == 1 })
        try release(scratch, id, court)
        #expect(try holds(scratch).allSatisfy { $0.arrayValue?.isEmpty == true })
    }

    // MARK: - Counsel

    @Test("a custodian who is counsel too acts as counsel where counsel is wanted, first or second")
    func counselToo() throws {
        let (scratch, bundle) = try found(Self.both)
        try request(scratch, bundle)
        #expect(try approve(scratch, bundle, as: Self.both).approvals.map(\.role) == [.custodian, .counsel])
        let (other, another) = try found(Self.both)
        try request(other, another, as: Self.both)
        let order = try approve(other, another, as: ScratchDesk.cara)
        #expect(order.approvals.map(\.role) == [.counsel, .custodian])
        try order.check(matches: [], digests: nil, preservedAt: nil, at: other.clock.now)
    }
}
