import GenerationFormat
import HashLists
import ListImport
import Testing
import UploadModel

/// What becomes of a match whose place among the entries is damaged.
@Suite struct DamagedPlaceTests {
    let scratch: ScratchLists
    let name: String
    static let listed = Digest(hex: String(repeating: "a1", count: 16).utf8)!
    static let picture = SIMD4<UInt64>(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 0x0F0F_0F0F, 0xF0F0_F0F0)

    init() throws {
        scratch = try ScratchLists()
        var bad = ImportedEntry()
        bad.md5 = Self.listed
        bad.perceptual = Self.picture
        var good = ImportedEntry()
        good.sha256 = Digest(hex: String(repeating: "b2", count: 32).utf8)
        name = "\(try scratch.build([("bad", .csam, [bad]), ("good", .benign, [good])]).name)"
    }

    func write(_ number: UInt32, _ kind: EntryKind) throws {
        let file = "\(name)/\(GenerationFile.places(kind))"
        var bytes = try scratch.read(file)
        for byte in 0..<4 { bytes[4_096 + byte] = UInt8(truncatingIfNeeded: number >> UInt32(8 * byte)) }
        try scratch.write(bytes, to: file)
    }

    @Test(
        "the number of another list's entry, or of none, leaves a match of the strictest class",
        arguments: [
            1, 2, 77, UInt32.max,
        ]
    )
    func digest(number: UInt32) throws {
        try write(number, .md5)
        let met = try scratch.open().entries(meeting: DigestSet(byteCount: 1, [Self.listed]))
        #expect(met.map(\.listClass) == [.csam])
        #expect(met.map(\.digests) == [[Self.listed]])
    }

    @Test("the same for a picture", arguments: [1, 2, 77, UInt32.max])
    func picture(number: UInt32) throws {
        try write(number, .perceptual)
        let hash = PerceptualHash(bits: Self.picture, quality: 100, reading: .full, orientation: .original)
        let near = try scratch.open().neighbours(of: [hash])
        #expect(near.map { $0.map(\.entry.listClass) } == [[.csam]])
        #expect(near.first?.first?.distance == 0)
    }
}
