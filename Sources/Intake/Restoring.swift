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
    /// Written in held/, where all names are ours, fsynced, read back past the page cache, and only then renamed. A
    /// set-id bit comes back only with the owner or group that it speaks for.
    ///
    /// A restore that a crash repeats is not done twice. It is marked in its order's directory before the move, and once it
    /// is marked its copy stays in held/ until it is moved: what is marked and has no copy was given back, whatever the
    /// application did with it since. Without a mark, what lies at the name is taken for this order's where it equals the
    /// copy in bytes, mode, owner, time and attributes, and at `NAME~<id>`, which only this order gives, where it has the
    /// bytes.
    ///
    /// - Parameters:
    ///   - order: The order's directory; it goes once the order is answered, and the mark with it.
    ///   - isTheContent: Whether an open file holds the bytes that were preserved.
    ///   - beforeMove: Asked last, and only where nothing was given back yet: what it throws keeps the upload from released/.
    /// - Throws: `SyscallError`; ``RestoreFault`` where the copy does not read back; what `beforeMove` throws. Nothing is in
    ///   released/ then.
    package func restore(
        _ content: borrowing Descriptor,
        to place: Place,
        as original: OriginalFile,
        markedIn order: borrowing Descriptor,
        isTheContent: (borrowing Descriptor) throws(SyscallError) -> Bool,
        beforeMove: () throws -> Void
    ) throws {
        let name = bytes(".restore-\(place.id)")
        if try wasMoved(name, markedIn: order) { return try syncMove(of: place) }
        try? held.unlink(name)
        let distinct = place.path.distinguished(by: place.id)
        if try isThere(distinct, isTheContent) { return }
        guard let source = SpoolPath(name) else { throw RestoreFault.doesNotReadBack }
        do {
            let looks = try prepare(content, as: name, like: original, isTheContent)
            if try isThere(
                place.path,
                { file throws(SyscallError) in
                    guard try Looks(of: file) == looks else { return false }
                    return try isTheContent(file)
                }
            ) {
                return try held.unlink(name)
            }
            try beforeMove()
        } catch {
            try? held.unlink(name)
            throw error
        }
        // The copy's name first: a mark that outlived it would say that it was moved.
        try held.sync(subject: "held")
        try order.writeDurably(Array(markOfHeld().utf8), as: Self.mark, mode: 0o440, subject: "order's mark")
        do throws(SyscallError) {
            try move(source, from: held, to: released, place.path, mode: 0o2770)
        } catch {
            guard error.isTaken || error.isNotDirectory else { throw error }
            try move(source, from: held, to: released, distinct, mode: 0o2770)
        }
        try syncMove(of: place)
    }

    /// Before a row says that it was given back; the application may have moved its directories since.
    private func syncMove(of place: Place) throws(SyscallError) {
        try? lookup(place.path, in: released) { parent, _ throws(SyscallError) in
            try parent.sync(subject: "released")
        }
        try released.sync(subject: "released")
        try held.sync(subject: "held")
    }

    private static let mark = bytes("given")

    /// Whether a try before this one moved the copy. The mark of one that did not is taken away, since it begins anew; so
    /// is that of another held/, whose names say nothing here.
    private func wasMoved(_ copy: [UInt8], markedIn order: borrowing Descriptor) throws(SyscallError) -> Bool
    {
        guard try order.statusIfThere(of: Self.mark, subject: "order's mark") != nil else { return false }
        let said = try order.open(Self.mark, [.noFollow, .nonBlocking], subject: "order's mark").readAll(
            limit: 64,
            subject: "order's mark"
        )
        if try said == Array(markOfHeld().utf8),
            try held.statusIfThere(of: copy, subject: Self.subject) == nil
        {
            return true
        }
        try order.unlink(Self.mark, subject: "order's mark")
        try order.sync(subject: "order")
        return false
    }

    /// Which held/ a mark speaks of. Device numbers may change at a start of the machine, inode numbers do not.
    private func markOfHeld() throws(SyscallError) -> String {
        "held \(try held.status(subject: "held").inode)\n"
    }

    /// Writes the copy that is moved, and reads it back.
    private func prepare(
        _ content: borrowing Descriptor,
        as name: [UInt8],
        like original: OriginalFile,
        _ isTheContent: (borrowing Descriptor) throws(SyscallError) -> Bool
    ) throws -> Looks {
        try write(content, as: name, like: original)
        let copy = try held.open(name, [.noFollow], subject: Self.subject)
        copy.dropCache()
        guard try isTheContent(copy) else { throw RestoreFault.doesNotReadBack }
        try copy.setTimes(accessed: original.accessed, modified: original.modified, subject: Self.subject)
        try copy.sync(subject: Self.subject)
        return try Looks(of: copy)
    }

    /// Tries, on a file of its own, whether an upload's attributes can be given back: what came without them would not be
    /// what was preserved, and without its access list might be open to others. Asked before an order is taken, since
    /// one that is taken is carried out, however long its file system refuses.
    ///
    /// - Throws: ``RestoreFault/attributeRefused(nameSpace:why:)``; `SyscallError`. Nothing is left in held/.
    package func checkTakes(_ original: OriginalFile, for place: Place) throws {
        let name = bytes(".copy-\(place.id)")
        try? held.unlink(name)
        let copy = try held.open(name, [.readWrite, .create, .exclusive], mode: 0o600, subject: Self.subject)
        defer { try? held.unlink(name) }
        try give(original.attributes, to: copy)
    }

    private static let subject = "restored upload"

    private func give(_ attributes: [ExtendedAttribute], to copy: borrowing Descriptor) throws {
        for attribute in attributes where attribute.isOurs {
            do {
                try copy.setExtendedAttribute(attribute, subject: Self.subject)
            } catch {
                guard try error.refusesAttribute || isForThisAlone(error) else { throw error }
                throw RestoreFault.attributeRefused(nameSpace: attribute.nameSpace, why: error)
            }
        }
    }

    /// ext4 says that the disk is full where one file's attributes outgrow their block.
    private func isForThisAlone(_ error: SyscallError) throws(SyscallError) -> Bool {
        guard error.isNoSpace else { return false }
        return try held.room(subject: "held").freeBytes > 16 << 20
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
    ) throws {
        let subject = Self.subject
        let copy = try held.open(name, [.readWrite, .create, .exclusive], mode: 0o600, subject: subject)
        let size = try content.status(subject: subject).size
        try copy.copyAll(of: content, size: size)
        try give(original.attributes, to: copy)
        try? copy.setOwner(original.uid, group: original.gid)
        if try copy.status(subject: subject).gid != original.gid { try? copy.setGroup(group) }
        // After the owner, which takes set-id bits away.
        try copy.setMode(original.mode(ownedAs: copy.status(subject: subject)), subject: subject)
        try copy.sync(subject: subject)
    }
}

extension OriginalFile {
    /// Without the set-id bits that would lend another one's rights: where the kernel did not let the owner or the group
    /// be set, the program would run as the daemon.
    fileprivate func mode(ownedAs status: FileStatus) -> UInt32 {
        var mode = mode
        if status.uid != uid { mode &= ~0o4000 }
        if status.gid != gid { mode &= ~0o2000 }
        return mode
    }
}

extension ExtendedAttribute {
    /// Those of other name spaces are the kernel's or root's to give: capabilities, labels.
    fileprivate var isOurs: Bool {
        name.starts(with: bytes("user.")) || name == bytes("system.posix_acl_access")
    }

    /// `user` or `system`; the rest of a name may be the uploader's.
    fileprivate var nameSpace: String { name.starts(with: bytes("user.")) ? "user" : "system" }
}

/// What tells a restored file from another one with the same bytes.
private struct Looks: Equatable {
    let mode, uid, gid: UInt32
    let modified: Int64
    let attributes: [[UInt8]: [UInt8]]

    init(of file: borrowing Descriptor) throws(SyscallError) {
        let status = try file.status(subject: "restored upload")
        (mode, uid, gid, modified) = (status.mode, status.uid, status.gid, status.modified)
        let ours = file.extendedAttributes().filter(\.isOurs)
        attributes = Dictionary(ours.map { ($0.name, $0.value) }) { $1 }
    }
}

/// Why a restore was not carried out.
package enum RestoreFault: Error, Equatable, CustomStringConvertible {
    case doesNotReadBack
    /// Neither its name nor its value: both may be the uploader's.
    case attributeRefused(nameSpace: String, why: SyscallError)

    package var description: String {
        switch self {
        case .doesNotReadBack:
            "what was written back does not read back as what was preserved; check the disk"
        case .attributeRefused(let nameSpace, let why):
            "the spool's file system does not take an extended attribute of the upload, name space \"\(nameSpace)\" "
                + "(\(why)), and without it nothing is given back; put the spool on one that takes it and order it again"
        }
    }
}
