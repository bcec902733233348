package import LinuxIO
package import UploadModel

extension Spool {
    /// Visits every file that lies in work/, contexts too.
    ///
    /// - Parameter visit: Gets the path. May move or remove the file.
    package func forEachInWork(_ visit: (SpoolPath) throws -> Void) throws {
        var hasContexts = false
        try forEachFile(in: work, at: nil) { path in
            hasContexts = hasContexts || path.isContextName
            try visit(path)
        }
        if !hasContexts { contextsInWork.listedNone() }
    }

    /// The upload in work/ that the file at `path` is the context of; `nil` when it is none or goes its own way.
    package func uploadInWork(ofContext path: SpoolPath) throws(SyscallError) -> SpoolPath? {
        guard let upload = path.describedUpload, try ownsContext(upload) else { return nil }
        return upload
    }

    /// Whether the context in work/ is that of the upload beside it, as far as the kernel's times tell: a context is
    /// claimed first, and a rename sets ctime. One that came later is the next one's of that name.
    ///
    /// - Throws: Trouble that may pass.
    package func ownsContext(_ path: SpoolPath) throws(SyscallError) -> Bool {
        guard try hasContext(path), let upload = try look(at: path, in: work), upload.kind != .directory,
            let context = try look(at: path.context, in: work)
        else { return false }
        return context.changed <= upload.changed
    }

    /// - Throws: Trouble that may pass.
    package func isInWork(_ path: SpoolPath) throws(SyscallError) -> Bool {
        try look(at: path, in: work).map { $0.kind != .directory } ?? false
    }

    /// Whether both have one work/: only incoming/ or released/ was replaced.
    package func sharesWork(with other: Spool) -> Bool {
        guard let mine = try? work.status(), let theirs = try? other.work.status() else { return false }
        return mine.isSameFile(as: theirs)
    }

    /// Whether both have one held/.
    package func sharesHeld(with other: Spool) -> Bool {
        guard let mine = try? held.status(), let theirs = try? other.held.status() else { return false }
        return mine.isSameFile(as: theirs)
    }

    private func forEachFile(
        in directory: borrowing Descriptor,
        at path: SpoolPath?,
        _ visit: (SpoolPath) throws -> Void
    ) throws {
        var entries = try DirectoryEntries(of: directory, subject: "spool \(name)")
        while let entry = try entries.next() {
            guard let place = path.map({ $0.appending(name: entry.name) }) ?? SpoolPath(entry.name) else {
                continue
            }
            let kind = try directory.kind(of: entry)
            if kind == .directory {
                try forEachFile(in: try directory.open(entry.name, [.directory]), at: place, visit)
            } else if kind != nil {
                try visit(place)
            }
        }
    }
}
