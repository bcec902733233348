package import LinuxIO
package import UploadModel

/// What was found when a claimed file was opened.
package enum Inspection: ~Copyable {
    /// No writer is left; read it, then look again with ``Spool/isUnchanged(_:since:)``.
    case ready(OpenUpload)
    /// Nobody could say whether a writer is left: wait, and compare with this status.
    case unsettled(FileStatus)
    /// Somebody still writes.
    case busy
    case obstacle(Obstacle)
    case vanished
    /// Larger than what was asked for.
    case large
    /// A directory that had taken the file's name; it lies in incoming/ again.
    case notAnUpload
}

/// A claimed file, open for reading, with what it looked like before.
package struct OpenUpload: ~Copyable, Sendable {
    let descriptor: Descriptor
    package let status: FileStatus

    package consuming func intoDescriptor() -> Descriptor { descriptor }
}

/// How we know that no writer is left; exported, because the second way costs every upload two seconds.
package enum SettlePosture: String, CaseIterable, Sendable {
    /// The kernel grants a read lease.
    case lease
    /// It does not: two equal looks ``Spool/settlePause`` apart.
    case twoLooks = "two-looks"
}

extension Spool {
    /// Nanoseconds between the two looks at a file whose writers the kernel does not tell of.
    package static let settlePause: Int64 = 2_000_000_000

    /// Opens a file in work/ and finds out whether it can be read now. Never follows a link, never waits for a FIFO.
    ///
    /// - Parameters:
    ///   - before: What an earlier look found, when the kernel could not tell about writers.
    ///   - largest: Bytes above which it is not read here.
    ///   - keepsLease: Whether writers wait until it is closed. Not for what takes long to read.
    package func inspect(
        _ path: SpoolPath,
        id: UploadID,
        before: FileStatus? = nil,
        largest: UInt64 = .max,
        keepsLease: Bool = false
    ) throws(SyscallError) -> Inspection {
        let file: Descriptor
        do throws(SyscallError) {
            file = try openForReading(path)
        } catch {
            return try inspectUnopened(path, error)
        }
        let probe = keepsLease ? file.takeReadLease() : file.probeForWriters()
        // After the lease, which says nothing of what a writer did before it was granted. Where it is not kept, whatever
        // comes after this look shows when it is compared with the last.
        let status = try file.status(subject: "upload")
        if status.kind != .regular { return try inspectIrregular(path, status.kind) }
        if status.size > largest { return .large }
        switch probe {
        case .writer: return .busy
        case .refused where before?.hasSameContent(as: status) != true: return .unsettled(status)
        case .refused, .noWriter: break
        }
        guard status.links > 1 else { return .ready(OpenUpload(descriptor: file, status: status)) }
        return try inspectHardLinked(path, id: id, file, status)
    }

    /// What lies where nothing could be opened.
    private func inspectUnopened(_ path: SpoolPath, _ error: SyscallError) throws(SyscallError) -> Inspection
    {
        if error.isNotThere || error.isNotDirectory { return .vanished }
        let found = try lookup(path, in: work) { parent, name throws(SyscallError) in
            try parent.statusIfThere(of: name)
        }
        guard let found else { return .vanished }
        if found.kind != .regular { return try inspectIrregular(path, found.kind) }
        if error.isForbidden { return .obstacle(.unreadable) }
        throw error
    }

    private func inspectIrregular(
        _ path: SpoolPath,
        _ kind: FileStatus.Kind
    ) throws(SyscallError) -> Inspection {
        if let obstacle = Self.obstacle(kind) { return .obstacle(obstacle) }
        try putBackDirectory(path)
        return .notAnUpload
    }

    /// Whether a file is still what it was when it was opened, and nobody has begun to write.
    ///
    /// Where its lease was kept, the kernel says so and no look is needed: `status` was taken under it, and nothing was
    /// written since. Otherwise two looks are compared.
    package static func isUnchanged(
        _ file: borrowing Descriptor,
        since status: FileStatus
    ) throws(SyscallError) -> Bool {
        if file.hasReadLease { return true }
        return try file.status(subject: "upload").hasSameContent(as: status)
            && file.probeForWriters() != .writer
    }

    private func openForReading(_ path: SpoolPath) throws(SyscallError) -> Descriptor {
        try work.open(path.bytes, [.noFollow, .nonBlocking], subject: "upload")
    }

    private static func obstacle(_ kind: FileStatus.Kind) -> Obstacle? {
        switch kind {
        case .regular, .directory: nil
        case .symbolicLink: .symbolicLink
        case .fifo: .fifo
        case .socket: .socket
        case .device: .device
        }
    }
}

// MARK: - More than one link

extension Spool {
    /// A name outside the spool leads to the same bytes, so they could change after they were digested: go on with
    /// a copy under an inode of its own.
    private func inspectHardLinked(
        _ path: SpoolPath,
        id: UploadID,
        _ file: borrowing Descriptor,
        _ status: FileStatus
    ) throws(SyscallError) -> Inspection {
        guard settings.hardLinks == .copy else { return .obstacle(.hardLinked) }
        try replaceByCopy(path, id: id, file, status)
        let copy = try openForReading(path)
        let copied = try copy.status(subject: "upload")
        return .ready(OpenUpload(descriptor: copy, status: copied))
    }

    /// Written in held/, where all names are ours, fsynced, and renamed over the linked one.
    private func replaceByCopy(
        _ path: SpoolPath,
        id: UploadID,
        _ file: borrowing Descriptor,
        _ status: FileStatus
    ) throws(SyscallError) {
        let name = bytes(".copy-\(id)")
        try? held.unlink(name)
        do throws(SyscallError) {
            let copy = try held.open(
                name,
                [.readWrite, .create, .exclusive],
                mode: 0o600,
                subject: "copy of an upload"
            )
            try copy.copyAll(of: file, size: status.size)
            guard try Self.isUnchanged(file, since: status) else { throw SyscallError.stillWritten("upload") }
            try giveLike(status, copy)
            try copy.sync(subject: "copy of an upload")
            try lookup(path, in: work) { parent, last throws(SyscallError) in
                try held.rename(name, to: parent, last, replacing: true, subject: "copy of an upload")
            }
        } catch {
            try? held.unlink(name)
            throw error
        }
    }

    /// Mode, group and times as they were. The owner becomes ours, so its right to read goes to the group.
    private func giveLike(_ status: FileStatus, _ copy: borrowing Descriptor) throws(SyscallError) {
        try? copy.setGroup(group)
        let readable: UInt32 = status.uid == ThisProcess.user ? 0 : (status.mode & 0o600) >> 3
        try copy.setMode((status.mode & 0o1777) | readable, subject: "copy of an upload")
        try copy.setTimes(accessed: status.accessed, modified: status.modified, subject: "copy of an upload")
    }

    /// Removes copies that a crash left half-written.
    package func removeUnfinishedCopies() throws(SyscallError) {
        var entries = try DirectoryEntries(of: held, subject: "held")
        while let entry = try entries.next() {
            guard entry.name.starts(with: bytes(".copy-")) else { continue }
            try held.unlink(entry.name, subject: "copy of an upload")
        }
    }
}

extension Descriptor {
    func copyAll(of file: borrowing Descriptor, size: UInt64) throws(SyscallError) {
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: UInt64 = 0
        while offset < size {
            let count = try file.read(into: &buffer, at: Int64(offset), subject: "upload")
            if count == 0 { return }
            try write(buffer.span.extracting(..<count).bytes, subject: "copy of an upload")
            offset += UInt64(count)
        }
    }
}
