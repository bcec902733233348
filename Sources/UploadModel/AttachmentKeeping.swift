/// A ``KeepingEvent`` about a file that a person attached, with who did it, in what roles, and when. Rows are only ever
/// added.
package struct AttachmentRow: Equatable, Sendable {
    package let attachment: UploadID
    package let at: Timestamp
    package let by: StaffID
    package let roles: Set<StaffRole>
    package let event: KeepingEvent

    package init(
        attachment: UploadID,
        at: Timestamp,
        by: StaffID,
        roles: Set<StaffRole>,
        event: KeepingEvent
    ) {
        (self.attachment, self.at, self.by) = (attachment, at, by)
        (self.roles, self.event) = (roles, event)
    }
}

/// How long a file that a person attached is kept, and what forbids its end; beside ``ExhibitKeeping``.
///
/// Its term is that of its case: it begins with the recorded submission, also where the file was withdrawn from the
/// report, since it is part of what was preserved about the case.
package struct AttachmentKeeping: Equatable, Sendable {
    package let attachment: UploadID
    package let `case`: CaseID
    package private(set) var retention: Retention
    package private(set) var exports = 0

    /// - Parameters:
    ///   - attachedAt: When it was attached.
    ///   - rows: Its own, in their order.
    package init(
        _ attachment: UploadID,
        attachedAt: Timestamp,
        in home: CaseID,
        _ review: Review,
        replaying rows: some Sequence<AttachmentRow>
    ) {
        (self.attachment, `case`) = (attachment, home)
        retention = Retention(preservedAt: attachedAt)
        if let time = review.submittedAt { retention.submitted(at: time) }
        retention.isInReview = review.holder != nil && review.submission == nil
        for row in rows {
            retention.take(row.event, at: row.at)
            if case .exported = row.event { exports += 1 }
        }
    }
}
