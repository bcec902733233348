import JSONText
import LedgerStore
import LinuxIO
import Synchronization
import UploadModel
import VaultStore

// What the desk orders about keys. The desk has asked whether an exhibit that is kept or held forbids it, since holds are
// kept there; here it is signature and persons, then the custody log, then the act.

/// An order as it lies in `orders/`: about an upload, or about keys.
enum ReceivedOrder {
    case upload(Order)
    case key(KeyOrder)

    /// - Throws: `TextFault`.
    init(_ json: JSONValue) throws(TextFault) {
        self = KeyOrder.isOne(json) ? .key(try KeyOrder(json)) : .upload(try Order(json))
    }

    var id: UploadID {
        switch self {
        case .upload(let order): order.id
        case .key(let order): order.id
        }
    }

    var verb: String {
        switch self {
        case .upload(let order): order.verb.rawValue
        case .key(let order): order.verb
        }
    }

    var needsSignature: Bool {
        switch self {
        case .upload(let order): order.verb.needsSignature
        case .key: true
        }
    }

    /// What the log says of it.
    func statement(_ kind: CustodyEntryKind) -> CustodyStatement {
        let now = Timestamp(nanoseconds: Clocks.realtime)
        return switch self {
        case .upload(let order): SignedOrders.statement(order, kind, at: now)
        case .key(let order): order.statement(kind, at: now)
        }
    }
}

extension House {
    static func orderName(_ id: UploadID) -> [UInt8] { Array("order-\(id)".utf8) }
    static func takenName(_ id: UploadID) -> [UInt8] { Array("taken-\(id)".utf8) }

    /// Takes an order that destroys away from the desk, which takes it back by a rename of the same name when a hold comes.
    ///
    /// - Parameter enter: Enters it into the log. Where that fails the desk has it back, also from a run that was killed
    ///   before it came so far: what is not in the log has not begun.
    /// - Returns: Whether it is ours now, durably and in the log; false where the desk was first.
    func takeOver(_ id: UploadID, about bundle: BundleID, entering enter: () throws -> Void) throws -> Bool {
        let taken = Self.takenName(id)
        if try orders.descriptor.statusIfThere(of: taken, subject: "order") == nil {
            guard try move(Self.orderName(id), to: taken) else { return false }
        }
        do { try enter() } catch {
            // What cannot be looked up may have begun. Where the desk has placed it once more, ours stays too.
            let hasBegun = (try? isEntered(.orderReceived, id, about: bundle)) ?? true
            if !hasBegun { _ = try? move(taken, to: Self.orderName(id)) }
            throw error
        }
        return true
    }

    /// - Returns: False where there is no such order.
    private func move(_ name: [UInt8], to other: [UInt8]) throws(SyscallError) -> Bool {
        do throws(SyscallError) {
            try orders.descriptor.rename(name, to: orders.descriptor, other, subject: "order")
        } catch {
            guard error.isNotThere else { throw error }
            return false
        }
        try orders.descriptor.sync(subject: "orders")
        return true
    }

    /// Carries out an order about keys; the same one again changes nothing.
    ///
    /// - Returns: What to answer; `nil` where a disk stands in the way, and it is tried again.
    func carryOut(_ order: KeyOrder) throws -> String? {
        try order.check()
        let now = Timestamp(nanoseconds: Clocks.realtime)
        do {
            switch order.act {
            case .retire(let key): return try retire(key, by: order, at: now)
            case .shred(let destruction): return try shred(destruction, by: order, at: now)
            }
        } catch let error as SyscallError {
            sayOrderWaits(order.id, because: error)
        } catch let error as PlaceLost {
            sayOrderWaits(order.id, because: error)
        }
        return nil
    }

    /// Its record is there before this where a disk was away, or the run before was killed: what was checked and entered
    /// then is so still.
    private func retire(_ key: String, by order: KeyOrder, at now: Timestamp) throws -> String {
        switch try vault.retirement(of: key) {
        case nil:
            try checkRetiring(key, at: now)
            try record.require([order.statement(.orderReceived, at: now)])
            try vault.retire(key, by: order, at: now)
        case "\(order.id)": break
        default: throw OrderRefused.retiredBefore
        }
        retired.withLock { _ = $0.insert(key) }
        try vault.copyRecords()
        try record.require([order.statement(.keyRetired, at: now)])
        return "retired: nothing is sealed to it any more; take it out of evidence.custodians"
    }

    /// The desk asked too, but it does not see another order that is on its way.
    private func checkRetiring(_ key: String, at now: Timestamp) throws {
        let left = keys.without([key])
        guard left.custodians.count >= 2 else { throw OrderRefused.tooFewKeys }
        let drilled = try vault.drilledFingerprints(left, at: now)
        try vault.bundles { bundle in
            let holding = KeyHolding(
                bundle,
                custodians: try vault.custodians(of: bundle),
                isKept: true,
                isApprovedForDestruction: try isToBeDestroyed(bundle)
            )
            let against = KeyRules.objections(toRetiring: key, [holding], drilled: drilled)
            guard against.isEmpty else { throw OrderRefused.tooFewDrilled(bundle) }
        }
    }

    private func isToBeDestroyed(_ bundle: BundleID) throws -> Bool {
        let rows = try ledger.upload(bundle.upload)?.rows.map(\.event) ?? []
        if case .destroying = try Custody.replaying(rows).custody.stage { return true }
        return false
    }

    /// - Returns: `nil` where the desk took the order back meanwhile.
    private func shred(_ destruction: Order, by order: KeyOrder, at now: Timestamp) throws -> String? {
        let bundle = BundleID(destruction.upload)
        guard try vault.has(bundle), let known = try ledger.upload(destruction.upload) else {
            throw OrderRefused.noSuchUpload
        }
        // What nobody can open is destroyed: what forbids the one forbids the other.
        try destruction.check(
            matches: known.matches,
            digests: known.digests,
            preservedAt: known.preservedAt,
            at: now
        )
        let isOurs = try takeOver(order.id, about: bundle) {
            try enterOnce(.orderReceived, order, about: bundle, at: now)
        }
        return isOurs ? try shred(bundle, by: order, at: now) : nil
    }

    /// Headers first: what opens nothing any more may be left for a while, and not the other way round. What an order is
    /// entered with is entered once, however often a disk or a kill makes us begin again.
    private func shred(_ bundle: BundleID, by order: KeyOrder, at now: Timestamp) throws -> String {
        let isSecondMissing = !live.evidence.secondCopy.isEmpty && !vault.hasSecondCopy
        let places = try vault.shredHeaders(of: bundle, by: order.id)
        // A copy that is not there keeps its headers until it is: that is not done yet.
        try self.places.check()
        if isSecondMissing { throw PlaceLost(path: live.evidence.secondCopy) }
        if let path = try vault.closedCopies(of: bundle).first { throw PlaceLost(path: path) }
        try enterOnce(.keyShredded, order, about: bundle, at: now)
        if let copy = try vault.plainCopyRemoval(of: bundle) {
            try record.require([Record.removed(copy)])
            try vault.removePlainCopy(of: bundle)
        }
        let said = places.map { "no header is left in the \($0.place.rawValue)" }
        return "shredded: \(said.joined(separator: ", "))"
    }

    private func enterOnce(
        _ kind: CustodyEntryKind,
        _ order: KeyOrder,
        about bundle: BundleID,
        at now: Timestamp
    ) throws {
        guard try !isEntered(kind, order.id, about: bundle) else { return }
        try record.require([order.statement(kind, at: now)])
    }

    private func isEntered(_ kind: CustodyEntryKind, _ order: UploadID, about bundle: BundleID) throws -> Bool
    {
        try record.chain(of: bundle).contains { $0.kind == kind && $0.references["order"] == "\(order)" }
    }
}

extension KeyOrder {
    func statement(_ kind: CustodyEntryKind, at time: Timestamp) -> CustodyStatement {
        let subject: CustodySubject =
            switch act {
            case .retire(let key): CustodySubject(key: key)
            case .shred(let destruction): CustodySubject(exhibit: BundleID(destruction.upload))
            }
        var references = ["order": "\(id)"]
        // Those who agreed to a shredding agreed to this.
        if case .shred(let destruction) = act { references["destruction"] = "\(destruction.id)" }
        return CustodyStatement(
            at: time,
            kind,
            by: .daemon,
            about: subject,
            reason: verb,
            references: references,
            approvals: approvals
        )
    }
}
