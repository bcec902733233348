import GenerationFormat
import Testing
import UploadModel

@Suite struct DigestTableTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let algorithm: DigestAlgorithm
        let bits: Int
        var testDescription: String { "\(algorithm.name), \(bits) bits" }
    }

    static let shapes = DigestAlgorithm.allCases.flatMap { algorithm in
        [0, 1, 3, 8, 9, 12].map { Shape(algorithm: algorithm, bits: $0) }
    }

    @Test(
        "whatever was planted is found, with every entry that holds it, and nothing else is",
        arguments: shapes
    )
    func lookUp(shape: Shape) throws {
        var random = SplitMix64(state: 1)
        let digests = (0..<300).map { _ in Digest.invented(shape.algorithm, using: &random) }
        let entries = digests.enumerated().flatMap { index, digest in
            (0...(index % 3)).map { (digest: digest, number: UInt32(index + 1_000 * $0)) }
        }
        let bytes = TableBytes(shape.algorithm, entries.shuffled(), bits: shape.bits)
        let table = try bytes.table()
        #expect(table.count == entries.count)
        for (index, digest) in digests.enumerated() {
            #expect(
                bytes.numbers(of: digest, in: table) == (0...(index % 3)).map { UInt32(index + 1_000 * $0) }
            )
        }
        for _ in 0..<500 {
            let absent = Digest.invented(shape.algorithm, using: &random)
            #expect(bytes.numbers(of: absent, in: table).isEmpty)
        }
    }

    /// The first and last value of each bucket, and digests that differ in nothing but their last bit or in a bucket's.
    @Test("values at the borders of buckets are told apart", arguments: shapes)
    func borders(shape: Shape) throws {
        let count = shape.algorithm.byteCount
        var digests: Set<Digest> = []
        for first in [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF] as [UInt8] {
            for second in [0x00, 0x0F, 0x10, 0xFF] as [UInt8] {
                for fill in [0x00, 0xFF] as [UInt8] {
                    for last in [0x00, 0x01, 0xFE, 0xFF] as [UInt8] {
                        let middle = [UInt8](repeating: fill, count: count - 3)
                        digests.insert(Digest(shape.algorithm, [first, second] + middle + [last])!)
                    }
                }
            }
        }
        let all = digests.sorted()
        let planted = all.enumerated().filter { $0.offset % 2 == 0 }.map { ($0.element, UInt32($0.offset)) }
        let bytes = TableBytes(shape.algorithm, planted, bits: shape.bits)
        let table = try bytes.table()
        for (index, digest) in all.enumerated() {
            #expect(bytes.numbers(of: digest, in: table) == (index % 2 == 0 ? [UInt32(index)] : []))
        }
        var walked: [Digest] = []
        table.forEach(
            directory: bytes.directory.span.bytes,
            suffixes: bytes.suffixes.span.bytes,
            places: bytes.places.span.bytes
        ) { digest, _ in walked.append(digest) }
        #expect(walked == planted.map(\.0))
    }

    @Test("a bucket that holds hundreds is searched by halves and finds the same", arguments: [65, 400])
    func crowded(count: Int) throws {
        let digests = (0..<count).map { number in
            Digest(
                .sha1,
                (0..<20).map {
                    $0 < 2 ? 0xEE : $0 == 5 ? UInt8(number / 256) : $0 == 6 ? UInt8(number % 256) : 9
                }
            )!
        }
        let bytes = TableBytes(.sha1, digests.enumerated().map { ($0.element, UInt32($0.offset)) }, bits: 8)
        let table = try bytes.table()
        for (index, digest) in digests.enumerated() {
            #expect(bytes.numbers(of: digest, in: table) == [UInt32(index)])
        }
    }

    @Test("without entries nothing is found")
    func empty() throws {
        let bytes = TableBytes(.md5, [], bits: 0)
        let table = try bytes.table()
        var random = SplitMix64(state: 2)
        #expect(table.count == 0)
        #expect(bytes.numbers(of: .invented(.md5, using: &random), in: table).isEmpty)
    }

    static let sample: TableBytes = {
        var random = SplitMix64(state: 5)
        return TableBytes(.md5, (0..<100).map { (.invented(.md5, using: &random), $0) }, bits: 4)
    }()

    @Test("a directory that is cut short, longer, of another format, or out of order is refused by name")
    func damaged() {
        let file = "md5.directory"
        let length = UInt64(Self.sample.directory.count)
        expect(.cutShort(file: file, found: length - 1, needed: length)) { $0.directory.removeLast() }
        expect(.cutShort(file: file, found: 100, needed: 4_096)) {
            $0.directory.removeLast($0.directory.count - 100)
        }
        expect(.damaged(file: file, because: "longer than it should be")) { $0.directory.append(0) }
        expect(.damaged(file: file, because: "not a file of a generation")) { $0.directory[0] = 0 }
        expect(.otherFormat(found: 1)) { $0.directory[8] = 1 }
        expect(.damaged(file: file, because: "more buckets than there may be")) { $0.directory[17] = 1 }
        expect(.damaged(file: file, because: "buckets are out of order")) {
            $0.directory[4_096 + 4 * 3 + 3] = 9
        }
        expect(.damaged(file: file, because: "buckets are out of order")) { $0.directory[4_096] = 1 }
        let suffixes = UInt64(Self.sample.suffixes.count)
        expect(.cutShort(file: "md5.suffixes", found: suffixes - 1, needed: suffixes)) {
            $0.suffixes.removeLast()
        }
        expect(.damaged(file: "md5.places", because: "longer than it should be")) { $0.places.append(0) }
    }

    private func expect(_ fault: GenerationFault, _ change: (inout TableBytes) -> Void) {
        var bytes = Self.sample
        change(&bytes)
        #expect(throws: fault) { try bytes.table() }
    }

    @Test("each bit of a header is checked")
    func header() {
        let header = FileHeader(.suffixes, parameter: 4)
        for bit in stride(from: 0, to: 8 * 4_096, by: 7) {
            var bytes = header.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: GenerationFault.self) { try header.check(bytes.span.bytes, named: "x") }
        }
    }

    @Test("so many entries take at most fourteen bytes each with their directory")
    func size() {
        for count in [200_000_000, 400_000_000, 1_000_000_000] as [UInt64] {
            let shape = DigestTableShape(.md5, count: count)
            let bytes = UInt64(shape.width) * count + 4 * UInt64(shape.bucketCount + 1)
            #expect(bytes <= 14 * count)
        }
    }
}
