import Digests
import JSONText
import LinuxIO
import Synchronization
import UploadModel

// The end of an exhibit: one person asks, another approves, nothing forbids it, and the daemon does it by a signed order.

extension CaseDesk {
    func requestDestruction(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (booked, keeping) = try living(request)
        try refuseWhileWaiting(keeping)
        if keeping.proposals[.destroy] != nil { throw KeepingRefused.proposed(booked.bundle) }
        let basis = try basis(request)
        let role = try keeper(staff, .destroyRequest, on: basis)
        let at = now
        let id = UploadID.fresh(at: at)
        let approval = Approval(staff: staff.id, role: role, time: at, request: id)
        do { _ = try Destruction(of: booked.bundle, because: basis, request: approval) } catch {
            throw KeepingRefused.destruction(error)
        }
        if !request.files.isEmpty { try files.keep(request.files, as: attachments(of: request.files)) }
        let order = Order(
            id: id,
            verb: .destroy,
            upload: booked.bundle.upload,
            reason: try request.text("reason"),
            at: at,
            approvals: [approval],
            basis: basis
        )
        try keep([(keeping, .proposed(order))], by: staff, as: role)
        return waits(
            order,
            "\(booked.bundle): destruction is asked for; another custodian or counsel approves it"
        )
    }

    /// Who has both roles acts as counsel where counsel is wanted.
    private func keeper(
        _ staff: Staff,
        _ act: DeskRequest.Verb,
        on basis: DestructionBasis
    ) throws(DeskRefused) -> StaffRole {
        if case .lawEnforcement = basis, staff.roles.contains(.counsel) { return .counsel }
        return try keeper(staff, act)
    }

    private func basis(_ request: DeskRequest) throws -> DestructionBasis {
        switch try request.text("basis") {
        case DestructionBasis.expiry.name: return .expiry
        case DestructionBasis.notCSAM.name: return .notCSAM
        case DestructionBasis.lawEnforcementName:
            guard let document = request.files.first else {
                throw DeskRefused.unusable("\"document\" has to be the file with the agency's request")
            }
            let digest = DigestSet(of: document.bytes).sha256?.hex ?? ""
            return .lawEnforcement(request: digest, calledBack: try calledBack(request))
        default: throw DeskRefused.unusable("\"basis\" has to be expiry, not-csam or le-request")
        }
    }

    private func calledBack(_ request: DeskRequest) throws -> Timestamp? {
        try request.textIfThere("called_back").map { _ in try request.time("called_back") }
    }

    func approveDestruction(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (booked, keeping) = try living(request)
        guard case (let proposed, var destruction)? = try keeping.destruction() else {
            throw KeepingRefused.nothingProposed(booked.bundle)
        }
        let role = try keeper(staff, .destroyApprove, on: destruction.basis)
        try refuseWhileWaiting(keeping)
        if let time = try calledBack(request) { destruction.calledBack(at: time) }
        let at = now
        let approval = Approval(staff: staff.id, role: role, time: at, request: proposed.id)
        do throws(DestructionRefused) {
            try destruction.approve(approval, given: keeping.retention)
            try destruction.mayExecute(given: keeping.retention, at: at)
        } catch {
            throw KeepingRefused.destruction(error)
        }
        if let hold = try activeHolds(of: booked.bundle, keeping).first {
            throw KeepingRefused.heldInTheLog(booked.bundle, hold)
        }
        if case .expiry = destruction.basis, let until = try extendedInTheLog(booked.bundle), until > at {
            throw KeepingRefused.destruction(.notExpired(until: until))
        }
        let order = Order(
            id: proposed.id,
            verb: .destroy,
            upload: proposed.upload,
            reason: proposed.reason,
            at: at,
            approvals: destruction.approvals,
            basis: destruction.basis,
            basisSince: keeping.retention.beginning(of: destruction.basis)
        )
        try give(order, [], keeping, staff, as: role)
        return ordered(order)
    }

    func refuseDestruction(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (booked, keeping) = try living(request)
        guard case (let proposed, var destruction)? = try keeping.destruction() else {
            return try takeBack(keeping, staff)
        }
        let role = try keeper(staff, .destroyRefuse, on: destruction.basis)
        let approval = Approval(staff: staff.id, role: role, time: now, request: proposed.id)
        do { try destruction.refuse(approval) } catch { throw KeepingRefused.destruction(error) }
        try keep([(keeping, .refused(proposed.id, approval))], by: staff, as: role)
        return DeskAnswer(
            ["order": .string("\(proposed.id)"), "ordered": .bool(false)],
            ["\(booked.bundle): its destruction is refused"]
        )
    }

    /// Refuses what two persons agreed to, as long as the daemon has not begun with it.
    private func takeBack(_ keeping: ExhibitKeeping, _ staff: Staff) throws -> DeskAnswer {
        let given = try keeping.orders.last { try $0.verb == .destroy && door.answer(to: $0.id) == nil }
        guard let order = given else { throw KeepingRefused.nothingProposed(keeping.exhibit) }
        let role = try keeper(staff, .destroyRefuse)
        // An order to shred the headers stands on this one, and what has none left is not kept.
        let all = try ordersToDestroy(keeping.exhibit).filter { $0 != order.id } + [order.id]
        // Those that were withdrawn before one that is too late are placed again, for they still wait here.
        for id in all {
            guard try door.withdraw(id) else { throw KeepingRefused.tooLate(id) }
        }
        waitingKeyOrders.withLock { $0.removeAll { all.contains($0.id) } }
        waiting.withLock { $0.removeAll { $0.id == order.id } }
        let approval = Approval(staff: staff.id, role: role, time: now, request: order.id)
        try keep([(keeping, .refused(order.id, approval))], by: staff, as: role)
        return DeskAnswer(
            ["order": .string("\(order.id)"), "ordered": .bool(false)],
            ["\(keeping.exhibit): its destruction is refused, and the order is taken back"]
        )
    }

    /// What the daemon wrote when it had destroyed an exhibit.
    func certificate(_ request: DeskRequest) throws -> DeskAnswer {
        let bundle = try exhibit(of: request).bundle
        let path = "\(configuration.settings.state.root)/vault/certificates/\(bundle)"
        do {
            let bytes = try Descriptor.open("\(path).json").readAll(limit: 1 << 20, subject: "certificate")
            let text = try Descriptor.open("\(path).txt").readAll(limit: 1 << 20, subject: "certificate")
            let lines = String(decoding: text, as: UTF8.self).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            return DeskAnswer(try JSONValue(parsing: bytes), lines.map(String.init))
        } catch let error as SyscallError where error.isNotThere {
            throw KeepingRefused.noCertificate(bundle)
        }
    }
}
