import CLinuxIO
import Glibc

/// What statx(2) says of a file. Times are nanoseconds since 1970, UTC.
package struct FileStatus: Equatable, Sendable {
    package enum Kind: Sendable {
        case regular, directory, symbolicLink, fifo, socket, device
    }

    package let kind: Kind
    /// Permission bits, set-id bits included.
    package let mode: UInt32
    package let links: Int
    package let uid: UInt32
    package let gid: UInt32
    package let inode: UInt64
    package let device: UInt64
    package let mount: UInt64
    package let size: UInt64
    /// Of 512 bytes, as allocated.
    package let blocks: UInt64
    package let accessed, modified, changed: Int64
    /// 0 where the file system does not say.
    package let born: Int64

    init(_ raw: bw_status) {
        kind =
            switch raw.mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .device
            }
        mode = raw.mode & 0o7777
        links = Int(raw.links)
        (uid, gid) = (raw.uid, raw.gid)
        (inode, device, mount) = (raw.inode, raw.device, raw.mount)
        (size, blocks) = (raw.size, raw.blocks)
        (accessed, modified, changed, born) = (raw.accessed, raw.modified, raw.changed, raw.born)
    }

    /// Whether the bytes may have changed between two looks at one file.
    package func hasSameContent(as other: FileStatus) -> Bool {
        inode == other.inode && device == other.device && size == other.size && modified == other.modified
            && changed == other.changed
    }

    /// Whether only these users, and nobody of its group, may write to it or say who may.
    package func isClosed(toOthersThan users: Set<UInt32>) -> Bool {
        users.contains(uid) && mode & 0o022 == 0
    }

    package func isSameFile(as other: FileStatus) -> Bool {
        inode == other.inode && device == other.device && mount == other.mount
    }
}

extension Descriptor {
    package func status(subject: String = "file") throws(SyscallError) -> FileStatus {
        var found = bw_status()
        _ = try check("statx", subject) { bw_status_of(raw, "", &found) }
        return FileStatus(found)
    }

    /// Of the entry `name` of this directory itself, a symbolic link not followed.
    package func status(of name: [UInt8], subject: String = "file") throws(SyscallError) -> FileStatus {
        try name.withCString { name throws(SyscallError) in
            var found = bw_status()
            _ = try check("statx", subject) { bw_status_of(raw, name, &found) }
            return FileStatus(found)
        }
    }

    /// By a path in bytes, a symbolic link at its end not followed.
    package static func status(ofPath path: [UInt8], subject: String) throws(SyscallError) -> FileStatus {
        try path.withCString { name throws(SyscallError) in
            var found = bw_status()
            _ = try check("statx", subject) { bw_status_of(AT_FDCWD, name, &found) }
            return FileStatus(found)
        }
    }

    /// The same, `nil` where there is nothing: the usual answer for a context, so no error is made of it.
    package func statusIfThere(of name: [UInt8], subject: String = "file") throws(SyscallError) -> FileStatus?
    {
        try name.withCString { name throws(SyscallError) in
            var found = bw_status()
            let isThere = try check("statx", subject) {
                let result = bw_status_of(raw, name, &found)
                return result != 0 && (errno == ENOENT || errno == ENOTDIR) ? 1 : result
            }
            return isThere == 0 ? FileStatus(found) : nil
        }
    }
}

/// Room on a file system.
package struct FileSystemRoom: Equatable, Sendable {
    package let freeBytes: UInt64
    package let freeInodes: UInt64
    /// File systems that allocate inodes as they go report none at all.
    package let countsInodes: Bool
}

extension Descriptor {
    /// statvfs(3), what an unprivileged user may still take.
    package func room(subject: String = "directory") throws(SyscallError) -> FileSystemRoom {
        var found = statvfs()
        _ = try check("fstatvfs", subject) { fstatvfs(raw, &found) }
        return FileSystemRoom(
            freeBytes: UInt64(found.f_bavail) * UInt64(found.f_frsize),
            freeInodes: UInt64(found.f_favail),
            countsInodes: found.f_files > 0
        )
    }
}

/// One extended attribute.
package struct ExtendedAttribute: Equatable, Sendable {
    package let name: [UInt8]
    package let value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) { (self.name, self.value) = (name, value) }
}

extension Descriptor {
    /// Every extended attribute that this user may see, in the kernel's order; empty where there are none.
    package func extendedAttributes() -> [ExtendedAttribute] {
        let names = Self.growing {
            bw_list_attributes(raw, $0.bindMemory(to: CChar.self).baseAddress, $0.count)
        }
        return names.split(separator: 0).map(Array.init).compactMap { name in
            let value = name.withCString { cName in
                Self.growing { bw_read_attribute(raw, cName, $0.baseAddress, $0.count) }
            }
            return ExtendedAttribute(name: name, value: value)
        }
    }

    package func setExtendedAttribute(_ attribute: ExtendedAttribute, subject: String = "file")
        throws(SyscallError)
    {
        let (raw, value) = (raw, attribute.value)
        _ = try attribute.name.withCString { name throws(SyscallError) in
            try check("fsetxattr", subject) {
                value.withUnsafeBytes { bw_set_attribute(raw, name, $0.baseAddress, $0.count) }
            }
        }
    }

    private static func growing(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)  // XATTR_SIZE_MAX and XATTR_LIST_MAX
        let count = buffer.withUnsafeMutableBytes(fill)
        return count > 0 ? Array(buffer[..<count]) : []
    }
}
