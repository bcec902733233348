import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// What comes in out of order, twice, or in more than memory holds.
@Suite struct GenerationBuildTests {
    let scratch: ScratchState

    init() throws { scratch = try ScratchState() }

    static func entry(_ hex: String, _ name: String = "") -> ImportedEntry {
        var entry = ImportedEntry()
        let digest = Digest(hex: hex.utf8)
        switch digest?.algorithm {
        case .md5: entry.md5 = digest
        case .sha1: entry.sha1 = digest
        case .sha256: entry.sha256 = digest
        case nil: break
        }
        entry.name = name
        return entry
    }

    static func hex(_ number: Int, _ length: Int = 32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: length - digits.utf8.count) + digits
    }

    func build(_ lists: [[ImportedEntry]], memory: Int = 1 << 30) throws -> (Generation, BuildReport) {
        let sources = lists.indices.map {
            ListSource(name: "list-\($0)", file: "", supplier: "Invented", listClass: .csam)
        }
        let report = try GenerationBuilder.build(
            sources,
            into: scratch.lists,
            signingKey: scratch.key,
            at: Timestamp(nanoseconds: 1),
            memory: memory
        ) { build in
            for (list, entries) in lists.enumerated() {
                for entry in entries { try build.add(entry, list: list) }
            }
            return sources.map { BuildReport.ListReport(name: $0.name) }
        }
        let generation = try Generation.open(
            report.generation,
            in: scratch.lists,
            publicKey: scratch.publicKey,
            notBelow: 0
        )
        try generation.checkEveryByte()
        return (generation, report)
    }

    func met(_ generation: Generation, _ hex: String) throws -> [String] {
        let digest = try #require(Digest(hex: hex.utf8))
        return generation.entries(meeting: DigestSet(byteCount: 1, [digest])).map { "\($0.id)" }
    }

    @Test("an entry that stands in a list twice is met once, by its first ordinal, and counted once")
    func duplicates() throws {
        let entries = [1, 2, 1, 1, 3, 2].map { Self.entry(Self.hex($0)) }
        let (generation, report) = try build([entries, [entries[0]]])
        #expect(try met(generation, Self.hex(1)) == ["list-0#1", "list-1#1"])
        #expect(try met(generation, Self.hex(2)) == ["list-0#2"])
        #expect(try met(generation, Self.hex(3)) == ["list-0#4"])
        #expect(report.lists.map(\.kept) == [3, 1])
        #expect(generation.lists.map(\.recordCount) == [5, 1])
    }

    @Test("one value with two ids is two entries, each with its own")
    func ids() throws {
        let entries = ["a", "b", "a"].map { Self.entry(Self.hex(1), $0) }
        let (generation, report) = try build([entries])
        let digest = try #require(Digest(hex: Self.hex(1).utf8))
        let found = generation.entries(meeting: DigestSet(byteCount: 1, [digest]))
        #expect(found.map(\.name) == ["a", "b"])
        #expect(found.map(\.id.ordinal) == [1, 2])
        #expect(report.lists.map(\.kept) == [2])
    }

    @Test("an entry with several digests that is there twice is counted once")
    func severalDigests() throws {
        var entry = Self.entry(Self.hex(1))
        entry.sha1 = Digest(hex: Self.hex(2, 40).utf8)
        entry.perceptual = SIMD4(1, 2, 3, 4)
        let (generation, report) = try build([[entry, Self.entry(Self.hex(5)), entry]])
        #expect(report.lists.map(\.kept) == [2])
        #expect(try met(generation, Self.hex(1)) == ["list-0#1"])
        #expect(try met(generation, Self.hex(2, 40)) == ["list-0#1"])
    }

    @Test("of more entries with one value than an upload should meet the first are kept and the rest counted")
    func crowded() throws {
        let alone = (0..<260).map { Self.entry(Self.hex(1), "\($0)") }
        let both = (0..<258).map {
            var entry = Self.entry(Self.hex(2), "\($0)")
            entry.sha1 = Digest(hex: Self.hex($0 == 257 ? 9 : 3, 40).utf8)
            return entry
        }
        let (generation, report) = try build([alone, both, [Self.entry(Self.hex(1))]])
        #expect(try met(generation, Self.hex(1)) == (1...256).map { "list-0#\($0)" } + ["list-2#1"])
        #expect(try met(generation, Self.hex(3, 40)).count == 256)
        #expect(try met(generation, Self.hex(9, 40)) == ["list-1#258"])
        #expect(report.lists.map(\.kept) == [256, 257, 1])
        #expect(report.lists.map(\.duplicates) == [0, 0, 0])
        #expect(report.lists.map(\.rejected) == [[.crowded: 4], [.crowded: 3], [:]])
        let first = report.lists[0].firstRejected[.crowded]?.map { "\($0)" }
        #expect(first?.first == "list-0: entry #257")
        #expect(generation.lists.map(\.entryCount) == [256, 257, 1])
    }

    @Test("what is only read counts as what is built")
    func seen() throws {
        var entries = (0..<260).map { Self.entry(Self.hex(1), "\($0)") }
        entries += [entries[3], entries[3], Self.entry(Self.hex(5)), Self.entry(Self.hex(5))]
        entries[4].size = 100
        let (_, built) = try build([entries])
        var seen = EntriesSeen()
        var report = BuildReport.ListReport(name: "list-0")
        for entry in entries { if seen.takesNew(entry) { report.kept += 1 } }
        seen.count(in: &report)
        #expect(report.kept == built.lists[0].kept)
        #expect(report.rejected == built.lists[0].rejected)
        #expect(report.firstRejected == built.lists[0].firstRejected)
    }

    @Test("an entry with nothing to compare is refused by the list's name")
    func nothing() throws {
        var entry = ImportedEntry()
        entry.name = "x"
        #expect(throws: BuildFault.nothingToCompare("list-0")) { try build([[entry]]) }
    }

    /// With so little memory parts are parted again and again, here down to keys that differ in their last byte.
    @Test("what does not fit in memory comes out the same")
    func littleMemory() throws {
        let entries =
            (0..<5_000).map { Self.entry(Self.hex($0 * 7)) }
            + (0..<3_000).map { Self.entry(Self.hex($0, 64)) }
        let shuffled = entries.shuffled()
        let (small, _) = try build([shuffled], memory: 1)
        let (large, _) = try build([shuffled])
        for number in 0..<5_000 {
            let ids = try met(small, Self.hex(number * 7))
            #expect(ids.count == 1)
            #expect(ids == (try met(large, Self.hex(number * 7))))
        }
        #expect(try met(small, Self.hex(2_999, 64)).count == 1)
        #expect(try met(small, Self.hex(1)).isEmpty)
    }

    @Test("an older content signed again is the newest, under its own digests")
    func signAgain() throws {
        let (first, _) = try build([[Self.entry(Self.hex(1))]])
        _ = try build([[Self.entry(Self.hex(2))]])
        let (name, _) = try GenerationBuilder.signAgain(
            nil,
            in: scratch.lists,
            signingKey: scratch.key,
            at: Timestamp(nanoseconds: 5)
        ) { name in
            #expect("\(name)" == first.name)
            return try Generation.signedManifest(name, in: scratch.lists, publicKey: scratch.publicKey)
        }
        #expect(name.counter == 3)
        #expect(try Generation.currentName(in: scratch.lists) == "\(name)")
        let back = try Generation.open(
            "\(name)",
            in: scratch.lists,
            publicKey: scratch.publicKey,
            notBelow: 3
        )
        try back.checkEveryByte()
        #expect(try met(back, Self.hex(1)) == ["list-0#1"])
        #expect(try met(back, Self.hex(2)).isEmpty)
    }

    @Test("without a generation before the installed one there is nothing to go back to")
    func noFormer() throws {
        _ = try build([[Self.entry(Self.hex(1))]])
        #expect(throws: BuildFault.noFormer) {
            _ = try GenerationBuilder.signAgain(
                nil,
                in: scratch.lists,
                signingKey: scratch.key,
                at: Timestamp(nanoseconds: 5)
            ) { try Generation.signedManifest($0, in: scratch.lists, publicKey: scratch.publicKey) }
        }
    }
}
