import Digests
import JSONText
import LinuxIO
import Synchronization
import UploadModel
import VaultStore

// How what is decided about an exhibit's keeping becomes a row, and an order: the custody log has it first, then the book,
// then the daemon's directory. An order whose row stands is placed again until it is answered.

extension CaseDesk {
    func keeping(of bundle: BundleID) throws -> ExhibitKeeping {
        try book.read { tables in
            guard let booked = try tables.exhibit(bundle),
                let found = try keepings(of: booked.case, tables).first(where: { $0.exhibit == bundle })
            else { throw DeskRefused.noSuch("\(bundle)") }
            return found
        }
    }

    func keepings(of id: CaseID) throws -> [ExhibitKeeping] { try book.read { try keepings(of: id, $0) } }

    func keepings(of id: CaseID, _ tables: DeskTables) throws -> [ExhibitKeeping] {
        let rows = try tables.rows(of: id)
        let review = try Review(replaying: rows)
        var decidedAt: [BundleID: Timestamp] = [:]
        for row in rows { if case .disposed(let bundle, _) = row.event { decidedAt[bundle] = row.at } }
        return try tables.exhibits(of: id).map { booked in
            let retention = Retention(
                of: booked.bundle,
                preservedAt: booked.claimedAt,
                in: review,
                decidedAt: decidedAt[booked.bundle]
            )
            let rows = try tables.keepingRows(of: booked.bundle)
            return ExhibitKeeping(booked.bundle, in: id, retention, replaying: rows)
        }
    }

    /// Writes one thing about all of them, or nothing.
    func keep(_ kept: KeptThings, _ event: KeepingEvent, by staff: Staff, as role: StaffRole) throws {
        let at = now
        let exhibits = kept.exhibits.map {
            KeepingRow(exhibit: $0.exhibit, at: at, by: staff.id, roles: staff.roles, event: event)
        }
        let attachments = kept.attachments.map {
            AttachmentRow(attachment: $0.attachment, at: at, by: staff.id, roles: staff.roles, event: event)
        }
        let user = user(of: staff.id)
        try log.append(
            zip(kept.exhibits, exhibits).map { $1.statement(in: $0.case, as: role, user: user) }
                + zip(kept.attachments, attachments).map { $1.statement(in: $0.case, as: role, user: user) }
        )
        try book.write { tables in
            for row in exhibits { try tables.append(row) }
            for row in attachments { try tables.append(row) }
        }
    }

    /// Writes rows, or none of them.
    func keep(_ events: [(ExhibitKeeping, KeepingEvent)], by staff: Staff, as role: StaffRole) throws {
        let at = now
        let rows = events.map { keeping, event in
            KeepingRow(exhibit: keeping.exhibit, at: at, by: staff.id, roles: staff.roles, event: event)
        }
        let user = user(of: staff.id)
        try log.append(zip(events, rows).map { $1.statement(in: $0.0.case, as: role, user: user) })
        try book.write { tables in for row in rows { try tables.append(row) } }
    }

    /// The exhibit that a request names, as long as its daemon is this node's and it was not destroyed.
    func living(_ request: DeskRequest) throws -> (booked: BookedExhibit, keeping: ExhibitKeeping) {
        let known = try ofThisNode(request)
        if try isDestroyed(known.keeping) { throw KeepingRefused.destroyed(known.booked.bundle) }
        return known
    }

    /// The exhibit that a request names, as long as its daemon is this node's.
    func ofThisNode(_ request: DeskRequest) throws -> (booked: BookedExhibit, keeping: ExhibitKeeping) {
        let bundle = try exhibit(of: request).bundle
        guard let booked = try book.read({ try $0.exhibit(bundle) }) else {
            throw DeskRefused.noSuch("\(bundle)")
        }
        guard booked.shelf == configuration.settings.state.root else {
            throw KeepingRefused.elsewhere(bundle)
        }
        return (booked, try keeping(of: bundle))
    }

    // MARK: - Orders

    /// Gives an order: its row first, so that it is placed again should this be cut off.
    func give(
        _ order: Order,
        _ events: [KeepingEvent],
        _ keeping: ExhibitKeeping,
        _ staff: Staff,
        as role: StaffRole
    )
        throws
    {
        try keep((events + [.ordered(order)]).map { (keeping, $0) }, by: staff, as: role)
        waiting.withLock { $0.append(order) }
        try place(order)
    }

    /// Places what has no answer and does not lie there, and forgets what is answered. One that cannot be placed does not
    /// keep the others.
    ///
    /// - Throws: What stood in the way of the last of those.
    func placeOrders() throws {
        var trouble: (any Error)?
        for order in waiting.withLock({ $0 }) {
            do {
                if try isForbidden(order) { _ = try door.withdraw(order.id) } else { try place(order) }
                if try door.answer(to: order.id) != nil {
                    waiting.withLock { $0.removeAll { $0.id == order.id } }
                }
            } catch {
                trouble = error
            }
        }
        do { try placeKeyOrders() } catch { trouble = error }
        if let trouble { throw trouble }
    }

    /// A hold that came before the daemon began with the order stops it.
    private func isForbidden(_ order: Order) throws -> Bool {
        guard order.verb == .destroy else { return false }
        let bundle = BundleID(order.upload)
        return try !activeHolds(of: bundle, keeping(of: bundle)).isEmpty
    }

    private func place(_ order: Order) throws {
        let bundle = BundleID(order.upload)
        let attributes =
            order.attributes == nil
            ? nil : try shelf(configuration.settings.state.root).attributes(of: bundle)
        try door.place(order, attributes: attributes) { file in
            var digest = RunningDigest(DigestAlgorithms(.sha256))
            try shelf(configuration.settings.state.root).content(of: bundle) { chunk in
                digest.update(chunk)
                try file.write(chunk, subject: "order's content")
            }
            guard digest.finish().sha256?.hex == order.content else { throw DeskRefused.changed(bundle) }
        }
    }

    /// Whether the last order of this kind was carried out.
    func isDone(_ verb: Order.Verb, _ keeping: ExhibitKeeping) throws -> Bool {
        try keeping.orders.contains { try $0.verb == verb && door.answer(to: $0.id)?.done == true }
    }

    func isDestroyed(_ keeping: ExhibitKeeping) throws -> Bool { try isDone(.destroy, keeping) }

    /// - Throws: ``KeepingRefused/waits(_:)`` while the daemon has not answered an earlier one.
    func refuseWhileWaiting(_ keeping: ExhibitKeeping) throws {
        if let open = try keeping.orders.first(where: { try door.answer(to: $0.id) == nil }) {
            throw KeepingRefused.waits(open.id)
        }
    }

    /// What `case show` says of an exhibit's orders and proposals.
    func orderLines(_ keeping: ExhibitKeeping) throws -> [(line: String, json: JSONValue)] {
        let proposed = keeping.proposals.values.sorted { $0.id < $1.id }.map { order in
            Self.orderLine(
                order,
                "asked by \(order.approvals.first.map { "\($0.staff)" } ?? ""), waits for a second person",
                nil
            )
        }
        return try keeping.orders.map { order in
            let answer = try door.answer(to: order.id)
            let text = answer.map { ($0.done ? "" : "refused: ") + $0.message } ?? "waits for breakwaterd"
            return Self.orderLine(order, text, answer)
        } + proposed
    }

    private static func orderLine(_ order: Order, _ text: String, _ answer: OrderAnswer?) -> (
        String, JSONValue
    ) {
        (
            "order       \(order.verb.rawValue) of ex-\(order.upload): \(text)",
            [
                "order": .string("\(order.id)"), "verb": .string(order.verb.rawValue),
                "exhibit": .string("ex-\(order.upload)"), "done": answer.map { .bool($0.done) } ?? .null,
                "message": .string(text), "approvals": .array(order.approvals.map(\.json)),
            ]
        )
    }
}

extension Staff {
    /// The role in which a person acts, of those that may; `nil` where they have none of them.
    func role(among allowed: Set<StaffRole>) -> StaffRole? {
        StaffRole.allCases.first { allowed.contains($0) && roles.contains($0) }
    }
}
