package import LinuxIO
package import UploadModel

/// An upload that is in our hands, as far as its place in the spool goes.
package struct Place: Equatable, Sendable {
    package let id: UploadID
    /// Relative to incoming/, and to work/ and released/ as well.
    package let path: SpoolPath
    /// Whether `NAME.meta.json` belongs to it.
    package let hasContext: Bool
    /// Whether it lies in held/ under its id, and not in work/ under its path.
    package let isSetAside: Bool

    package init(id: UploadID, path: SpoolPath, hasContext: Bool, isSetAside: Bool) {
        (self.id, self.path, self.hasContext, self.isSetAside) = (id, path, hasContext, isSetAside)
    }

    var heldPath: SpoolPath { SpoolPath("\(id)".utf8)! }
    /// Where it lies now, in the directory that `isSetAside` says.
    var current: SpoolPath { isSetAside ? heldPath : path }
}

extension Spool {
    /// As ``release(_:)``, if the file is still what was compared at the last moment before its rename.
    ///
    /// - Throws: `isStillWritten` if it is not, and nothing was moved.
    package func release(
        _ place: Place,
        read file: borrowing Descriptor,
        since status: FileStatus
    ) throws(SyscallError) {
        guard try Self.isUnchanged(file, since: status) else { throw SyscallError.stillWritten("upload") }
        try release(place)
    }

    /// Lets an upload go to released/PATH, its context first. `NAME~<id>` when the name is taken.
    ///
    /// Done already is done: nothing is thrown when it no longer lies where it was.
    package func release(_ place: Place) throws(SyscallError) {
        do {
            try release(place, as: place.path)
        } catch {
            guard error.isTaken || error.isNotDirectory else { throw error }
            try releaseDistinguished(place)
        }
        if !place.isSetAside { prune(place.path) }
    }

    private func releaseDistinguished(_ place: Place) throws(SyscallError) {
        let distinct = place.path.distinguished(by: place.id)
        do {
            try release(place, as: distinct)
        } catch {
            // A part of its path is a file in released/: to the top, where only names can clash.
            guard error.isNotDirectory, let top = SpoolPath(distinct.name) else { throw error }
            try release(place, as: top)
        }
    }

    private func release(_ place: Place, as goal: SpoolPath) throws(SyscallError) {
        try withDirectory(of: place) { from throws(SyscallError) in
            if place.hasContext {
                if exists(goal, in: released), exists(place.current, in: from) {
                    throw SyscallError.nameTaken("upload")
                }
                try moveIfThere(place.current.context, from: from, to: released, goal.context, mode: 0o2770)
            }
            try moveIfThere(place.current, from: from, to: released, goal, mode: 0o2770)
        }
    }

    /// Puts an upload that could not be compared away: held/<id>, its context as held/<id>.meta.json.
    ///
    /// What lies at its path although held/<id> is there is another upload, claimed since, and stays.
    package func hold(_ place: Place) throws(SyscallError) {
        let goal = place.heldPath
        if exists(goal, in: held) { return }
        if place.hasContext {
            try moveIfThere(place.path.context, from: work, to: held, goal.context, mode: 0o700)
        }
        try moveIfThere(place.path, from: work, to: held, goal, mode: 0o700)
        prune(place.path)
    }

    /// Brings a held upload back to work/ under its own path, the file first: its context never lies beside another.
    ///
    /// - Throws: EEXIST while another upload of that path, or the context of one, is in work/.
    package func bringBack(_ place: Place) throws(SyscallError) {
        let source = place.heldPath
        if settings.context == .sidecar, exists(source, in: held), exists(place.path.context, in: work) {
            throw SyscallError.nameTaken("context")
        }
        try moveIfThere(source, from: held, to: work, place.path, mode: 0o700)
        do {
            try moveIfThere(source.context, from: held, to: work, place.path.context, mode: 0o700)
        } catch {
            // The context of another came meanwhile, and waits for this place to be free: one of the two has to go.
            if error.isTaken { try moveIfThere(place.path, from: work, to: held, source, mode: 0o700) }
            throw error
        }
    }

    /// Removes an upload whose bundle is preserved; fine when it is gone.
    ///
    /// - Parameters:
    ///   - isPreserved: Whether the open file with this status is the one in the bundle. Another upload may have taken
    ///     its path since the removal, if a crash came before the removal's row.
    ///   - context: The context's bytes as the ledger has them.
    /// - Returns: Whether another upload lies there, which was left alone.
    package func removeSource(
        _ place: Place,
        context: [UInt8]?,
        isPreserved: (FileStatus, borrowing Descriptor) throws(SyscallError) -> Bool
    ) throws(SyscallError) -> Bool {
        guard let file = try openToPreserve(place) else { return isThere(place) }
        guard try isPreserved(try file.status(subject: "upload"), file) else { return true }
        let found = context == nil ? nil : try contextForEvidence(of: place)
        try withDirectory(of: place) { directory throws(SyscallError) in
            if let found, found == context { try remove(place.current.context, in: directory) }
            try remove(place.current, in: directory)
        }
        if !place.isSetAside { prune(place.path) }
        return false
    }

    package func isThere(_ place: Place) -> Bool {
        place.isSetAside ? exists(place.heldPath, in: held) : exists(place.path, in: work)
    }

    func withDirectory<Result: ~Copyable>(
        of place: Place,
        _ body: (borrowing Descriptor) throws(SyscallError) -> Result
    ) throws(SyscallError) -> Result {
        place.isSetAside ? try body(held) : try body(work)
    }

    private func remove(_ path: SpoolPath, in directory: borrowing Descriptor) throws(SyscallError) {
        do {
            try lookup(path, in: directory) { parent, name throws(SyscallError) in
                try parent.unlink(name, subject: "upload")
            }
        } catch {
            if !error.isNotThere { throw error }
        }
    }
}
