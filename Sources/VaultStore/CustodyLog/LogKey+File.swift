package import LinuxIO

// The key beside its log: 0600, so that the desk's group, which reads the log, cannot sign in its name.

extension LogKey {
    private static let file = Array("key".utf8)

    /// - Returns: `nil` where there is none.
    /// - Throws: ``CustodyLogFault/damaged(file:)`` where the file is no key; `SyscallError`.
    package static func read(in directory: borrowing Descriptor) throws -> LogKey? {
        guard try directory.statusIfThere(of: file, subject: "custody/key") != nil else { return nil }
        let bytes = try directory.open(file, [.noFollow], subject: "custody/key")
            .readAll(limit: 4_096, subject: "custody/key")
        guard let key = LogKey(file: String(decoding: bytes, as: UTF8.self)) else {
            throw CustodyLogFault.damaged(file: "key")
        }
        return key
    }

    /// Makes a log's key, durably. Only where there is none: it replaces what is there.
    package static func make(
        naming name: String,
        in directory: borrowing Descriptor
    ) throws(SyscallError) -> LogKey {
        let key = LogKey(naming: name)
        try directory.writeDurably(Array(key.fileText.utf8), as: file, mode: 0o600, subject: "custody/key")
        return key
    }
}
