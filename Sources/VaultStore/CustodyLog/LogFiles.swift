import LinuxIO

/// The directory of one log. What has a name there is whole; paths are those of ``LogTiles`` and the names below.
final class LogFiles: Sendable {
    let root: Descriptor

    static let checkpoint = Array("checkpoint".utf8)
    static let journal = Array("journal".utf8)
    static let details = Array("details".utf8)
    static let heads = Array("heads".utf8)
    /// A full bundle: 256 entries of 64 KiB.
    static let largest = 17 << 20

    init(_ directory: borrowing Descriptor) throws(SyscallError) { root = try directory.duplicate() }

    /// Writes a file so that after a crash it is there whole or not at all, and makes the directories on its way.
    func place(
        _ bytes: [UInt8],
        at path: [UInt8],
        mode: UInt32 = VaultModes.file,
        directories: UInt32 = VaultModes.directory
    ) throws(SyscallError) {
        let slash = UInt8(ascii: "/")
        guard let cut = path.lastIndex(of: slash) else {
            return try root.writeDurably(bytes, as: path, mode: mode, subject: "custody log")
        }
        let directory = try directory(Array(path[..<cut]), mode: directories)
        try directory.writeDurably(
            bytes,
            as: Array(path[(cut + 1)...]),
            mode: mode,
            subject: "custody log"
        )
    }

    /// Opens a directory, making what is missing on the way to it, durably.
    func directory(_ path: [UInt8], mode: UInt32) throws(SyscallError) -> Descriptor {
        var here = try root.duplicate()
        for name in path.split(separator: UInt8(ascii: "/")) {
            if try here.statusIfThere(of: Array(name), subject: "custody log") == nil {
                let made = try here.ensureDirectory(Array(name), mode: mode, subject: "custody log")
                try here.sync(subject: "custody log")
                here = made
            } else {
                here = try here.open(Array(name), .directory, subject: "custody log")
            }
        }
        return here
    }

    /// - Returns: `nil` where there is nothing of this name.
    func read(_ path: [UInt8], limit: Int = LogFiles.largest) throws(SyscallError) -> [UInt8]? {
        do throws(SyscallError) {
            return try root.open(path, [.noFollow, .nonBlocking], subject: "custody log")
                .readAll(limit: limit, subject: "custody log")
        } catch {
            if error.isNotThere || error.isNotDirectory { return nil }
            throw error
        }
    }

    func has(_ path: [UInt8]) throws(SyscallError) -> Bool {
        try root.statusIfThere(of: path, subject: "custody log") != nil
    }
}
