import Crypto
import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// A log in a directory of its own, with a key that is always the same.
struct ScratchLog {
    let scratch: ScratchState
    let key: LogKey

    init(_ name: String = "test/custody/log") throws {
        scratch = try ScratchState()
        let seed = [UInt8](repeating: 7, count: 32)
        key = LogKey(origin: name, key: try Curve25519.Signing.PrivateKey(rawRepresentation: seed))
    }

    func open() throws -> CustodyLog { try CustodyLog.open(in: scratch.root, key: key) }

    /// Opens it, adds so many entries, signs, and closes it.
    @discardableResult
    func fill(_ count: Int, from first: Int = 0, batch: Int = 64) throws -> SignedCheckpoint {
        let log = try open()
        for start in stride(from: first, to: first + count, by: batch) {
            try log.append(contentsOf: (start..<min(start + batch, first + count)).map { Self.statement($0) })
        }
        return try #require(try log.publish())
    }

    /// The entry number `n`: of ten exhibits one after the other.
    static func statement(_ n: Int, _ kind: CustodyEntryKind = .exhibitVerified) -> CustodyStatement {
        CustodyStatement(
            id: UploadID(at: Timestamp(nanoseconds: 0), random: (UInt64(n >> 12), UInt64(n))),
            at: Timestamp(nanoseconds: 1_795_300_000_123_456_789),
            kind,
            by: .daemon,
            about: CustodySubject(exhibit: exhibit(n % 10)),
            references: ["n": "\(n)"]
        )
    }

    static func exhibit(_ n: Int) -> BundleID {
        BundleID(UploadID(at: Timestamp(nanoseconds: 0), random: (1, UInt64(n))))
    }

    func verdict(older: [SignedCheckpoint] = []) throws -> CustodyVerifier.Verdict {
        try CustodyVerifier(key.verifier, older: older).verdict(on: scratch.root)
    }

    func bytes(_ path: String) throws -> [UInt8] {
        try scratch.root.open(Array(path.utf8)).readAll(limit: 1 << 30)
    }

    func replace(_ path: String, with bytes: [UInt8]) throws { try scratch.replace(path, with: bytes) }

    func remove(_ path: String) throws { try scratch.root.unlink(Array(path.utf8)) }

    /// Writes a log's files anew from other entries, as somebody would who has everything but the key.
    func rewrite(_ entries: [[UInt8]]) throws {
        let leaves = entries.map { TreeHash(leaf: $0) }
        var row = leaves
        for (number, start) in stride(from: 0, to: entries.count, by: 256).enumerated() {
            let part = Array(entries[start..<min(start + 256, entries.count)])
            if part.count == 256 {
                try replace(path(nil, number), with: LogTiles.bundle(part))
            }
        }
        for level in 0... {
            for (number, start) in stride(from: 0, to: row.count, by: 256).enumerated() {
                let part = row[start..<min(start + 256, row.count)]
                let path = String(
                    decoding: LogTiles.path(level, UInt64(number), width: UInt64(part.count)),
                    as: UTF8.self
                )
                try makeParents(path)
                try replace(path, with: part.flatMap(\.bytes))
            }
            row = (0..<row.count / 256).map { LogTiles.root(of: row[$0 * 256..<$0 * 256 + 256]) }
            if row.isEmpty { break }
        }
        let tail = Array(entries[(entries.count / 256 * 256)...])
        let files = try LogFiles(scratch.root)
        _ = try LogJournal(replacingIn: files, number: UInt64(entries.count / 256), entries: tail)
    }

    private func path(_ level: Int?, _ number: Int) -> String {
        String(decoding: LogTiles.path(level, UInt64(number)), as: UTF8.self)
    }

    private func makeParents(_ path: String) throws {
        let files = try LogFiles(scratch.root)
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        _ = try files.directory(Array(parent.utf8), mode: 0o750)
    }

    /// Every entry, as it stands in the files.
    func entries() throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        try LogReader(of: scratch.root).bundles { _, entries in
            all += entries
            return true
        }
        return all
    }
}
