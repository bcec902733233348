package import LinuxIO

// The key of a log: 0600, so that the desk's group, which reads the daemon's log, cannot sign in its name.

extension LogKey {
    /// - Parameters:
    ///   - directory: The log's own, or one for keys.
    ///   - name: Of the file in it.
    /// - Returns: `nil` where there is none.
    /// - Throws: ``CustodyLogFault/damaged(file:)`` where the file is no key; `SyscallError`.
    package static func read(in directory: borrowing Descriptor, as name: String = "key") throws -> LogKey? {
        let (file, subject) = (Array(name.utf8), "custody log's \(name)")
        guard try directory.statusIfThere(of: file, subject: subject) != nil else { return nil }
        let bytes = try directory.open(file, [.noFollow], subject: subject)
            .readAll(limit: 4_096, subject: subject)
        guard let key = LogKey(file: String(decoding: bytes, as: UTF8.self)) else {
            throw CustodyLogFault.damaged(file: name)
        }
        return key
    }

    /// Makes a log's key, durably. Only where there is none: it replaces what is there.
    package static func make(
        naming origin: String,
        in directory: borrowing Descriptor,
        as name: String = "key"
    ) throws(SyscallError) -> LogKey {
        let key = LogKey(naming: origin)
        let text = Array(key.fileText.utf8)
        try directory.writeDurably(text, as: Array(name.utf8), mode: 0o600, subject: "custody log's \(name)")
        return key
    }
}
