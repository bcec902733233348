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
    var median: Float {
        var values: [Float] = []
        values.reserveCapacity(Self.side * Self.side)
        for row in rows { for column in 0..<Self.side { values.append(row[column]) } }
        values.sort()
        return values[values.count / 2 - 1]
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
