import GRDB
package import UploadModel

/// Why the ledger could not be opened, read or written.
///
/// After any of these the book is as it was before the call. Nothing here comes from an upload but its id.
package enum LedgerFault: Error, Equatable {
    /// No room on the disk.
    case full
    /// Another process kept the ledger locked for longer than ``Ledger/patience``.
    case busy
    /// There is no ledger, or none that this user may open.
    case notThere
    case readOnly
    /// The disk failed. The ledger takes no more rows until it is opened anew, since after a failed fsync
    /// nobody knows what a second one would vouch for. `code` is SQLite's extended result code.
    case ioError(code: Int32)
    /// What is stored cannot be read, or cannot have been written by us.
    case damaged(String)
    /// A later version wrote the ledger.
    case newerSchema(found: Int, known: Int)
    /// The row cannot follow those that the upload has.
    case outOfOrder(UploadID, OutOfOrder)
    case closed
    /// Any other refusal of SQLite, by its extended result code.
    case refused(code: Int32)

    /// Whether the same call may succeed later without anybody's help.
    package var mayPass: Bool {
        switch self {
        case .full, .busy: true
        case .notThere, .readOnly, .ioError, .damaged, .newerSchema, .outOfOrder, .closed, .refused: false
        }
    }
}

extension LedgerFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full: "no room for the ledger; free space on the disk of the state directory"
        case .busy: "another process keeps the ledger locked; end it or wait"
        case .notThere: "no ledger that this user can open; start breakwaterd once, or run this as its user"
        case .readOnly:
            "the ledger cannot be written; check the owner of its files and the disk's mount options"
        case .ioError(let code):
            "the disk failed under the ledger (SQLite code \(code)); check it, then restart"
        case .damaged(let what): "the ledger is damaged: \(what); restore it from a backup"
        case .newerSchema(let found, let known):
            "the ledger has schema \(found), but this version knows \(known); install the later version again"
        case .outOfOrder(let id, let what): "upload \(id): \(what); run \"breakwater spool check\""
        case .closed: "the ledger is closed"
        case .refused(let code): "the ledger refused (SQLite code \(code)); report this"
        }
    }
}

extension LedgerFault {
    init(_ error: any Error) {
        switch error {
        case let fault as LedgerFault: self = fault
        case let error as DatabaseError: self.init(error.extendedResultCode)
        default: self = .damaged("a value of the wrong type")
        }
    }

    private init(_ code: ResultCode) {
        switch code {
        // The shared index of the log is grown when a transaction begins; only a full disk prevents that.
        case .SQLITE_IOERR_SHMSIZE: self = .full
        default: self.init(code, kind: code.primaryResultCode)
        }
    }

    private init(_ code: ResultCode, kind: ResultCode) {
        switch kind {
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .notThere
        case .SQLITE_READONLY: self = .readOnly
        case .SQLITE_IOERR: self = .ioError(code: code.rawValue)
        case .SQLITE_CORRUPT: self = .damaged("SQLite cannot follow its pages (code \(code.rawValue))")
        case .SQLITE_NOTADB: self = .damaged("not an SQLite database")
        default: self = .refused(code: code.rawValue)
        }
    }
}
