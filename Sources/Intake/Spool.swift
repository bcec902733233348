package import LinuxIO
package import UploadModel

/// One spool's directories: open, checked and locked. What Intake does is relative to these descriptors.
package final class Spool: Sendable {
    package let settings: SpoolSettings
    package let lock: FileLock
    let incoming, work, released, held: Descriptor
    /// The application's group: owner of what we make in released/.
    let group: UInt32
    let contextsInWork: ContextsInWork
    let halfClaims: HalfClaims

    package var name: String { settings.name }

    /// The spool's directories with their modes; the application writes the first two and reads the third.
    package static let directories: [(name: String, mode: UInt32)] = [
        ("tmp", 0o2770), ("incoming", 0o2770), ("released", 0o2770), ("work", 0o700), ("held", 0o700),
    ]

    /// Opens a spool, takes its lock before anything is touched, makes what is missing and checks what is there.
    ///
    /// - Parameter keeping: The earlier opening: its lock is kept while the path still leads to the same file, and its
    ///   half claims go on. A spool that was there before is found again or not: nothing is made, since somebody may be
    ///   putting another directory in its place.
    /// - Throws: ``SpoolRefused`` with the way out, or ``SyscallError``.
    package init(opening settings: SpoolSettings, keeping: Spool? = nil) throws {
        let path = settings.root
        let root = try Descriptor.directory(path)
        let status = try root.status(subject: path)
        guard status.uid == ThisProcess.user else { throw SpoolRefused.wrongOwner(path, status.uid) }
        guard status.mode & 0o002 == 0 else { throw SpoolRefused.wrongMode(path, status.mode, 0o750) }
        contextsInWork = ContextsInWork(isOnlyOpening: keeping == nil)
        halfClaims = keeping?.halfClaims ?? HalfClaims()
        lock = try Self.takeLock(in: root, path, keeping: keeping?.lock)
        group = try Self.group(settings.group, else: status.gid)
        let made = SpoolDirectories(
            root: root,
            path: path,
            status: status,
            group: group,
            makesMissing: keeping == nil
        )
        for directory in Self.directories { _ = try made.open(directory.name, mode: directory.mode) }
        incoming = try made.open("incoming", mode: 0o2770)
        released = try made.open("released", mode: 0o2770)
        work = try made.open("work", mode: 0o700)
        held = try made.open("held", mode: 0o700)
        self.settings = settings
    }

    /// Whether the settings' paths still lead to the directories that are open here.
    package var isStillThere: Bool {
        guard let root = try? Descriptor.directory(settings.root) else { return false }
        func isSame(_ name: String, _ directory: borrowing Descriptor) -> Bool {
            guard let now = try? root.status(of: bytes(name)), let then = try? directory.status() else {
                return false
            }
            return now.isSameFile(as: then)
        }
        return isSame("incoming", incoming) && isSame("work", work) && isSame("released", released)
            && isSame("held", held)
    }

    private static func takeLock(
        in root: borrowing Descriptor,
        _ path: String,
        keeping: FileLock?
    ) throws -> FileLock {
        let name = ".breakwaterd.lock"
        if let keeping, let found = try root.statusIfThere(of: bytes(name)),
            found.isSameFile(as: keeping.status)
        {
            return keeping
        }
        guard let lock = try FileLock.take(name, in: root, subject: "\(path)/\(name)") else {
            throw SpoolRefused.inUse(path)
        }
        return lock
    }

    private static func group(_ name: String, else own: UInt32) throws -> UInt32 {
        if name.isEmpty { return own }
        guard let group = ThisProcess.group(named: name) else { throw SpoolRefused.noSuchGroup(name) }
        return group
    }
}

/// Opens the directories under one root and holds each to the same rules.
private struct SpoolDirectories: ~Copyable {
    let root: Descriptor
    let path: String
    let status: FileStatus
    let group: UInt32
    let makesMissing: Bool

    func open(_ name: String, mode: UInt32) throws -> Descriptor {
        let subject = "\(path)/\(name)"
        let shared = mode & 0o070 != 0
        if makesMissing, try root.statusIfThere(of: bytes(name), subject: subject) == nil {
            let made = try root.ensureDirectory(bytes(name), mode: mode, subject: subject)
            if shared { try giveToGroup(made, mode: mode, subject) }
        }
        // The owner first: another user's directory of mode 0700 cannot even be opened.
        let owner = try root.status(of: bytes(name), subject: subject).uid
        guard owner == ThisProcess.user else { throw SpoolRefused.wrongOwner(subject, owner) }
        let directory = try root.open(bytes(name), .directory, subject: subject)
        let found = try directory.status(subject: subject)
        guard found.mode & 0o777 == mode & 0o777 else {
            throw SpoolRefused.wrongMode(subject, found.mode, mode)
        }
        guard !shared || found.gid == group else { throw SpoolRefused.wrongGroup(subject, found.gid, group) }
        guard found.device == status.device, found.mount == status.mount else {
            throw SpoolRefused.otherMount(subject, path)
        }
        return directory
    }

    private func giveToGroup(_ directory: borrowing Descriptor, mode: UInt32, _ subject: String) throws {
        do throws(SyscallError) {
            try directory.setGroup(group, subject: subject)
            try directory.setMode(mode, subject: subject)
        } catch  where error.isForbidden {
            throw SpoolRefused.wrongGroup(subject, try directory.status().gid, group)
        }
    }
}

/// Why a spool is not served, with the way out.
package enum SpoolRefused: WayOut, Equatable {
    case inUse(String)
    case wrongOwner(String, UInt32)
    case wrongMode(String, UInt32, UInt32)
    case wrongGroup(String, UInt32, UInt32)
    case noSuchGroup(String)
    case otherMount(String, String)

    package var description: String {
        switch self {
        case .inUse(let path): "\(path): another breakwaterd holds this spool"
        case .wrongOwner(let path, let owner):
            "\(path): belongs to \(ThisProcess.name(ofUser: owner)), and breakwaterd runs as "
                + ThisProcess.name(ofUser: ThisProcess.user)
        case .wrongMode(let path, let found, let wanted):
            "\(path): mode \(octal(found)), and \(octal(wanted)) is needed"
        case .wrongGroup(let path, let found, let wanted):
            "\(path): group \(found), and the settings say \(wanted)"
        case .noSuchGroup(let name): "there is no group \"\(name)\""
        case .otherMount(let path, let root):
            "\(path): not on the mount of \(root), so uploads cannot be renamed into it"
        }
    }

    package var exitCode: ExitCode {
        if case .inUse = self { return .inUse }
        return .settingsRefused
    }

    package var hint: String {
        switch self {
        case .inUse: "stop the other one, or give this one a spool of its own"
        case .wrongOwner(let path, _):
            "run \"chown \(ThisProcess.name(ofUser: ThisProcess.user)) \(path)\", or start breakwaterd as the owner"
        case .wrongMode(let path, _, let wanted): "run \"chmod \(octal(wanted)) \(path)\""
        case .wrongGroup(let path, _, let wanted):
            "run \"chgrp \(wanted) \(path) && chmod 2770 \(path)\", or make breakwaterd's user a member of that group"
        case .noSuchGroup: "make it with groupadd, or set spool.group to the application's group"
        case .otherMount(_, let root): "keep all of \(root) on one file system and one mount"
        }
    }
}

func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }

func bytes(_ name: String) -> [UInt8] { Array(name.utf8) }
