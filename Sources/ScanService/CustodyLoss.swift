import LedgerStore
import LinuxIO
package import UploadModel
import VaultStore

/// What rows speak of and the state does not hold, as after a backup that had not all of it was brought back.
package enum CustodyLoss {
    /// Whether uploads have matched, and `custody/` holds no log. A fresh one would hide that there was another.
    static func lacksLog(_ state: borrowing Descriptor, _ ledger: Ledger) throws -> Bool {
        if try isBegun(state) { return false }
        let stages = Custody.Stage.namesOfCases + ["restored", "destroyed"]
        return try !ledger.uploads(in: stages, limit: 1).isEmpty
    }

    private static func isBegun(_ state: borrowing Descriptor) throws(SyscallError) -> Bool {
        for file in ["custody/journal", "custody/checkpoint"]
        where try state.statusIfThere(of: Array(file.utf8), subject: file) != nil { return true }
        return false
    }

    /// Restored uploads whose bytes nothing keeps from being quarantined again: their suppression is not there, and no
    /// entry of the log says that a person lifted it. A destruction of the evidence does not end it.
    static func lostSuppressions(_ state: borrowing Descriptor, _ ledger: Ledger) throws -> [UploadID] {
        var lost: [UploadID] = []
        var last: UploadID?
        repeat {
            let page = try ledger.uploads(in: ["restored", "destroyed"], after: last, limit: 256)
            for upload in page where try lacksSuppression(upload, state) { lost.append(upload.id) }
            last = page.last?.id
        } while last != nil
        guard !lost.isEmpty else { return [] }
        let lifted = try lifted(state)
        return lost.filter { !lifted.contains($0) }
    }

    /// Whether rows tell of a suppression whose file is not there. That a person lifted it, the log tells.
    static func lacksSuppression(_ upload: LedgerUpload, _ state: borrowing Descriptor) throws -> Bool {
        guard let order = upload.restoredBy, upload.isSuppressed(by: order) else { return false }
        let path = Array("suppressions/\(upload.id).json".utf8)
        return try state.statusIfThere(of: path, subject: "suppressions") == nil
    }

    /// Uploads whose suppression a person took away, as the log tells.
    private static func lifted(_ state: borrowing Descriptor) throws -> Set<UploadID> {
        guard try isBegun(state) else { return [] }
        var lifted: Set<UploadID> = []
        let log = try LogReader(of: try state.open(Array("custody".utf8), .directory, subject: "custody"))
        try log.bundles { _, entries in
            for entry in entries.compactMap({ try? CustodyEntry(canonical: $0) }) {
                guard let upload = entry.subject.exhibit?.upload else { continue }
                switch entry.kind {
                case .suppressionAdded: lifted.remove(upload)
                case .suppressionRemoved: lifted.insert(upload)
                default: continue
                }
            }
            return true
        }
        return lifted
    }

    /// Begins a log anew where the old one is lost, with an entry that says so first.
    ///
    /// - Throws: ``CustodyLost/isThere`` where there is one; ``StateRefused``, also while a daemon runs.
    package static func begin(at path: String) throws {
        let state = try StateDirectory(opening: path)
        guard try !isBegun(state.root) else { throw CustodyLost.isThere }
        let log = try Record.openLog(try Record.openDirectory(state))
        let now = Timestamp(nanoseconds: Clocks.realtime)
        try log.append(CustodyStatement(at: now, .logGap, by: .system, reason: "log-lost"))
        try log.publish()
    }
}

extension LedgerUpload {
    /// The order that gave it back; one before it may have been refused, and one after it destroys.
    fileprivate var restoredBy: Order? {
        guard let end = rows.firstIndex(where: { $0.event == .restored }) else { return nil }
        return rows[..<end].lazy.compactMap { row -> Order? in
            if case .ordered(let order) = row.event { order } else { nil }
        }.last { $0.verb == .restore }
    }
}

/// The custody log and the rows do not fit, with the way out.
package enum CustodyLost: WayOut, Equatable {
    /// Of the state at this path.
    case log(String)
    case isThere

    package var description: String {
        switch self {
        case .log(let state): "\(state)/custody holds no log, and uploads have matched: it was lost"
        case .isThere: "custody/ holds a log"
        }
    }

    package var hint: String {
        switch self {
        case .log:
            "bring custody/ back from a backup; only where there is none run \"breakwater custody begin --after-loss\", "
                + "which begins another log with an entry that says so"
        case .isThere: "it goes on by itself; \"breakwater custody verify\" checks it"
        }
    }

    package var exitCode: ExitCode {
        switch self {
        case .log: .guaranteeBroken
        case .isThere: .calledWrongly
        }
    }
}
