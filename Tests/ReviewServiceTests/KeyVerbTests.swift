import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// Taking keys and headers away, as the desk decides it; the daemon's part is played by files.
@Suite struct KeyVerbTests {
    private static let reason: JSONValue = "its custodian left"

    private struct Keys {
        let scratch: ScratchDesk
        let identities = (0..<3).map { _ in AgeIdentity.generate() }
        let bundle: BundleID

        init() throws {
            scratch = try ScratchDesk()
            let orders = try Descriptor.directory(scratch.state)
                .ensureDirectory(Array("orders".utf8), mode: 0o2770, subject: "orders")
            _ = try orders.ensureDirectory(Array("answers".utf8), mode: 0o2750, subject: "answers")
            bundle = try scratch.preserve(minute: 0, custodians: identities.map(\.recipient))
            try scratch.desk.adopt()
        }

        func fingerprint(_ n: Int) -> String { identities[n].recipient.fingerprint }

        /// Has these keys answer a drill.
        func drill(_ numbers: Int...) throws {
            let state = try Descriptor.directory(scratch.state)
            let vault = try Vault.openForReading(state: state)
            for identity in numbers.map({ identities[$0] }) {
                let path = try vault.beginDrill(identity.recipient, at: scratch.clock.now)
                let file = try AgeFile(state.open(Array(path.utf8)).readAll(limit: 65_536))
                let answer = String(decoding: try file.open(with: [identity]), as: UTF8.self)
                try vault.endDrill(identity.recipient, answer: answer, at: scratch.clock.now)
            }
        }

        func retire(_ n: Int, as staff: Staff = ScratchDesk.cara) throws -> DeskAnswer {
            try scratch.ask("keys.retire", ["key": .string(fingerprint(n)), "reason": reason], as: staff)
        }

        func shred(as staff: Staff = ScratchDesk.cara) throws -> DeskAnswer {
            try scratch.ask("keys.shred", ["id": .string("\(bundle)"), "reason": reason], as: staff)
        }

        /// The order as the daemon finds it, with a signature that holds.
        func order(in answer: DeskAnswer) throws -> KeyOrder {
            let id = try #require(answer.value["order"]?.stringValue)
            let directory = try Descriptor.directory("\(scratch.state)/orders/order-\(id)")
            let bytes = try directory.open(Array("order.json".utf8)).readAll(limit: 65_536)
            let signature = try directory.open(Array("order.sig".utf8)).readAll(limit: 64)
            let text = try Descriptor.open("\(scratch.path)/desk/keys/orders.pub").readAll(limit: 100)
            #expect(
                OrderSignature.holds(signature, over: bytes, key: try #require(Hex.bytes(text.prefix(64))))
            )
            let order = try KeyOrder(try JSONValue(parsing: bytes))
            try order.check()
            return order
        }

        /// The daemon's part.
        func answer(_ order: KeyOrder, done: Bool = true) throws {
            let answer = OrderAnswer(order: order.id, done: done, message: "")
            let answers = try Descriptor.directory("\(scratch.state)/orders/answers")
            let name = Array("\(order.id).json".utf8)
            try answers.writeNew(answer.json.canonical, as: name, mode: 0o440, subject: "answer")
            try Descriptor.directory("\(scratch.state)/orders")
                .removeTree(Array("order-\(order.id)".utf8), subject: "order")
        }

        var orders: [String] {
            get throws {
                var names: [String] = []
                var entries = try DirectoryEntries(of: Descriptor.directory("\(scratch.state)/orders"))
                while let entry = try entries.next() {
                    let name = String(decoding: entry.name, as: UTF8.self)
                    if name.hasPrefix("order-") { names.append(name) }
                }
                return names
            }
        }

        /// Asks and has approved that law enforcement wants the exhibit destroyed.
        func approveDestruction() throws {
            let request: JSONObject = [
                "id": .string("\(bundle)"), "basis": "le-request", "reason": "the agency asks",
            ]
            let letter = NamedFile(name: "letter", bytes: Array("invented".utf8))
            _ = try scratch.ask("destroy.request", request, as: ScratchDesk.cara, files: [letter])
            _ = try scratch.ask(
                "destroy.approve",
                ["id": .string("\(bundle)"), "called_back": "2026-11-21T10:00:00Z"],
                as: ScratchDesk.lena
            )
        }

        func hold() throws {
            _ = try scratch.ask(
                "hold.add",
                ["id": .string("\(bundle)"), "kind": "court"],
                as: ScratchDesk.lena,
                files: [NamedFile(name: "order.pdf", bytes: Array("invented".utf8))]
            )
        }

        func kinds() throws -> [CustodyEntryKind] {
            var kinds: [CustodyEntryKind] = []
            try LogReader(of: Descriptor.directory("\(scratch.path)/desk/custody")).bundles { _, entries in
                kinds += try entries.map { try CustodyEntry(canonical: $0).kind }
                return true
            }
            return kinds
        }
    }

    @Test("a key goes while two drilled ones are left to every exhibit that is kept, and not before")
    func retire() throws {
        let keys = try Keys()
        try keys.drill(0, 1)
        let refused = KeyRefused.leftWithTooFew(keys.fingerprint(0), 1)
        #expect(throws: refused) { try keys.retire(0) }
        #expect(try !keys.kinds().contains(.orderReceived))
        try keys.drill(2)
        let order = try keys.order(in: try keys.retire(0))
        #expect(order.act == .retire(keys.fingerprint(0)))
        #expect(order.approvals.map(\.staff) == [ScratchDesk.cara.id])
        #expect(try keys.kinds().contains(.orderReceived))
        #expect(throws: KeyRefused.waits(order.id)) { try keys.retire(1) }
        #expect(throws: KeyRefused.waits(order.id)) {
            try keys.scratch.ask("keys.answer", ["order": .string("\(order.id)")], as: ScratchDesk.cara)
        }
        try keys.answer(order)
        // Done by the daemon, it is done for good, and two are left: no other goes.
        let vault = try Vault.openForReading(state: Descriptor.directory(keys.scratch.state))
        try vault.retire(keys.fingerprint(0), by: order, at: keys.scratch.clock.now)
        #expect(throws: KeyRefused.retired(keys.fingerprint(0))) { try keys.retire(0) }
        #expect(throws: KeyRefused.leftWithTooFew(keys.fingerprint(1), 1)) { try keys.retire(1) }
    }

    @Test(
        "an order about keys that could not be placed is placed by the next desk, once; a hold stops a shredding"
    )
    func placedLater() throws {
        let keys = try Keys()
        try keys.drill(0, 1, 2)
        try keys.approveDestruction()
        let others = try keys.orders
        let state = try Descriptor.directory(keys.scratch.state)
        try state.rename(Array("orders".utf8), to: state, Array("away".utf8))
        #expect(throws: SyscallError.self) { try keys.retire(0) }
        #expect(throws: SyscallError.self) { try keys.shred() }
        try state.rename(Array("away".utf8), to: state, Array("orders".utf8))
        try keys.hold()
        let given = try keys.scratch.desk.book.read { try $0.keyOrders() }
        try keys.scratch.restart()
        try? keys.scratch.desk.placeOrders()
        #expect(try keys.orders.filter { !others.contains($0) } == ["order-\(given[0].id)"])
        #expect(given.map(\.verb) == ["keys.retire", "keys.shred"])
        try keys.answer(given[0])
        try? keys.scratch.desk.placeOrders()
        #expect(try keys.orders.filter { !others.contains($0) } == [])
    }

    @Test("a drill that has lapsed counts for nothing")
    func lapsed() throws {
        let keys = try Keys()
        try keys.drill(0, 1, 2)
        keys.scratch.clock.advance(hours: 24 * 91)
        #expect(throws: KeyRefused.leftWithTooFew(keys.fingerprint(0), 1)) { try keys.retire(0) }
    }

    @Test("an exhibit that no case knows, and one whose case is closed to nobody, is kept")
    func unknown() throws {
        let keys = try Keys()
        try keys.drill(0, 1)
        try keys.scratch.preserve(
            minute: 5,
            account: "account-2",
            content: "other",
            custodians: keys.identities.map(\.recipient)
        )
        #expect(throws: KeyRefused.leftWithTooFew(keys.fingerprint(0), 2)) { try keys.retire(0) }
    }

    @Test(
        "an exhibit whose destruction two persons approved stands in no key's way, and a hold brings it back"
    )
    func approvedDestruction() throws {
        let keys = try Keys()
        try keys.drill(0, 1)
        try keys.approveDestruction()
        try keys.hold()
        #expect(throws: KeyRefused.leftWithTooFew(keys.fingerprint(0), 1)) { try keys.retire(0) }
        let other = try Keys()
        try other.drill(0, 1)
        try other.approveDestruction()
        #expect(try other.retire(0).code == .done)
    }

    @Test("headers are shredded after an approved destruction by those who approved it, never under a hold")
    func shred() throws {
        let keys = try Keys()
        #expect(throws: KeyRefused.notApproved(keys.bundle)) { try keys.shred() }
        try keys.approveDestruction()
        let order = try keys.order(in: try keys.shred())
        guard case .shred(let destruction) = order.act else {
            Issue.record("no shredding")
            return
        }
        #expect(destruction.verb == .destroy && destruction.upload == keys.bundle.upload)
        #expect(Set(order.approvals.map(\.staff)) == [ScratchDesk.cara.id, ScratchDesk.lena.id])
        #expect(try keys.kinds().contains(.orderReceived))
        try keys.hold()
        #expect(throws: KeyRefused.held(keys.bundle, .court)) { try keys.shred() }
    }

    @Test("a hold of the custody log counts where the book has lost it")
    func loggedHold() throws {
        let keys = try Keys()
        try keys.approveDestruction()
        let hold = CustodyStatement(
            at: keys.scratch.clock.now,
            .holdPlaced,
            by: .system,
            about: CustodySubject(exhibit: keys.bundle),
            reason: Hold.Kind.court.rawValue,
            references: ["hold": "\(UploadID.fresh(at: keys.scratch.clock.now))"]
        )
        try keys.scratch.desk.log.append([hold])
        #expect(throws: KeyRefused.held(keys.bundle, .court)) { try keys.shred() }
    }

    @Test("only a custodian retires, only those who destroy shred, and both say why")
    func roles() throws {
        let keys = try Keys()
        try keys.drill(0, 1, 2)
        for staff in [ScratchDesk.ana, ScratchDesk.ben, ScratchDesk.otto, ScratchDesk.lena] {
            #expect(throws: DeskRefused.self) { try keys.retire(0, as: staff) }
        }
        for staff in [ScratchDesk.ana, ScratchDesk.ben, ScratchDesk.otto] {
            #expect(throws: DeskRefused.self) { try keys.shred(as: staff) }
        }
        let members: JSONObject = ["key": .string(keys.fingerprint(0)), "reason": " "]
        #expect(throws: ReviewRefused.noReason) {
            try keys.scratch.ask("keys.retire", members, as: ScratchDesk.cara)
        }
        let nobody: JSONObject = ["key": "0000", "reason": Self.reason]
        #expect(throws: KeyRefused.noSuchKey("0000")) {
            try keys.scratch.ask("keys.retire", nobody, as: ScratchDesk.cara)
        }
    }

    @Test("what comes into the worklist by time alone is entered once for each notice")
    func expiries() throws {
        let keys = try Keys()
        let id: JSONObject = ["id": .string("\(keys.bundle)"), "class": "A1"]
        _ = try keys.scratch.ask("exhibit.classify", id)
        try keys.scratch.approve("\(keys.bundle)")
        try keys.scratch.submit("\(keys.bundle)", as: 4_711)
        func notices() throws -> [CustodyEntryKind] {
            try keys.scratch.desk.noteExpiries()
            return try keys.kinds().filter { [.retentionExpiring, .retentionExpired].contains($0) }
        }
        #expect(try notices() == [])
        keys.scratch.clock.advance(hours: 24 * 336)
        #expect(try notices() == [.retentionExpiring])
        #expect(try notices() == [.retentionExpiring])
        keys.scratch.clock.advance(hours: 24 * 30)
        #expect(try notices() == [.retentionExpiring, .retentionExpiring])
        keys.scratch.clock.advance(hours: 24 * 30)
        #expect(try notices() == [.retentionExpiring, .retentionExpiring, .retentionExpired])
    }
}
