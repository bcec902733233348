package import LinuxIO
import UploadModel

// What a place holds, open for those who preserve or compare it.

/// A context as it was read, with what is needed to tell whether it changed since.
package struct ContextReading: Sendable {
    package let bytes: [UInt8]
    package let status: FileStatus
    package let writers: WriterProbe
}

extension Spool {
    /// An upload, open to be preserved; `nil` when there is nothing that could be read.
    package func openToPreserve(_ place: Place) throws(SyscallError) -> Descriptor? {
        do {
            return try withDirectory(of: place) { directory throws(SyscallError) in
                let file = try directory.open(
                    place.current.bytes,
                    [.noFollow, .nonBlocking],
                    subject: "upload"
                )
                guard try file.status(subject: "upload").kind == .regular else { return nil }
                return file
            }
        } catch {
            if error.isForbidden || error.isLink || error.isNotThere { return nil }
            throw error
        }
    }

    /// An upload's context, 64 KiB at most; `nil` when there is none.
    ///
    /// - Throws: What keeps it from being read, and so from being compared; ``SyscallError/isStillWritten`` when it
    ///   changed meanwhile, ``SyscallError/isTooLarge`` when it has grown.
    package func readContext(of place: Place) throws(SyscallError) -> ContextReading? {
        guard place.hasContext else { return nil }
        do {
            return try withDirectory(of: place) { directory throws(SyscallError) in
                let name = place.current.context.bytes
                let file = try directory.open(name, [.noFollow, .nonBlocking], subject: "context")
                let status = try file.status(subject: "context")
                let bytes = try file.readAll(limit: Context.largest, subject: "context")
                let writers = file.probeForWriters()
                guard writers != .writer, try file.status(subject: "context").hasSameContent(as: status)
                else {
                    throw SyscallError.stillWritten("context")
                }
                return ContextReading(bytes: bytes, status: status, writers: writers)
            }
        } catch {
            if error.isNotThere { return nil }
            throw error
        }
    }

    /// What a context looks like now; `nil` when there is none.
    package func contextStatus(of place: Place) throws(SyscallError) -> FileStatus? {
        guard place.hasContext else { return nil }
        return try withDirectory(of: place) { directory throws(SyscallError) in
            try lookup(place.current.context, in: directory) { parent, name throws(SyscallError) in
                try parent.statusIfThere(of: name, subject: "context")
            }
        }
    }

    /// The bytes of a context for evidence, which is made without one that cannot be read. That somebody still has it
    /// open for writing matters here no more.
    ///
    /// - Parameter orWithout: Whether a disk that fails counts as a context that cannot be read, as it does in the end.
    /// - Throws: Trouble that may pass: what is left out now is missing for good.
    package func contextForEvidence(of place: Place, orWithout: Bool = false) throws(SyscallError) -> [UInt8]?
    {
        guard place.hasContext else { return nil }
        do {
            return try withDirectory(of: place) { directory throws(SyscallError) in
                let name = place.current.context.bytes
                let file = try directory.open(name, [.noFollow, .nonBlocking], subject: "context")
                return try file.readAll(limit: Context.largest, subject: "context")
            }
        } catch {
            if error.mayPass && !(orWithout && error.isIOError) { throw error }
            return nil
        }
    }
}
