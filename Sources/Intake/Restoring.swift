package import LinuxIO
import UploadModel

/// What a file was like when it was taken, so that it can be given back the same.
package struct OriginalFile: Equatable, Sendable {
    package let mode: UInt32
    package let uid: UInt32
    package let gid: UInt32
    /// Nanoseconds since 1970.
    package let accessed: Int64
    package let modified: Int64
    package let attributes: [ExtendedAttribute]

    package init(
        mode: UInt32,
        uid: UInt32,
        gid: UInt32,
        accessed: Int64,
        modified: Int64,
        attributes: [ExtendedAttribute]
    ) {
        (self.mode, self.uid, self.gid) = (mode, uid, gid)
        (self.accessed, self.modified, self.attributes) = (accessed, modified, attributes)
    }
}

extension Spool {
    /// Gives an upload back as released/PATH, `NAME~<id>` where the name is taken: the same bytes, mode, times in
    /// nanoseconds and attributes, the owner and group where the kernel lets us.
    ///
    /// Written in held/, where all names are ours, fsynced, read back past the page cache, and only then renamed.
    ///
    /// - Parameters:
    ///   - isTheContent: Whether an open file holds the bytes that were preserved. Asked of the copy, and of what lies at
    ///     its goal already: a restore that a crash repeats is not done twice.
    /// - Throws: `SyscallError`; ``RestoreFault`` where the copy does not read back. Nothing is in released/ then.
    package func restore(
        _ content: borrowing Descriptor,
        to place: Place,
        as original: OriginalFile,
        isTheContent: (borrowing Descriptor) throws(SyscallError) -> Bool
    ) throws {
        let distinct = place.path.distinguished(by: place.id)
        for goal in [place.path, distinct] where try isThere(goal, isTheContent) { return }
        let name = bytes(".copy-\(place.id)")
        try? held.unlink(name)
        do {
            try write(content, as: name, like: original)
            let copy = try held.open(name, [.noFollow], subject: "restored upload")
            copy.dropCache()
            guard try isTheContent(copy) else { throw RestoreFault.doesNotReadBack }
            try copy.setTimes(
                accessed: original.accessed,
                modified: original.modified,
                subject: "restored upload"
            )
            try copy.sync(subject: "restored upload")
            guard let source = SpoolPath(name) else { throw RestoreFault.doesNotReadBack }
            do throws(SyscallError) {
                try move(source, from: held, to: released, place.path, mode: 0o2770)
            } catch {
                guard error.isTaken || error.isNotDirectory else { throw error }
                try move(source, from: held, to: released, distinct, mode: 0o2770)
            }
        } catch {
            try? held.unlink(name)
            throw error
        }
    }

    private func isThere(
        _ goal: SpoolPath,
        _ isTheContent: (borrowing Descriptor) throws(SyscallError) -> Bool
    ) throws(SyscallError) -> Bool {
        guard found(goal, in: released)?.kind == .regular else { return false }
        return try lookup(goal, in: released) { parent, name throws(SyscallError) in
            try isTheContent(parent.open(name, [.noFollow, .nonBlocking], subject: "released upload"))
        }
    }

    private func write(
        _ content: borrowing Descriptor,
        as name: [UInt8],
        like original: OriginalFile
    ) throws(SyscallError) {
        let subject = "restored upload"
        let copy = try held.open(name, [.readWrite, .create, .exclusive], mode: 0o600, subject: subject)
        let size = try content.status(subject: subject).size
        try copy.copyAll(of: content, size: size)
        for attribute in original.attributes {
            // Those of other name spaces are the kernel's or root's to give.
            do throws(SyscallError) {
                try copy.setExtendedAttribute(attribute, subject: subject)
            } catch {
                if attribute.name.starts(with: bytes("user.")) { throw error }
            }
        }
        try? copy.setOwner(original.uid, group: original.gid)
        if try copy.status(subject: subject).gid != original.gid { try? copy.setGroup(group) }
        // After the owner, which takes set-id bits away.
        try copy.setMode(original.mode, subject: subject)
        try copy.sync(subject: subject)
    }
}

/// Why a restore was not carried out.
package enum RestoreFault: Error, Equatable, CustomStringConvertible {
    case doesNotReadBack

    package var description: String {
        "what was written back does not read back as what was preserved; check the disk"
    }
}
