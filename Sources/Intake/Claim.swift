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

    /// Bytes of the file at `path` in incoming/; 0 where none can be seen, which a claim then finds out.
    package func sizeInIncoming(_ path: SpoolPath) -> UInt64 {
        (try? look(at: path, in: incoming))?.size ?? 0
    }

    /// Whether a context lies in work/ beside the upload at `path`.
    ///
    /// - Throws: Trouble that may pass.
    package func hasContext(_ path: SpoolPath) throws(SyscallError) -> Bool {
        guard settings.context == .sidecar else { return false }
        return try isContext(path.context, in: work)
    }

    /// The context first: were it the other way round, a crash in between would leave the next upload's context to
    /// this one.
    private func take(_ path: SpoolPath) throws(SyscallError) -> ClaimAnswer {
        let claim = settings.context == .sidecar ? try takeContext(of: path) : nil
        // A context that goes its own way is in work/ still: after a crash it would pass for this one's.
        if claim == nil, contextsInWork.mayBeThere, try hasContext(path) { return .taken }
        do {
            try move(path, from: incoming, to: work, path, mode: 0o700)
        } catch {
            if let claim { suspend(claim, of: path, because: error) }
            prune(path)
            throw error
        }
        return .claimed(hasContext: claim != nil)
    }

    /// A directory that took the name of a file that was hinted at: directories are never claimed.
    func putBackDirectory(_ path: SpoolPath) throws(SyscallError) {
        let claim = try hasContext(path) ? claimInWork(of: path) : nil
        try putBack(path)
        if let claim { putBackContext(of: path, claim) }
    }

    private func claimInWork(of path: SpoolPath) throws(SyscallError) -> HalfClaim? {
        guard let context = try look(at: path.context, in: work), let upload = try look(at: path, in: work)
        else { return nil }
        return HalfClaim(context: context, upload: upload, at: context.changed)
    }

    /// Moves the context of the upload at `path` to work/.
    ///
    /// A context that came after its upload, by ctime, which a rename sets, is the next one's of that name.
    ///
    /// - Returns: The claim, to be finished or suspended by the caller; `nil` where there is no context.
    private func takeContext(of path: SpoolPath) throws(SyscallError) -> HalfClaim? {
        if let claim = try resumeHalfClaim(of: path) { return claim }
        guard let context = try look(at: path.context, in: incoming), Self.isContext(context),
            let upload = try look(at: path, in: incoming), context.changed <= upload.changed
        else { return nil }
        // Its upload would have to wait, and it must not lie beside the one that is there.
        try makeWayInWork(for: path)
        let claim = HalfClaim(context: context, upload: upload, at: Clocks.realtime)
        do {
            try move(path.context, from: incoming, to: work, path.context, mode: 0o700)
            return claim
        } catch {
            if error.isNotThere { return nil }
            throw error
        }
    }

    /// How long the context at `path` still waits for its upload, nanoseconds; `nil` when it is no context.
    ///
    /// Its age is taken from ctime, which a rename sets. 10 s: the application renames both one after the other.
    private func timeUntilOrphaned(_ path: SpoolPath) throws(SyscallError) -> Int64? {
        guard let upload = path.describedUpload, try isContext(path, in: incoming) else { return nil }
        if let kind = try look(at: upload, in: incoming)?.kind, kind != .directory { return Self.patience }
        let status = try lookup(path, in: incoming) { parent, name throws(SyscallError) in
            try parent.status(of: name)
        }
        return max(0, status.changed + Self.patience - Clocks.realtime)
    }

    private static let patience: Int64 = 10_000_000_000

    private func isContext(
        _ path: SpoolPath,
        in directory: borrowing Descriptor
    ) throws(SyscallError) -> Bool {
        try look(at: path, in: directory).map(Self.isContext) ?? false
    }

    static func isContext(_ status: FileStatus) -> Bool {
        status.kind == .regular && status.links == 1 && status.size <= UInt64(Context.largest)
    }

    func putBack(_ path: SpoolPath) throws(SyscallError) {
        do {
            try moveIfThere(path, from: work, to: incoming, path, mode: 0o2770)
        } catch {
            guard error.isTaken else { throw error }
            let distinct = path.distinguished(by: .fresh(at: Timestamp(nanoseconds: Clocks.realtime)))
            try moveIfThere(path, from: work, to: incoming, distinct, mode: 0o2770)
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
