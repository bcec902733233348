import GRDB
import JSONText
import UploadModel

/// The desk's own book: cases, their exhibits, and every act as a row that is only ever added.
///
/// One SQLite file. What is written together is one transaction, durable when the call returns; a desk that is killed
/// between two acts leaves the first whole and nothing of the second. Calls block.
final class DeskBook: Sendable {
    private let queue: DatabaseQueue

    /// Opens the book, makes it if there is none, and checks every page of it.
    init(opening path: String) throws(DeskBookFault) {
        var configuration = Configuration()
        configuration.label = "desk"
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction(DeskSchema.prepare)
        } catch {
            throw DeskBookFault(error)
        }
    }

    func read<Answer>(_ body: (DeskTables) throws -> Answer) throws -> Answer {
        do { return try queue.unsafeRead { try body(DeskTables(db: $0)) } } catch {
            throw DeskBookFault.wrapping(error)
        }
    }

    func write<Answer>(_ body: (DeskTables) throws -> Answer) throws -> Answer {
        do { return try queue.write { try body(DeskTables(db: $0)) } } catch {
            throw DeskBookFault.wrapping(error)
        }
    }
}

/// A case as the book keeps it beside its rows; all but the id follows from them and from the exhibits.
struct BookedCase: Equatable, Sendable {
    let id: CaseID
    /// `nil` where the application said nothing.
    let account: AccountKey?
    let first: Timestamp
    let last: Timestamp
    let stage: Review.Stage
    let isUrgent: Bool
    /// Whether a match opened it, so that another may join.
    let isOfMatch: Bool

    /// Whether it may be of the account: one of the two does not say of which service its account is.
    func isPerhaps(of key: AccountKey) -> Bool {
        guard let account, account.ref == key.ref, account != key else { return false }
        return account.service == nil || key.service == nil
    }
}

/// Where an exhibit lies and what it is found by.
struct BookedExhibit: Equatable, Sendable {
    let bundle: BundleID
    let `case`: CaseID
    /// A state directory, or a copy of another node's exhibits.
    let shelf: String
    /// Of the preserved bytes, hexadecimal.
    let sha256: String
    let claimedAt: Timestamp

    init(bundle: BundleID, case: CaseID, shelf: String, sha256: String, claimedAt: Timestamp) {
        (self.bundle, self.case, self.shelf) = (bundle, `case`, shelf)
        (self.sha256, self.claimedAt) = (sha256, claimedAt)
    }
}

/// Why the desk's book could not be opened, read or written; nothing of the call is written then.
enum DeskBookFault: WayOut, Equatable {
    case full
    case busy
    case damaged(String)
    case newerSchema(found: Int, known: Int)
    /// Any other refusal of SQLite, by its extended result code.
    case refused(code: Int32)

    var description: String {
        switch self {
        case .full: "no room for the desk's book"
        case .busy: "another process keeps the desk's book locked"
        case .damaged(let what): "the desk's book is damaged: \(what)"
        case .newerSchema(let found, let known):
            "the desk's book has schema \(found), but this version knows \(known)"
        case .refused(let code): "the desk's book refused (SQLite code \(code))"
        }
    }

    var hint: String {
        switch self {
        case .full: "free space on the disk of desk.root"
        case .busy: "end it or wait"
        case .damaged, .refused: "check the disk and restore desk.db from a backup"
        case .newerSchema: "install the later version again"
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .full, .busy: .mayPass
        case .damaged, .newerSchema, .refused: .failed
        }
    }

    init(_ error: any Error) {
        switch error {
        case let fault as DeskBookFault: self = fault
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL: self = .full
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged("SQLite cannot read it")
            default: self = .refused(code: error.extendedResultCode.rawValue)
            }
        default: self = .damaged("\(error)")
        }
    }

    /// SQLite's errors as ours; what a body threw itself stays what it is.
    static func wrapping(_ error: any Error) -> any Error {
        error is DatabaseError ? DeskBookFault(error) : error
    }
}
