/// Which way a picture was brought down to the hash's size; lists were made with both.
package enum Reading: String, CaseIterable, Sendable {
    /// Tent filter at full resolution.
    case full
    /// Nearest neighbour to 512 x 512 first.
    case r512
    /// Without a uniform border, from at most 512 x 512 samples; no list is made with it, it only finds more.
    case trimmed
}

/// How a picture was turned or mirrored before hashing. The names are those of the PDQ paper's dihedral set.
package enum Orientation: String, CaseIterable, Sendable {
    case original, rotate90, rotate180, rotate270, flipX, flipY, flipPlus1, flipMinus1
}

/// A PDQ hash of one reading of one picture: 256 bits.
///
/// - Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm".
package struct PerceptualHash: Hashable, Sendable {
    /// Most significant word first, as the 64 hexadecimal digits are written.
    package let bits: SIMD4<UInt64>
    /// 0 to 100; below ``leastQuality`` the hash says too little to be compared.
    package let quality: Int
    package let reading: Reading
    package let orientation: Orientation

    package static let leastQuality = 50
    /// Largest Hamming distance at which two hashes may be called similar.
    package static let farthest = 31

    package init(bits: SIMD4<UInt64>, quality: Int, reading: Reading, orientation: Orientation) {
        self.bits = bits
        self.quality = quality
        self.reading = reading
        self.orientation = orientation
    }

    /// Whether about half of the bits are set; hashes far from that say too little to be compared.
    ///
    /// - Source: 120 to 136 set bits are kept, as the matching rules of the lists' suppliers ask.
    package static func isBalanced(_ bits: SIMD4<UInt64>) -> Bool {
        (120...136).contains((0..<4).reduce(0) { $0 + bits[$1].nonzeroBitCount })
    }

    package var isBalanced: Bool { Self.isBalanced(bits) }

    package func distance(to other: SIMD4<UInt64>) -> Int {
        let difference = bits ^ other
        return (0..<4).reduce(0) { $0 + difference[$1].nonzeroBitCount }
    }
}

/// What came of asking for an upload's perceptual hash.
package enum PerceptualFinding: Equatable, Sendable {
    /// No perceptual list is loaded, or the upload is no picture.
    case notAsked
    /// Every reading and orientation; `truncated` when the picture ended early.
    case hashes([PerceptualHash], truncated: Bool)
    /// Decoded, and the picture says too little to be compared (quality, popcount, a side under 5 pixels).
    case unusable
    /// Not decoded, so not compared.
    case failed(Obstacle)

    /// What a picture's hashes come to: those that say enough to be compared, if any do.
    ///
    /// - Parameter truncated: The picture ended early.
    package init(_ hashes: [PerceptualHash], truncated: Bool) {
        let usable = hashes.filter { $0.quality >= PerceptualHash.leastQuality && $0.isBalanced }
        self = usable.isEmpty ? .unusable : .hashes(usable, truncated: truncated)
    }
}
