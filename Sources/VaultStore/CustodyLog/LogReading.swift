import UploadModel

/// What reading a log from its first entry on finds out, in memory that does not grow with its entries but with its
/// exhibits.
struct LogReading {
    private(set) var findings: [LogFinding] = []
    /// The root at each size that somebody has a checkpoint of.
    private(set) var roots: [UInt64: TreeHash] = [:]
    private let origin: String
    private let marks: Set<UInt64>
    /// Complete subtrees from the left, largest first, as the bits of the size say.
    private var stack: [TreeHash] = []
    private var size: UInt64 = 0
    private var chains: [BundleID: CustodyLink] = [:]
    private var ids = RecentIDs()
    private var clock: CustodyClock?
    private var legality = CustodyLegality()

    init(origin: String, marks: Set<UInt64>) {
        (self.origin, self.marks) = (origin, marks)
        if marks.contains(0) { roots[0] = .empty }
    }

    /// Takes in the entries of one bundle, and compares them with the tile of their hashes.
    mutating func take(
        _ entries: [[UInt8]],
        from first: UInt64,
        against tile: [TreeHash]?,
        signed: UInt64
    ) {
        let leaves = entries.map { TreeHash(leaf: $0) }
        let covered = signed > first ? min(Int(signed - first), Int(LogTiles.width)) : 0
        if covered > 0 { compare(leaves, with: tile, covered: covered, from: first) }
        for (place, (entry, leaf)) in zip(entries, leaves).enumerated() {
            add(leaf)
            judge(entry, leaf, at: first + UInt64(place))
        }
    }

    /// Says how entries differ from what was hashed, where the tile still tells.
    private mutating func compare(
        _ leaves: [TreeHash],
        with tile: [TreeHash]?,
        covered: Int,
        from first: UInt64
    ) {
        guard let tile else {
            let path = LogTiles.path(0, first / LogTiles.width)
            return findings.append(.missing(file: String(decoding: path, as: UTF8.self)))
        }
        let (hashed, there) = (Array(tile.prefix(covered)), Array(leaves.prefix(covered)))
        guard let place = zip(hashed, there).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            if there.count < hashed.count { findings.append(.dropped(index: first + UInt64(there.count))) }
            return
        }
        let index = first + UInt64(place)
        let isShifted = place + 1 < hashed.count && hashed[place + 1] == there[place]
        if Set(there) == Set(hashed) {
            findings.append(.reordered(index: index))
        } else if there.count < hashed.count || isShifted {
            findings.append(.dropped(index: index))
        } else {
            findings.append(.edited(index: index))
        }
    }

    private mutating func add(_ leaf: TreeHash) {
        var (hash, bits) = (leaf, size)
        while bits & 1 == 1 {
            hash = TreeHash(node: stack.removeLast(), hash)
            bits >>= 1
        }
        stack.append(hash)
        size += 1
        if marks.contains(size) { roots[size] = root }
    }

    private var root: TreeHash {
        stack.dropLast().reversed().reduce(stack.last ?? .empty) { TreeHash(node: $1, $0) }
    }

    /// Judges what one entry says: its form, its chain, its clock, and whether it may follow.
    mutating func judge(_ bytes: [UInt8], _ leaf: TreeHash, at index: UInt64) {
        let entry: CustodyEntry
        do throws(TextFault) {
            entry = try CustodyEntry(canonical: bytes)
        } catch {
            return findings.append(.unreadable(index: index, member: error.member))
        }
        if entry.origin != origin { findings.append(.otherLog(index: index)) }
        if !ids.insert(entry.id) { findings.append(.repeatedID(index: index)) }
        if let exhibit = entry.subject.exhibit {
            if chains[exhibit] != entry.previous { findings.append(.chainBroken(index: index)) }
            chains[exhibit] = CustodyLink(index: index, leaf: leaf.hex)
        } else if entry.previous != nil {
            findings.append(.chainBroken(index: index))
        }
        if let clock, clock.boot == entry.clock.boot, clock.monotonic > entry.clock.monotonic {
            findings.append(.clockWentBack(index: index))
        }
        clock = entry.clock
        findings += legality.breaches(of: entry).map { .illegal(index: index, $0) }
    }
}

/// The ids of the last entries: a copied entry is found while it is near, without keeping them all.
private struct RecentIDs {
    private var ids: Set<UploadID> = []
    private var order: [UploadID] = []
    private var next = 0

    /// - Returns: Whether it was not there.
    mutating func insert(_ id: UploadID) -> Bool {
        guard ids.insert(id).inserted else { return false }
        if order.count < 65_536 {
            order.append(id)
        } else {
            ids.remove(order[next])
            order[next] = id
            next = (next + 1) % order.count
        }
        return true
    }
}
