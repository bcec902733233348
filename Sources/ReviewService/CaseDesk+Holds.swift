import Digests
import JSONText
import UploadModel

// What forbids every destruction: placed, renewed and released by a keeper, and asked of the book and of the custody log,
// since a book that came from an old backup may lack what the log has.

extension CaseDesk {
    /// Holds an exhibit, or a case and what joins it. An order to destroy that the daemon has not begun is taken back.
    ///
    /// - Parameter request: With the document that asks for it as its file.
    func hold(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let role = try keeper(staff, .holdAdd)
        let kind = try request.value("kind", Hold.Kind.allCases.map(\.rawValue).joined(separator: " or ")) {
            Hold.Kind(rawValue: $0)
        }
        guard let document = request.files.first else {
            throw DeskRefused.unusable("\"document\" has to be the file that asks for the hold")
        }
        let all = try kept(request)
        try files.keep(request.files, as: attachments(of: request.files))
        let at = now
        let hold = Hold(
            id: .fresh(at: at),
            kind: kind,
            placedAt: at,
            document: DigestSet(of: document.bytes).sha256?.hex ?? "",
            isOfCase: try subject(of: request).bundle == nil
        )
        try keep(all, .held(hold), by: staff, as: role)
        // The hold stands by now, so that nothing places them again.
        let late = all.exhibits.flatMap { withdrawDestructions(of: $0.exhibit) }
        var answer = saidOfKeeping(
            all,
            "held, \(hold.id)",
            [
                "hold": .string("\(hold.id)"),
                "under_way": .array(late.compactMap(\.order).map { .string("\($0)") }),
            ]
        )
        answer.lines += late.map(\.line)
        if !late.isEmpty { answer.code = .no }
        return answer
    }

    /// Releases a hold of an exhibit, or of everything of a case that has it; or renews it.
    func changeHold(_ request: DeskRequest, _ staff: Staff, renewing: Bool) throws -> DeskAnswer {
        let role = try keeper(staff, .holdRelease)
        let text = try request.text("hold")
        guard let id = UploadID(text) else { throw KeepingRefused.noHold(text) }
        let at = now
        func changes(_ holds: [Hold]) -> Bool {
            holds.contains { known in
                guard known.id == id else { return false }
                var hold = known
                return renewing ? hold.renew(at: at) : hold.release(at: at)
            }
        }
        var all = try kept(request)
        all.exhibits = try all.exhibits.filter { changes(try holds(of: $0.exhibit, $0)) }
        all.attachments = all.attachments.filter { changes($0.retention.holds) }
        guard !all.isEmpty else { throw KeepingRefused.noHold(text) }
        try keep(all, renewing ? .renewed(id) : .unheld(id), by: staff, as: role)
        return saidOfKeeping(all, renewing ? "hold renewed" : "hold released")
    }

    /// Within the transaction in which exhibits or files join a case that was there: its holds are theirs.
    func holdJoining(
        _ exhibits: [BundleID] = [],
        files: [UploadID] = [],
        in id: CaseID,
        _ tables: DeskTables
    ) throws {
        let at = now
        let (desk, events) = (Staff.desk, try holdsOfCase(id, tables, at: at).map { KeepingEvent.held($0) })
        let rows = events.flatMap { event in
            exhibits.map { KeepingRow(exhibit: $0, at: at, by: desk.id, roles: desk.roles, event: event) }
        }
        let others = events.flatMap { event in
            files.map { AttachmentRow(attachment: $0, at: at, by: desk.id, roles: desk.roles, event: event) }
        }
        try log.append(rows.map { $0.statement(in: id) } + others.map { $0.statement(in: id) })
        for row in rows { try tables.append(row) }
        for row in others { try tables.append(row) }
    }

    private func holdsOfCase(_ id: CaseID, _ tables: DeskTables, at time: Timestamp) throws -> [Hold] {
        let exhibits = Dictionary(grouping: try tables.holdRows(of: id), by: \.exhibit).values.map { rows in
            Retention(holdsOf: rows.map { ($0.at, $0.event) })
        }
        let files = try tables.rows(of: id).compactMap(\.event.file).map { file in
            Retention(holdsOf: try tables.attachmentRows(of: file.id).map { ($0.at, $0.event) })
        }
        return (exhibits + files).holdsOfCase(at: time)
    }

    // MARK: - Asking

    /// Those of the book and those of the custody log, each as it stands there: one may lack the hold, or its renewal.
    private func holds(of bundle: BundleID, _ keeping: ExhibitKeeping?) throws -> [Hold] {
        (keeping?.retention.holds ?? []) + (try log.chain(of: bundle).holds)
    }

    func activeHolds(of bundle: BundleID, _ keeping: ExhibitKeeping?) throws -> [Hold] {
        try holds(of: bundle, keeping).filter { $0.isActive(at: now) }
    }

    /// Until when somebody said that it is kept longer, whatever the book has.
    func extendedInTheLog(_ bundle: BundleID) throws -> Timestamp? {
        try log.chain(of: bundle).filter { $0.kind == .retentionExtended }
            .compactMap { $0.references["until"].flatMap { Timestamp($0) } }.max()
    }

    // MARK: - Orders that wait

    /// An order that a hold came too late for, or that nobody knows of whether it did.
    private struct LateHold {
        let order: UploadID?
        let line: String
    }

    /// What was ordered to destroy an exhibit or to shred its headers, the newest first, without what was refused again.
    /// The log has every order before the daemon has it.
    func ordersToDestroy(_ bundle: BundleID) throws -> [UploadID] {
        let chain = try log.chain(of: bundle)
        func orders(_ kinds: Set<CustodyEntryKind>) -> [UploadID] {
            chain.filter { kinds.contains($0.kind) }.compactMap {
                $0.references["order"].flatMap { UploadID($0) }
            }
        }
        let refused = orders([.destroyRefused])
        return orders([.destroyApproved, .orderReceived]).filter { !refused.contains($0) }
    }

    /// - Returns: Those that it is too late for.
    private func withdrawDestructions(of bundle: BundleID) -> [LateHold] {
        do {
            return try ordersToDestroy(bundle).compactMap { order -> LateHold? in
                if try door.withdraw(order) { return nil }
                return LateHold(
                    order: order,
                    line:
                        "\(bundle): too late: order \(order) is under way; \"breakwater case show\" has its answer"
                )
            }
        } catch {
            let line = "\(bundle): whether an order to destroy it waits could not be looked up: \(error)"
            return [LateHold(order: nil, line: line)]
        }
    }
}
