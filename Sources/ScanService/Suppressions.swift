import JSONText
import LinuxIO
import Synchronization
import UploadModel

/// What persons decided is no match: a file each in `<state>/suppressions/`, read at start and kept in memory.
final class Suppressions: Sendable {
    let directory: Descriptor
    private let known: Mutex<[UploadID: Suppression]>

    /// - Throws: `SyscallError`, or `TextFault` where a file is damaged: it is never taken for none, since what it
    ///   covers would be quarantined again, nor for another.
    init(_ state: StateDirectory) throws {
        directory = try state.root.ensureDirectory(
            Array("suppressions".utf8),
            mode: 0o700,
            subject: "suppressions"
        )
        var found: [UploadID: Suppression] = [:]
        var entries = try DirectoryEntries(of: directory, subject: "suppressions")
        while let entry = try entries.next() {
            guard String(decoding: entry.name, as: UTF8.self).hasSuffix(".json"), entry.name.first != 46
            else {
                continue
            }
            let bytes = try directory.open(entry.name, [.noFollow], subject: "suppression")
                .readAll(limit: 1 << 20, subject: "suppression")
            let suppression = try Suppression(try JSONValue(parsing: bytes))
            found[suppression.upload] = suppression
        }
        known = Mutex(found)
    }

    /// Those about content with this digest; none for almost every upload, at no cost.
    func about(_ digests: DigestSet) -> [Suppression] {
        known.withLock { known in
            known.isEmpty ? [] : known.values.filter { $0.content == digests.sha256 }
        }
    }

    func add(_ suppression: Suppression) throws(SyscallError) {
        try directory.writeDurably(
            suppression.json.canonical,
            as: Self.name(suppression.upload),
            mode: 0o600,
            subject: "suppression"
        )
        known.withLock { $0[suppression.upload] = suppression }
    }

    func isThere(_ upload: UploadID) -> Bool { known.withLock { $0[upload] != nil } }

    /// Removes one, if it is there.
    func remove(_ upload: UploadID) throws(SyscallError) {
        do throws(SyscallError) {
            try directory.unlink(Self.name(upload), subject: "suppression")
        } catch {
            if !error.isNotThere { throw error }
        }
        try directory.sync(subject: "suppressions")
        known.withLock { $0[upload] = nil }
    }

    private static func name(_ upload: UploadID) -> [UInt8] { Array("\(upload).json".utf8) }
}
