import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// Tables that do not fit into the memory that they are given, and so have filters in front.
@Suite struct FilterTests {
    static func digests(_ count: Int, _ seed: UInt64) -> [Digest] {
        var random = SplitMix64(state: seed)
        return (0..<count).map { Digest.invented(DigestAlgorithm.allCases[$0 % 3], using: &random) }
    }

    static func open(_ listed: [Digest], resident: UInt64, in scratch: ScratchLists) throws -> Generation {
        let source = try scratch.source("one", listed.map(\.hex).joined(separator: "\n"))
        _ = try GenerationBuilder.build(
            sources: [source],
            into: scratch.lists,
            signingKey: scratch.key,
            at: .start,
            resident: resident
        )
        let generation = try scratch.open()
        while !generation.isReadIn { ThisProcess.sleep(milliseconds: 1) }
        return generation
    }

    static func has(_ file: String, _ generation: Generation, _ scratch: ScratchLists) throws -> Bool {
        let folder = try scratch.lists.open(Array(generation.name.utf8), .directory)
        return try folder.statusIfThere(of: Array(file.utf8)) != nil
    }

    @Test("what is listed is met through the filter, and what is not is not", arguments: 0..<6)
    func neverFalselyAbsent(seed: UInt64) throws {
        let scratch = try ScratchLists()
        let listed = Self.digests([1, 2, 40, 999, 3_000, 9_000][Int(seed)], seed)
        let generation = try Self.open(listed, resident: 0, in: scratch)
        #expect(try Self.has("md5.filter", generation, scratch))
        try generation.checkEveryByte()
        for digest in listed {
            let met = generation.entries(meeting: DigestSet(byteCount: 1, [digest]))
            if met.count != 1 { Issue.record("seed \(seed): \(met.count) entries") }
        }
        for digest in Self.digests(5_000, seed + 100) {
            let met = generation.entries(meeting: DigestSet(byteCount: 1, [digest]))
            if !met.isEmpty { Issue.record("seed \(seed): an absent digest is met") }
        }
    }

    @Test("a stream of digests meets the same through the filter as without it")
    func stream() throws {
        let (one, other) = (try ScratchLists(), try ScratchLists())
        let listed = Self.digests(3_000, 1)
        let filtered = try Self.open(listed, resident: 0, in: one)
        let plain = try Self.open(listed, resident: .max, in: other)
        #expect(try !Self.has("md5.filter", plain, other))
        for algorithm in DigestAlgorithm.allCases {
            let asked = (listed + Self.digests(3_000, 2)).filter { $0.algorithm == algorithm }
            func met(_ generation: Generation) -> [Int] {
                var found: [Int] = []
                generation.look(for: asked.span) { found.append($0) }
                return found
            }
            #expect(met(filtered) == met(plain))
            #expect(met(plain) == Array(0..<1_000))
        }
    }

    @Test("of a thousand absent digests a few pass the filter")
    func falsePositives() throws {
        let scratch = try ScratchLists()
        let generation = try Self.open(Self.digests(30_000, 5), resident: 0, in: scratch)
        let file = try scratch.read("\(generation.name)/md5.filter")
        let filter = try DigestFilter(file.span.bytes, of: .md5)
        let absent = Self.digests(60_000, 6).filter { $0.algorithm == .md5 }
        let passed = absent.count { filter.mayHold($0.words, in: file.span.bytes) }
        #expect(passed < absent.count / 200, "\(passed) of \(absent.count)")
    }

    @Test("a filter that is damaged is not asked, so no match is lost, and verify finds it")
    func damaged() throws {
        let scratch = try ScratchLists()
        let listed = Self.digests(300, 7)
        let name = try Self.open(listed, resident: 0, in: scratch).name
        let file = "\(name)/md5.filter"
        let whole = try scratch.read(file)
        try scratch.write(
            Array(whole[..<4_096]) + [UInt8](repeating: 0, count: whole.count - 4_096),
            to: file
        )
        let generation = try scratch.open()
        for _ in 0..<20 {
            for digest in listed where digest.algorithm == .md5 {
                #expect(generation.entries(meeting: DigestSet(byteCount: 1, [digest])).count == 1)
            }
        }
        while !generation.isReadIn { ThisProcess.sleep(milliseconds: 1) }
        #expect(generation.hasDamagedFilter)
        let fault = GenerationFault.damaged(file: "md5.filter", because: "its SHA-256 is not the manifest's")
        #expect(throws: fault) { try generation.checkEveryByte() }
        for place in [0, 8, 12, 16, 4_000] {
            var bytes = whole
            bytes[place] ^= 1
            try scratch.write(bytes, to: file)
            #expect(throws: GenerationFault.self) { try scratch.open() }
        }
    }
}
