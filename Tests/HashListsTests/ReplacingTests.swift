import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// Generations that replace each other while others look up. How long that takes is for Benchmarks/ListStage.
@Suite struct ReplacingTests {
    static let generations: UInt64 = 24
    /// Entries of a generation; a tenth of them goes with each.
    static let window = 400

    /// The numbers that the generation of a counter holds.
    static func window(_ counter: UInt64) -> Range<Int> {
        Int(counter + 2) * window / 10..<Int(counter + 2) * window / 10 + window
    }

    static func md5(_ number: Int) -> Digest {
        var random = SplitMix64(state: UInt64(number))
        return .invented(.md5, using: &random)
    }

    static func hash(_ number: Int) -> SIMD4<UInt64> {
        var random = SplitMix64(state: ~UInt64(number))
        return SIMD4(random.next(), random.next(), random.next(), random.next())
    }

    /// Builds all of them, and lets none be installed.
    func build(in scratch: ScratchLists) throws -> [String] {
        try (1...Self.generations).map { counter in
            let entries = Self.window(counter).map { number in
                var entry = ImportedEntry()
                entry.md5 = Self.md5(number)
                entry.perceptual = Self.hash(number)
                return entry
            }
            return "\(try scratch.build([("one", .csam, entries)], counter: counter, indexFrom: 100).name)"
        }
    }

    /// Whether a generation gives the one right answer, which its counter says.
    static func isRight(_ generation: Generation, about number: Int) -> Bool {
        let window = window(generation.counter)
        let wanted =
            window.contains(number)
            ? [EntryID(list: "one", ordinal: UInt64(number - window.lowerBound + 1))] : []
        let exact = generation.entries(meeting: DigestSet(byteCount: 1, [md5(number)]))
        var turned = hash(number)
        turned[number % 4] ^= 0xFFFF
        let asked = PerceptualHash(bits: turned, quality: 100, reading: .full, orientation: .original)
        let near = generation.neighbours(of: [asked])[0]
        return exact.map(\.id) == wanted && near.map(\.entry.id) == wanted
            && (exact + near.map(\.entry)).allSatisfy { $0.provenance.generation == generation.name }
            && near.allSatisfy { $0.distance == 16 }
    }

    @Test("while generations replace each other every look-up gets the answer of the one that it was put to")
    func replacing() throws {
        let scratch = try ScratchLists()
        let names = try build(in: scratch)
        let serving = ServingGeneration()
        #expect(serving.current == nil)
        try serving.take(names[0], in: scratch.lists, publicKey: scratch.publicKey, notBelow: 0)
        let (isOver, wrong, asked) = (Monitor(false), Monitor(0), Monitor([UInt64](repeating: 0, count: 3)))
        let readers = (0..<3).map { reader in
            BlockingThread("reader") {
                var random = SplitMix64(state: UInt64(reader))
                var last: UInt64 = 0
                while !isOver.read({ $0 }) {
                    let generation = serving.current!
                    if generation.counter < last { wrong.change { $0 += 1 } }
                    last = generation.counter
                    for _ in 0..<8 {
                        let near =
                            max(0, Self.window(last).lowerBound - 80)..<Self.window(last).upperBound + 80
                        if !Self.isRight(generation, about: .random(in: near, using: &random)) {
                            wrong.change { $0 += 1 }
                        }
                    }
                    asked.change { $0[reader] += 1 }
                }
            }
        }
        for name in names.dropFirst() {
            // The next one comes only when all have asked the one that serves.
            let before = asked.read({ $0 })
            while zip(asked.read({ $0 }), before).contains(where: { $0 <= $1 }) {
                ThisProcess.sleep(milliseconds: 1)
            }
            try serving.take(name, in: scratch.lists, publicKey: scratch.publicKey, notBelow: 0)
        }
        isOver.change { $0 = true }
        for reader in readers { reader.join() }
        #expect(wrong.read({ $0 }) == 0)
        #expect(serving.current?.name == names.last)
    }

    @Test("who holds a generation keeps it, files gone or not, and the last to let go unmaps it")
    func lettingGo() throws {
        let scratch = try ScratchLists()
        let names = try build(in: scratch)
        let serving = ServingGeneration()
        var held: Generation? = try serving.take(
            names[0],
            in: scratch.lists,
            publicKey: scratch.publicKey,
            notBelow: 0
        )
        weak let first = held
        try serving.take(names[1], in: scratch.lists, publicKey: scratch.publicKey, notBelow: 1)
        try scratch.lists.removeTree(Array(names[0].utf8), subject: names[0])
        #expect(Self.isRight(try #require(held), about: Self.window(1).lowerBound))
        #expect(try mapped(names[0]))
        held = nil
        #expect(first == nil)
        // Its index may still be read in by a thread of its own, which holds it until it looks up.
        while try mapped(names[0]) { ThisProcess.sleep(milliseconds: 1) }
    }

    @Test("a generation that is refused, or not admitted, leaves the one that serves")
    func refused() throws {
        struct NotNow: Error {}
        let scratch = try ScratchLists()
        let names = try build(in: scratch)
        let serving = ServingGeneration()
        try serving.take(names[1], in: scratch.lists, publicKey: scratch.publicKey, notBelow: 0)
        #expect(throws: GenerationFault.olderCounter(found: 1, highest: 2)) {
            try serving.take(names[0], in: scratch.lists, publicKey: scratch.publicKey, notBelow: 2)
        }
        #expect(throws: NotNow.self) {
            try serving.take(names[2], in: scratch.lists, publicKey: scratch.publicKey, notBelow: 2) {
                #expect(serving.current?.name == names[1] && $0.name == names[2])
                throw NotNow()
            }
        }
        #expect(serving.current?.name == names[1])
    }

    /// Whether this process maps a file of a generation.
    private func mapped(_ name: String) throws -> Bool {
        let maps = try Descriptor.open("/proc/self/maps").readAll(limit: 1 << 26)
        return String(decoding: maps, as: UTF8.self).contains("/\(name)/")
    }
}
