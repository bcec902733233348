/// The pass along rows, on a band of sixteen rows at a time: the running sum of a row cannot be cut into
/// pieces without changing its rounding, but rows do not know of each other.
struct RowPass: ~Copyable {
    private let box: Box
    /// The columns whose averages are wanted, ascending; some more than once where the picture is narrow.
    private let kept: [Int]
    /// One column of the band in each row: what comes in, and what was averaged.
    private let columns: Floats
    private let averages: Floats

    init(width: Int, keeping kept: [Int]) {
        box = Box(length: width)
        self.kept = kept
        columns = Floats(rows: Square.padded(width), width: Lanes.scalarCount)
        averages = Floats(rows: Square.padded(kept.count), width: Lanes.scalarCount)
    }

    var width: Int { box.length }

    /// Replaces the band's pixels by the averages of the kept columns, side by side.
    func average(_ band: borrowing Floats) {
        Square.turn(band, into: columns, rows: Lanes.scalarCount, columns: box.length)
        slide()
        Square.turn(averages, into: band, rows: kept.count, columns: Lanes.scalarCount)
    }

    private func slide() {
        var sum = Lanes.zero
        var next = 0
        for step in 0..<box.steps {
            if box.adds(at: step) { sum += columns.row(step).lanes(0) }
            if box.subtracts(at: step) { sum -= columns.row(step - box.window).lanes(0) }
            guard let index = box.written(at: step) else { continue }
            while next < kept.count, kept[next] == index {
                averages.row(next).store(sum / Lanes(repeating: box.count(at: step)), at: 0)
                next += 1
            }
        }
    }
}
