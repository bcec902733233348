import GenerationFormat

/// One list as it comes in, entry by entry beside the base's: what is the same in the same order is kept, and what is not
/// is withdrawn or added.
///
/// Any outcome is true to the list. How few the changes are is a matter of how far ahead the base is searched where the
/// two differ, which is as far as there are entries that wait.
final class ListAlignment {
    private(set) var withdrawn: [UInt32] = []
    private(set) var added: [Added] = []

    /// An entry that the base does not have in this place.
    struct Added {
        let ordinal: UInt32
        let record: [UInt8]
    }

    private let base: BaseRecords?
    private var position = BaseRecords.Position()
    /// Entries of the list that are kept or added.
    private var settled: UInt64 = 0
    /// Entries that came since the base said something else.
    private var pending: [[UInt8]] = []
    /// Where the last of them stands further on in the base; a single one may have been moved there.
    private var candidate: BaseRecords.Position?
    private var window = Window()
    private var last: [UInt8] = []

    init(_ base: BaseRecords?) { self.base = base }

    /// Records of the list so far.
    var count: UInt64 { settled + UInt64(pending.count) }
    var changeCount: Int { withdrawn.count + added.count + pending.count }
    var changes: EntryChanges { EntryChanges(withdrawn: withdrawn, added: added.map(\.ordinal)) }

    /// - Returns: False for the same as the one before, which is not taken.
    func take(_ record: [UInt8]) -> Bool {
        guard record != last else { return false }
        last = record
        place(record)
        return true
    }

    /// Settles all that came; what is left of the base is withdrawn.
    ///
    /// - Returns: False where the base ended before its count, which only damage can bring about.
    func finish() -> Bool {
        for record in pending { add(record) }
        pending = []
        guard let base else { return true }
        while let next = base.next(position) { withdraw(through: next) }
        return position.ordinal == base.count + 1
    }

    /// Calls `body` with each record of the list so far, in order.
    ///
    /// - Throws: ``GenerationFault`` where the base does not have it any more, and what `body` throws.
    func forEachRecord(_ body: ([UInt8]) throws -> Void) throws {
        let changes = self.changes
        var here = BaseRecords.Position()
        for ordinal in 1..<(settled + 1) {
            switch changes.origin(of: ordinal) {
            case .delta(let number): try body(added[Int(number) - 1].record)
            case .base(let wanted):
                guard let base else { continue }
                while here.ordinal < wanted, let next = base.next(here) { here = next }
                guard here.ordinal == wanted,
                    let record = base.withRecord(at: here, { bytes, _ in Array(bytes) })
                else { throw base.damage }
                try body(record)
            }
        }
        for record in pending { try body(record) }
    }

    // MARK: - Where the two differ

    private func place(_ record: [UInt8]) {
        if pending.isEmpty, let next = base?.step(over: record, at: position) {
            settled += 1
            position = next
            return
        }
        pending.append(record)
        if pending.count > window.size, base.map({ window.mayGrow(in: $0) }) == true { return widen() }
        meet(record)
    }

    /// Looks ahead in the base for an entry that did not stand where it should.
    private func meet(_ record: [UInt8]) {
        guard let base else { return }
        if let found = candidate, let behind = base.next(found), base.step(over: record, at: behind) != nil {
            return resume(at: found, with: 2)
        }
        candidate = window.position(of: record, in: base)
        if let found = candidate, found.ordinal - position.ordinal <= UInt64(pending.count) + 8 {
            resume(at: found, with: 1)
        }
    }

    /// Goes on from a place of the base where the last of the pending stand.
    private func resume(at found: BaseRecords.Position, with kept: Int) {
        while position.ordinal < found.ordinal, let next = base?.next(position) { withdraw(through: next) }
        for record in pending.dropLast(kept) { add(record) }
        for _ in 0..<kept { if let next = base?.next(position) { position = next } }
        settled += UInt64(kept)
        pending = []
        candidate = nil
        window = Window()
    }

    /// Searches further ahead, and from the first that waits.
    private func widen() {
        guard let base else { return }
        window.grow(from: position, in: base)
        let again = pending
        pending = []
        candidate = nil
        for record in again { place(record) }
    }

    private func add(_ record: [UInt8]) {
        settled += 1
        added.append(Added(ordinal: UInt32(truncatingIfNeeded: settled), record: record))
    }

    private func withdraw(through next: BaseRecords.Position) {
        withdrawn.append(UInt32(truncatingIfNeeded: position.ordinal))
        position = next
    }
}

/// Records of the base that come next, by what they hold.
private struct Window {
    private var places: [Int: BaseRecords.Position] = [:]
    private var end: BaseRecords.Position?
    private(set) var size = 0

    private static let first = 64

    func mayGrow(in base: BaseRecords) -> Bool { end.map { base.next($0) != nil } ?? true }

    mutating func grow(from start: BaseRecords.Position, in base: BaseRecords) {
        var here = end ?? start
        let wanted = max(Self.first, 4 * size)
        while size < wanted,
            let (hash, next) = base.withRecord(at: here, { (Self.hash($0), $1) })
        {
            if places[hash] == nil { places[hash] = here }
            here = next
            size += 1
        }
        end = here
    }

    func position(of record: [UInt8], in base: BaseRecords) -> BaseRecords.Position? {
        guard let found = places[record.withUnsafeBytes { Self.hash($0) }],
            base.step(over: record, at: found) != nil
        else { return nil }
        return found
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }
}
