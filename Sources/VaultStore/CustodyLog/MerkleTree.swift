/// The arithmetic of the tree, over whatever knows the hashes of its complete subtrees.
///
/// - Source: RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2 for the checks.
enum MerkleTree {
    /// The hash of the complete subtree of `1 << level` entries that begins at entry `index << level`.
    typealias Subtree<Failure: Error> = (_ level: Int, _ index: UInt64) throws(Failure) -> TreeHash

    /// The hash of the first `size` entries.
    static func root<Failure>(
        _ size: UInt64,
        _ subtree: Subtree<Failure>
    ) throws(Failure) -> TreeHash {
        size == 0 ? .empty : try hash(0..<size, subtree)
    }

    /// The path from an entry to the root of the first `size` entries, lowest sibling first.
    static func inclusion<Failure>(
        of index: UInt64,
        in size: UInt64,
        _ subtree: Subtree<Failure>
    ) throws(Failure) -> [TreeHash] {
        precondition(index < size)
        var (range, path) = (0..<size, [TreeHash]())
        while range.count > 1 {
            let (left, right) = halves(range)
            if left.contains(index) {
                path.append(try hash(right, subtree))
                range = left
            } else {
                path.append(try hash(left, subtree))
                range = right
            }
        }
        return path.reversed()
    }

    /// What shows that the tree of `old` entries is the beginning of that of `size`.
    static func consistency<Failure>(
        from old: UInt64,
        to size: UInt64,
        _ subtree: Subtree<Failure>
    ) throws(Failure) -> [TreeHash] {
        precondition(old <= size)
        if old == 0 || old == size { return [] }
        var (range, path, isWhole) = (0..<size, [TreeHash](), true)
        while range.upperBound != old {
            let (left, right) = halves(range)
            if old <= left.upperBound {
                path.append(try hash(right, subtree))
                range = left
            } else {
                path.append(try hash(left, subtree))
                (range, isWhole) = (right, false)
            }
        }
        if !isWhole { path.append(try hash(range, subtree)) }
        return path.reversed()
    }

    private static func hash<Failure>(
        _ range: Range<UInt64>,
        _ subtree: Subtree<Failure>
    ) throws(Failure) -> TreeHash {
        let count = range.upperBound - range.lowerBound
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return try subtree(level, range.lowerBound >> level)
        }
        let (left, right) = halves(range)
        return TreeHash(node: try hash(left, subtree), try hash(right, subtree))
    }

    /// Split at the largest power of two that is smaller than the count; the left half is always complete.
    private static func halves(_ range: Range<UInt64>) -> (Range<UInt64>, Range<UInt64>) {
        let count = range.upperBound - range.lowerBound
        let split = range.lowerBound + 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
        return (range.lowerBound..<split, split..<range.upperBound)
    }
}

// MARK: - Checking a proof

extension MerkleTree {
    /// The root that a proof of inclusion leads to; `nil` where it has too few or too many hashes.
    static func root(
        of leaf: TreeHash,
        at index: UInt64,
        in size: UInt64,
        by path: [TreeHash]
    ) -> TreeHash? {
        guard index < size else { return nil }
        var (node, last, hash) = (index, size - 1, leaf)
        for sibling in path {
            if last == 0 { return nil }
            if node & 1 == 1 || node == last {
                hash = TreeHash(node: sibling, hash)
                while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = TreeHash(node: hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 ? hash : nil
    }

    /// Whether a proof shows that the older tree is the beginning of the newer one.
    static func isConsistent(
        _ old: (size: UInt64, root: TreeHash),
        _ new: (size: UInt64, root: TreeHash),
        by proof: [TreeHash]
    ) -> Bool {
        if old.size > new.size { return false }
        if old.size == new.size { return proof.isEmpty && old.root == new.root }
        if old.size == 0 { return proof.isEmpty && old.root == .empty }
        var rest = proof[...]
        var (node, last) = (old.size - 1, new.size - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        guard let seed = node == 0 ? old.root : rest.popFirst() else { return false }
        var (first, second) = (seed, seed)
        for sibling in rest {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                first = TreeHash(node: sibling, first)
                second = TreeHash(node: sibling, second)
                while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                second = TreeHash(node: second, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && first == old.root && second == new.root
    }
}
