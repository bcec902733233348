import LinuxIO
import UploadModel

/// The files of one list in the order of their names.
struct ListFiles {
    /// Absolute; all of them regular files or pipes.
    let paths: [String]
    /// Bytes of all; 0 where there is a pipe.
    let byteCount: UInt64
    /// When the newest of them was last modified; `nil` where there is a pipe.
    let modified: Timestamp?

    /// Looks at `path`: a file, a pipe, or a directory of files, of which hidden ones are left out.
    ///
    /// - Throws: ``ListFault`` for anything else, a link among it; `SyscallError`.
    init(_ path: String) throws {
        let status = try Self.looking(at: path) { () throws(SyscallError) in
            try Descriptor.status(ofPath: Array(path.utf8), subject: path)
        }
        switch status.kind {
        case .regular:
            (paths, byteCount, modified) = ([path], status.size, Timestamp(nanoseconds: status.modified))
        case .fifo: (paths, byteCount, modified) = ([path], 0, nil)
        case .directory: (paths, byteCount, modified) = try Self.files(in: path)
        case .symbolicLink, .socket, .device: throw ListFault(file: path, place: .whole, reason: .notAFile)
        }
    }

    private static func files(in path: String) throws -> ([String], UInt64, Timestamp) {
        let directory = try looking(at: path) { () throws(SyscallError) in try Descriptor.directory(path) }
        var entries = try DirectoryEntries(of: directory, subject: path)
        var found: [(name: [UInt8], size: UInt64)] = []
        var modified = Int64.min
        while let entry = try entries.next() {
            if entry.name.first == UInt8(ascii: ".") { continue }
            let status = try directory.status(of: entry.name, subject: path)
            guard status.kind == .regular, String(validating: entry.name, as: UTF8.self) != nil else {
                throw ListFault(file: path, place: .whole, reason: .notAFile)
            }
            found.append((entry.name, status.size))
            modified = max(modified, status.modified)
        }
        guard !found.isEmpty else { throw ListFault(file: path, place: .whole, reason: .noFiles) }
        found.sort { $0.name.lexicographicallyPrecedes($1.name) }
        let paths = found.map { "\(path)/\(String(decoding: $0.name, as: UTF8.self))" }
        return (paths, found.reduce(0) { $0 + $1.size }, Timestamp(nanoseconds: modified))
    }

    /// Opens one of them. Of a pipe it waits for the writer.
    static func open(_ path: String) throws -> Descriptor {
        let file = try looking(at: path) { () throws(SyscallError) in
            let isPipe = try Descriptor.status(ofPath: Array(path.utf8), subject: path).kind == .fifo
            return try Descriptor.open(path, isPipe ? .noFollow : [.noFollow, .nonBlocking])
        }
        let kind = try file.status(subject: path).kind
        guard kind == .regular || kind == .fifo else {
            throw ListFault(file: path, place: .whole, reason: .notAFile)
        }
        file.willReadInOrder()
        return file
    }

    /// - Throws: ``ListFault`` where somebody has to do something about this list; `SyscallError` for other trouble.
    private static func looking<Found: ~Copyable>(
        at path: String,
        _ look: () throws(SyscallError) -> Found
    ) throws -> Found {
        do throws(SyscallError) {
            return try look()
        } catch {
            if error.isNotThere || error.isNotDirectory {
                throw ListFault(file: path, place: .whole, reason: .notThere)
            }
            guard error.isForbidden else { throw error }
            throw ListFault(file: path, place: .whole, reason: .forbidden)
        }
    }
}

/// Reads a file from its beginning, piece by piece.
final class FileReader {
    private let file: Descriptor
    private let name: String

    init(_ file: consuming Descriptor, name: String) {
        self.file = file
        self.name = name
    }

    func next() throws -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: ByteSource.pieceByteCount)
        let count = try file.readNext(into: &piece, subject: name)
        if count < piece.count { piece.removeSubrange(count...) }
        return piece
    }
}
