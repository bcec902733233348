import Digests
import Intake
import JSONText
import LedgerStore
import LinuxIO
import UploadModel
import VaultStore

// What the desk orders: restore, suppress, lift, destroy. The desk's signature is checked first, then what the order
// says against our own rows, then the custody log takes it, and only then it is done.

/// Carries out signed orders, and the effects that follow from them.
struct SignedOrders: Sendable {
    let house: House

    /// Checks the desk's signature over the bytes of `order.json`.
    func checkSignature(in directory: borrowing Descriptor, over bytes: [UInt8]) throws {
        let key = try house.configuration.deskKey()
        let file = try directory.open(
            Array("order.sig".utf8),
            [.noFollow, .nonBlocking],
            subject: "order.sig"
        )
        let signature = try file.readAll(limit: 1_024, subject: "order.sig")
        guard OrderSignature.holds(signature, over: bytes, key: key) else { throw OrderRefused.notTheDesk }
    }

    /// Whether rows and order fit, and, for a restore, whether it brings the content that was preserved, nothing stops it
    /// today, and the spool takes what goes with it.
    ///
    /// - Throws: ``OrderRefused/mayPass`` tells whether it is to be asked again.
    func check(_ order: Order, _ known: LedgerUpload, _ upload: Upload) throws {
        let preserved = order.verb == .restore ? try preserved(by: order) : nil
        try order.check(
            matches: known.matches,
            digests: preserved,
            preservedAt: known.preservedAt,
            at: Timestamp(nanoseconds: Clocks.realtime)
        )
        if let preserved {
            guard try digests(ofContentOf: order) == preserved else { throw OrderFault.otherContent }
            try upload.spool.checkTakes(try original(of: order), for: upload.place)
            try requireReleasable(order, preserved, known)
        }
    }

    /// What was preserved, as the bundle's record has it: the source may have changed after its match, or never have been
    /// digested before.
    func preserved(by order: Order) throws -> DigestSet {
        let exhibit = try house.vault.exhibit(of: BundleID(order.upload))
        return try DigestSet(exhibit["digests"]?["preserved"] ?? .null)
    }

    func content(of order: Order) throws(SyscallError) -> Descriptor {
        let path = Array("order-\(order.id)/content".utf8)
        return try house.orders.descriptor.open(path, [.noFollow, .nonBlocking], subject: "order's content")
    }

    private func directory(of order: Order) throws(SyscallError) -> Descriptor {
        try house.orders.descriptor.open(House.orderName(order.id), .directory, subject: "order")
    }

    private func digests(ofContentOf order: Order) throws -> DigestSet {
        let file = try content(of: order)
        guard try file.status(subject: "order's content").kind == .regular else { throw OrderFault.noContent }
        return try DigestSet.reading(file)
    }

    /// What the file was like: from our own record, with the attributes that the order brings, since they are sealed here.
    ///
    /// - Throws: ``OrderFault/otherAttributes`` where they are not those of the record, by its digest and the order's.
    private func original(of order: Order) throws -> OriginalFile {
        let exhibit = try house.vault.exhibit(of: BundleID(order.upload))
        let known = exhibit["extended_attributes"] ?? .null
        guard known["count"]?.intValue != 0 else { return try OriginalFile(exhibit: exhibit, attributes: []) }
        guard let digest = order.attributes, digest == known["sha256"]?.stringValue else {
            throw OrderFault.otherAttributes
        }
        let path = Array("order-\(order.id)/attributes.json".utf8)
        let bytes = try house.orders.descriptor
            .open(path, [.noFollow, .nonBlocking], subject: "order's attributes")
            .readAll(limit: Order.largestAttributes, subject: "order's attributes")
        guard DigestSet(of: bytes).sha256?.hex == digest else { throw OrderFault.otherAttributes }
        return try OriginalFile(
            exhibit: exhibit,
            attributes: [ExtendedAttribute](attributes: try JSONValue(parsing: bytes))
        )
    }

    // MARK: - Effects

    /// Gives an upload back, and suppresses what it met.
    ///
    /// - Returns: `refused` where lists overtook the order since it was checked; nothing is suppressed by it then.
    func restore(_ order: Order, _ upload: Upload, _ known: LedgerUpload) throws -> CustodyEvent {
        do {
            return try giveBack(order, upload, known)
        } catch let error as OrderRefused where !error.mayPass {
            // A try before this one may have come as far as the suppression.
            try house.suppressions.remove(order.upload)
            return .refused
        }
    }

    private func giveBack(_ order: Order, _ upload: Upload, _ known: LedgerUpload) throws -> CustodyEvent {
        let original = try original(of: order)
        let wanted = try preserved(by: order)
        let suppression = Suppression(order, digests: wanted, matches: known.matches)
        try upload.spool.restore(
            try content(of: order),
            to: upload.place,
            as: original,
            markedIn: try directory(of: order)
        ) {
            file throws(SyscallError) in
            try DigestSet.reading(file) == wanted
        } beforeMove: {
            try requireReleasable(order, wanted, known)
            // First what keeps it from being quarantined again: the application may hand it over at once.
            if let suppression { try house.suppressions.add(suppression) }
        }
        if let suppression, !house.suppressions.isThere(order.upload) {
            try house.suppressions.add(suppression)
        }
        house.record.note(
            statement(order, .restoreDone, why: known.matches.isExact ? "exact" : "similar")
        )
        if suppression != nil { house.record.note(statement(order, .suppressionAdded)) }
        return .restored
    }

    func destroy(_ order: Order, _ known: LedgerUpload) throws -> CustodyEvent {
        guard let basis = order.basis else { throw OrderFault.noBasis }
        let bundle = BundleID(order.upload)
        let destroyer = try house.vault.destroyer(of: bundle, state: house.stateRoot.descriptor)
        let certificate = try destroyer.destroy(
            bundle,
            basis: basis,
            approvals: order.approvals,
            content: known.digests?.sha256?.hex,
            at: Timestamp(nanoseconds: Clocks.realtime)
        )
        house.record.note(
            statement(
                order,
                .destroyExecuted,
                why: basis.name,
                ["certificate": DigestSet(of: certificate).sha256?.hex ?? ""]
            )
        )
        return .destroyed
    }

    /// What the log says of an order.
    func statement(
        _ order: Order,
        _ kind: CustodyEntryKind,
        why: String? = nil,
        _ references: [String: String] = [:]
    ) -> CustodyStatement {
        Self.statement(order, kind, why: why, references, at: Timestamp(nanoseconds: Clocks.realtime))
    }

    static func statement(
        _ order: Order,
        _ kind: CustodyEntryKind,
        why: String? = nil,
        _ references: [String: String] = [:],
        at time: Timestamp
    ) -> CustodyStatement {
        CustodyStatement(
            at: time,
            kind,
            by: .daemon,
            about: CustodySubject(exhibit: BundleID(order.upload)),
            reason: why ?? order.verb.rawValue,
            references: references.merging(order.references) { $1 },
            approvals: order.approvals
        )
    }
}

extension Order {
    /// What it counts from goes with it, so that the log alone tells whether it was time.
    fileprivate var references: [String: String] {
        var references = ["order": "\(id)"]
        references["since"] = basisSince.map { "\($0)" }
        return references
    }
}

/// A directory that several hold.
final class SharedDirectory: Sendable {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}

extension OriginalFile {
    /// Reads what a bundle's technical record says of its source.
    init(exhibit: JSONValue, attributes: [ExtendedAttribute]) throws(TextFault) {
        let file = exhibit["file"] ?? .null
        self.init(
            mode: try file.parsed("mode") { UInt32($0, radix: 8) },
            uid: UInt32(clamping: try file.unsigned("uid")),
            gid: UInt32(clamping: try file.unsigned("gid")),
            accessed: try file.parsed("accessed_ns") { Int64($0) },
            modified: try file.parsed("modified_ns") { Int64($0) },
            attributes: attributes
        )
    }
}

extension Configuration {
    /// The key that the desk signs its orders with.
    ///
    /// - Throws: ``OrderRefused/noDesk`` where the settings name none, or the file holds none.
    func deskKey() throws -> [UInt8] {
        guard !settings.state.deskKey.isEmpty else { throw OrderRefused.noDesk }
        let text = try Descriptor.open(settings.state.deskKey).readAll(
            limit: 1_024,
            subject: settings.state.deskKey
        )
        guard let key = Hex.bytes(text.prefix { $0.hexDigit != nil }), key.count == 32 else {
            throw OrderRefused.noDesk
        }
        return key
    }
}
