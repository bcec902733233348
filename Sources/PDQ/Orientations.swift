import UploadModel

/// What turning a picture does to its spectrum, so that one transform serves all eight.
///
/// - Source: PDQ paper, dihedral hashes. Rotations are counter-clockwise; flipX exchanges top and bottom, flipY
///   left and right; flipPlus1 and flipMinus1 mirror at the diagonals.
extension Orientation {
    var topToBottom: Bool { [.flipX, .rotate180, .rotate270, .flipMinus1].contains(self) }
    var leftToRight: Bool { [.flipY, .rotate180, .rotate90, .flipMinus1].contains(self) }
    /// Rows become columns, after the mirroring.
    var exchangesAxes: Bool { [.flipPlus1, .rotate90, .rotate270, .flipMinus1].contains(self) }
}

extension Spectrum {
    /// The hash of the picture so turned: one bit a frequency, set where it is above the median.
    func bits(_ orientation: Orientation) -> SIMD4<UInt64> {
        let turned = mirrored(topToBottom: orientation.topToBottom, leftToRight: orientation.leftToRight)
        let median = turned.median
        var bits = SIMD4<UInt64>()
        for row in 0..<Self.side {
            for column in 0..<Self.side where turned.rows[row][column] > median {
                let index = orientation.exchangesAxes ? Self.side * column + row : Self.side * row + column
                bits[3 - index / 64] |= 1 << UInt64(index % 64)
            }
        }
        return bits
    }
}
