import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

@Suite struct GenerationTests {
    let scratch: ScratchLists

    init() throws { scratch = try ScratchLists() }

    /// Three lists of some thousand invented digests; the first hundred of each are on all three.
    struct Planted {
        var sources: [ListSource] = []
        var places: [Digest: [EntryID]] = [:]
    }

    func plant(perList: Int = 1_000, shared: Int = 100) throws -> Planted {
        var random = SplitMix64(state: 3)
        let common = (0..<shared).map { Digest.invented(DigestAlgorithm.allCases[$0 % 3], using: &random) }
        var planted = Planted()
        for (name, listClass) in [("one", ListClass.csam), ("two", .watch), ("three", .benign)] {
            let own = (shared..<perList).map {
                Digest.invented(DigestAlgorithm.allCases[$0 % 3], using: &random)
            }
            let digests = (common + own).shuffled(using: &random)
            for (index, digest) in digests.enumerated() {
                planted.places[digest, default: []].append(EntryID(list: name, ordinal: UInt64(index) + 1))
            }
            planted.sources.append(
                try scratch.source(name, digests.map(\.hex).joined(separator: "\n"), listClass)
            )
        }
        return planted
    }

    @Test("every planted digest meets its entries, on every list that holds it")
    func meets() throws {
        let planted = try plant()
        let report = try scratch.build(planted.sources)
        let generation = try scratch.open()
        for (digest, ids) in planted.places {
            let entries = generation.entries(meeting: DigestSet(byteCount: 1, [digest]))
            #expect(entries.map(\.id) == ids)
            #expect(
                entries.allSatisfy { $0.digests == [digest] && $0.provenance.generation == report.generation }
            )
        }
        #expect(generation.entryCount == 3_000)
        #expect(generation.needs == .all)
        #expect(!generation.asksForPictures)
    }

    @Test("a digest on no list meets nothing")
    func misses() throws {
        try scratch.build(try plant().sources)
        let generation = try scratch.open()
        var random = SplitMix64(state: 4)
        for _ in 0..<3_000 {
            let absent = DigestAlgorithm.allCases.map { Digest.invented($0, using: &random) }
            #expect(generation.entries(meeting: DigestSet(byteCount: 1, absent)).isEmpty)
        }
        #expect(generation.entries(meeting: DigestSet(byteCount: 1)).isEmpty)
    }

    @Test("an entry says which list it is of, what that is about and where it comes from")
    func provenance() throws {
        var source = try scratch.source("one", "00112233445566778899aabbccddeeff\n", .ncii)
        source.provenance = "invented for a test"
        source.synthetic = true
        let report = try scratch.build([source])
        let digest = try #require(Digest(hex: "00112233445566778899AABBCCDDEEFF".utf8))
        let generation = try scratch.open()
        #expect(
            generation.entries(meeting: DigestSet(byteCount: 1, [digest])) == [
                ListEntry(
                    id: EntryID(list: "one", ordinal: 1),
                    listClass: .ncii,
                    digests: [digest],
                    provenance: Provenance(
                        supplier: "Invented one",
                        generation: report.generation,
                        text: "invented for a test",
                        synthetic: true
                    )
                )
            ]
        )
        #expect(generation.needs == DigestAlgorithms(.md5))
    }

    @Test("a list is stale once it is as old as the settings allow")
    func stale() throws {
        var old = try scratch.source("old", "00112233445566778899aabbccddeeff\n")
        old.maximumAge = 2
        let ageless = try scratch.source("ageless", "00112233445566778899aabbccddeeff\n")
        try scratch.build([old, ageless])
        let generation = try scratch.open()
        #expect(generation.staleLists(at: .start).isEmpty)
        #expect(
            generation.staleLists(
                at: Timestamp(nanoseconds: Timestamp.start.nanoseconds + 172_800_000_000_000)
            ) == ["old"]
        )
    }

    @Test("an entry is met once, with all that its supplier says of it, whichever of its digests agrees")
    func whole() throws {
        var random = SplitMix64(state: 9)
        let digests = DigestAlgorithm.allCases.map { Digest.invented($0, using: &random) }
        var entry = ImportedEntry()
        (entry.md5, entry.sha1, entry.sha256) = (digests[0], digests[1], digests[2])
        entry.size = 1_234
        (entry.name, entry.contributor, entry.classification) = ("id-7", "member 4", "A1")
        try scratch.build([("one", .csam, [entry])])
        let generation = try scratch.open()
        let others = DigestAlgorithm.allCases.map { Digest.invented($0, using: &random) }
        for agreed in 1..<8 {
            let asked = (0..<3).map { agreed & (1 << $0) != 0 ? digests[$0] : others[$0] }
            let met = generation.entries(meeting: DigestSet(byteCount: 1_234, asked))
            let found = try #require(met.first)
            #expect(met.count == 1)
            #expect(found.digests == digests)
            #expect(found.size == 1_234)
            #expect((found.name, found.contributor, found.classification) == ("id-7", "member 4", "A1"))
        }
        #expect(generation.entries(meeting: DigestSet(byteCount: 1_234, others)).isEmpty)
        let both = try #require(
            generation.entries(meeting: DigestSet(byteCount: 9, [digests[0], digests[1], others[2]])).first
        )
        #expect(
            Grade.of(both, meeting: DigestSet(byteCount: 9, [digests[0], digests[1], others[2]]))
                == .conflicting
        )
        #expect(Grade.of(both, meeting: DigestSet(byteCount: 1_234, [digests[0]])) == .g2)
    }

    @Test("of a stream of digests exactly those that are listed are told")
    func stream() throws {
        var random = SplitMix64(state: 10)
        let listed = (0..<1_000).map { _ in Digest.invented(.sha256, using: &random) }
        try scratch.build([
            (
                "one", .csam,
                listed.map { digest in
                    var entry = ImportedEntry()
                    entry.sha256 = digest
                    return entry
                }
            )
        ])
        let asked = listed.flatMap { [$0, Digest.invented(.sha256, using: &random)] }
        var found: [Int] = []
        try scratch.open().look(for: asked.span) { found.append($0) }
        #expect(found == Array(stride(from: 0, to: 2_000, by: 2)))
    }

    @Test("a generation serves on after its files are gone")
    func outlives() throws {
        let planted = try plant(perList: 100, shared: 10)
        try scratch.build(planted.sources)
        let generation = try scratch.open()
        try scratch.lists.removeTree(Array(generation.name.utf8))
        for (digest, ids) in planted.places {
            #expect(generation.entries(meeting: DigestSet(byteCount: 1, [digest])).map(\.id) == ids)
        }
    }

    @Test("sixteen threads look up while newer generations are built and opened")
    func threads() throws {
        let planted = try plant(perList: 300, shared: 30)
        try scratch.build(planted.sources)
        let generation = try scratch.open()
        let wrong = Monitor(0)
        let places = planted.places
        let threads = (0..<16).map { number in
            BlockingThread("look-up \(number)") {
                for (digest, ids) in places
                where generation.entries(meeting: DigestSet(byteCount: 1, [digest])).map(\.id) != ids {
                    wrong.change { $0 += 1 }
                }
            }
        }
        for _ in 0..<3 {
            try scratch.build(planted.sources)
            #expect(try scratch.open().counter > generation.counter)
        }
        for thread in threads { thread.join() }
        #expect(wrong.read { $0 } == 0)
    }

    /// Each holds what all hold and one entry more, which tells them apart.
    @Test("fifty generations replace each other under look-ups, and no answer is wrong")
    func replaced() throws {
        let planted = try plant(perList: 60, shared: 20)
        try scratch.build(planted.sources)
        let serving = Monitor(try scratch.open())
        let (wrong, asked, ended) = (Monitor(0), Monitor(0), Monitor(false))
        let places = planted.places
        let threads = (0..<3).map { number in
            BlockingThread("look-up \(number)") {
                var random = SplitMix64(state: UInt64(number))
                while !ended.read({ $0 }) {
                    let generation = serving.read { $0 }
                    for (digest, ids) in places {
                        let met = generation.entries(meeting: DigestSet(byteCount: 1, [digest]))
                        let absent = DigestSet(byteCount: 1, [.invented(digest.algorithm, using: &random)])
                        if met.map(\.id) != ids || !generation.entries(meeting: absent).isEmpty {
                            wrong.change { $0 += 1 }
                        }
                    }
                    asked.changeQuietly { $0 += places.count }
                }
            }
        }
        for _ in 0..<50 {
            try scratch.build(planted.sources)
            let next = try scratch.open()
            serving.change { $0 = next }
        }
        ended.change { $0 = true }
        for thread in threads { thread.join() }
        #expect(wrong.read { $0 } == 0)
        #expect(asked.read { $0 } > 0)
        #expect(serving.read { $0 }.counter == 51)
    }
}
