import LinuxIO
package import UploadModel

extension Spool {
    /// Visits every upload that lies in work/, each once, its context not apart from it.
    ///
    /// - Parameter visit: Gets the path. May move or remove the upload.
    package func forEachInWork(_ visit: (SpoolPath) throws -> Void) throws {
        try forEachFile(in: work, at: nil) { path in
            let isContextOfAnother =
                settings.context == .sidecar && (path.describedUpload.map { exists($0, in: work) } ?? false)
            if !isContextOfAnother { try visit(path) }
        }
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
