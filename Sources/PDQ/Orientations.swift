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
    /// The hash of the picture in each orientation: one bit a frequency, set where it is above the median.
    func bits() -> [Orientation: SIMD4<UInt64>] {
        var found: [Orientation: SIMD4<UInt64>] = [:]
        // Exchanging the axes moves frequencies and changes none, so that two orientations share a median.
        for orientation in Orientation.allCases where !orientation.exchangesAxes {
            let turned = mirrored(topToBottom: orientation.topToBottom, leftToRight: orientation.leftToRight)
            let above = turned.above(turned.median)
            for other in Orientation.allCases where other.isMirroredLike(orientation) {
                found[other] = Self.bits(other.exchangesAxes ? Self.exchanged(above) : above)
            }
        }
        return found
    }

    /// For each row the columns above a value, a bit each.
    private func above(_ value: Float) -> [UInt16] {
        rows.map { row in
            (0..<Self.side).reduce(0) { $0 | (row[$1] > value ? 1 << $1 : 0) }
        }
    }

    private static func exchanged(_ rows: [UInt16]) -> [UInt16] {
        (0..<side).map { column in
            (0..<side).reduce(0) { $0 | (rows[$1] >> column & 1) << $1 }
        }
    }

    private static func bits(_ rows: [UInt16]) -> SIMD4<UInt64> {
        var bits = SIMD4<UInt64>()
        for (index, row) in rows.enumerated() { bits[3 - index / 4] |= UInt64(row) << (16 * (index % 4)) }
        return bits
    }
}

extension Orientation {
    fileprivate func isMirroredLike(_ other: Orientation) -> Bool {
        topToBottom == other.topToBottom && leftToRight == other.leftToRight
    }
}
