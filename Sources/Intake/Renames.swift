import LinuxIO
import UploadModel

// One rename within the spool, and finding what lies where. Never replaces anything, never leaves the spool.

extension Spool {
    /// As ``move(_:from:to:_:mode:)``; what is gone is moved already.
    func moveIfThere(
        _ path: SpoolPath,
        from: borrowing Descriptor,
        to: borrowing Descriptor,
        _ goal: SpoolPath,
        mode: UInt32
    ) throws(SyscallError) {
        do {
            try move(path, from: from, to: to, goal, mode: mode)
        } catch {
            guard error.isNotThere else { throw error }
            // It is the goal's directory that is gone: replaced under us, and the next sweep opens the new one.
            if try look(at: path, in: from) != nil { throw SyscallError.tryAgain("upload") }
        }
    }

    /// Renames, never replacing; makes the goal's parents, and makes way where only an empty directory stands.
    ///
    /// Other lanes prune directories under work/ at the same time, so what was just made may be gone again.
    func move(
        _ path: SpoolPath,
        from: borrowing Descriptor,
        to: borrowing Descriptor,
        _ goal: SpoolPath,
        mode: UInt32
    ) throws(SyscallError) {
        if to.raw == work.raw, goal.isContextName { contextsInWork.comes() }
        for _ in 0..<Self.mostTries {
            do throws(SyscallError) {
                return try rename(path, from: from, to: to, goal)
            } catch {
                // Never a directory of the application's.
                if error.isTaken, to.raw != incoming.raw, removeEmptyDirectory(goal, in: to) { continue }
                guard error.isNotThere, goal.parent != nil, try look(at: path, in: from) != nil else {
                    throw error
                }
            }
            do throws(SyscallError) {
                try makeParents(of: goal, in: to, mode: mode)
            } catch {
                if !error.isNotThere { throw error }
            }
        }
        throw SyscallError.tryAgain("upload")
    }

    private static let mostTries = 32

    private func rename(
        _ path: SpoolPath,
        from: borrowing Descriptor,
        to: borrowing Descriptor,
        _ goal: SpoolPath
    ) throws(SyscallError) {
        if path.parent == nil && goal.parent == nil {
            return try from.rename(path.bytes, to: to, goal.bytes, subject: "upload")
        }
        let source = try parent(of: path, in: from)
        let target = try parent(of: goal, in: to)
        try source.rename(path.name, to: target, goal.name, subject: "upload")
    }

    func lookup<Result>(
        _ path: SpoolPath,
        in directory: borrowing Descriptor,
        _ body: (borrowing Descriptor, [UInt8]) throws(SyscallError) -> Result
    ) throws(SyscallError) -> Result {
        if path.parent == nil { return try body(directory, path.bytes) }
        return try body(try parent(of: path, in: directory), path.name)
    }

    private func parent(of path: SpoolPath, in directory: borrowing Descriptor) throws(SyscallError)
        -> Descriptor
    {
        guard let parent = path.parent else { return try directory.duplicate() }
        return try directory.open(parent.bytes, [.pathOnly, .directory], subject: "upload's directory")
    }

    private func makeParents(
        of path: SpoolPath,
        in directory: borrowing Descriptor,
        mode: UInt32
    ) throws(SyscallError) {
        guard let parent = path.parent else { return }
        do throws(SyscallError) {
            try lookup(parent, in: directory) { above, name throws(SyscallError) in
                let made = try above.ensureDirectory(name, mode: mode, subject: "upload's directory")
                if mode & 0o070 != 0 { try? made.setGroup(group) }
            }
        } catch {
            guard error.isNotThere, parent.parent != nil else { throw error }
            try makeParents(of: parent, in: directory, mode: mode)
            try makeParents(of: path, in: directory, mode: mode)
        }
    }

    func removeEmptyDirectory(_ path: SpoolPath, in directory: borrowing Descriptor) -> Bool {
        let removed: Void? = try? lookup(path, in: directory) { parent, name throws(SyscallError) in
            try parent.removeDirectory(name)
        }
        return removed != nil
    }

    /// Removes the directories under work/ that this upload leaves empty.
    func prune(_ path: SpoolPath) {
        var parent = path.parent
        while let directory = parent, removeEmptyDirectory(directory, in: work) { parent = directory.parent }
    }

    func exists(_ path: SpoolPath, in directory: borrowing Descriptor) -> Bool {
        found(path, in: directory) != nil
    }

    /// What lies at `path`; `nil` when that is nothing, or nothing that can be looked at.
    func found(_ path: SpoolPath, in directory: borrowing Descriptor) -> FileStatus? {
        (try? look(at: path, in: directory)) ?? nil
    }

    /// As ``found(_:in:)``, where it matters that there is nothing.
    ///
    /// - Throws: Trouble that may pass, since it says nothing of what lies there.
    func look(at path: SpoolPath, in directory: borrowing Descriptor) throws(SyscallError) -> FileStatus? {
        do {
            return try lookup(path, in: directory) { parent, name throws(SyscallError) in
                try parent.statusIfThere(of: name)
            }
        } catch {
            if error.mayPass { throw error }
            return nil
        }
    }
}
