import Digests
import GRDB
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What a hold forbids: also where the book is older than the custody log.
@Suite struct HoldTests {
    private static let letter = [NamedFile(name: "letter.pdf", bytes: Array("invented".utf8))]

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
}
