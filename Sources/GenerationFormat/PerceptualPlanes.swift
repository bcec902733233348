/// How perceptual hashes are laid out: the first 128 bits in blocks, which one scan reads, the other 128 apart, which
/// only what came near is asked for.
///
/// A block is 512 first words and then 512 second ones, so each begins on a page; the last is filled up with zeros.
package enum PerceptualPlanes {
    package static let blockSize = 512
    package static let blockByteCount = 2 * 8 * blockSize

    package static func planesByteCount(_ count: Int) -> Int {
        FileHeader.byteCount + (count + blockSize - 1) / blockSize * blockByteCount
    }

    package static func restByteCount(_ count: Int) -> Int { FileHeader.byteCount + 16 * count }
    package static func placesByteCount(_ count: Int) -> Int { FileHeader.byteCount + 4 * count }

    /// Checks headers and lengths against each other.
    ///
    /// - Returns: The number of hashes.
    package static func count(planes: RawSpan, rest: RawSpan, places: RawSpan) throws(GenerationFault) -> Int
    {
        try FileHeader(.planes).check(planes, named: GenerationFile.planes)
        try FileHeader(.rest).check(rest, named: GenerationFile.rest)
        try FileHeader(.places).check(places, named: GenerationFile.places(.perceptual))
        let count = (places.byteCount - FileHeader.byteCount) / 4
        try GenerationFile.check(
            places.byteCount,
            of: GenerationFile.places(.perceptual),
            is: placesByteCount(count)
        )
        try GenerationFile.check(planes.byteCount, of: GenerationFile.planes, is: planesByteCount(count))
        try GenerationFile.check(rest.byteCount, of: GenerationFile.rest, is: restByteCount(count))
        return count
    }

    /// The hash in its place, whole.
    @inline(__always)
    package static func hash(_ place: Int, planes: RawSpan, rest: RawSpan) -> SIMD4<UInt64> {
        let (block, within) = place.quotientAndRemainder(dividingBy: blockSize)
        let first = FileHeader.byteCount + block * blockByteCount + 8 * within
        let last = FileHeader.byteCount + 16 * place
        return SIMD4(
            UInt64(littleEndian: planes.loaded(at: first)),
            UInt64(littleEndian: planes.loaded(at: first + 8 * blockSize)),
            UInt64(littleEndian: rest.loaded(at: last)),
            UInt64(littleEndian: rest.loaded(at: last + 8))
        )
    }
}
