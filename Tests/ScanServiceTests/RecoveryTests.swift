import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ScanService

@Suite(.serialized) struct RecoveryTests {
    @Test(
        "uploads that many runs were killed with are held, and one run that ends in order is no fault of theirs"
    )
    func crashLimit() async throws {
        let house = try ScratchHouse()
        try house.put("spool/work/a", "bytes")
        try house.write(.first, "a", [.interrupted, .interrupted])
        try house.put("state/run/ended-in-order", "")
        try await house.run(after: .inOrder) {
            try house.text("spool/released/a") == nil ? "a released" : nil
        }
        #expect(try house.uploads().isEmpty)
    }

    @Test("with a crash limit of 0 nothing is held for being interrupted")
    func noCrashLimit() async throws {
        let house = try ScratchHouse { $0.scan.crashLimit = 0 }
        try house.put("spool/work/a", "bytes")
        try house.write(.first, "a", Array(repeating: .interrupted, count: 20))
        try await house.run { try house.text("spool/released/a") == nil ? "a released" : nil }
        #expect(try house.uploads().isEmpty)
    }

    @Test("what is held by the crash limit is compared after a retry")
    func crashLimitRetried() async throws {
        let house = try ScratchHouse()
        try house.put("spool/work/a", ScratchHouse.listed)
        try house.write(.first, "a", [.interrupted, .interrupted])
        try await house.run { try house.text("spool/held/\(UploadID.first)") == nil ? "held" : nil }
        try house.order(.retry, .first)
        try await house.run(after: .inOrder) {
            try house.stage(.first) == "awaiting-review" ? nil : "a quarantined after its retry"
        }
        #expect(try house.findings() == [])
    }

    @Test("a match whose source and bundle are both gone keeps its rows, and others are served")
    func lost() async throws {
        let house = try ScratchHouse()
        let events = try house.matched()
        try house.write(.first, "a", events)
        try house.put("spool/incoming/b", "bytes")
        try await house.run { try house.text("spool/released/b") == nil ? "b released" : nil }
        #expect(try house.rows(.first) == events)
        #expect(try !house.findings().isEmpty, "and a check names it")
    }

    @Test("where users choose the names, NAME.meta.json goes on by itself beside an upload with rows")
    func noContexts() async throws {
        let house = try ScratchHouse { $0.spools[0].context = .none }
        for name in ["a", "a.meta.json"] { try house.put("spool/work/\(name)", "bytes of \(name)") }
        try house.write(.first, "a", [.interrupted])
        try await house.run { try house.isReleasedWithoutTrace("a", "a.meta.json") }
    }

    @Test("an end in order leaves nothing that counts as an interruption")
    func endInOrder() async throws {
        let house = try ScratchHouse()
        try await house.run()
        #expect(try house.exists("state/run/ended-in-order"))
        for _ in 0..<2 { try await house.run(after: .inOrder) }
        #expect(try house.uploads().isEmpty)
    }
}

extension UploadID {
    static let first = UploadID("019ab2c3-d4e5-7f60-8123-456789abcdef")!
    static let second = UploadID("019ab2c3-d4e6-7f60-8123-456789abcdef")!
}

extension ScratchHouse {
    /// The rows of an upload up to its match.
    func matched() throws -> [CustodyEvent] {
        [.digested(try digests(of: Self.listed), picture: false), .listed([try match()])]
    }

    /// The rows of an upload that a `benign` entry let go.
    func suppressed(_ content: String) throws -> [CustodyEvent] {
        [.digested(try digests(of: content), picture: false), .suppressed([try match()])]
    }

    /// The rows of an upload that is held, and was ordered to `verb`.
    func held(_ verb: Order.Verb) -> [CustodyEvent] {
        [.unreadable(.keepsChanging), .held, .ordered(Self.invented(verb, .first))]
    }

    static func invented(_ verb: Order.Verb, _ upload: UploadID) -> Order {
        Order(id: .second, verb: verb, upload: upload, reason: "a test", at: Timestamp(nanoseconds: 1))
    }

    /// An order of the desk, that two persons agreed to.
    func agreed(_ verb: Order.Verb) -> Order {
        let at = Timestamp(nanoseconds: 1)
        let approvals = ["s-17", "s-18"].map {
            Approval(staff: StaffID($0)!, role: .custodian, time: at, request: .second)
        }
        return Order(
            id: verb == .destroy ? .second : .first,
            verb: verb,
            upload: .first,
            reason: "a test",
            at: at,
            approvals: approvals,
            basis: verb == .destroy ? .notCSAM : nil,
            basisSince: verb == .destroy ? at : nil
        )
    }

    /// Hands an order in, as the command line does.
    func order(_ verb: Order.Verb, _ upload: UploadID) throws {
        let order = Self.invented(verb, upload)
        try put("state/order/order.json", String(decoding: order.json.canonical, as: UTF8.self))
        try move("state/order", to: "state/orders/order-\(order.id)")
    }

    /// Writes an order and the desk's signature to `state/order`.
    func sign(_ order: JSONValue, seed: [UInt8]) throws {
        let bytes = order.canonical
        try put("state/order/order.json", String(decoding: bytes, as: UTF8.self))
        let signature = try #require(OrderSignature.sign(bytes, seed: seed))
        try Descriptor.directory("\(path)/state/order")
            .writeNew(signature, as: Array("order.sig".utf8), mode: 0o640, subject: "order.sig")
    }
}
