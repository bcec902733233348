package import UploadModel

/// One upload as the ledger knows it.
package struct LedgerUpload: Equatable, Sendable {
    package let id: UploadID
    /// Name of the spool that it came in by.
    package let spool: String
    /// Where it lay when its first row was written.
    package let path: SpoolPath
    /// What has happened to it, oldest first; ``Custody/replaying(_:)`` takes them.
    package var rows: [LedgerRow]
    /// Whether the sidecar `NAME.meta.json` is part of the upload.
    package var hasContext: Bool

    package init(id: UploadID, spool: String, path: SpoolPath, rows: [LedgerRow], hasContext: Bool) {
        (self.id, self.spool, self.path, self.rows, self.hasContext) = (id, spool, path, rows, hasContext)
    }
}

/// One line of the ledger: a fact, and when it became one.
package struct LedgerRow: Equatable, Sendable {
    package let event: CustodyEvent
    package let at: Timestamp

    package init(event: CustodyEvent, at: Timestamp) {
        self.event = event
        self.at = at
    }
}

/// What is appended to one upload in one go: all of it becomes durable, or nothing.
package struct LedgerEntry: Sendable {
    let id: UploadID
    let spool: String
    let path: SpoolPath
    let events: [LedgerRow]
    let context: [UInt8]?
    let hasContext: Bool

    /// - Parameters:
    ///   - spool: As `path`, it is kept from the upload's first entry and ignored in later ones.
    ///   - events: Oldest first; each must be able to follow what the ledger holds.
    ///   - context: The sidecar's bytes as they came, for the draft; `nil` leaves what the ledger holds.
    ///   - hasContext: Once true for an upload it stays so.
    package init(
        id: UploadID,
        spool: String,
        path: SpoolPath,
        events: [LedgerRow],
        context: [UInt8]? = nil,
        hasContext: Bool
    ) {
        self.id = id
        self.spool = spool
        self.path = path
        self.events = events
        self.context = context
        self.hasContext = hasContext
    }
}

extension LedgerEntry {
    /// Whether the context's bytes may be deleted with it: the draft is written, or custody ends.
    var mayEraseContext: Bool {
        hasContext
            && events.contains { row in
                switch row.event {
                case .drafted, .released, .vanished, .restored, .destroyed: true
                default: false
                }
            }
    }
}
