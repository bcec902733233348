package import LinuxIO
package import UploadModel

/// A spool as those see it who only look: no lock, nothing made, nothing moved.
package final class SpoolView: Sendable {
    private let work, released, held: Descriptor

    package init(_ settings: SpoolSettings) throws(SyscallError) {
        let root = settings.root
        work = try Descriptor.directory("\(root)/work")
        released = try Descriptor.directory("\(root)/released")
        held = try Descriptor.directory("\(root)/held")
    }

    package func isInWork(_ path: SpoolPath) -> Bool { status(path.bytes, in: work) != nil }

    package func isHeld(_ id: UploadID) -> Bool { status(bytes("\(id)"), in: held) != nil }

    /// Visits what lies in released/ under a name that this upload would have there.
    package func forEachReleased(
        _ path: SpoolPath,
        _ id: UploadID,
        _ visit: (consuming Descriptor) throws -> Void
    ) rethrows {
        for name in [path, path.distinguished(by: id)] {
            guard let status = status(name.bytes, in: released), status.kind == .regular,
                let file = try? released.open(
                    name.bytes,
                    [.noFollow, .nonBlocking],
                    subject: "released upload"
                )
            else { continue }
            try visit(file)
        }
    }

    /// Visits the ids of all that lies in held/.
    package func forEachHeld(_ visit: (UploadID) throws -> Void) throws {
        var entries = try DirectoryEntries(of: held, subject: "held")
        while let entry = try entries.next() {
            if let id = UploadID(String(decoding: entry.name, as: UTF8.self)) { try visit(id) }
        }
    }

    private func status(_ path: [UInt8], in directory: borrowing Descriptor) -> FileStatus? {
        guard let place = try? directory.open(path, [.pathOnly, .noFollow], subject: "upload") else {
            return nil
        }
        return try? place.status()
    }
}
