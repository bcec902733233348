import JSONText
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
    /// Carries out an order about keys; the same one again changes nothing.
    ///
    /// - Returns: What to answer.
    func carryOut(_ order: KeyOrder) throws -> String {
        try order.check()
        let now = Timestamp(nanoseconds: Clocks.realtime)
        switch order.act {
        case .retire(let key):
            let left = configuration.keys.without(retired.withLock { $0.union([key]) })
            guard left.audiences.custodians.count >= 2 else { throw OrderRefused.tooFewKeys }
            try record.require([
                order.statement(.orderReceived, at: now), order.statement(.keyRetired, at: now),
            ])
            try vault.retire(key, by: order, at: now)
            retired.withLock { _ = $0.insert(key) }
            return "retired: nothing is sealed to it any more; take it out of evidence.custodians"
        case .shred(let bundle):
            guard try vault.has(bundle) else { throw OrderRefused.noSuchUpload }
            try record.require([
                order.statement(.orderReceived, at: now), order.statement(.keyShredded, at: now),
            ])
            let places = try vault.shredHeaders(of: bundle)
            let said = places.map { "\($0.headers) headers in the \($0.place.rawValue)" }
            return "shredded: \(said.joined(separator: ", "))"
        }
    }
}

extension KeyOrder {
    func statement(_ kind: CustodyEntryKind, at time: Timestamp) -> CustodyStatement {
        let subject: CustodySubject =
            switch act {
            case .retire(let key): CustodySubject(key: key)
            case .shred(let bundle): CustodySubject(exhibit: bundle)
            }
        return CustodyStatement(
            at: time,
            kind,
            by: .daemon,
            about: subject,
            reason: verb,
            references: ["order": "\(id)"],
            approvals: approvals
        )
    }
}
