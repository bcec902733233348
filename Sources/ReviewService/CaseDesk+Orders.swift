import Digests
import JSONText
import UploadModel
import VaultStore

// Giving an upload back that was no match in truth, and what it met from then on. The daemon acts; the desk asks as many
// persons as the daemon will want to see.

extension CaseDesk {
    /// Days after which a suppression is looked at again, unless somebody says when.
    private static let reviewDays: Int64 = 365
    static let restorers: Set<StaffRole> = [.reviewer, .approver, .custodian]

    /// Once what the exhibit shows is disposed of as not_csam.
    func restore(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (booked, keeping) = try living(request)
        guard case .notCSAM = keeping.retention.standing(at: now) else {
            throw KeepingRefused.notDecided(booked.bundle)
        }
        if try isDone(.restore, keeping) { throw KeepingRefused.restored(booked.bundle) }
        return try agree(to: .restore, request, booked, keeping, staff)
    }

    /// Suppressed again after it was lifted, or until another date.
    func suppress(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (booked, keeping) = try living(request)
        guard try isDone(.restore, keeping) else { throw KeepingRefused.notRestored(booked.bundle) }
        return try agree(to: .suppress, request, booked, keeping, staff)
    }

    /// One person undoes a suppression, which outlives the evidence.
    func lift(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (booked, keeping) = try ofThisNode(request)
        guard try isDone(.restore, keeping) else { throw KeepingRefused.notRestored(booked.bundle) }
        return try agree(to: .lift, request, booked, keeping, staff)
    }

    private func agree(
        to verb: Order.Verb,
        _ request: DeskRequest,
        _ booked: BookedExhibit,
        _ keeping: ExhibitKeeping,
        _ staff: Staff
    ) throws -> DeskAnswer {
        try refuseWhileWaiting(keeping)
        let reason = try request.text("reason")
        guard !reason.allSatisfy(\.isWhitespace) else { throw ReviewRefused.noReason }
        guard let role = staff.role(among: Self.restorers) else {
            throw DeskRefused.role(request.verb, needs: Self.restorers)
        }
        let matches =
            verb == .lift ? [] : try ShelvedExhibit.matches(of: booked.bundle, on: try shelf(booked.shelf))
        let needed = matches.isExact ? 2 : 1
        let at = now
        let first = keeping.proposals[verb]
        if first?.approvals.contains(where: { $0.staff == staff.id }) == true {
            throw KeepingRefused.samePerson
        }
        let id = first?.id ?? .fresh(at: at)
        let order = Order(
            id: id,
            verb: verb,
            upload: booked.bundle.upload,
            reason: first?.reason ?? reason,
            at: at,
            approvals: (first?.approvals ?? []) + [
                Approval(staff: staff.id, role: role, time: at, request: id)
            ],
            content: verb == .restore ? booked.sha256 : nil,
            attributes: verb == .restore ? try attributes(of: booked) : nil,
            // What the context alone met is not given back, so nothing is suppressed for it.
            reviewBy: matches.meetContent ? try first?.reviewBy ?? reviewDate(request, at) : nil
        )
        if order.approvals.persons(for: order.id) < needed {
            try keep([(keeping, .proposed(order))], by: staff, as: role)
            return waits(
                order,
                "\(booked.bundle): \(verb.rawValue) is asked for; a second person has to type the same"
            )
        }
        try give(order, first == nil ? [.proposed(order)] : [], keeping, staff, as: role)
        return ordered(order)
    }

    /// SHA-256 of the extended attributes that a restore gives back; `nil` where the upload had none.
    private func attributes(of booked: BookedExhibit) throws -> String? {
        let bytes = try shelf(booked.shelf).attributes(of: booked.bundle)
        return bytes.flatMap { DigestSet(of: $0).sha256?.hex }
    }

    private func reviewDate(_ request: DeskRequest, _ at: Timestamp) throws -> Timestamp {
        guard try request.textIfThere("review_by") != nil else { return at.adding(days: Self.reviewDays) }
        return try request.time("review_by")
    }

    func waits(_ order: Order, _ line: String) -> DeskAnswer {
        DeskAnswer(
            ["order": .string("\(order.id)"), "ordered": .bool(false)],
            [line],
            code: .waitsForSecondPerson
        )
    }

    func ordered(_ order: Order) -> DeskAnswer {
        DeskAnswer(
            ["order": .string("\(order.id)"), "ordered": .bool(true)],
            [
                "ex-\(order.upload): \(order.verb.rawValue) ordered, \(order.id); \"breakwater case show\" has the answer"
            ]
        )
    }
}

extension DeskRequest {
    /// A date, `2027-01-31`, or a moment of RFC 3339.
    func time(_ member: String) throws(DeskRefused) -> Timestamp {
        try value(member, "a date") { Timestamp($0) ?? Timestamp("\($0)T00:00:00Z") }
    }
}
