package import LinuxIO
import UploadModel

// What a place holds, open for those who preserve or compare it.

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

    /// The bytes of an upload's context, 64 KiB at most; `nil` when there is none.
    ///
    /// - Throws: What keeps it from being read, and so from being compared; ``SyscallError/isStillWritten`` while
    ///   somebody has it open for writing, ``SyscallError/isTooLarge`` when it has grown.
    package func contextBytes(of place: Place) throws(SyscallError) -> [UInt8]? {
        guard place.hasContext else { return nil }
        do {
            return try withDirectory(of: place) { directory throws(SyscallError) in
                let name = place.current.context.bytes
                let file = try directory.open(name, [.noFollow, .nonBlocking], subject: "context")
                let bytes = try file.readAll(limit: Context.largest, subject: "context")
                if file.probeForWriters() == .writer { throw SyscallError.stillWritten("context") }
                return bytes
            }
        } catch {
            if error.isNotThere { return nil }
            throw error
        }
    }

    /// The same for evidence, which is made without a context that cannot be read.
    package func readableContext(of place: Place) throws(SyscallError) -> [UInt8]? {
        do {
            return try contextBytes(of: place)
        } catch {
            if error.isForbidden || error.isTooLarge || error.isLink { return nil }
            throw error
        }
    }
}
