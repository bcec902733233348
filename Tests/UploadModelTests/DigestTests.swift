import Testing
import UploadModel

@Suite struct DigestTests {
    @Test("a digest has its algorithm's length and no other", arguments: DigestAlgorithm.allCases)
    func length(algorithm: DigestAlgorithm) {
        for count in 0...65 {
            let made = Digest(algorithm, repeatElement(1, count: count))
            #expect((made != nil) == (count == algorithm.byteCount), "\(count) bytes")
        }
    }

    @Test("bytes and text come back as they went in", arguments: DigestAlgorithm.allCases)
    func roundTrip(algorithm: DigestAlgorithm) throws {
        var random = SplitMix64(state: 7)
        for _ in 0..<50 {
            let bytes = (0..<algorithm.byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
            let made = try #require(Digest(algorithm, bytes))
            #expect(made.bytes == bytes)
            #expect(made.hex == Hex.text(bytes))
            #expect(Digest(hex: made.hex.utf8) == made)
            #expect(Digest(hex: made.hex.uppercased().utf8) == made)
        }
    }

    @Test(
        "what is no digest in hexadecimal is refused",
        arguments: [
            "", "ab", String(repeating: "a", count: 31), String(repeating: "a", count: 33),
            String(repeating: "g", count: 32), String(repeating: "a", count: 128),
            "+" + String(repeating: "a", count: 31), String(repeating: "é", count: 16),
        ]
    )
    func notHex(text: String) {
        #expect(Digest(hex: text.utf8) == nil)
    }

    @Test("digests of one algorithm are in the order of their bytes, and a weaker algorithm comes first")
    func order() throws {
        var random = SplitMix64(state: 11)
        let rows = (0..<200).map { _ in (0..<20).map { _ in UInt8.random(in: 0...3, using: &random) } }
        let sorted = rows.compactMap { Digest(.sha1, $0) }.sorted().map(\.bytes)
        #expect(sorted == rows.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(digest(.md5, 0xFF) < digest(.sha1, 0))
        #expect(digest(.sha1, 0xFF) < digest(.sha256, 0))
    }

    @Test("a set of algorithms knows its members, weakest first")
    func algorithms() {
        let some = DigestAlgorithms([.sha256, .md5])
        #expect(some.members == [.md5, .sha256])
        #expect(some.strongest == .sha256)
        #expect(!some.has(.sha1))
        #expect(DigestAlgorithms.all.members == DigestAlgorithm.allCases)
        #expect(DigestAlgorithms().strongest == nil)
    }

    @Test("an algorithm is found by the name that lists write", arguments: DigestAlgorithm.allCases)
    func names(algorithm: DigestAlgorithm) {
        #expect(DigestAlgorithm(name: algorithm.name) == algorithm)
        #expect(DigestAlgorithm(name: algorithm.name.uppercased()) == nil)
    }

    @Test("a set of digests gives what was put in, each under its algorithm")
    func sets() {
        let some = DigestSet(byteCount: 3, [digest(.sha256), digest(.md5)])
        #expect(some.algorithms == DigestAlgorithms([.md5, .sha256]))
        #expect(some.members == [digest(.md5), digest(.sha256)])
        #expect(some[.sha1] == nil)
    }
}
