package import UploadModel

/// The hashes of one picture: of each reading that it has, in the order of ``Reading``, the eight orientations.
package struct Readings: Equatable, Sendable {
    package private(set) var hashes: [PerceptualHash] = []

    mutating func add(_ points: borrowing PointGrid, _ reading: Reading) {
        let quality = points.quality
        let bits = Spectrum(points).bits()
        hashes += Orientation.allCases.map { orientation in
            PerceptualHash(
                bits: bits[orientation]!,
                quality: quality,
                reading: reading,
                orientation: orientation
            )
        }
    }

    /// - Returns: `nil` for a reading that the picture does not have.
    package func hash(_ reading: Reading, _ orientation: Orientation = .original) -> PerceptualHash? {
        hashes.first { $0.reading == reading && $0.orientation == orientation }
    }
}
