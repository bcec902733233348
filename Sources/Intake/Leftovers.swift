import LinuxIO
package import UploadModel

extension Spool {
    /// Visits every file that lies in work/, contexts too.
    ///
    /// - Parameter visit: Gets the path. May move or remove the file.
    package func forEachInWork(_ visit: (SpoolPath) throws -> Void) throws {
        try forEachFile(in: work, at: nil, visit)
    }

    /// The upload in work/ that the file at `path` is the context of; `nil` when it is none or goes its own way.
    package func uploadInWork(ofContext path: SpoolPath) -> SpoolPath? {
        guard let upload = path.describedUpload, hasContext(upload), exists(upload, in: work) else {
            return nil
        }
        return upload
    }

    /// Whether both have one work/: only incoming/ or released/ was replaced.
    package func sharesWork(with other: Spool) -> Bool {
        guard let mine = try? work.status(), let theirs = try? other.work.status() else { return false }
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
