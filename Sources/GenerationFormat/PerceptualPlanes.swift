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
    package static func count(
        in part: GenerationPart = .base,
        planes: RawSpan,
        rest: RawSpan,
        places: RawSpan
    ) throws(GenerationFault) -> Int {
        let planesName = part.name(GenerationFile.planes)
        let restName = part.name(GenerationFile.rest)
        let placesName = part.name(GenerationFile.places(.perceptual))
        try FileHeader(.planes).check(planes, named: planesName)
        try FileHeader(.rest).check(rest, named: restName)
        try FileHeader(.places).check(places, named: placesName)
        let count = (places.byteCount - FileHeader.byteCount) / 4
        try GenerationFile.check(places.byteCount, of: placesName, is: placesByteCount(count))
        try GenerationFile.check(planes.byteCount, of: planesName, is: planesByteCount(count))
        try GenerationFile.check(rest.byteCount, of: restName, is: restByteCount(count))
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

extension SIMD4<UInt64> {
    /// As 32 bytes compare, which is the order of every table.
    package func isBelow(_ other: Self) -> Bool {
        for word in 0..<4 where self[word] != other[word] { return self[word] < other[word] }
        return false
    }
}
