import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

@Suite struct NeighbourTests {
    struct Way: CustomTestStringConvertible, Sendable {
        let seed: UInt64
        let indexed: Bool
        var testDescription: String { "seed \(seed), \(indexed ? "by index" : "by scan")" }
    }

    static let ways = (0..<6 as Range<UInt64>).map { Way(seed: $0, indexed: $0 % 2 == 0) }

    @Test("every entry within 31 bits is a neighbour with its distance, and none beyond", arguments: ways)
    func distances(way: Way) throws {
        var random = SplitMix64(state: way.seed)
        let hash = PerceptualHash(
            bits: SIMD4(random.next(), random.next(), random.next(), random.next()),
            quality: 100,
            reading: .full,
            orientation: .original
        )
        let other = PerceptualHash(bits: ~hash.bits, quality: 100, reading: .r512, orientation: .flipX)

        // Distances 0 to 63 from both, then others that are near to nothing; more than two blocks of them.
        let listed =
            (0..<256).map {
                $0 % 4 == 3
                    ? other.bits.turning($0 / 4, using: &random) : hash.bits.turning($0 / 4, using: &random)
            }
            + (0..<1_000).map { _ in SIMD4(random.next(), random.next(), random.next(), random.next()) }
        let entries = listed.shuffled(using: &random).enumerated().map { index, bits in
            var entry = ImportedEntry()
            entry.perceptual = bits
            entry.name = "\(index)"  // Several are at distance 0, and none may be taken for another.
            return entry
        }
        let scratch = try ScratchLists()
        try scratch.build([("pictures", .csam, entries)], indexFrom: way.indexed ? 1 : .max)
        let generation = try scratch.open()
        #expect(generation.asksForPictures)
        #expect(generation.needs.isEmpty)
        if way.indexed { while generation.pictureSearch != .index { ThisProcess.sleep(milliseconds: 1) } }
        #expect(generation.pictureSearch == (way.indexed ? .index : .scan))

        let found = generation.neighbours(of: [hash, other])
        for (hash, neighbours) in zip([hash, other], found) {
            let expected = entries.enumerated().filter { hash.distance(to: $0.element.perceptual!) <= 31 }
            #expect(Set(neighbours.map(\.entry.id.ordinal)) == Set(expected.map { UInt64($0.offset) + 1 }))
            #expect(neighbours.count == expected.count)
            #expect(neighbours.allSatisfy { $0.distance == hash.distance(to: $0.entry.perceptual!) })
            #expect(Set(neighbours.map(\.distance)) == Set(0...31))
        }
    }

    @Test("an index whose directory is damaged is never asked, and the scan answers")
    func damagedIndex() throws {
        var random = SplitMix64(state: 8)
        let entries = (0..<100).map { _ in
            var entry = ImportedEntry()
            entry.perceptual = SIMD4(random.next(), random.next(), random.next(), random.next())
            return entry
        }
        let scratch = try ScratchLists()
        let manifest = try scratch.build([("pictures", .csam, entries)], indexFrom: 1)
        let file = "\(manifest.name)/\(GenerationFile.chunkDirectory)"
        var bytes = try scratch.read(file)
        bytes[bytes.count - 1] ^= 1
        try scratch.write(bytes, to: file)
        let generation = try scratch.open()
        while generation.pictureSearch == .scan { ThisProcess.sleep(milliseconds: 1) }
        #expect(generation.pictureSearch == .scanForGood)
        let hash = PerceptualHash(
            bits: entries[7].perceptual!,
            quality: 100,
            reading: .full,
            orientation: .original
        )
        #expect(generation.neighbours(of: [hash]).first?.map(\.entry.id.ordinal) == [8])
    }

    @Test("without perceptual entries there is an empty answer for each hash")
    func none() throws {
        let scratch = try ScratchLists()
        try scratch.build([try scratch.source("one", "00112233445566778899aabbccddeeff\n")])
        let hash = PerceptualHash(bits: SIMD4(), quality: 100, reading: .full, orientation: .original)
        let generation = try scratch.open()
        #expect(generation.neighbours(of: [hash, hash]) == [[], []])
        #expect(generation.neighbours(of: []).isEmpty)
    }
}

extension SIMD4<UInt64> {
    /// With so many different bits turned.
    fileprivate func turning(_ count: Int, using random: inout SplitMix64) -> Self {
        var bits = self
        for place in (0..<256).shuffled(using: &random).prefix(count) {
            bits[place / 64] ^= 1 << UInt64(place % 64)
        }
        return bits
    }
}
