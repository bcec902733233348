package import UploadModel

/// Says of most digests that a table does not hold them, from one cache line: a blocked Bloom filter, for tables that do
/// not fit into memory, where each look-up would cost a page.
///
/// Blocks of 512 bits, eight words, in the order of the digests that lead to them, so that a builder who has these in order
/// writes one block after the other. A digest sets a bit of each word. Whatever was added is always let pass.
///
/// - Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters"; a bit a word as in Apache
///   Parquet's split block filter.
package struct DigestFilter: Equatable, Sendable {
    package let blocks: Int

    package typealias Block = SIMD8<UInt64>
    package static let blockByteCount = 64
    /// Of a thousand absent digests then about two pass.
    private static let bitsADigest: UInt64 = 16

    package init(count: UInt64) {
        blocks = Int(max(1, (count * Self.bitsADigest + 511) / 512))
    }

    /// Checks header and length of a file.
    package init(_ file: RawSpan, of algorithm: DigestAlgorithm) throws(GenerationFault) {
        let name = GenerationFile.filter(EntryKind(algorithm))
        let parameter = try FileHeader.parameter(of: file, named: name)
        let (count, rest) = (file.byteCount - FileHeader.byteCount).quotientAndRemainder(
            dividingBy: Self.blockByteCount
        )
        guard parameter > 0, parameter == UInt64(count), rest == 0 else {
            throw .damaged(file: name, because: "of another length than its header says")
        }
        blocks = count
        try FileHeader(.filter, parameter: blocks).check(file, named: name)
    }

    /// Where a digest's block begins in the file; ascends with the digests.
    @inline(__always)
    package func offset(of words: SIMD4<UInt64>) -> Int {
        FileHeader.byteCount + Self.blockByteCount * block(of: words)
    }

    @inline(__always)
    package func block(of words: SIMD4<UInt64>) -> Int {
        Int(words[0].multipliedFullWidth(by: UInt64(blocks)).high)
    }

    /// A digest's bits in its block, from its second word: the first leads to the block.
    @inline(__always)
    package static func bits(of words: SIMD4<UInt64>) -> Block {
        let shifts = Block(0, 6, 12, 18, 24, 30, 36, 42)
        return Block(repeating: 1) &<< (Block(repeating: words[1]) &>> shifts & Block(repeating: 63))
    }

    /// False only for a digest that was not added.
    @inline(__always)
    package func mayHold(_ words: SIMD4<UInt64>, in file: RawSpan) -> Bool {
        let start = offset(of: words)
        let wanted = Self.bits(of: words)
        var missing: UInt64 = 0
        for word in 0..<8 {
            missing |= wanted[word] & ~UInt64(littleEndian: file.loaded(at: start + 8 * word))
        }
        return missing == 0
    }
}
