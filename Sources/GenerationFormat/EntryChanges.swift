/// How the entries of one list follow from those of the base: some are taken out, some put in, and all others stand in
/// the same order.
///
/// An entry so has the ordinal in a delta that it would have if all were built anew.
package struct EntryChanges: Equatable, Sendable {
    /// Ordinals in the base, ascending.
    package let withdrawn: [UInt32]
    /// Ordinals in the delta, ascending: of the first record in the delta's file, of the second, and so on.
    package let added: [UInt32]

    package init(withdrawn: [UInt32] = [], added: [UInt32] = []) {
        self.withdrawn = withdrawn
        self.added = added
    }

    /// Where an entry's record lies, with its ordinal there.
    package enum Origin: Equatable, Sendable {
        case base(UInt64)
        case delta(UInt64)
    }

    package func origin(of ordinal: UInt64) -> Origin {
        let before = added.countBelow(ordinal)
        if before < added.count, UInt64(added[before]) == ordinal { return .delta(UInt64(before) + 1) }
        return .base(withdrawn.ordinalLeftOut(ordinal - UInt64(before)))
    }

    /// The ordinal in the delta of an entry of the base; `nil` for one that is withdrawn.
    package func ordinal(ofBase ordinal: UInt64) -> UInt64? {
        let before = withdrawn.countBelow(ordinal)
        if before < withdrawn.count, UInt64(withdrawn[before]) == ordinal { return nil }
        return added.ordinalLeftOut(ordinal - UInt64(before))
    }
}

extension [UInt32] {
    fileprivate func countBelow(_ ordinal: UInt64) -> Int {
        partitionPoint { UInt64(self[$0]) < ordinal }
    }

    /// Of the ordinals that are not among these ascending ones, the one in this place, from 1.
    fileprivate func ordinalLeftOut(_ place: UInt64) -> UInt64 {
        place + UInt64(partitionPoint { UInt64(self[$0]) - UInt64($0) <= place })
    }

    /// How many of the first elements satisfy what none behind them does.
    private func partitionPoint(_ isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: - The file: of each list in turn the withdrawn, then the added, 32 bits each

extension EntryChanges {
    package static func bytes(_ lists: [EntryChanges]) -> [UInt8] {
        var bytes: [UInt8] = []
        for list in lists {
            for ordinal in list.withdrawn { bytes.append(littleEndian: ordinal) }
            for ordinal in list.added { bytes.append(littleEndian: ordinal) }
        }
        return bytes
    }

    /// Reads the whole file by what a manifest says of its lists.
    ///
    /// - Throws: ``GenerationFault`` for a length, an order or an ordinal that the manifest's counts do not have.
    package static func read(_ file: RawSpan, _ lists: [GenerationList]) throws(GenerationFault)
        -> [EntryChanges]
    {
        let name = GenerationFile.changes
        try FileHeader(.changes).check(file, named: name)
        let count = lists.reduce(0) { $0 + ($1.base.map { $0.withdrawn + $0.added } ?? 0) }
        try GenerationFile.check(
            UInt64(file.byteCount - FileHeader.byteCount),
            of: name,
            is: 4 * Int(clamping: count)
        )
        var offset = FileHeader.byteCount
        var changes: [EntryChanges] = []
        for list in lists {
            guard let base = list.base else { continue }
            changes.append(
                EntryChanges(
                    withdrawn: try ordinals(base.withdrawn, through: base.recordCount, file, &offset),
                    added: try ordinals(base.added, through: list.recordCount, file, &offset)
                )
            )
        }
        return changes
    }

    private static func ordinals(
        _ count: UInt64,
        through highest: UInt64,
        _ file: RawSpan,
        _ offset: inout Int
    ) throws(GenerationFault) -> [UInt32] {
        var ordinals: [UInt32] = []
        for _ in 0..<count {
            ordinals.append(UInt32(littleEndian: file.loaded(at: offset)))
            offset += 4
        }
        let isAscending = zip(ordinals, ordinals.dropFirst()).allSatisfy { $0 < $1 }
        guard isAscending, ordinals.first != 0, UInt64(ordinals.last ?? 0) <= highest else {
            throw .damaged(file: GenerationFile.changes, because: "ordinals that its lists do not have")
        }
        return ordinals
    }
}
