import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// A delta answers as a whole build of the same sources does, down to the ordinals.
@Suite struct DeltaTests {
    /// One state of all lists, in the order of their files.
    typealias Lists = [[ImportedEntry]]

    static let classes: [ListClass] = [.csam, .benign, .watch]

    static func sources(_ lists: Lists) -> [ListSource] {
        lists.indices.map {
            ListSource(
                name: "list-\($0)",
                file: "",
                supplier: "Invented \($0)",
                listClass: classes[$0 % classes.count]
            )
        }
    }

    static func build(
        _ lists: Lists,
        in scratch: ScratchState,
        whole: Bool = false,
        resident: UInt64 = .max
    ) throws -> BuildReport {
        try GenerationBuilder.build(
            sources(lists),
            into: scratch.lists,
            signingKey: scratch.key,
            at: Timestamp(seconds: 1_795_000_000, nanoseconds: 1),
            allowsShrinking: true,
            resident: resident,
            upon: whole
                ? nil
                : { try Generation.verifiedManifest($0, in: scratch.lists, publicKey: scratch.publicKey) }
        ) { build in
            for (list, entries) in lists.enumerated() {
                for entry in entries { try build.add(entry, list: list) }
            }
            return sources(lists).map { BuildReport.ListReport(name: $0.name) }
        }
    }

    static func open(_ scratch: ScratchState, sharing former: Generation? = nil) throws -> Generation {
        try Generation.open(
            try Generation.currentName(in: scratch.lists) ?? "",
            in: scratch.lists,
            publicKey: scratch.publicKey,
            notBelow: 0,
            sharing: former
        )
    }

    // MARK: Invented lists

    /// Few values on few lists, so that entries meet, repeat and stand beside each other.
    struct Invention {
        var random: SplitMix64
        var number = 0

        mutating func entry() -> ImportedEntry {
            var entry = ImportedEntry()
            number += 1
            let value = Int.random(in: 0..<4_000, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: entry.md5 = Digest(hex: Self.hex(value, 32).utf8)
            case 1: entry.sha1 = Digest(hex: Self.hex(value, 40).utf8)
            case 2: entry.sha256 = Digest(hex: Self.hex(value, 64).utf8)
            case 3: entry.perceptual = Self.picture(value)
            default:
                entry.md5 = Digest(hex: Self.hex(value, 32).utf8)
                entry.sha1 = Digest(hex: Self.hex(value / 2, 40).utf8)
                entry.perceptual = Self.picture(value / 3)
            }
            if Bool.random(using: &random) { entry.name = "\(number % 50)" }
            if Bool.random(using: &random) { entry.size = UInt64(number % 7) + 100 }
            return entry
        }

        static func hex(_ value: Int, _ digits: Int) -> String {
            var mixed = SplitMix64(state: UInt64(value))
            return String((0..<digits).map { _ in "0123456789abcdef".randomElement(using: &mixed)! })
        }

        /// Each four of them lie within a few bits of each other.
        static func picture(_ value: Int) -> SIMD4<UInt64> {
            var mixed = SplitMix64(state: UInt64(value / 4))
            var bits = SIMD4(mixed.next(), mixed.next(), mixed.next(), mixed.next())
            for turned in 0..<(value % 4 * 9) { bits[turned % 4] ^= 1 << UInt64(turned) }
            return bits
        }

        /// Entries withdrawn, added, replaced and moved, alone and in runs.
        mutating func change(_ lists: inout Lists, _ count: Int) {
            for _ in 0..<count {
                let list = Int.random(in: 0..<lists.count, using: &random)
                let place = Int.random(in: 0...lists[list].count, using: &random)
                let run = Int.random(in: 1...3, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: lists[list].removeSubrange(place..<min(lists[list].count, place + run))
                case 1: lists[list].insert(contentsOf: (0..<run).map { _ in entry() }, at: place)
                case 2: if place < lists[list].count { lists[list][place] = entry() }
                case 3: if place < lists[list].count { lists[list].append(lists[list].remove(at: place)) }
                default: if place < lists[list].count { lists[list].insert(lists[list][place], at: 0) }
                }
            }
        }
    }

    /// All that can be asked: each value that ever was, alone and with the others of its entry.
    static func expectSame(_ one: Generation, _ other: Generation, _ asked: [ImportedEntry], _ seed: UInt64) {
        #expect(one.needs == other.needs && one.asksForPictures == other.asksForPictures, "seed \(seed)")
        #expect(one.entryCount == other.entryCount, "seed \(seed)")
        for (a, b) in zip(one.lists, other.lists) {
            #expect(a.entryCount == b.entryCount && a.recordCount == b.recordCount, "seed \(seed)")
        }
        for entry in asked {
            let digests = DigestSet(byteCount: 1, [entry.md5, entry.sha1, entry.sha256].compactMap { $0 })
            let a = one.entries(meeting: digests).map(described)
            let b = other.entries(meeting: digests).map(described)
            if a != b { Issue.record("seed \(seed): \(a) instead of \(b)") }
        }
        let hashes = asked.compactMap(\.perceptual).map {
            PerceptualHash(bits: $0, quality: 100, reading: .full, orientation: .original)
        }
        for (a, b) in zip(one.neighbours(of: hashes), other.neighbours(of: hashes)) {
            let a = a.map { described($0.entry) + " \($0.distance)" }
            let b = b.map { described($0.entry) + " \($0.distance)" }
            if a != b { Issue.record("seed \(seed): \(a) instead of \(b)") }
        }
    }

    /// Everything of an entry but the generation's name.
    static func described(_ entry: ListEntry) -> String {
        "\(entry.id) \(entry.listClass) \(entry.digests) \(entry.perceptual.debugDescription) \(entry.size ?? 0) "
            + "\(entry.name) \(entry.provenance.supplier)"
    }

    @Test(
        "updates one after another answer as whole builds do, merged where they become many",
        arguments: 0..<8
    )
    func sameAnswers(seed: UInt64) throws {
        var invention = Invention(random: SplitMix64(state: seed))
        var lists: Lists = (0..<3).map { _ in (0..<1_000).map { _ in invention.entry() } }
        let (scratch, beside) = (try ScratchState(), try ScratchState())
        _ = try Self.build(lists, in: scratch)
        var serving = try Self.open(scratch)
        var asked = lists.flatMap { $0 }.shuffled(using: &invention.random).prefix(300).map { $0 }
        var extents: [Bool] = []
        for _ in 0..<5 {
            let before = lists
            invention.change(&lists, 5)
            asked += zip(before, lists).flatMap { before, now in now.difference(from: before) }.flatMap {
                switch $0 {
                case .insert(_, let entry, _), .remove(_, let entry, _): [entry]
                }
            }
            let report = try Self.build(lists, in: scratch)
            if case .delta = report.extent { extents.append(true) } else { extents.append(false) }
            #expect(throws: Never.self) { try Self.open(scratch).checkEveryByte() }
            serving = try Self.open(scratch, sharing: serving)
            _ = try Self.build(lists, in: beside, whole: true)
            let whole = try Self.open(beside)
            Self.expectSame(serving, whole, asked, seed)
            let differences = try serving.difference(from: whole)
            #expect(differences.allSatisfy { $0.added == 0 && $0.removed == 0 }, "seed \(seed)")
        }
        // Sixty of three thousand: the first are deltas, and the fifth no more.
        #expect(extents.first == true, "seed \(seed): \(extents)")
    }

    @Test("what changed little is a delta with the base's files, and what changed much is whole")
    func extent() throws {
        let scratch = try ScratchState()
        var lists: Lists = [(0..<500).map { Self.numbered($0) }]
        #expect(try Self.build(lists, in: scratch).extent == .whole(.nothingInstalled))
        let base = try Self.open(scratch)
        lists[0].remove(at: 250)
        lists[0].insert(Self.numbered(1_000), at: 3)
        let report = try Self.build(lists, in: scratch)
        #expect(report.extent == .delta(base: base.name, added: 1, withdrawn: 1))
        let delta = try Self.open(scratch, sharing: base)
        #expect(delta.builtUpon == base.name)
        #expect(
            try Self.mappings(of: "md5.suffixes", below: scratch.path) == 2,
            "the base's and the delta's own"
        )
        withExtendedLifetime(base) {}
        #expect(try Self.met(delta, 1_000) == ["list-0#4"])
        #expect(try Self.met(delta, 250).isEmpty)
        #expect(try Self.met(delta, 3) == ["list-0#5"])
        #expect(try Self.met(delta, 499) == ["list-0#500"])

        lists[0] += (2_000..<2_008).map { Self.numbered($0) }
        #expect(try Self.build(lists, in: scratch).extent == .delta(base: base.name, added: 9, withdrawn: 1))
        lists[0].append(Self.numbered(3_000))
        #expect(try Self.build(lists, in: scratch).extent == .whole(.tooManyChanges(most: 10)))
        #expect(try Self.met(try Self.open(scratch), 3_000) == ["list-0#509"])
        #expect(try Self.build(lists + [[]], in: scratch).extent == .whole(.otherLists))
    }

    @Test("lists that did not change are a delta of nothing")
    func unchanged() throws {
        let scratch = try ScratchState()
        let lists: Lists = [(0..<40).map { Self.numbered($0) }, []]
        let base = try Self.build(lists, in: scratch)
        let again = try Self.build(lists, in: scratch)
        #expect(again.extent == .delta(base: base.generation, added: 0, withdrawn: 0))
        #expect(try Self.met(try Self.open(scratch), 7) == ["list-0#8"])
    }

    @Test("a base is not lost with the generation that it was built for")
    func pruned() throws {
        let scratch = try ScratchState()
        var lists: Lists = [(0..<500).map { Self.numbered($0) }]
        let first = try Self.build(lists, in: scratch).generation
        for number in 0..<4 {
            lists[0].append(Self.numbered(1_000 + number))
            let report = try Self.build(lists, in: scratch)
            #expect(report.extent == .delta(base: first, added: UInt64(number) + 1, withdrawn: 0))
        }
        #expect(try scratch.names().contains(first) == false)
        let generation = try Self.open(scratch)
        try generation.checkEveryByte()
        #expect(try Self.met(generation, 1_003) == ["list-0#504"])
        #expect(try Self.met(generation, 0) == ["list-0#1"])
    }

    @Test("a run of withdrawn entries costs no more than itself")
    func runs() throws {
        let scratch = try ScratchState()
        var lists: Lists = [(0..<20_000).map { Self.numbered($0) }]
        let base = try Self.build(lists, in: scratch).generation
        lists[0].removeSubrange(700..<1_000)
        lists[0].insert(Self.numbered(30_000), at: 10)
        let extent = try Self.build(lists, in: scratch).extent
        #expect(extent == .delta(base: base, added: 1, withdrawn: 300))
        #expect(try Self.met(try Self.open(scratch), 19_999) == ["list-0#19701"])
    }

    @Test("a second of two equal entries takes over when the first is withdrawn")
    func duplicates() throws {
        let scratch = try ScratchState()
        var lists: Lists = [(0..<300).map { Self.numbered($0) } + [Self.numbered(5)]]
        _ = try Self.build(lists, in: scratch)
        #expect(try Self.open(scratch).entryCount == 300)
        lists[0].remove(at: 5)
        guard case .delta = try Self.build(lists, in: scratch).extent else {
            Issue.record("not a delta")
            return
        }
        let generation = try Self.open(scratch)
        #expect(try Self.met(generation, 5) == ["list-0#300"])
        #expect(generation.entryCount == 300)
    }

    @Test("filters that the settings begin or cease to ask for make it whole once")
    func resident() throws {
        let scratch = try ScratchState()
        let lists: Lists = [(0..<300).map { Self.numbered($0) }]
        _ = try Self.build(lists, in: scratch)
        #expect(try Self.build(lists, in: scratch, resident: 100).extent == .whole(.otherFilters))
        guard case .delta = try Self.build(lists, in: scratch, resident: 100).extent else {
            Issue.record("not a delta")
            return
        }
        #expect(try Self.build(lists, in: scratch).extent == .whole(.otherFilters))
    }

    @Test("values that too many entries hold, and kinds of which nothing is left, make it whole")
    func crowded() throws {
        let scratch = try ScratchState()
        func named(_ number: Int) -> ImportedEntry {
            var entry = Self.numbered(0)
            entry.name = "\(number)"
            return entry
        }
        var lists: Lists = [(0..<256).map { named($0) }]
        _ = try Self.build(lists, in: scratch)
        lists[0].append(named(256))
        #expect(try Self.build(lists, in: scratch).extent == .whole(.crowded))
        lists[0].append(Self.numbered(7))
        #expect(try Self.build(lists, in: scratch).extent == .whole(.baseCrowded))
        var picture = ImportedEntry()
        picture.perceptual = SIMD4(1, 2, 3, 4)
        lists = [(0..<300).map { Self.numbered($0) } + [picture]]
        _ = try Self.build(lists, in: scratch)
        lists[0].removeLast()
        #expect(try Self.build(lists, in: scratch).extent == .whole(.kindGone))
        #expect(try Self.open(scratch).asksForPictures == false)
    }

    @Test("an installed generation that is damaged is not built upon")
    func damagedBase() throws {
        let scratch = try ScratchState()
        let lists: Lists = [(0..<300).map { Self.numbered($0) }]
        let name = try Self.build(lists, in: scratch).generation
        let folder = try scratch.lists.open(Array(name.utf8), .directory)
        var bytes = try folder.open(Array("md5.suffixes".utf8)).readAll(limit: 1 << 20)
        bytes[5_000] ^= 1
        try folder.writeDurably(bytes, as: Array("md5.suffixes".utf8), mode: 0o640, subject: "x")
        guard case .whole(.unusable) = try Self.build(lists, in: scratch).extent else {
            Issue.record("built upon damage")
            return
        }
        try Self.open(scratch).checkEveryByte()
    }

    static func numbered(_ number: Int) -> ImportedEntry {
        var entry = ImportedEntry()
        entry.md5 = Digest(hex: Invention.hex(number, 32).utf8)
        return entry
    }

    /// How often files of this name are mapped by this process.
    static func mappings(of name: String, below path: String) throws -> Int {
        let maps = try Descriptor.open("/proc/self/maps").readAll(limit: 1 << 26)
        return String(decoding: maps, as: UTF8.self).split(separator: "\n").count {
            $0.contains(path) && $0.hasSuffix(name)
        }
    }

    static func met(_ generation: Generation, _ number: Int) throws -> [String] {
        let digest = try #require(numbered(number).md5)
        return generation.entries(meeting: DigestSet(byteCount: 1, [digest])).map { "\($0.id)" }
    }
}
