package import LinuxIO
package import UploadModel

/// A custody log as its files tell it: beside its writer, or copied somewhere else, without key or journal too.
package struct LogReader: Sendable {
    private let files: LogFiles
    /// What the newest signature speaks for; `nil` before the first.
    package let checkpoint: SignedCheckpoint?
    /// Entries that no full bundle holds yet, from ``journalNumber`` bundles on.
    private let tail: [[UInt8]]
    private let journalNumber: UInt64

    /// - Throws: ``CustodyLogFault`` where checkpoint or journal cannot be read as such; `SyscallError`.
    package init(of directory: borrowing Descriptor) throws {
        files = try LogFiles(directory)
        // First: a checkpoint never speaks for more than the journal held before it was written.
        let note = try files.read(LogFiles.checkpoint, limit: 64 << 10)
        let journal = try files.read(LogFiles.journal)
        checkpoint = try note.map { bytes throws(CustodyLogFault) in
            guard let note = SignedCheckpoint(String(decoding: bytes, as: UTF8.self)) else {
                throw CustodyLogFault.damaged(file: "checkpoint")
            }
            return note
        }
        if let journal {
            guard let content = LogJournal.read(journal) else {
                throw CustodyLogFault.damaged(file: "journal")
            }
            (tail, journalNumber) = (content.entries, content.number)
        } else {
            let size = checkpoint?.checkpoint.size ?? 0
            journalNumber = size / LogTiles.width
            let width = size % LogTiles.width
            let path = LogTiles.path(nil, journalNumber, width: width)
            tail = width == 0 ? [] : LogTiles.entries(of: try files.read(path) ?? []).entries
        }
    }

    /// Entries that are there, signed or not.
    package var size: UInt64 { journalNumber * LogTiles.width + UInt64(tail.count) }

    /// Visits bundle after bundle, each with the index of its first entry; a missing one as an empty one.
    ///
    /// - Parameter visit: Returns whether to go on.
    package func bundles(from first: UInt64 = 0, _ visit: (UInt64, [[UInt8]]) throws -> Bool) throws {
        var number = first / LogTiles.width
        while number < journalNumber {
            let bytes = try files.read(LogTiles.path(nil, number)) ?? []
            guard try visit(number * LogTiles.width, LogTiles.entries(of: bytes).entries) else { return }
            number += 1
        }
        if !tail.isEmpty { _ = try visit(number * LogTiles.width, tail) }
    }

    /// - Throws: ``CustodyLogFault`` where it is not there.
    package func entry(at index: UInt64) throws -> [UInt8] {
        let (number, place) = index.quotientAndRemainder(dividingBy: LogTiles.width)
        let path = LogTiles.path(nil, number)
        let entries =
            number == journalNumber ? tail : LogTiles.entries(of: try files.read(path) ?? []).entries
        guard place < entries.count else {
            throw CustodyLogFault.damaged(file: String(decoding: path, as: UTF8.self))
        }
        return entries[Int(place)]
    }

    /// The hashes of a tile as a tree of `size` has them; `nil` where it is not there or is shorter.
    func tile(_ level: Int, _ number: UInt64, of size: UInt64) throws -> [TreeHash]? {
        let width = LogTiles.width(level, number, of: size)
        for width in Set([width, LogTiles.width]).sorted() {
            guard let bytes = try files.read(LogTiles.path(level, number, width: width)) else { continue }
            guard let hashes = LogTiles.hashes(of: bytes), hashes.count == Int(width) else { return nil }
            return hashes
        }
        return nil
    }
}

// MARK: - Proofs

extension LogReader {
    /// An entry, with what shows that the checkpoint speaks for it.
    ///
    /// - Throws: ``CustodyLogFault`` where no checkpoint does, or a tile is missing.
    package func proof(of index: UInt64) throws -> CustodyProof {
        guard let checkpoint, index < checkpoint.checkpoint.size else {
            throw CustodyLogFault.notSigned(index: index)
        }
        let size = checkpoint.checkpoint.size
        let path = try MerkleTree.inclusion(of: index, in: size) { level, place in
            try subtree(level, place, of: size)
        }
        return CustodyProof(index: index, entry: try entry(at: index), path: path, checkpoint: checkpoint)
    }

    /// What shows that an older tree is the beginning of what the checkpoint speaks for.
    package func consistency(from old: UInt64) throws -> [TreeHash] {
        let size = checkpoint?.checkpoint.size ?? 0
        guard old <= size else { throw CustodyLogFault.notSigned(index: old) }
        return try MerkleTree.consistency(from: old, to: size) { level, place in
            try subtree(level, place, of: size)
        }
    }

    /// Every entry about these exhibits, each with its proof, in the order of the log.
    package func proofs(about exhibits: Set<BundleID>) throws -> [CustodyProof] {
        let size = checkpoint?.checkpoint.size ?? 0
        var proofs: [CustodyProof] = []
        try bundles { first, entries in
            for (place, bytes) in entries.enumerated() where first + UInt64(place) < size {
                guard let exhibit = (try? CustodyEntry(canonical: bytes))?.subject.exhibit,
                    exhibits.contains(exhibit)
                else { continue }
                proofs.append(try proof(of: first + UInt64(place)))
            }
            return true
        }
        return proofs
    }

    private func subtree(_ level: Int, _ index: UInt64, of size: UInt64) throws -> TreeHash {
        let first = index << UInt64(level % 8)
        let (number, begin) = first.quotientAndRemainder(dividingBy: LogTiles.width)
        let end = Int(begin) + 1 << (level % 8)
        guard let tile = try tile(level / 8, number, of: size), end <= tile.count else {
            let path = LogTiles.path(level / 8, number)
            throw CustodyLogFault.damaged(file: String(decoding: path, as: UTF8.self))
        }
        return LogTiles.root(of: tile[Int(begin)..<end])
    }
}
