package import UploadModel

/// How the digests of one algorithm are laid out: in buckets by their leading bits, and of each what is left.
///
/// Digests are spread evenly, so buckets are about equally full, and one page of suffixes holds all that a look-up
/// has to see.
package struct DigestTableShape: Equatable, Sendable {
    package let algorithm: DigestAlgorithm
    /// Leading bits that number a bucket.
    package let bits: Int

    /// A directory of 2^24 is 64 MiB, which is read and checked whole at opening.
    static let mostBits = 24
    /// Entries of a bucket that are aimed at, until the directory is at its largest.
    private static let bucketSize: UInt64 = 8

    package init(_ algorithm: DigestAlgorithm, bits: Int) {
        self.algorithm = algorithm
        self.bits = bits
    }

    package init(_ algorithm: DigestAlgorithm, count: UInt64) {
        let buckets = max(1, count / Self.bucketSize)
        self.init(algorithm, bits: min(Self.mostBits, 63 - buckets.leadingZeroBitCount))
    }

    package var bucketCount: Int { 1 << bits }
    /// Whole bytes that the bucket's number says already.
    package var dropped: Int { bits / 8 }
    /// Bytes of a suffix.
    package var width: Int { algorithm.byteCount - dropped }

    @inline(__always)
    package func bucket(of words: SIMD4<UInt64>) -> Int { bits == 0 ? 0 : Int(words[0] >> UInt64(64 - bits)) }

    /// The words from the suffix's first byte on.
    @inline(__always)
    package func suffix(of words: SIMD4<UInt64>) -> SIMD4<UInt64> {
        let up = UInt64(8 * dropped)
        if up == 0 { return words }
        let next = SIMD4(words[1], words[2], words[3], 0)
        return words &<< SIMD4(repeating: up) | next &>> SIMD4(repeating: 64 - up)
    }
}

/// The digests of one algorithm in a generation.
///
/// Keeps no bytes, since a struct cannot hold a `RawSpan` yet: hand each function the ones that were checked. Any
/// others give wrong answers or a bounds trap at worst, never a read outside of them.
package struct DigestTable: Sendable {
    package let shape: DigestTableShape
    /// Digests; one that several entries hold is there several times, in the order of their places.
    package let count: Int

    /// Checks the directory, header and order, and the lengths of the two other files.
    package init(
        _ algorithm: DigestAlgorithm,
        in part: GenerationPart = .base,
        directory: RawSpan,
        suffixByteCount: UInt64,
        placesByteCount: UInt64
    ) throws(GenerationFault) {
        let kind = EntryKind(algorithm)
        let name = part.name(GenerationFile.directory(kind))
        let bits = try FileHeader.parameter(of: directory, named: name)
        guard bits <= UInt64(DigestTableShape.mostBits) else {
            throw .damaged(file: name, because: "more buckets than there may be")
        }
        shape = DigestTableShape(algorithm, bits: Int(bits))
        try FileHeader(.directory, parameter: shape.bits).check(directory, named: name)
        try GenerationFile.check(
            directory.byteCount,
            of: name,
            is: FileHeader.byteCount + 4 * (shape.bucketCount + 1)
        )
        count = try Self.checkedCount(directory, shape.bucketCount, name)
        try GenerationFile.check(
            suffixByteCount,
            of: part.name(GenerationFile.suffixes(kind)),
            is: FileHeader.byteCount + count * shape.width
        )
        try GenerationFile.check(
            placesByteCount,
            of: part.name(GenerationFile.places(kind)),
            is: FileHeader.byteCount + 4 * count
        )
    }

    private static func checkedCount(
        _ directory: RawSpan,
        _ buckets: Int,
        _ name: String
    ) throws(GenerationFault) -> Int {
        var last: UInt32 = 0
        var inOrder = start(0, in: directory) == 0
        for bucket in 0...buckets {
            let next = start(bucket, in: directory)
            inOrder = inOrder && last <= next
            last = next
        }
        guard inOrder else { throw .damaged(file: name, because: "buckets are out of order") }
        return Int(last)
    }

    @inline(__always)
    private static func start(_ bucket: Int, in directory: RawSpan) -> UInt32 {
        UInt32(littleEndian: directory.loaded(at: FileHeader.byteCount + 4 * bucket))
    }

    // MARK: Looking up, in three steps, so that those of several digests wait for memory together

    /// The digests among which this one is, if it is there.
    @inline(__always)
    package func bucket(of digest: Digest, in directory: RawSpan) -> Range<Int> {
        let bucket = shape.bucket(of: digest.words)
        let start = Int(Self.start(bucket, in: directory))
        return start..<max(start, min(count, Int(Self.start(bucket + 1, in: directory))))
    }

    /// Where the bucket of a digest is told in the directory, for whoever wants it read beforehand.
    @inline(__always)
    package func directoryByte(of digest: Digest) -> Int {
        FileHeader.byteCount + 4 * shape.bucket(of: digest.words)
    }

    /// Where in the file of suffixes a digest of this bucket would lie, give or take a record, for whoever wants it read
    /// beforehand; empty for an empty bucket.
    @inline(__always)
    package func bytes(near digest: Digest, in bucket: Range<Int>) -> Range<Int> {
        let near = guess(digest, among: bucket)
        return offset(max(bucket.lowerBound, near - 1))..<offset(min(bucket.upperBound, near + 2))
    }

    /// The record at which a digest would lie if those of its bucket were spread evenly.
    @inline(__always)
    private func guess(_ digest: Digest, among bucket: Range<Int>) -> Int {
        let next = (digest.words[0] &<< UInt64(shape.bits)) &>> 32
        return bucket.lowerBound + Int((next &* UInt64(bucket.count)) &>> 32)
    }

    /// The places in the table that hold exactly this digest; empty when none does.
    @inline(__always)
    package func records(of digest: Digest, among bucket: Range<Int>, in suffixes: RawSpan) -> Range<Int> {
        let wanted = shape.suffix(of: digest.words)
        var record =
            bucket.count <= 64
            ? guess(digest, among: bucket) : lowerBound(wanted[0], among: bucket, in: suffixes)
        while record < bucket.upperBound, leading(record, in: suffixes) < wanted[0] { record += 1 }
        while record > bucket.lowerBound, leading(record - 1, in: suffixes) >= wanted[0] { record -= 1 }
        guard record < bucket.upperBound, leading(record, in: suffixes) == wanted[0] else {
            return record..<record
        }
        return equal(to: digest, from: record, to: bucket.upperBound, in: suffixes)
    }

    /// The first record of the bucket whose leading word is not below `word`.
    private func lowerBound(_ word: UInt64, among bucket: Range<Int>, in suffixes: RawSpan) -> Int {
        var (low, high) = (bucket.lowerBound, bucket.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if leading(middle, in: suffixes) < word { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// From a record on whose leading word is the digest's.
    private func equal(to digest: Digest, from first: Int, to end: Int, in suffixes: RawSpan) -> Range<Int> {
        var low = first
        while low < end, self.digest(low, bucket: shape.bucket(of: digest.words), in: suffixes) < digest {
            low += 1
        }
        var high = low
        while high < end, self.digest(high, bucket: shape.bucket(of: digest.words), in: suffixes) == digest {
            high += 1
        }
        return low..<high
    }

    @inline(__always)
    private func offset(_ record: Int) -> Int { FileHeader.byteCount + record * shape.width }

    /// A suffix is longer than a word whatever the shape.
    @inline(__always)
    private func leading(_ record: Int, in suffixes: RawSpan) -> UInt64 {
        UInt64(bigEndian: suffixes.loaded(at: offset(record)))
    }

    /// A digest of this bucket, whole again.
    package func digest(_ record: Int, bucket: Int, in suffixes: RawSpan) -> Digest {
        var words = SIMD4<UInt64>()
        if shape.bits > 0 { words[0] = UInt64(bucket) << UInt64(64 - shape.bits) }
        let start = offset(record)
        for index in 0..<shape.width {
            let byte = shape.dropped + index
            let shift = UInt64(56 - 8 * (byte % 8))
            words[byte / 8] =
                words[byte / 8] & ~(0xFF << shift) | UInt64(suffixes.byte(at: start + index)) << shift
        }
        return Digest(shape.algorithm, words: words)
    }

    /// The number of the entry that a record belongs to, for ``EntryNumbers``.
    @inline(__always)
    package static func place(_ record: Int, in places: RawSpan) -> UInt32 {
        UInt32(littleEndian: places.loaded(at: FileHeader.byteCount + 4 * record))
    }

    /// Every digest in order, with the number of its entry.
    package func forEach(
        directory: RawSpan,
        suffixes: RawSpan,
        places: RawSpan,
        _ body: (Digest, UInt32) throws -> Void
    ) rethrows {
        for bucket in 0..<shape.bucketCount {
            let start = Int(Self.start(bucket, in: directory))
            for record in start..<Int(Self.start(bucket + 1, in: directory)) {
                try body(
                    digest(record, bucket: bucket, in: suffixes),
                    Self.place(record, in: places)
                )
            }
        }
    }
}
