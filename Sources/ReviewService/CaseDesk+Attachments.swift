import JSONText
import LinuxIO
import UploadModel
import VaultStore

// What persons put beside a case: opened and withdrawn by them, kept as long as the case, handed over with it.

extension CaseDesk {
    /// An attachment as it came, for those who submit it or look at it; every opening is logged.
    func attachment(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let review = try review(of: id)
        let told = review.told?.file.map { [$0] } ?? []
        let attachment = try Self.only(review.attachments + review.withdrawn + told, request)
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

// MARK: - Keeping

extension CaseDesk {
    /// Of every file that was attached to a case, withdrawn ones and told contexts too.
    func attachmentKeepings(of id: CaseID) throws -> [AttachmentKeeping] {
        try book.read { tables in
            let rows = try tables.rows(of: id)
            let review = try Review(replaying: rows)
            return try rows.compactMap { row in
                guard let attachment = row.event.file else { return nil }
                return AttachmentKeeping(
                    attachment.id,
                    attachedAt: row.at,
                    in: id,
                    review,
                    replaying: try tables.attachmentRows(of: attachment.id)
                )
            }
        }
    }

    /// Puts attachments into an export, for its recipient alone.
    ///
    /// - Parameter staging: Gets `attachments/`.
    func handOver(
        _ all: [AttachmentKeeping],
        to recipient: AgeRecipient,
        into staging: borrowing Descriptor
    ) throws {
        let goal = try staging.ensureDirectory(Array("attachments".utf8), mode: 0o700, subject: "attachments")
        for keeping in all {
            do { try files.handOver(keeping.attachment, to: recipient, into: goal) } catch let damaged
                as DamagedSeal
            {
                throw KeepingRefused.exportFailed("\(damaged)")
            }
        }
    }
}

/// All that is kept of what a request names: one exhibit, or a case with what is attached to it.
struct KeptThings {
    var exhibits: [ExhibitKeeping]
    var attachments: [AttachmentKeeping]

    var isEmpty: Bool { exhibits.isEmpty && attachments.isEmpty }

    /// Those whose retention takes a change.
    func filter(_ isTaken: (inout Retention) -> Bool) -> KeptThings {
        func takes(_ retention: Retention) -> Bool {
            var copy = retention
            return isTaken(&copy)
        }
        return KeptThings(
            exhibits: exhibits.filter { takes($0.retention) },
            attachments: attachments.filter { takes($0.retention) }
        )
    }

    /// How often something of it was handed over.
    var exports: Int { (exhibits.map(\.exports) + attachments.map(\.exports)).max() ?? 0 }

    var count: Int { exhibits.count + attachments.count }
}
