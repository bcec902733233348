import GenerationFormat
import Testing
import UploadModel

@Suite struct EntriesTableTests {
    /// Some hundred of each kind in three lists; every third value is on two of them.
    static let planted: [(digest: Digest, places: [EntryPlace])] = {
        var random = SplitMix64(state: 1)
        var next: [UInt64] = [0, 0, 0]
        return (0..<900).map { index in
            let digest = Digest.invented(DigestAlgorithm.allCases[index % 3], using: &random)
            let lists = index % 9 < 3 ? [index % 2, 2] : [index % 3]
            return (
                digest,
                lists.map { list in
                    next[list] += 1
                    return EntryPlace(list: list, ordinal: next[list])
                }
            )
        }
    }()

    static let listSizes: [UInt64] = (0..<3).map { list in
        UInt64(planted.reduce(0) { $0 + $1.places.count { $0.list == list } })
    }

    static let bytes: [UInt8] = {
        var writer = EntriesWriter()
        for (digest, places) in planted.shuffled() {
            for place in places.reversed() { writer.add(digest, at: place) }
        }
        return writer.written()
    }()

    @Test("whatever was planted is found, at every place, and nothing else is")
    func lookUp() throws {
        let span = Self.bytes.span.bytes
        let table = try EntriesTable(span, listSizes: Self.listSizes)
        for (digest, places) in Self.planted {
            let kind = EntryKind(digest.algorithm)
            #expect(table.records(of: digest, in: span).map { table.place(of: $0, kind, in: span) } == places)
        }
        var random = SplitMix64(state: 2)
        for _ in 0..<1_000 {
            let absent = Digest.invented(
                DigestAlgorithm.allCases.randomElement(using: &random)!,
                using: &random
            )
            #expect(table.records(of: absent, in: span).isEmpty)
        }
    }

    @Test("values that are anything but evenly spread are found too", arguments: [1, 2, 17, 40, 500])
    func crowded(count: Int) throws {
        let digests = (0..<count).map { number in
            Digest(
                .sha1,
                (0..<20).map { $0 == 19 ? UInt8(number % 256) : $0 == 18 ? UInt8(number / 256) : 0xEE }
            )!
        }
        var writer = EntriesWriter()
        for (index, digest) in digests.enumerated() {
            writer.add(digest, at: EntryPlace(list: 0, ordinal: UInt64(index) + 1))
        }
        let bytes = writer.written()
        let table = try EntriesTable(bytes.span.bytes, listSizes: [UInt64(count)])
        for (index, digest) in digests.enumerated() {
            #expect(table.records(of: digest, in: bytes.span.bytes) == index..<(index + 1))
        }
        let beyond = Digest(.sha1, [UInt8](repeating: 0xFF, count: 20))!
        let before = Digest(.sha1, [UInt8](repeating: 0, count: 20))!
        #expect(table.records(of: beyond, in: bytes.span.bytes) == count..<count)
        #expect(table.records(of: before, in: bytes.span.bytes) == 0..<0)
    }

    @Test("a table without entries holds nothing")
    func empty() throws {
        let bytes = EntriesWriter().written()
        let table = try EntriesTable(bytes.span.bytes, listSizes: [])
        for (digest, _) in Self.planted.prefix(9) {
            #expect(table.records(of: digest, in: bytes.span.bytes).isEmpty)
        }
    }

    @Test("cut short anywhere it says how much is missing")
    func cutShort() {
        for count in stride(from: 0, to: Self.bytes.count, by: 97) {
            let needed = count < 4_096 ? 4_096 : Self.bytes.count
            #expect(
                throws: GenerationFault.cutShort(
                    file: GenerationFile.entries,
                    found: UInt64(count),
                    needed: UInt64(needed)
                )
            ) { try EntriesTable(Array(Self.bytes[..<count]).span.bytes, listSizes: Self.listSizes) }
        }
    }

    @Test("a byte too many, another magic, a newer format and a huge count are refused by name")
    func header() {
        let file = GenerationFile.entries
        expect(.damaged(file: file, because: "longer than its header says")) { $0.append(0) }
        expect(.damaged(file: file, because: "not a table of entries")) { $0[0] = 0 }
        expect(.newerFormat(found: 2)) { $0[8] = 2 }
        expect(.damaged(file: file, because: "promises more entries than a file can hold")) { $0[23] = 0xFF }
    }

    @Test("entries out of order, or of no list, are refused by name")
    func entries() {
        let file = GenerationFile.entries
        expect(.damaged(file: file, because: "entries are out of order")) {
            $0.swapAt(4_096, 4_096 + 200 * 16)
        }
        expect(
            .damaged(file: file, because: "an entry belongs to no list"),
            listSizes: Array(Self.listSizes.dropLast())
        )
        expect(
            .damaged(file: file, because: "an entry belongs to no list"),
            listSizes: Self.listSizes.map { $0 - 1 }
        )
    }

    private func expect(
        _ fault: GenerationFault,
        listSizes: [UInt64] = Self.listSizes,
        _ change: (inout [UInt8]) -> Void = { _ in }
    ) {
        var bytes = Self.bytes
        change(&bytes)
        #expect(throws: fault) { try EntriesTable(bytes.span.bytes, listSizes: listSizes) }
    }

    @Test("no mutant of a table traps, whatever is looked up in it", arguments: 0..<8 as Range<UInt64>)
    func mutants(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for _ in 0..<25 {
            var bytes = Self.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(
                    in: 0..<(Bool.random(using: &random) ? 64 : bytes.count),
                    using: &random
                )
                bytes[place] = .random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(.random(in: 0..<bytes.count, using: &random)) }
            guard let table = try? EntriesTable(bytes.span.bytes, listSizes: Self.listSizes) else { continue }
            for (digest, _) in Self.planted.prefix(50) { _ = table.records(of: digest, in: bytes.span.bytes) }
        }
    }
}

extension Digest {
    static func invented(_ algorithm: DigestAlgorithm, using random: inout SplitMix64) -> Digest {
        Digest(algorithm, (0..<algorithm.byteCount).map { _ in .random(in: 0...255, using: &random) })!
    }
}

/// The generator of Steele, Lea and Flood: a seed names a run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
