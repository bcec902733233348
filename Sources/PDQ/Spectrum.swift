/// The 16 x 16 lowest frequencies of a picture without its mean, as rows of horizontal frequencies.
struct Spectrum: Sendable {
    static let side = Lanes.scalarCount
    let rows: [Lanes]

    init(rows: [Lanes]) {
        self.rows = rows
    }

    /// The cosine transform D * P * transposed(D) of the points P. Each sum runs in the order of the points.
    ///
    /// - Source: PDQ paper, after Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions".
    init(_ points: borrowing PointGrid) {
        let cosines = CosineTable.points
        let half = Floats(rows: 1, width: PointGrid.side)
        var rows: [Lanes] = []
        for frequency in 0..<Self.side {
            for part in 0..<half.lanes {
                var sum = Lanes.zero
                for y in 0..<PointGrid.side { sum += cosines[y][frequency] * points.row(y).lanes(part) }
                half.row(0).store(sum, at: part)
            }
            var sum = Lanes.zero
            for x in 0..<PointGrid.side { sum += half.row(0)[x] * cosines[x] }
            rows.append(sum)
        }
        self.init(rows: rows)
    }

    /// The median's lower neighbour: the 128th smallest of 256.
    ///
    /// Found by halving the range of the floats' bit patterns, brought into the order of the floats: a few comparisons
    /// of whole rows each time, which is quicker than sorting.
    var median: Float {
        let keys = rows.map(Self.keys)
        var (low, high) = (Int32.min, Int32.max)
        while low < high {
            let middle = Int32((Int64(low) + Int64(high)) >> 1)
            let limit = SIMD16(repeating: middle)
            let count = keys.reduce(SIMD16<Int32>()) { $0.replacing(with: $0 &+ 1, where: $1 .<= limit) }
            if count.wrappedSum() >= Int32(Self.side * Self.side / 2) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return Float(bitPattern: UInt32(bitPattern: low >= 0 ? low : low ^ .max))
    }

    /// Whole numbers in the order of the floats.
    private static func keys(_ row: Lanes) -> SIMD16<Int32> {
        let bits = unsafeBitCast(row, to: SIMD16<Int32>.self)
        return bits ^ ((bits &>> 31) & SIMD16(repeating: .max))
    }

    /// The spectrum of the picture turned upside down, left to right, or both: every other frequency changes
    /// its sign.
    func mirrored(topToBottom: Bool, leftToRight: Bool) -> Spectrum {
        let columns = leftToRight ? Self.alternating : Lanes(repeating: 1)
        return Spectrum(
            rows: rows.indices.map { row in
                rows[row] * columns * (topToBottom ? Self.alternating[row] : 1)
            }
        )
    }

    private static let alternating = Lanes((0..<side).map { $0 % 2 == 0 ? -1 : 1 })
}
