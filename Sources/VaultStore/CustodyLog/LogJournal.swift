import Crypto
import LinuxIO
import UploadModel

/// The entries of the bundle that is not full yet, each on the disk before it counts.
///
/// A line with the bundle's number, then batches, each written and fsynced as a whole before the next is begun: the length
/// in four bytes, that many bytes of entries, each after its length in two, and the first eight bytes of their SHA-256.
/// Only the last batch can be torn, and it goes as a whole: nobody was told yet that any of it is there.
final class LogJournal: Sendable {
    private let file: Descriptor

    /// Puts a fresh file in the place of the one that is there: a file whose fsync failed is never written to again.
    init(replacingIn files: LogFiles, number: UInt64, entries: [[UInt8]]) throws(SyscallError) {
        let bytes = Self.header(number) + (entries.isEmpty ? [] : Self.batch(entries))
        try files.root.writeDurably(bytes, as: LogFiles.journal, mode: Self.mode, subject: Self.subject)
        file = try files.root.open(LogFiles.journal, [.write, .append], subject: Self.subject)
    }

    /// Makes a batch durable.
    func write(_ entries: [[UInt8]]) throws(SyscallError) {
        try file.write(Self.batch(entries), subject: Self.subject)
        try file.sync(subject: Self.subject)
    }

    private static let subject = "custody log"
    /// Its owner goes on writing to it.
    private static let mode: UInt32 = 0o640
    private static let mark = "breakwater-journal-2"

    private static func header(_ number: UInt64) -> [UInt8] { Array("\(mark) \(number)\n".utf8) }

    private static func batch(_ entries: [[UInt8]]) -> [UInt8] {
        let bytes = LogTiles.bundle(entries)
        let length = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bytes.count >> $0) }
        return length + bytes + SHA256.hash(data: bytes).prefix(8)
    }
}

// MARK: - Reading

extension LogJournal {
    /// What a journal holds.
    struct Content {
        let number: UInt64
        let entries: [[UInt8]]
        /// Whether a last batch was cut short, or never reached the disk whole.
        let isTorn: Bool
    }

    /// - Returns: `nil` where it is not a journal, or a batch is damaged that whole ones come after: no crash does that.
    static func read(_ bytes: [UInt8]) -> Content? {
        guard let end = bytes.firstIndex(of: 10),
            case let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " "),
            words.count == 2, words[0] == mark, let number = UInt64(words[1])
        else { return nil }
        var (entries, place) = ([[UInt8]](), end + 1)
        while let batch = batch(in: bytes, at: place) {
            entries += batch.entries
            place = batch.end
        }
        // Its length may be what is damaged, so the next one may begin anywhere.
        let isFollowed = (place..<bytes.count).dropFirst().contains { batch(in: bytes, at: $0) != nil }
        return isFollowed ? nil : Content(number: number, entries: entries, isTorn: place < bytes.count)
    }

    /// - Returns: `nil` where no whole batch begins.
    private static func batch(in bytes: [UInt8], at place: Int) -> (entries: [[UInt8]], end: Int)? {
        let start = place + 4
        guard start <= bytes.count else { return nil }
        let length = bytes[place..<start].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, start + length + 8 <= bytes.count else { return nil }
        let body = bytes[start..<start + length]
        let check = bytes[(start + length)..<(start + length + 8)]
        guard SHA256.hash(data: body).prefix(8).elementsEqual(check) else { return nil }
        let found = LogTiles.entries(of: body)
        return found.used == length ? (found.entries, start + length + 8) : nil
    }
}
