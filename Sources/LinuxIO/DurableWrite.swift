import Glibc

extension Descriptor {
    /// Writes a small file so that after a crash it is there whole or not at all.
    ///
    /// Written under a hidden name, fsynced, renamed over `name`, directory fsynced.
    package func writeDurably(
        _ bytes: [UInt8],
        as name: [UInt8],
        mode: UInt32,
        subject: String
    ) throws(SyscallError) {
        let hidden = Array(".\(UInt64.random(in: 0...(.max)))".utf8)
        do throws(SyscallError) {
            try writeNew(bytes, as: hidden, mode: mode, subject: subject)
            try rename(hidden, to: self, name, replacing: true, subject: subject)
        } catch {
            try? unlink(hidden)
            throw error
        }
        try sync(subject: subject)
    }

    /// Writes a file that must not be there yet, with exactly `mode`, and fsyncs it; the directory is the caller's.
    package func writeNew(_ bytes: [UInt8], as name: [UInt8], mode: UInt32, subject: String)
        throws(SyscallError)
    {
        let file = try open(name, [.write, .create, .exclusive], mode: 0o600, subject: subject)
        try file.write(bytes, subject: subject)
        try file.setMode(mode, subject: subject)
        try file.sync(subject: subject)
        try file.close()
    }

    /// Makes the directory if it is missing and gives it exactly `mode`, whatever the umask.
    package func ensureDirectory(_ name: [UInt8], mode: UInt32, subject: String) throws(SyscallError)
        -> Descriptor
    {
        do throws(SyscallError) {
            try makeDirectory(name, mode: 0o700, subject: subject)
        } catch {
            if error.errno != EEXIST { throw error }
            return try open(name, .directory, subject: subject)
        }
        let made = try open(name, .directory, subject: subject)
        try made.setMode(mode, subject: subject)
        return made
    }
}
