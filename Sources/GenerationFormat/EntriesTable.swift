package import UploadModel

/// The entries of all lists: one sorted table for each kind of digest and one of perceptual hashes.
///
/// ```
/// 0      "BWLISTS\n", format (32 bits), zero (32 bits), the four tables' numbers of entries (64 bits each)
/// 4096   table md5: its keys in ascending order, then for each key its list (32 bits) and ordinal (64 bits)
/// ...    tables sha1, sha256, perceptual, each from the next multiple of 4096 on
/// ```
///
/// Numbers are little-endian; keys are bytes, so their first is the most significant. A value that several lists
/// hold is there several times, in the order of the places.
///
/// The table keeps no bytes, since a struct cannot hold a `RawSpan` yet: hand each function the ones that were
/// checked. Any others of the same length give wrong answers and nothing worse.
package struct EntriesTable: Sendable {
    static let magic = Array("BWLISTS\n".utf8)
    static let page = 4_096
    /// Of an entry's place.
    static let placeByteCount = 12

    private let sections: [Section]

    /// Checks everything that a look-up relies on: lengths, order, and that each place is one of the lists'.
    ///
    /// - Parameter listSizes: The lists' numbers of entries, from the manifest.
    package init(_ bytes: RawSpan, listSizes: [UInt64]) throws(GenerationFault) {
        sections = try Self.sections(bytes)
        for section in sections { try section.check(bytes, listSizes) }
    }

    package func count(of kind: EntryKind) -> Int { sections[kind.rawValue].count }

    /// The records that hold this digest; empty, and nothing allocated, when there is none.
    package func records(of digest: Digest, in bytes: RawSpan) -> Range<Int> {
        sections[EntryKind(digest.algorithm).rawValue].records(of: EntryKey(digest), in: bytes)
    }

    package func place(of record: Int, _ kind: EntryKind, in bytes: RawSpan) -> EntryPlace {
        sections[kind.rawValue].place(record, in: bytes)
    }

    package func perceptual(of record: Int, in bytes: RawSpan) -> SIMD4<UInt64> {
        sections[EntryKind.perceptual.rawValue].key(record, in: bytes).perceptual
    }

    /// Where the perceptual hashes lie, 32 bytes each, from the start of a page of the file.
    package var perceptualBytes: Range<Int> {
        let section = sections[EntryKind.perceptual.rawValue]
        return section.start..<section.places
    }
}

// MARK: - The header

extension EntriesTable {
    private static func sections(_ bytes: RawSpan) throws(GenerationFault) -> [Section] {
        guard bytes.byteCount >= page else { throw cutShort(bytes, page) }
        guard magic.indices.allSatisfy({ bytes.byte(at: $0) == magic[$0] }) else {
            throw .damaged(file: GenerationFile.entries, because: "not a table of entries")
        }
        let format: UInt32 = UInt32(littleEndian: bytes.loaded(at: 8))
        guard format <= GenerationManifest.format else { throw .newerFormat(found: UInt64(format)) }

        var sections: [Section] = []
        for kind in EntryKind.allCases {
            let count = UInt64(littleEndian: bytes.loaded(at: 16 + 8 * kind.rawValue))
            // Far beyond any file, and far below what the sums could overflow with.
            guard count < 1 << 48 else {
                throw .damaged(
                    file: GenerationFile.entries,
                    because: "promises more entries than a file can hold"
                )
            }
            let start = aligned(sections.last?.end ?? page)
            sections.append(Section(kind: kind, start: start, count: Int(count)))
        }
        let needed = sections.last?.end ?? page
        guard bytes.byteCount >= needed else { throw cutShort(bytes, needed) }
        guard bytes.byteCount == needed else {
            throw .damaged(file: GenerationFile.entries, because: "longer than its header says")
        }
        return sections
    }

    static func aligned(_ offset: Int) -> Int { (offset + page - 1) / page * page }

    private static func cutShort(_ bytes: RawSpan, _ needed: Int) -> GenerationFault {
        .cutShort(file: GenerationFile.entries, found: UInt64(bytes.byteCount), needed: UInt64(needed))
    }
}

// MARK: - One table

/// The entries of one kind: where they lie and how they are found.
private struct Section: Sendable {
    let kind: EntryKind
    let start: Int
    let count: Int

    var places: Int { start + count * kind.keyByteCount }
    var end: Int { places + count * EntriesTable.placeByteCount }

    func key(_ record: Int, in bytes: RawSpan) -> EntryKey {
        EntryKey(bytes, at: start + record * kind.keyByteCount, byteCount: kind.keyByteCount)
    }

    func place(_ record: Int, in bytes: RawSpan) -> EntryPlace {
        let offset = places + record * EntriesTable.placeByteCount
        let list: UInt32 = bytes.loaded(at: offset)
        let ordinal: UInt64 = bytes.loaded(at: offset + 4)
        return EntryPlace(list: Int(UInt32(littleEndian: list)), ordinal: UInt64(littleEndian: ordinal))
    }

    func check(_ bytes: RawSpan, _ listSizes: [UInt64]) throws(GenerationFault) {
        var last: (key: EntryKey, place: EntryPlace)?
        for record in 0..<count {
            let (key, place) = (key(record, in: bytes), place(record, in: bytes))
            guard place.list < listSizes.count, place.ordinal > 0, place.ordinal <= listSizes[place.list]
            else {
                throw .damaged(file: GenerationFile.entries, because: "an entry belongs to no list")
            }
            if let last, (last.key, last.place) >= (key, place) {
                throw .damaged(file: GenerationFile.entries, because: "entries are out of order")
            }
            last = (key, place)
        }
    }

    func records(of key: EntryKey, in bytes: RawSpan) -> Range<Int> {
        var (low, high) = borders(around: key, in: bytes)
        while low < high {
            let middle = low + (high - low) / 2
            if self.key(middle, in: bytes) < key { low = middle + 1 } else { high = middle }
        }
        while high < count, self.key(high, in: bytes) == key { high += 1 }
        return low..<high
    }

    /// The first record that is not below `key` is `low`, `high`, or between.
    ///
    /// Digests are spread evenly, so a value's size says about where it stands, and steps that double from there
    /// touch two or three pages where halving the whole table would touch ten.
    private func borders(around key: EntryKey, in bytes: RawSpan) -> (low: Int, high: Int) {
        guard count > 0 else { return (0, 0) }
        let guess = Int(key.leading.multipliedFullWidth(by: UInt64(count)).high)
        var step = 16
        if self.key(guess, in: bytes) < key {
            var low = guess + 1
            while low + step < count, self.key(low + step, in: bytes) < key {
                (low, step) = (low + step, 2 * step)
            }
            return (low, min(low + step, count))
        }
        var high = guess
        while high > step, self.key(high - step, in: bytes) >= key { (high, step) = (high - step, 2 * step) }
        return (max(high - step, 0), high)
    }
}
