import LinuxIO

/// The hashes of the tiles that are not full yet, one row a level: all that adding an entry needs of a tree.
struct RightEdge {
    /// Of level 0, which the journal holds; up to 256.
    var leaves: [TreeHash] = []
    /// Of the levels above, from 1 on; fewer than 256 each.
    private var above: [[TreeHash]] = []

    /// Reads what a tree of so many full bundles needs, 255 tiles a level at most.
    init(of bundles: UInt64, in files: LogFiles) throws {
        var (level, count) = (0, bundles)
        while count > 0 {
            let width = LogTiles.width
            var row: [TreeHash] = []
            for number in (count / width * width)..<count {
                row.append(LogTiles.root(of: try Self.tile(level, number, in: files)[...]))
            }
            above.append(row)
            (level, count) = (level + 1, count / width)
        }
    }

    /// Writes every tile that becomes full with bundle `number`; ``leaves`` holds 256.
    func placeFull(in files: LogFiles, number: UInt64) throws(SyscallError) {
        var (row, place) = (leaves, number)
        for level in 0... {
            try files.place(row.flatMap(\.bytes), at: LogTiles.path(level, place))
            let next = level < above.count ? above[level] : []
            guard next.count + 1 == Int(LogTiles.width) else { return }
            row = next + [LogTiles.root(of: row[...])]
            place /= LogTiles.width
        }
    }

    /// Moves the full rows up.
    mutating func carry() {
        var hash = LogTiles.root(of: leaves[...])
        leaves = []
        for level in 0... {
            if level == above.count { above.append([]) }
            above[level].append(hash)
            guard above[level].count == Int(LogTiles.width) else { return }
            hash = LogTiles.root(of: above[level][...])
            above[level] = []
        }
    }

    /// Writes the tiles that a checkpoint of `size` needs and that are not full; the same width is the same bytes.
    func placePartial(in files: LogFiles, size: UInt64) throws(SyscallError) {
        for (level, row) in rows.enumerated() where !row.isEmpty {
            let number = size >> UInt64(8 * level) / LogTiles.width
            let path = LogTiles.path(level, number, width: UInt64(row.count))
            if try !files.has(path) { try files.place(row.flatMap(\.bytes), at: path) }
        }
    }

    /// Removes what the full tiles before this bundle took the place of. What is left over harms nothing.
    func removePartial(in files: LogFiles, before bundles: UInt64) {
        let partial = Array(".p".utf8)
        try? files.root.removeTree(LogTiles.path(nil, bundles - 1) + partial, subject: "custody log")
        var (level, count) = (0, bundles)
        while count > 0 {
            try? files.root.removeTree(LogTiles.path(level, count - 1) + partial, subject: "custody log")
            guard count % LogTiles.width == 0 else { return }
            (level, count) = (level + 1, count / LogTiles.width)
        }
    }

    /// The root of a tree of `size` entries, of which these are the edge.
    func root(_ size: UInt64) -> TreeHash {
        let rows = rows
        return MerkleTree.root(size) { level, index in
            let begin = Int(index << UInt64(level % 8) % LogTiles.width)
            return LogTiles.root(of: rows[level / 8][begin..<begin + 1 << (level % 8)])
        }
    }

    /// The root of an earlier tree, from this edge of a tree of so many full bundles and from the full tiles.
    func root(_ size: UInt64, after bundles: UInt64, in files: LogFiles) throws -> TreeHash {
        let rows = rows
        return try MerkleTree.root(size) { level, index in
            let (row, first) = (level / 8, index << UInt64(level % 8))
            let (number, begin) = first.quotientAndRemainder(dividingBy: LogTiles.width)
            let isFull = number < bundles >> UInt64(8 * row)
            let hashes = try isFull ? Self.tile(row, number, in: files) : rows[row]
            return LogTiles.root(of: hashes[Int(begin)..<Int(begin) + 1 << (level % 8)])
        }
    }

    private static func tile(_ level: Int, _ number: UInt64, in files: LogFiles) throws -> [TreeHash] {
        let path = LogTiles.path(level, number)
        guard let bytes = try files.read(path), let hashes = LogTiles.hashes(of: bytes),
            hashes.count == Int(LogTiles.width)
        else { throw CustodyLogFault.damaged(file: String(decoding: path, as: UTF8.self)) }
        return hashes
    }

    private var rows: [[TreeHash]] { [leaves] + above }
}
