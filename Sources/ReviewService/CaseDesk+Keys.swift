import JSONText
import LinuxIO
import Synchronization
import UploadModel
import VaultStore

// Taking a key away, or the headers that open one exhibit. Who may, what is preserved and what is held is known here, so
// the desk decides and signs; the daemon, which alone writes in the vault, does it.

extension CaseDesk {
    /// Nothing more is sealed to a custodian's key, unless an exhibit that is kept would be left with fewer than two
    /// drilled ones.
    func retireKey(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let reason = try reason(request)
        let shelf = try shelf(configuration.settings.state.root)
        let holdings = try holdings(shelf)
        let drilled = try shelf.drilledKeys(at: now)
        let known = holdings.reduce(into: drilled) { $0.formUnion($1.custodians) }
        let key = try Self.only(try request.text("key"), of: known)
        if try shelf.retiredKeys().contains(key) { throw KeyRefused.retired(key) }
        // What another order takes away is not taken away yet, and counted here as if it stayed.
        if let open = try openRetirement() { throw KeyRefused.waits(open.id) }
        let against = KeyRules.objections(toRetiring: key, holdings, drilled: drilled)
        guard against.isEmpty else { throw KeyRefused.leftWithTooFew(key, against.count) }
        let at = now
        let id = UploadID.fresh(at: at)
        let approval = Approval(staff: staff.id, role: .custodian, time: at, request: id)
        let order = KeyOrder(id: id, .retire(key), reason: reason, at: at, approvals: [approval])
        try give(order, about: CustodySubject(key: key), staff, as: .custodian)
        let still = holdings.count { $0.custodians.contains(key) }
        return said(
            order,
            still == 0
                ? []
                : [
                    "\(still) exhibits still open with it: rewrap them, and delete every copy of the old headers"
                ]
        )
    }

    /// Takes every header of an exhibit away before the daemon has destroyed the rest of it: what two persons approved
    /// takes effect at once, also where a disk that holds a copy is away.
    func shredHeaders(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let reason = try reason(request)
        let role = try keeper(staff, .shredHeaders)
        let (booked, keeping) = try living(request)
        let holding = try holding(booked.bundle, keeping, custodians: [])
        if let hold = try activeHolds(of: booked.bundle, keeping).first {
            throw KeyRefused.held(booked.bundle, hold.kind)
        }
        guard KeyRules.objections(toShredding: [holding]).isEmpty,
            let destruction = try approvedDestruction(keeping)
        else { throw KeyRefused.notApproved(booked.bundle) }
        let at = now
        let order = KeyOrder(
            id: .fresh(at: at),
            .shred(destruction),
            reason: reason,
            at: at,
            approvals: destruction.approvals
        )
        let subject = CustodySubject(exhibit: booked.bundle, case: keeping.case)
        try give(order, about: subject, staff, as: role)
        return said(order, [])
    }

    /// What the daemon did of an order about keys.
    func keyAnswer(_ request: DeskRequest) throws -> DeskAnswer {
        let id = try request.value("order", "an order's whole id") { UploadID($0) }
        guard let answer = try door.answer(to: id) else { throw KeyRefused.waits(id) }
        return DeskAnswer(answer.json, [answer.message], code: answer.done ? .done : .no)
    }

    private func reason(_ request: DeskRequest) throws -> String {
        let reason = try request.text("reason")
        guard !reason.allSatisfy(\.isWhitespace) else { throw ReviewRefused.noReason }
        return reason
    }

    private static func only(_ prefix: String, of known: Set<String>) throws(KeyRefused) -> String {
        let found = known.filter { !prefix.isEmpty && $0.hasPrefix(prefix) }
        guard let key = found.first, found.count == 1 else { throw .noSuchKey(prefix) }
        return key
    }

    /// The log first, then the book, so that it is placed again should this be cut off, then the daemon's directory.
    private func give(
        _ order: KeyOrder,
        about subject: CustodySubject,
        _ staff: Staff,
        as role: StaffRole
    ) throws {
        let statement = CustodyStatement(
            at: order.at,
            .orderReceived,
            by: .human(staff.id, role, authentication: "peercred", uid: user(of: staff.id)),
            about: subject,
            reason: order.verb,
            references: ["order": "\(order.id)"],
            approvals: order.approvals,
            detail: ["reason": .string(order.reason)]
        )
        try log.append([statement])
        try book.write { try $0.append(order, by: staff.id) }
        waitingKeyOrders.withLock { $0.append(order) }
        try door.place(order)
    }

    /// As ``placeOrders()`` does with those about exhibits.
    func placeKeyOrders() throws {
        var trouble: (any Error)?
        for order in waitingKeyOrders.withLock({ $0 }) {
            do {
                if try isForbidden(order) { _ = try door.withdraw(order.id) } else { try door.place(order) }
                if try door.answer(to: order.id) != nil {
                    waitingKeyOrders.withLock { $0.removeAll { $0.id == order.id } }
                }
            } catch {
                trouble = error
            }
        }
        if let trouble { throw trouble }
    }

    /// A hold that came before the daemon began stops a shredding, and so does a destruction that was taken back.
    private func isForbidden(_ order: KeyOrder) throws -> Bool {
        guard case .shred(let destruction) = order.act else { return false }
        let bundle = BundleID(destruction.upload)
        let keeping = try keeping(of: bundle)
        guard keeping.orders.contains(where: { $0.id == destruction.id }) else { return true }
        return try !activeHolds(of: bundle, keeping).isEmpty
    }

    /// The one that the daemon has not answered.
    private func openRetirement() throws -> KeyOrder? {
        try waitingKeyOrders.withLock { $0 }.first { order in
            guard case .retire = order.act else { return false }
            return try door.answer(to: order.id) == nil
        }
    }

    private func said(_ order: KeyOrder, _ lines: [String]) -> DeskAnswer {
        DeskAnswer(
            ["order": .string("\(order.id)"), "ordered": .bool(true)],
            ["ordered, \(order.id)"] + lines
        )
    }
}

// MARK: - What is kept

extension CaseDesk {
    /// Every exhibit of this node's vault. One that no case knows yet is kept.
    private func holdings(_ shelf: ExhibitShelf) throws -> [KeyHolding] {
        var keepings: [BundleID: ExhibitKeeping] = [:]
        for known in try book.read({ try $0.cases() }) {
            for keeping in try self.keepings(of: known.id) { keepings[keeping.exhibit] = keeping }
        }
        var holdings: [KeyHolding] = []
        try shelf.bundles { bundle in
            holdings.append(try holding(bundle, keepings[bundle], custodians: shelf.custodians(of: bundle)))
        }
        return holdings
    }

    private func holding(_ bundle: BundleID, _ keeping: ExhibitKeeping?, custodians: Set<String>) throws
        -> KeyHolding
    {
        let isHeld = try !activeHolds(of: bundle, keeping).isEmpty
        let isApproved = try keeping.flatMap(approvedDestruction) != nil
        return KeyHolding(
            bundle,
            custodians: custodians,
            isKept: isHeld || keeping?.retention.isKept(at: now) ?? true,
            isApprovedForDestruction: isApproved && !isHeld
        )
    }

    /// The order that two persons gave; `nil` where the daemon refused it.
    private func approvedDestruction(_ keeping: ExhibitKeeping) throws -> Order? {
        try keeping.orders.last { try $0.verb == .destroy && door.answer(to: $0.id)?.done != false }
    }
}

extension Retention {
    /// Whether a duty, a choice or an open decision keeps it.
    fileprivate func isKept(at time: Timestamp) -> Bool {
        switch standing(at: time) {
        case .expired: false
        case .notCSAM(let from): time < from
        case .unsubmitted, .preserved, .expiring: true
        }
    }
}

/// Why a key or an exhibit's headers are not taken away.
enum KeyRefused: WayOut, Equatable {
    case noSuchKey(String)
    case retired(String)
    case waits(UploadID)
    case leftWithTooFew(String, Int)
    case notApproved(BundleID)
    case held(BundleID, Hold.Kind)

    var description: String {
        switch self {
        case .noSuchKey(let key): "\(key) begins the fingerprint of no custodian's key, or of more than one"
        case .retired(let key): "\(key) is retired already"
        case .waits(let order): "order \(order) is not answered yet"
        case .leftWithTooFew(let key, let count):
            "without \(key) \(count) exhibits that are preserved or held would be left with fewer than two drilled keys"
        case .notApproved(let bundle): "the destruction of \(bundle) is not approved by two persons"
        case .held(let bundle, let kind): "a \(kind.rawValue) hold forbids that \(bundle) is destroyed"
        }
    }

    var hint: String {
        switch self {
        case .noSuchKey, .retired: "\"breakwater keys list\" shows the keys"
        case .waits: "breakwaterd takes it when it runs; type the same again when it has answered"
        case .leftWithTooFew:
            "run \"breakwater keys rewrap\" for two other custodians first, and \"breakwater keys drill\" for each"
        case .notApproved: "\"breakwater destroy request\" and \"destroy approve\" come first"
        case .held: "\"breakwater retention list\" shows the holds"
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .noSuchKey: .calledWrongly
        case .waits: .mayPass
        case .retired, .leftWithTooFew, .notApproved, .held: .no
        }
    }
}
