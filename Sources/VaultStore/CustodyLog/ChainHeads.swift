import LinuxIO
import UploadModel

/// Where each exhibit's chain ends: found out from the log, and kept beside it so that opening need not read it all.
///
/// `heads/upto` says how many entries the files speak for; all later ones are read again at the next start.
struct ChainHeads {
    private var recent: [BundleID: CustodyLink] = [:]
    private var covered: UInt64

    private static let upTo = LogFiles.heads + Array("/upto".utf8)

    init(in files: LogFiles) throws {
        let text = try files.read(Self.upTo, limit: 64).map { String(decoding: $0, as: UTF8.self) }
        covered = text.flatMap { UInt64($0.dropLast()) } ?? 0
    }

    /// Reads the entries that no file speaks for.
    mutating func catchUp(in files: LogFiles, number: UInt64, _ last: [[UInt8]]) throws {
        var place = min(covered / LogTiles.width, number)
        while place < number {
            let path = LogTiles.path(nil, place)
            guard let bytes = try files.read(path) else {
                throw CustodyLogFault.damaged(file: String(decoding: path, as: UTF8.self))
            }
            take(LogTiles.entries(of: bytes).entries, from: place * LogTiles.width)
            place += 1
        }
        take(last, from: number * LogTiles.width)
    }

    private mutating func take(_ entries: [[UInt8]], from first: UInt64) {
        for (place, bytes) in entries.enumerated() {
            guard let exhibit = (try? CustodyEntry(canonical: bytes))?.subject.exhibit else { continue }
            let leaf = TreeHash(leaf: bytes).hex
            recent[exhibit] = CustodyLink(index: first + UInt64(place), leaf: leaf)
        }
    }

    mutating func take(_ links: [BundleID: CustodyLink]) { recent.merge(links) { $1 } }

    func link(of exhibit: BundleID, in files: LogFiles) throws -> CustodyLink? {
        if let link = recent[exhibit] { return link }
        guard let bytes = try files.read(Self.path(exhibit), limit: 256) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let index = UInt64(words[0]), words[1].utf8.count == 64 else {
            throw CustodyLogFault.damaged(file: "heads/")
        }
        return CustodyLink(index: index, leaf: String(words[1]))
    }

    /// Writes them down. `upto` comes last, so that no link is ever missed.
    mutating func place(in files: LogFiles, upTo size: UInt64) throws(SyscallError) {
        for (exhibit, link) in recent {
            let text = "\(link.index) \(link.leaf)\n"
            try files.place(Array(text.utf8), at: Self.path(exhibit), mode: 0o600, directories: 0o700)
        }
        try files.place(Array("\(size)\n".utf8), at: Self.upTo, mode: 0o600, directories: 0o700)
        (recent, covered) = ([:], size)
    }

    /// By the last digits of its id, which are random.
    private static func path(_ exhibit: BundleID) -> [UInt8] {
        LogFiles.heads + Array("/\(exhibit.description.suffix(2))/\(exhibit)".utf8)
    }
}
