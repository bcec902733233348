package import LinuxIO
package import UploadModel

/// What came of asking for an upload.
package enum ClaimAnswer: Equatable, Sendable {
    /// It lies in work/ now, with its context if `hasContext`.
    case claimed(hasContext: Bool)
    /// It was gone before we came.
    case gone
    /// An upload of the same path is in work/, or something that may pass stands in the way; this one waits.
    case taken
    /// A context that may still get its upload; look again when this many nanoseconds have passed.
    case waitsForUpload(Int64)
    /// It stays where it is.
    case left(LeftReason)
}

/// Why something in incoming/ cannot be claimed. It stays there, is counted, and readiness says so.
package enum LeftReason: String, CaseIterable, Sendable {
    case forbidden
    case otherMount = "other-mount"
    case nameTooLong = "name-too-long"
    case tooDeep = "too-deep"
    case other
}

// The moves of an upload between the spool's directories. Each is one rename that never replaces anything, and each
// may be repeated after a crash.

extension Spool {
    /// Moves an upload from incoming/ to the same path under work/, its context with it.
    package func claim(_ path: SpoolPath) -> ClaimAnswer {
        do {
            if settings.context == .sidecar {
                if let wait = try timeUntilOrphaned(path) {
                    return wait > 0 ? .waitsForUpload(wait) : try take(path)
                }
            }
            return try take(path)
        } catch {
            return Self.answer(to: error)
        }
    }

    /// Finishes a claim that a crash cut short: the context lies in work/ and its upload still in incoming/.
    ///
    /// An upload that came into incoming/ after the context was claimed is another one of that name and stays.
    ///
    /// - Returns: The upload, in work/ now; `nil` when there is none for this context, which then goes on alone.
    package func finishClaim(ofContext path: SpoolPath) -> SpoolPath? {
        guard settings.context == .sidecar, let upload = path.describedUpload,
            let context = found(path, in: work), let waiting = found(upload, in: incoming),
            waiting.kind != .directory, waiting.changed <= context.changed
        else { return nil }
        let moved: Void? = try? move(upload, from: incoming, to: work, upload, mode: 0o700)
        return moved == nil ? nil : upload
    }

    /// Puts a context back whose upload went away while both were claimed.
    private func putBackContext(of path: SpoolPath) {
        try? move(path.context, from: work, to: incoming, path.context, mode: 0o2770)
    }

    /// Whether a context lies in work/ beside the upload at `path`.
    package func hasContext(_ path: SpoolPath) -> Bool {
        settings.context == .sidecar && isContext(path.context, in: work)
    }

    /// The context first: were it the other way round, a crash in between would leave the next upload's context to
    /// this one.
    private func take(_ path: SpoolPath) throws(SyscallError) -> ClaimAnswer {
        let hasContext = settings.context == .sidecar ? try takeContext(of: path) : false
        // A context that goes its own way is in work/ still: after a crash it would pass for this one's.
        if !hasContext, self.hasContext(path) { return .taken }
        do {
            try move(path, from: incoming, to: work, path, mode: 0o700)
        } catch {
            if hasContext { putBackContext(of: path) }
            throw error
        }
        return .claimed(hasContext: hasContext)
    }

    /// A directory that took the name of a file that was hinted at: directories are never claimed.
    func putBackDirectory(_ path: SpoolPath) throws(SyscallError) {
        try putBack(path)
        if hasContext(path) { putBackContext(of: path) }
    }

    /// A context that came after its upload, by ctime, which a rename sets, is the next one's of that name.
    private func takeContext(of path: SpoolPath) throws(SyscallError) -> Bool {
        guard let context = found(path.context, in: incoming), Self.isContext(context),
            let upload = found(path, in: incoming), context.changed <= upload.changed
        else { return false }
        do {
            try move(path.context, from: incoming, to: work, path.context, mode: 0o700)
            return true
        } catch {
            if error.isNotThere { return false }
            throw error
        }
    }

    /// How long the context at `path` still waits for its upload, nanoseconds; `nil` when it is no context.
    ///
    /// Its age is taken from ctime, which a rename sets. 10 s: the application renames both one after the other.
    private func timeUntilOrphaned(_ path: SpoolPath) throws(SyscallError) -> Int64? {
        guard let upload = path.describedUpload, isContext(path, in: incoming) else { return nil }
        if exists(upload, in: incoming) { return Self.patience }
        let status = try lookup(path, in: incoming) { parent, name throws(SyscallError) in
            try parent.status(of: name)
        }
        return max(0, status.changed + Self.patience - Clocks.realtime)
    }

    private static let patience: Int64 = 10_000_000_000

    private func isContext(_ path: SpoolPath, in directory: borrowing Descriptor) -> Bool {
        found(path, in: directory).map(Self.isContext) ?? false
    }

    private static func isContext(_ status: FileStatus) -> Bool {
        status.kind == .regular && status.links == 1 && status.size <= UInt64(Context.largest)
    }

    func exists(_ path: SpoolPath, in directory: borrowing Descriptor) -> Bool {
        found(path, in: directory) != nil
    }

    /// What lies at `path`; `nil` when that is nothing, or nothing that can be looked at.
    private func found(_ path: SpoolPath, in directory: borrowing Descriptor) -> FileStatus? {
        let status = try? lookup(path, in: directory) { parent, name throws(SyscallError) in
            try parent.statusIfThere(of: name)
        }
        return status ?? nil
    }

    private func putBack(_ path: SpoolPath) throws(SyscallError) {
        do {
            try move(path, from: work, to: incoming, path, mode: 0o700)
        } catch {
            guard error.isTaken else { throw error }
            let distinct = path.distinguished(by: .fresh(at: Timestamp(nanoseconds: Clocks.realtime)))
            try move(path, from: work, to: incoming, distinct, mode: 0o700)
        }
    }

    private static func answer(to error: any Error) -> ClaimAnswer {
        guard let error = error as? SyscallError else { return .left(.other) }
        if error.isNotThere { return .gone }
        if error.isTaken || error.isNotDirectory || error.mayPass { return .taken }
        if error.isForbidden { return .left(.forbidden) }
        if error.crossesMounts { return .left(.otherMount) }
        if error.isNameTooLong { return .left(.nameTooLong) }
        return error.isLink ? .gone : .left(.other)
    }
}

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

    fileprivate var heldPath: SpoolPath { SpoolPath("\(id)".utf8)! }
    /// Where it lies now, in the directory that `isSetAside` says.
    fileprivate var current: SpoolPath { isSetAside ? heldPath : path }
}

extension Spool {
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
    /// - Throws: EEXIST while another upload of that path is in work/.
    package func bringBack(_ place: Place) throws(SyscallError) {
        let source = place.heldPath
        try moveIfThere(source, from: held, to: work, place.path, mode: 0o700)
        try moveIfThere(source.context, from: held, to: work, place.path.context, mode: 0o700)
    }

    /// Removes an upload whose bundle is preserved; fine when it is gone.
    ///
    /// - Parameters:
    ///   - isPreserved: Whether a file with this status is the one in the bundle. Another upload may have taken
    ///     its path since the removal, if a crash came before the removal's row.
    ///   - context: The context's bytes as the ledger has them.
    /// - Returns: Whether another upload lies there, which was left alone.
    package func removeSource(
        _ place: Place,
        context: [UInt8]?,
        isPreserved: (FileStatus) -> Bool
    ) throws(SyscallError) -> Bool {
        guard let file = try openToPreserve(place) else { return isThere(place) }
        guard isPreserved(try file.status(subject: "upload")) else { return true }
        let found = try readableContext(of: place)
        try withDirectory(of: place) { directory throws(SyscallError) in
            if let found, found == context { try remove(place.current.context, in: directory) }
            try remove(place.current, in: directory)
        }
        if !place.isSetAside { prune(place.path) }
        return false
    }

    /// An upload, open to be preserved; `nil` when there is nothing that could be read.
    package func openToPreserve(_ place: Place) throws(SyscallError) -> Descriptor? {
        do {
            return try withDirectory(of: place) { directory throws(SyscallError) in
                let file = try directory.open(
                    place.current.bytes,
                    [.noFollow, .nonBlocking],
                    subject: "upload"
                )
                guard try file.status(subject: "upload").kind == .regular else { return nil }
                return file
            }
        } catch {
            if error.isForbidden || error.isLink || error.isNotThere { return nil }
            throw error
        }
    }

    /// The bytes of an upload's context, 64 KiB at most; `nil` when there is none.
    ///
    /// - Throws: What keeps it from being read, and so from being compared; ``SyscallError/isStillWritten`` while
    ///   somebody has it open for writing, ``SyscallError/isTooLarge`` when it has grown.
    package func contextBytes(of place: Place) throws(SyscallError) -> [UInt8]? {
        guard place.hasContext else { return nil }
        do {
            return try withDirectory(of: place) { directory throws(SyscallError) in
                let name = place.current.context.bytes
                let file = try directory.open(name, [.noFollow, .nonBlocking], subject: "context")
                let bytes = try file.readAll(limit: Context.largest, subject: "context")
                if file.probeForWriters() == .writer { throw SyscallError.stillWritten("context") }
                return bytes
            }
        } catch {
            if error.isNotThere { return nil }
            throw error
        }
    }

    /// The same for evidence, which is made without a context that cannot be read.
    package func readableContext(of place: Place) throws(SyscallError) -> [UInt8]? {
        do {
            return try contextBytes(of: place)
        } catch {
            if error.isForbidden || error.isTooLarge || error.isLink { return nil }
            throw error
        }
    }

    package func isThere(_ place: Place) -> Bool {
        place.isSetAside ? exists(place.heldPath, in: held) : exists(place.path, in: work)
    }

    private func withDirectory<Result: ~Copyable>(
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

// MARK: - One rename

extension Spool {
    private func moveIfThere(
        _ path: SpoolPath,
        from: borrowing Descriptor,
        to: borrowing Descriptor,
        _ goal: SpoolPath,
        mode: UInt32
    ) throws(SyscallError) {
        do {
            try move(path, from: from, to: to, goal, mode: mode)
        } catch {
            if !error.isNotThere { throw error }
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
        for _ in 0..<Self.mostTries {
            do throws(SyscallError) {
                return try rename(path, from: from, to: to, goal)
            } catch {
                if error.isTaken, removeEmptyDirectory(goal, in: to) { continue }
                guard error.isNotThere, goal.parent != nil, exists(path, in: from) else { throw error }
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

    private func removeEmptyDirectory(_ path: SpoolPath, in directory: borrowing Descriptor) -> Bool {
        let removed: Void? = try? lookup(path, in: directory) { parent, name throws(SyscallError) in
            try parent.removeDirectory(name)
        }
        return removed != nil
    }

    /// Removes the directories under work/ that this upload leaves empty.
    private func prune(_ path: SpoolPath) {
        var parent = path.parent
        while let directory = parent, removeEmptyDirectory(directory, in: work) { parent = directory.parent }
    }
}
