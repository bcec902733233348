import Digests
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// Giving back, keeping, and destroying, as the desk decides it; the daemon's part is played by an answer's file.
@Suite struct KeepingTests {
    private static let reason: JSONValue = "a picture of our own office"

    private func found(
        notCSAM: Bool,
        grade: Grade = .g1,
        at place: String? = nil
    ) throws -> (ScratchDesk, BundleID, JSONObject) {
        let scratch = try ScratchDesk()
        let orders = try Descriptor.directory(scratch.state)
            .ensureDirectory(Array("orders".utf8), mode: 0o2770, subject: "orders")
        _ = try orders.ensureDirectory(Array("answers".utf8), mode: 0o2750, subject: "answers")
        let matches = [Match.invented(DigestSet(of: Array("invented".utf8)), grade: grade)]
        let bundle = try scratch.preserve(minute: 0, matches: matches)
        try scratch.desk.adopt()
        let id: JSONObject = ["id": .string("\(bundle)"), "reason": Self.reason]
        if notCSAM { try dispose(scratch, id, exact: grade != .g4) }
        return (scratch, bundle, id)
    }

    private func dispose(_ scratch: ScratchDesk, _ id: JSONObject, exact: Bool) throws {
        var request = id
        request["as"] = "not_csam"
        _ = try scratch.ask("exhibit.dispose", request)
        if exact { _ = try scratch.ask("exhibit.dispose", request, as: ScratchDesk.ben) }
    }

    private func with(_ id: JSONObject, _ more: JSONObject) -> JSONObject {
        var all = id
        for (key, value) in more { all[key] = value }
        return all
    }

    /// The order as the daemon finds it, with a signature that holds.
    private func order(in answer: DeskAnswer, _ scratch: ScratchDesk) throws -> Order {
        let id = try #require(answer.value["order"]?.stringValue)
        let directory = try Descriptor.directory("\(scratch.state)/orders/order-\(id)")
        let bytes = try directory.open(Array("order.json".utf8)).readAll(limit: 65_536)
        let signature = try directory.open(Array("order.sig".utf8)).readAll(limit: 64)
        let text = try Descriptor.open("\(scratch.path)/desk/keys/orders.pub").readAll(limit: 100)
        #expect(OrderSignature.holds(signature, over: bytes, key: try #require(Hex.bytes(text.prefix(64)))))
        let order = try Order(try JSONValue(parsing: bytes))
        #expect(order.json.canonical == bytes)
        return order
    }

    private func content(of order: Order, _ scratch: ScratchDesk) throws -> [UInt8] {
        try Descriptor.open("\(scratch.state)/orders/order-\(order.id)/content").readAll(limit: 100)
    }

    private func answer(_ order: Order, _ scratch: ScratchDesk, done: Bool = true) throws {
        let answer = OrderAnswer(order: order.id, done: done, message: done ? "restored" : "no such upload")
        try Descriptor.directory("\(scratch.state)/orders/answers").writeDurably(
            answer.json.canonical,
            as: Array("\(order.id).json".utf8),
            mode: 0o440,
            subject: "answer"
        )
        try Descriptor.directory("\(scratch.state)/orders").removeTree(Array("order-\(order.id)".utf8))
    }

    @Test(
        "two persons give an exact match back: a signed order with the content, and what the daemon checks holds"
    )
    func restore() throws {
        let (scratch, bundle, id) = try found(notCSAM: true)
        let first = try scratch.ask("exhibit.restore", id)
        #expect(first.code == .waitsForSecondPerson)
        #expect(throws: KeepingRefused.samePerson) { try scratch.ask("exhibit.restore", id) }
        let order = try order(in: try scratch.ask("exhibit.restore", id, as: ScratchDesk.ben), scratch)
        let bytes = Array("invented".utf8)
        #expect(try content(of: order, scratch) == bytes)
        let digests = DigestSet(of: bytes)
        try order.check(
            matches: [.invented(digests)],
            digests: digests,
            preservedAt: nil,
            at: scratch.clock.now
        )
        #expect(order.upload == bundle.upload)
        #expect(throws: KeepingRefused.waits(order.id)) { try scratch.ask("exhibit.restore", id) }
        try answer(order, scratch)
        let shown = try scratch.ask("case.show", ["id": .string("\(bundle)")])
        #expect(shown.value["orders"]?.arrayValue?.first?["done"]?.boolValue == true)
        #expect(throws: KeepingRefused.restored(bundle)) { try scratch.ask("exhibit.restore", id) }
        let lifted = try self.order(in: try scratch.ask("exhibit.lift", id), scratch)
        try lifted.check(
            matches: [.invented(digests)],
            digests: digests,
            preservedAt: nil,
            at: scratch.clock.now
        )
    }

    @Test(
        "a suppression comes into the worklist at its date, also once the exhibit is destroyed, until it is lifted"
    )
    func suppressionDue() throws {
        let (scratch, bundle, id) = try found(notCSAM: true)
        func due() throws -> [String] {
            try scratch.ask("retention.worklist", as: ScratchDesk.cara).value.arrayValue?
                .compactMap { $0["standing"]?.stringValue } ?? []
        }
        let dated = with(id, ["review_by": "2027-06-01"])
        _ = try scratch.ask("exhibit.restore", dated)
        let restored = try order(
            in: try scratch.ask("exhibit.restore", dated, as: ScratchDesk.ben),
            scratch
        )
        scratch.clock.advance(hours: 24 * 365)
        #expect(try !due().contains("suppressed"), "it is not restored yet")
        try answer(restored, scratch)
        #expect(try due().contains("suppressed"))
        _ = try scratch.ask(
            "destroy.request",
            with(id, ["basis": "not-csam"]),
            as: ScratchDesk.cara
        )
        try answer(
            try order(in: try scratch.ask("destroy.approve", id, as: ScratchDesk.lena), scratch),
            scratch
        )
        #expect(try due() == ["suppressed"])
        try Descriptor.directory("\(scratch.state)/vault/keys").removeTree(Array("\(bundle)".utf8))
        try answer(try order(in: try scratch.ask("exhibit.lift", id), scratch), scratch)
        #expect(try due() == [])
    }

    @Test("a near match is given back by one person, and nothing before it was decided")
    func restoreNear() throws {
        let (scratch, bundle, id) = try found(notCSAM: false, grade: .g4)
        #expect(throws: KeepingRefused.notDecided(bundle)) { try scratch.ask("exhibit.restore", id) }
        #expect(throws: KeepingRefused.notRestored(bundle)) { try scratch.ask("exhibit.suppress", id) }
        try dispose(scratch, id, exact: false)
        let order = try order(in: try scratch.ask("exhibit.restore", id), scratch)
        try order.check(
            matches: [.invented(DigestSet(of: Array("invented".utf8)), grade: .g4)],
            digests: DigestSet(of: Array("invented".utf8)),
            preservedAt: nil,
            at: scratch.clock.now
        )
    }

    @Test("one who proposed not_csam alone gives nothing back, nor does an operator")
    func restoreRefused() throws {
        let (scratch, bundle, id) = try found(notCSAM: false)
        _ = try scratch.ask("exhibit.dispose", with(id, ["as": "not_csam"]))
        #expect(throws: KeepingRefused.notDecided(bundle)) { try scratch.ask("exhibit.restore", id) }
        #expect(throws: DeskRefused.self) { try scratch.ask("exhibit.restore", id, as: ScratchDesk.otto) }
    }

    @Test("an order that could not be placed is placed later, once; a refused one may be given again")
    func placedLater() throws {
        let (scratch, _, id) = try found(notCSAM: true, grade: .g4)
        let state = try Descriptor.directory(scratch.state)
        try state.rename(Array("orders".utf8), to: state, Array("away".utf8))
        #expect(throws: SyscallError.self) { try scratch.ask("exhibit.restore", id) }
        try state.rename(Array("away".utf8), to: state, Array("orders".utf8))
        try scratch.desk.placeOrders()
        let row = try #require(try scratch.desk.book.read { try $0.orders() }.first)
        let order = try order(in: scratch.desk.ordered(row), scratch)
        try answer(order, scratch, done: false)
        try scratch.desk.placeOrders()
        #expect(throws: SyscallError.self) { try content(of: order, scratch) }
        #expect(try scratch.ask("exhibit.restore", id).code == .done)
    }

    // MARK: - Keeping

    private func submitted() throws -> (ScratchDesk, BundleID, JSONObject) {
        let (scratch, bundle, id) = try found(notCSAM: false)
        _ = try scratch.ask("exhibit.classify", with(id, ["class": "A1"]))
        try scratch.approve("\(bundle)")
        try scratch.submit("\(bundle)", as: 4_711)
        return (scratch, bundle, id)
    }

    private func standing(_ scratch: ScratchDesk, _ verb: String = "retention.list") throws -> String? {
        try scratch.ask(verb, as: ScratchDesk.cara).value.arrayValue?.first?["standing"]?.stringValue
    }

    @Test("the clock starts with the submission, and a year and 30 days later it is due")
    func clock() throws {
        let (scratch, _, id) = try submitted()
        #expect(try standing(scratch) == "preserved")
        #expect(try standing(scratch, "retention.worklist") == nil)
        scratch.clock.advance(hours: 24 * 340)
        #expect(try standing(scratch, "retention.worklist") == "expiring")
        let longer = with(id, ["until": "2029-01-31", "purpose": "prevent-exploitation"])
        #expect(throws: DeskRefused.self) { try scratch.ask("retention.extend", longer) }
        _ = try scratch.ask("retention.extend", longer, as: ScratchDesk.cara)
        #expect(try standing(scratch) == "preserved")
        #expect(throws: KeepingRefused.notLonger) {
            try scratch.ask("retention.extend", longer, as: ScratchDesk.cara)
        }
    }

    @Test("what was not submitted has no end, only alarms")
    func unsubmitted() throws {
        let (scratch, _, _) = try found(notCSAM: false)
        #expect(try standing(scratch) == "unsubmitted")
        scratch.clock.advance(hours: 24 * 8)
        #expect(try standing(scratch, "retention.worklist") == "unsubmitted")
    }

    @Test("two keepers destroy what expired, no earlier, not one alone, and not under a hold")
    func destroy() throws {
        let (scratch, bundle, id) = try submitted()
        let request = with(id, ["basis": "expiry"])
        #expect(
            try scratch.ask("destroy.request", request, as: ScratchDesk.cara).code == .waitsForSecondPerson
        )
        func approve(_ staff: Staff) throws -> DeskAnswer {
            try scratch.ask("destroy.approve", id, as: staff)
        }
        #expect(throws: KeepingRefused.destruction(.samePerson)) { try approve(ScratchDesk.cara) }
        #expect(throws: KeepingRefused.self) { try approve(ScratchDesk.lena) }
        scratch.clock.advance(hours: 24 * 400)
        let held = try scratch.ask(
            "hold.add",
            with(id, ["kind": "court"]),
            as: ScratchDesk.lena,
            files: [NamedFile(name: "order.pdf", bytes: Array("invented".utf8))]
        )
        #expect(throws: KeepingRefused.destruction(.underHold(.court))) { try approve(ScratchDesk.lena) }
        let hold = with(id, ["hold": held.value["hold"] ?? .null])
        _ = try scratch.ask("hold.release", hold, as: ScratchDesk.cara)
        #expect(throws: KeepingRefused.self) { try scratch.ask("hold.release", hold, as: ScratchDesk.cara) }
        let order = try order(in: try approve(ScratchDesk.lena), scratch)
        let submitted = try #require(order.basisSince)
        try order.check(matches: [], digests: nil, preservedAt: submitted, at: scratch.clock.now)
        #expect(order.approvals.persons(for: order.id) == 2)
        try answer(order, scratch)
        #expect(throws: KeepingRefused.destroyed(bundle)) { try approve(ScratchDesk.lena) }
        // Its headers go first: the case is still shown, without it.
        try Descriptor.directory("\(scratch.state)/vault/keys").removeTree(Array("\(bundle)".utf8))
        let shown = try scratch.ask("case.show", ["id": .string("\(bundle)")])
        #expect(shown.value["exhibits"]?.arrayValue?.isEmpty == true)
        #expect(throws: KeepingRefused.noCertificate(bundle)) {
            try scratch.ask("destroy.certificate", id, as: ScratchDesk.cara)
        }
    }

    @Test("a hold that comes before a destruction could be ordered stops it; once released, it goes on")
    func heldBeforePlaced() throws {
        let (scratch, bundle, id) = try submitted()
        scratch.clock.advance(hours: 24 * 400)
        _ = try scratch.ask("destroy.request", with(id, ["basis": "expiry"]), as: ScratchDesk.cara)
        let state = try Descriptor.directory(scratch.state)
        try state.rename(Array("orders".utf8), to: state, Array("away".utf8))
        #expect(throws: SyscallError.self) { try scratch.ask("destroy.approve", id, as: ScratchDesk.lena) }
        try state.rename(Array("away".utf8), to: state, Array("orders".utf8))
        let held = try scratch.ask(
            "hold.add",
            with(id, ["kind": "internal"]),
            as: ScratchDesk.lena,
            files: [NamedFile(name: "order.pdf", bytes: Array("invented".utf8))]
        )
        let given = try #require(try scratch.desk.keeping(of: bundle).orders.last)
        let path = "\(scratch.state)/orders/order-\(given.id)"
        try scratch.desk.placeOrders()
        #expect(throws: SyscallError.self) { _ = try Descriptor.directory(path) }
        let hold = with(id, ["hold": held.value["hold"] ?? .null])
        _ = try scratch.ask("hold.release", hold, as: ScratchDesk.cara)
        try scratch.desk.placeOrders()
        _ = try Descriptor.directory(path)
    }

    @Test("a destruction for an agency waits for counsel and for the call back; who refuses ends it")
    func agency() throws {
        let (scratch, bundle, id) = try submitted()
        let document = [NamedFile(name: "request.pdf", bytes: Array("invented".utf8))]
        let request = with(id, ["basis": "le-request"])
        #expect(throws: DeskRefused.self) {
            try scratch.ask("destroy.request", request, as: ScratchDesk.cara)
        }
        _ = try scratch.ask("destroy.request", request, as: ScratchDesk.cara, files: document)
        #expect(throws: KeepingRefused.destruction(.waitsForCallBack)) {
            try scratch.ask("destroy.approve", id, as: ScratchDesk.lena)
        }
        _ = try scratch.ask("destroy.refuse", id, as: ScratchDesk.lena)
        #expect(throws: KeepingRefused.nothingProposed(bundle)) {
            try scratch.ask("destroy.approve", id, as: ScratchDesk.lena)
        }
        _ = try scratch.ask("destroy.request", request, as: ScratchDesk.cara, files: document)
        #expect(throws: KeepingRefused.destruction(.calledBackLater)) {
            let ahead = with(id, ["called_back": "2099-01-01T00:00:00Z"])
            return try scratch.ask("destroy.approve", ahead, as: ScratchDesk.lena)
        }
        let called = with(id, ["called_back": "2026-11-21T10:00:00Z"])
        let order = try order(in: try scratch.ask("destroy.approve", called, as: ScratchDesk.lena), scratch)
        try order.check(matches: [], digests: nil, preservedAt: nil, at: scratch.clock.now)
    }

    @Test("an export is for one recipient, numbered, recorded first, and given by a custodian only")
    func export() throws {
        let (scratch, bundle, id) = try found(notCSAM: false)
        _ = try Descriptor.directory(scratch.state)
            .ensureDirectory(Array("custody".utf8), mode: 0o2750, subject: "custody")
        let recipient = AgeIdentity.generate().recipient.text
        let request = with(id, ["recipient": .string(recipient)])
        #expect(throws: DeskRefused.self) {
            try scratch.ask("evidence.export", request, as: ScratchDesk.lena)
        }
        #expect(throws: KeepingRefused.noRecipient) {
            try scratch.ask("evidence.export", with(id, ["recipient": "age1nobody"]), as: ScratchDesk.cara)
        }
        for number in 1...2 {
            let answer = try scratch.ask("evidence.export", request, as: ScratchDesk.cara)
            #expect(answer.value["export"]?.stringValue?.hasSuffix("-r\(number)") == true)
            guard case .tree(let directory, let paths) = answer.payload else {
                Issue.record("no files come with it")
                return
            }
            let name = try #require(answer.value["export"]?.stringValue)
            let header = "\(name)/data/keys/\(bundle)/content.age.hdr"
            #expect(paths.contains(header))
            let bytes = try Descriptor.open("\(directory)/\(header)").readAll(limit: 65_536)
            #expect(
                String(decoding: bytes, as: UTF8.self).split(separator: "\n").count {
                    $0.hasPrefix("-> X25519")
                } == 1
            )
            #expect(paths.contains("\(name)/data/custody/desk/vkey"))
        }
    }

    @Test("every act of these is in the custody log, and each may follow those before it")
    func logged() throws {
        let (scratch, bundle, id) = try found(notCSAM: true)
        _ = try scratch.ask("exhibit.restore", id)
        _ = try scratch.ask("exhibit.restore", id, as: ScratchDesk.ben)
        try scratch.desk.log.publish()
        let log = try Descriptor.directory("\(scratch.path)/desk/custody")
        let verdict = CustodyVerifier(scratch.desk.log.verifier).verdict(
            on: try LogReader(of: log).proofs(about: [bundle])
        )
        #expect(verdict.findings.isEmpty)
        let kinds = try LogReader(of: log).proofs(about: [bundle]).map {
            try CustodyEntry(canonical: $0.entry).kind
        }
        #expect(kinds.suffix(2) == [.restoreRequested, .restoreApproved])
    }
}
