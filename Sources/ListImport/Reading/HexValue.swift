import UploadModel

/// Up to 32 bytes that hexadecimal text spells, without going through the heap: a list has 200 million of them.
struct HexValue {
    /// Most significant byte first, zero after the last.
    let words: SIMD4<UInt64>
    let byteCount: Int

    /// Reads the hexadecimal digits, of either case, that `text` begins with.
    ///
    /// - Returns: How many digits there are, and their value where they are even and at most 64.
    static func leading(_ text: Text) -> (digits: Int, value: HexValue?) {
        var words = SIMD4<UInt64>()
        // Gathered apart: a word of a vector that is chosen by a variable goes through memory each time.
        var word: UInt64 = 0
        var count = 0
        while count < text.byteCount, let digit = text.byte(count).hexDigit {
            word = word << 4 | UInt64(digit)
            count += 1
            if count % 16 == 0, count <= 64 { words[count / 16 - 1] = word }
        }
        if count % 16 != 0, count < 64 { words[count / 16] = word << UInt64(64 - 4 * (count % 16)) }
        guard count % 2 == 0, count <= 64, count > 0 else { return (count, nil) }
        return (count, HexValue(words: words, byteCount: count / 2))
    }

    /// `nil` unless all of `text` is such digits.
    static func whole(_ text: Text) throws(ListFault.Reason) -> HexValue? {
        let (digits, value) = leading(text)
        guard digits == text.byteCount else { throw .notHex }
        return value
    }

    /// As a digest of the algorithm whose length it has.
    var digest: Digest? {
        for algorithm in DigestAlgorithm.allCases where algorithm.byteCount == byteCount {
            return digest(algorithm)
        }
        return nil
    }

    func digest(_ algorithm: DigestAlgorithm) -> Digest? {
        var big = SIMD4<UInt64>()
        for index in 0..<4 { big[index] = words[index].bigEndian }
        return withUnsafeBytes(of: &big) {
            Digest(algorithm, UnsafeRawBufferPointer(rebasing: $0[..<byteCount]))
        }
    }

    /// As a PDQ hash.
    var perceptual: SIMD4<UInt64>? { byteCount == 32 ? words : nil }
}
