package import LinuxIO
import Synchronization
package import UploadModel

/// A claim between its two renames: the context lies in work/ already and its upload in incoming/ still. Both as they
/// were found before the first rename.
struct HalfClaim: Sendable {
    let context: FileStatus
    let upload: FileStatus
    /// When its context came to work/, nanoseconds since 1970.
    let at: Int64

    func isOfContext(_ found: FileStatus) -> Bool {
        found.inode == context.inode && found.device == context.device
    }

    /// Whether this is the upload: that file, whatever was done to its mode or owner since, or what had replaced it
    /// before the context was claimed.
    func isOfUpload(_ found: FileStatus) -> Bool {
        guard found.kind != .directory else { return false }
        let isSame =
            found.inode == upload.inode && found.device == upload.device && found.born == upload.born
        return isSame || found.changed <= at
    }
}

/// Claims whose second rename met trouble; they stay as they are until it works. Put back, the context would be later
/// than its upload, and so pass for the next one's of that name.
///
/// Kept for as long as the daemon runs, also where a spool is opened anew.
final class HalfClaims: Sendable {
    private let claims = Mutex<[SpoolPath: HalfClaim]>([:])
    /// How many there are: every claim asks, and there is hardly ever one.
    private let count = Atomic(0)

    /// Uploads that wait, for a sweep to ask for: no hint comes for one that went away.
    var paths: [SpoolPath] { claims.withLock { Array($0.keys) } }

    func add(_ claim: HalfClaim, of path: SpoolPath) {
        claims.withLock { claims in
            claims[path] = claim
            count.store(claims.count, ordering: .releasing)
        }
    }

    /// Whoever takes one answers for the context: two lanes may be at one upload.
    func take(_ path: SpoolPath) -> HalfClaim? {
        if count.load(ordering: .acquiring) == 0 { return nil }
        return claims.withLock { claims in
            defer { count.store(claims.count, ordering: .releasing) }
            return claims.removeValue(forKey: path)
        }
    }
}

extension Spool {
    /// Finishes a claim that a crash cut short: the context lies in work/ and its upload still in incoming/.
    ///
    /// An upload that came into incoming/ after the context was claimed is another one of that name and stays.
    ///
    /// - Parameter path: What lies in work/, a context or not.
    /// - Returns: What to go on with: the upload, in work/ now, or what lies at `path` where it goes alone. `nil` for a
    ///   context that waits in work/ until its upload can follow.
    /// - Throws: Trouble that may pass: nobody knows yet whether there is an upload.
    package func finishClaim(ofContext path: SpoolPath) throws(SyscallError) -> SpoolPath? {
        guard settings.context == .sidecar, let upload = path.describedUpload,
            let claim = try claimCutShort(of: upload)
        else { return path }
        do {
            try move(upload, from: incoming, to: work, upload, mode: 0o700)
            return upload
        } catch {
            if error.isNotThere { return path }
            if error.mayPass { throw error }
            halfClaims.add(claim, of: upload)
            return nil
        }
    }

    /// What a crash left of a claim, as far as times tell: a rename sets ctime.
    private func claimCutShort(of path: SpoolPath) throws(SyscallError) -> HalfClaim? {
        guard let context = try look(at: path.context, in: work), Self.isContext(context),
            let upload = try look(at: path, in: incoming), upload.kind != .directory,
            upload.changed <= context.changed
        else { return nil }
        return HalfClaim(context: context, upload: upload, at: context.changed)
    }

    /// Goes on with a claim whose second rename met trouble, if it still is one.
    ///
    /// - Returns: `nil` when the upload went away, or another one has its name; the context is in incoming/ again.
    func resumeHalfClaim(of path: SpoolPath) throws(SyscallError) -> HalfClaim? {
        guard let claim = halfClaims.take(path) else { return nil }
        do throws(SyscallError) {
            try makeWayInWork(for: path)
            guard let context = try look(at: path.context, in: work), claim.isOfContext(context) else {
                return nil
            }
            if let upload = try look(at: path, in: incoming), claim.isOfUpload(upload) { return claim }
            try putBack(path.context)
            return nil
        } catch {
            halfClaims.add(claim, of: path)
            throw error
        }
    }

    /// After the second rename failed: the context goes back only when its upload went away.
    func suspend(_ claim: HalfClaim, of path: SpoolPath, because error: SyscallError) {
        if error.isNotThere {
            putBackContext(of: path, claim)
        } else {
            halfClaims.add(claim, of: path)
        }
    }

    /// Puts a context back whose upload is not in our hands; where that fails, the next look at the upload does it.
    func putBackContext(of path: SpoolPath, _ claim: HalfClaim) {
        do throws(SyscallError) {
            try putBack(path.context)
        } catch {
            halfClaims.add(claim, of: path)
        }
    }

    /// - Throws: ``SyscallError/nameTaken(_:)`` when something lies at `path` in work/ that does not make way.
    func makeWayInWork(for path: SpoolPath) throws(SyscallError) {
        guard let kind = try look(at: path, in: work)?.kind else { return }
        if kind == .directory, removeEmptyDirectory(path, in: work) { return }
        throw SyscallError.nameTaken("upload")
    }
}
