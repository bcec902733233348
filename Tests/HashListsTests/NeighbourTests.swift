import GenerationFormat
import HashLists
import Testing
import UploadModel

@Suite struct NeighbourTests {
    static let list = GenerationList(
        name: "pictures",
        listClass: .csam,
        supplier: "Invented",
        provenance: "",
        synthetic: true,
        entryCount: 200,
        importedAt: .start,
        maximumAge: 0
    )

    @Test(
        "every entry within 31 bits is a neighbour with its distance, and none beyond",
        arguments: 0..<4 as Range<UInt64>
    )
    func distances(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let hash = PerceptualHash(
            bits: SIMD4(random.next(), random.next(), random.next(), random.next()),
            quality: 100,
            reading: .full,
            orientation: .original
        )
        let other = PerceptualHash(bits: ~hash.bits, quality: 100, reading: .r512, orientation: .flipX)

        var entries = EntriesWriter()
        let listed = (0..<200).map {
            $0 % 4 == 3
                ? other.bits.turning($0 % 64, using: &random) : hash.bits.turning($0 % 64, using: &random)
        }
        for (index, bits) in listed.enumerated() {
            entries.add(perceptual: bits, at: EntryPlace(list: 0, ordinal: UInt64(index) + 1))
        }
        let scratch = try ScratchLists()
        let generation = try scratch.open(try scratch.place(entries, of: [Self.list]))
        #expect(generation.asksForPictures)
        #expect(generation.needs.isEmpty)

        let found = generation.neighbours(of: [hash, other])
        for (hash, neighbours) in zip([hash, other], found) {
            let expected = listed.enumerated().filter { hash.distance(to: $0.element) <= 31 }
            #expect(Set(neighbours.map(\.entry.id.ordinal)) == Set(expected.map { UInt64($0.offset) + 1 }))
            #expect(neighbours.allSatisfy { $0.distance == hash.distance(to: $0.entry.perceptual!) })
            #expect(neighbours.allSatisfy { $0.entry.perceptual == listed[Int($0.entry.id.ordinal) - 1] })
        }
        #expect(found.map(\.count).allSatisfy { $0 > 0 })
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
