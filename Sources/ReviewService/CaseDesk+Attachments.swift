import JSONText
import UploadModel

// What persons put beside a case: opened and withdrawn by them.

extension CaseDesk {
    /// An attachment as it came, for those who submit it or look at it; every opening is logged.
    func attachment(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let review = try review(of: id)
        let attachment = try Self.only(review.attachments + review.withdrawn, request)
        try log.append([opening(of: attachment, in: id, by: staff)])
        let bytes = try files.content(of: attachment)
        var answer = DeskAnswer(
            [
                "case": .string("\(id)"), "attachment": .string("\(attachment.id)"),
                "name": .string(attachment.name),
            ],
            ["\(attachment.id): \(bytes.count) bytes"]
        )
        answer.payload = .files([NamedFile(name: "\(attachment.id)", bytes: bytes)])
        return answer
    }

    /// Takes a file that does not belong to the case out of its report. It stays preserved with the case.
    func detach(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let attachment = try Self.only(try review(of: id).attachments, request)
        let reason = try request.text("reason")
        let review = try record([.attachmentWithdrawn(attachment.id, because: reason)], on: id, by: staff)
        return said(id, review, "\(attachment.id): withdrawn; it is in no report, and is kept with the case")
    }

    private static func only(_ all: [Attachment], _ request: DeskRequest) throws -> Attachment {
        let name = try request.text("attachment")
        let found = all.filter { "\($0.id)".hasPrefix(name) }
        guard let attachment = found.first else { throw DeskRefused.noSuch(name) }
        guard found.count == 1 else { throw DeskRefused.ambiguous(name) }
        return attachment
    }

    private func opening(of attachment: Attachment, in id: CaseID, by staff: Staff) -> CustodyStatement {
        let role = staff.role(among: [.reviewer, .approver, .custodian]) ?? .reviewer
        let user = user(of: staff.id)
        return CustodyStatement(
            at: now,
            .contextOpened,
            by: .human(staff.id, role, authentication: "peercred", uid: user),
            about: CustodySubject(case: id),
            references: ["attachment": "\(attachment.id)"]
        )
    }
}
