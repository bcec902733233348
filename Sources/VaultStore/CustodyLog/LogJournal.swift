import LinuxIO
import UploadModel

/// The entries of the bundle that is not full yet, each on the disk before it counts.
///
/// A line with the bundle's number, then records: the length in two bytes, the entry, the first eight bytes of its
/// leaf hash. Only the last record can be torn, since each is fsynced before the next is begun.
final class LogJournal: Sendable {
    private let file: Descriptor

    /// Puts a fresh file in the place of the one that is there: a file whose fsync failed is never written to again.
    init(replacingIn files: LogFiles, number: UInt64, entries: [[UInt8]]) throws(SyscallError) {
        let bytes = Self.header(number) + entries.flatMap { Self.record($0, TreeHash(leaf: $0)) }
        // Its owner writes on in it, and root's rights are not there to help.
        try files.root.writeDurably(bytes, as: LogFiles.journal, mode: 0o640, subject: Self.subject)
        file = try files.root.open(LogFiles.journal, .append, subject: Self.subject)
    }

    func write(_ entry: [UInt8], _ leaf: TreeHash) throws(SyscallError) {
        try file.write(Self.record(entry, leaf), subject: Self.subject)
    }

    func sync() throws(SyscallError) { try file.sync(subject: Self.subject) }

    private static let subject = "custody log"

    private static func header(_ number: UInt64) -> [UInt8] { Array("breakwater-journal-1 \(number)\n".utf8) }

    private static func record(_ entry: [UInt8], _ leaf: TreeHash) -> [UInt8] {
        LogTiles.bundle([entry]) + leaf.bytes.prefix(8)
    }

    /// What a journal holds.
    struct Content {
        let number: UInt64
        let entries: [[UInt8]]
        /// Whether a last record was cut short, or never reached the disk whole.
        let isTorn: Bool
    }

    /// - Returns: `nil` where it is not a journal, or a record that is not the last is damaged.
    static func read(_ bytes: [UInt8]) -> Content? {
        guard let end = bytes.firstIndex(of: 10),
            case let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " "),
            words.count == 2, words[0] == "breakwater-journal-1", let number = UInt64(words[1])
        else { return nil }
        var (entries, place) = ([[UInt8]](), end + 1)
        while place < bytes.count {
            guard place + 2 <= bytes.count else { break }
            let start = place + 2
            let length = Int(bytes[place]) << 8 + Int(bytes[place + 1])
            guard start + length + 8 <= bytes.count else { break }
            let entry = Array(bytes[start..<start + length])
            let check = bytes[(start + length)..<(start + length + 8)]
            guard check.elementsEqual(TreeHash(leaf: entry).bytes.prefix(8)) else {
                if start + length + 8 == bytes.count || bytes[place...].allSatisfy({ $0 == 0 }) { break }
                return nil
            }
            entries.append(entry)
            place = start + length + 8
        }
        return Content(number: number, entries: entries, isTorn: place < bytes.count)
    }
}
