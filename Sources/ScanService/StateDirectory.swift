package import LinuxIO
package import UploadModel

/// The state's directories, open, checked and locked.
package final class StateDirectory: Sendable {
    package let path: String
    package let root: Descriptor
    package let lists: Descriptor
    package let orders: Descriptor
    package let answers: Descriptor
    let run: Descriptor
    private let lock: FileLock

    /// Opens the state to serve from it: takes its lock, makes what is missing, gives each directory its mode.
    ///
    /// - Throws: ``StateRefused`` with the way out, or ``SyscallError``.
    package init(opening path: String) throws {
        // Its owner first: another user's state cannot even be opened.
        let status = try Descriptor.status(ofPath: Array(path.utf8), subject: path)
        guard status.uid == ThisProcess.user else { throw StateRefused.wrongOwner(path, status.uid) }
        guard status.mode & 0o027 == 0 else { throw StateRefused.openToOthers(path, status.mode) }
        let root = try Descriptor.directory(path)
        run = try root.ensureDirectory(Array("run".utf8), mode: 0o700, subject: "\(path)/run")
        guard
            let lock = try FileLock.take("breakwaterd.lock", in: run, subject: "\(path)/run/breakwaterd.lock")
        else {
            throw StateRefused.inUse(path)
        }
        self.lock = lock
        lists = try root.ensureDirectory(Array("lists".utf8), mode: 0o700, subject: "\(path)/lists")
        orders = try root.ensureDirectory(Array("orders".utf8), mode: 0o2770, subject: "\(path)/orders")
        answers = try orders.ensureDirectory(
            Array("answers".utf8),
            mode: 0o2750,
            subject: "\(path)/orders/answers"
        )
        try Self.give(orders, to: status.gid, path, mode: 0o2770)
        try Self.give(answers, to: status.gid, path, mode: 0o2750)
        self.root = root
        self.path = path
    }

    /// Gives a directory the state's group, which its owner may do as a member of it.
    private static func give(
        _ directory: borrowing Descriptor,
        to group: UInt32,
        _ path: String,
        mode: UInt32
    ) throws {
        do throws(SyscallError) {
            if try directory.status(subject: path).gid == group { return }
            try directory.setGroup(group, subject: path)
            try directory.setMode(mode, subject: path)
        } catch {
            throw error.isForbidden ? StateRefused.foreignGroup(path, group) : error as any Error
        }
    }

    package var ledgerPath: String { "\(path)/ledger.db" }

    /// Whether the last run ended in order, so that what lies in work/ was not interrupted by a fault of ours.
    ///
    /// Asking forgets it: a run that begins has not ended in order.
    func takeCleanEnd() throws(SyscallError) -> Bool {
        do throws(SyscallError) {
            try run.unlink(Self.cleanEnd, subject: "run/ended-in-order")
            try run.sync(subject: "run")
            return true
        } catch {
            if error.isNotThere { return false }
            throw error
        }
    }

    func noteCleanEnd() throws(SyscallError) {
        try run.writeDurably([], as: Self.cleanEnd, mode: 0o600, subject: "run/ended-in-order")
    }

    private static let cleanEnd = Array("ended-in-order".utf8)
}

/// Why the state is not used, with the way out.
package enum StateRefused: WayOut, Equatable {
    case inUse(String)
    case wrongOwner(String, UInt32)
    case openToOthers(String, UInt32)
    case foreignGroup(String, UInt32)

    package var description: String {
        switch self {
        case .inUse(let path): "\(path): another breakwaterd holds this state"
        case .wrongOwner(let path, let owner):
            "\(path): belongs to \(ThisProcess.name(ofUser: owner)), and breakwaterd runs as "
                + ThisProcess.name(ofUser: ThisProcess.user)
        case .openToOthers(let path, let mode): "\(path): mode \(String(mode, radix: 8)) lets others in"
        case .foreignGroup(let path, let group):
            "\(path): its group is \(group), and \(ThisProcess.name(ofUser: ThisProcess.user)) is not in it"
        }
    }

    package var exitCode: ExitCode {
        if case .inUse = self { return .inUse }
        return .settingsRefused
    }

    package var hint: String {
        switch self {
        case .inUse: "stop the other one, or give this one a state of its own"
        case .wrongOwner(let path, _):
            "run \"chown \(ThisProcess.name(ofUser: ThisProcess.user)) \(path)\", or start breakwaterd as the owner"
        case .openToOthers(let path, _): "run \"chmod 710 \(path)\""
        case .foreignGroup(let path, let group):
            "name that group in the unit's SupplementaryGroups=, and run \"usermod -aG \(group) "
                + "\(ThisProcess.name(ofUser: ThisProcess.user))\"; or run \"chgrp\" on \(path) with a group of its own"
        }
    }
}
