import GenerationFormat
import LinuxIO
import UploadModel

/// A value that is left out, since ``GenerationBuild/mostAlike`` entries of its list that stand before hold it too.
package struct Crowded {
    package let list: Int
    /// Of the entry.
    package let ordinal: UInt64
    /// Whether the entry has no other value left.
    package let leavesNothing: Bool
}

/// Goes through sorted keys and leaves out what is there twice: entries of one list that are the same in all that they
/// say. Entries of several lists, or with other ids, stay, each with its provenance.
final class Alike {
    private let records: [WrittenRecords?]
    private let writers: [RecordsWriter?]
    private let numbers: EntryNumbers
    private let workspace: Descriptor
    private let crowded: (Crowded) -> Void
    /// Entries of the key that is gone through, by list; empty while there is one alone.
    private var held: [Int: Held] = [:]
    /// Kinds that entries with several values were left out of, as bits.
    private var partly: [UInt64: UInt8] = [:]

    /// Entries that are kept apart for ``partly``; what an entry beyond them lost is not summed up.
    private static let mostPartly = 1 << 20

    init(
        _ writers: [RecordsWriter?],
        _ workspace: borrowing Descriptor,
        _ crowded: @escaping (Crowded) -> Void
    ) throws {
        self.writers = writers
        self.workspace = try workspace.duplicate()
        self.crowded = crowded
        numbers = EntryNumbers(writers.map { $0?.count ?? 0 })
        var records: [WrittenRecords?] = []
        for (list, writer) in writers.enumerated() {
            records.append(writer == nil ? nil : try WrittenRecords(list, in: workspace))
        }
        self.records = records
    }

    /// Calls `body` with each key in order and the number of its entry.
    func forEachOnce(
        _ kind: EntryKind,
        _ spill: Spill,
        _ memory: Int,
        _ body: (SIMD4<UInt64>, UInt32) throws -> Void
    ) throws {
        var words = SIMD4<UInt64>()
        var places: [UInt64] = []
        try spill.forEachInOrder(memory: memory, in: workspace) { key in
            if key.words != words || places.isEmpty {
                try give(words, places, body)
                places.removeAll(keepingCapacity: true)
                if !held.isEmpty { held = [:] }
                words = key.words
                places.append(key.place)
            } else if try isNew(key.place, among: places, kind) {
                places.append(key.place)
            }
        }
        try give(words, places, body)
    }

    /// In the order of their places; nearly always there is one, which needs no array of its own.
    private func give(
        _ words: SIMD4<UInt64>,
        _ places: [UInt64],
        _ body: (SIMD4<UInt64>, UInt32) throws -> Void
    ) rethrows {
        if places.count == 1 { return try body(words, number(places[0])) }
        for place in places.sorted() { try body(words, number(place)) }
    }

    private func isNew(_ place: UInt64, among places: [UInt64], _ kind: EntryKind) throws -> Bool {
        let list = Int(place >> 48)
        guard let records = records[list] else { return true }
        if held.isEmpty, let first = places.first { hold(first) }
        let hash = records.hash(Self.ordinal(place))
        let others = held[list, default: Held()]
        let alike = others.ordinals[hash, default: []]
        if alike.contains(where: { records.areEqual($0, Self.ordinal(place)) }) {
            // An entry with several digests is met here several times, and counted once.
            if records.firstKind(Self.ordinal(place)) == kind { writers[list]?.duplicates += 1 }
            return false
        }
        if others.count < GenerationBuild.mostAlike {
            hold(place)
            return true
        }
        let isWhole = leavesNothing(place, kind, of: records.kinds(Self.ordinal(place)))
        if isWhole { writers[list]?.leftOut += 1 }
        writers[list]?.crowded += 1
        crowded(Crowded(list: list, ordinal: Self.ordinal(place), leavesNothing: isWhole))
        return false
    }

    /// By what their records hold, so that millions with one value are not each compared with all that stand before.
    private struct Held {
        var count = 0
        var ordinals: [Int: [UInt64]] = [:]
    }

    private func hold(_ place: UInt64) {
        let list = Int(place >> 48)
        guard let hash = records[list]?.hash(Self.ordinal(place)) else { return }
        held[list, default: Held()].count += 1
        held[list, default: Held()].ordinals[hash, default: []].append(Self.ordinal(place))
    }

    /// Whether `kind` was the last that the entry was still looked up by.
    private func leavesNothing(_ place: UInt64, _ kind: EntryKind, of kinds: UInt8) -> Bool {
        let gone = partly[place, default: 0] | 1 << UInt8(kind.rawValue)
        if gone == kinds { return true }
        if partly.count < Self.mostPartly { partly[place] = gone }
        return false
    }

    private static func ordinal(_ place: UInt64) -> UInt64 { place & 0xFFFF_FFFF_FFFF }

    private func number(_ place: UInt64) -> UInt32 {
        numbers.number(of: EntryPlace(list: Int(place >> 48), ordinal: Self.ordinal(place)))
    }
}
