import GenerationFormat
import LinuxIO
import UploadModel

/// The digests and hashes of all entries that are added or withdrawn, with every entry that holds one of them: the delta
/// says anew who does, so nothing else has to be known of what the base says of them.
struct TouchedValues {
    private struct Value: Hashable {
        let kind: EntryKind
        let words: SIMD4<UInt64>
    }

    private struct Holder {
        let list: Int
        /// Ordinals in the base and in the delta; 0 where it is not there.
        let before, now: UInt64
        /// The same for entries that are the same in all that they say.
        let record: Int
        /// Whether an entry is counted by this value.
        let counts: Bool
    }

    private var holders: [Value: [Holder]] = [:]
    private var records: [[UInt8]: Int] = [:]
    /// Of each touched value a bit, so that nearly all others cost no look-up.
    private var bits = [UInt64](repeating: 0, count: 1 << 16)
    /// The kinds of all values that some entry holds now, as bits.
    private(set) var kinds: UInt8 = 0
    /// Holders of one value, before and now, beyond which some list has more of them than are kept.
    private let most: Int

    init(lists: Int) { most = 2 * GenerationBuild.mostAlike * lists }

    mutating func touch(_ bytes: RawSpan, at offset: Int) {
        EntryRecord.forEachValue(of: offset, in: bytes) { kind, words in
            let (word, bit) = Self.place(words)
            bits[word] |= bit
            holders[Value(kind: kind, words: words)] = []
        }
    }

    /// Takes note of an entry, if it holds a touched value.
    ///
    /// - Parameters:
    ///   - before: Its ordinal in the base, 0 for one that is added.
    ///   - now: Its ordinal in the delta, 0 for one that is withdrawn.
    /// - Throws: ``BuildExtent/Reason/crowded`` where there are more than memory should hold.
    mutating func hold(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        list: Int,
        before: UInt64,
        now: () -> UInt64
    ) throws(BuildExtent.Reason) {
        let flags = bytes.unsafeLoad(fromByteOffset: range.lowerBound, as: UInt8.self) & 0xF
        if kinds | flags != kinds, now() > 0 { kinds |= flags }
        var isFirst = true
        var isCrowded = false
        EntryRecord.forEachValue(of: range.lowerBound, in: bytes) { kind, words in
            defer { isFirst = false }
            let (word, bit) = Self.place(words)
            guard bits[word] & bit != 0 else { return }
            let value = Value(kind: kind, words: words)
            guard let count = holders[value]?.count else { return }
            guard count < most else {
                isCrowded = true
                return
            }
            let record = number(of: bytes.extracting(range).withUnsafeBytes { Array($0) })
            holders[value]?.append(
                Holder(list: list, before: before, now: now(), record: record, counts: isFirst)
            )
        }
        if isCrowded { throw .crowded }
    }

    private static func place(_ words: SIMD4<UInt64>) -> (Int, UInt64) {
        (Int(words[0] >> 6 & 0xFFFF), 1 << (words[0] & 63))
    }

    private mutating func number(of record: [UInt8]) -> Int {
        if let known = records[record] { return known }
        records[record] = records.count
        return records.count - 1
    }

    // MARK: - What follows

    /// Of some value, every entry once.
    struct Answer {
        let words: SIMD4<UInt64>
        let places: [EntryPlace]
    }

    /// What the delta says of each touched value of a kind, in order.
    func answers(_ kind: EntryKind) -> [Answer] {
        holders.filter { $0.key.kind == kind }.map { value, holders in
            let once = Self.once(holders, \.now).standing
            return Answer(
                words: value.words,
                places: once.map { EntryPlace(list: $0.list, ordinal: $0.now) }
            )
        }.sorted { $0.words.isBelow($1.words) }
    }

    /// How many more duplicates a list has than in the base.
    func moreDuplicates(lists: Int) -> [Int] {
        var more = [Int](repeating: 0, count: lists)
        for one in holders.values {
            for holder in Self.once(one, \.now).twice where holder.counts { more[holder.list] += 1 }
            for holder in Self.once(one, \.before).twice where holder.counts { more[holder.list] -= 1 }
        }
        return more
    }

    /// Whether more entries of a list hold one of the values than are kept: which are left out is then for a whole build
    /// to say.
    var areCrowded: Bool {
        holders.values.contains { holders in
            [\Holder.before, \Holder.now].contains { ordinal in
                let lists = Dictionary(grouping: Self.once(holders, ordinal).standing, by: \.list)
                return lists.values.contains { $0.count > GenerationBuild.mostAlike }
            }
        }
    }

    /// Those that are there, in order, parted into the first of each kind and those that are the same as one before.
    private static func once(_ holders: [Holder], _ ordinal: KeyPath<Holder, UInt64>)
        -> (standing: [Holder], twice: [Holder])
    {
        let there = holders.filter { $0[keyPath: ordinal] > 0 }.sorted {
            ($0.list, $0[keyPath: ordinal]) < ($1.list, $1[keyPath: ordinal])
        }
        var standing: [Holder] = []
        var twice: [Holder] = []
        var seen: Set<SIMD2<Int>> = []
        for holder in there {
            if seen.insert(SIMD2(holder.list, holder.record)).inserted {
                standing.append(holder)
            } else {
                twice.append(holder)
            }
        }
        return (standing, twice)
    }
}
