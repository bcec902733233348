/// The pass along columns: rows come in one at a time, and averaged rows leave a few rows later.
///
/// It keeps as many rows as the box is high, about one 128th of the picture.
struct ColumnPass: ~Copyable {
    private let box: Box
    private let sums: Floats
    /// The rows inside the box; a row that leaves makes room for the one that came.
    private let inside: Floats
    private var step = 0

    init(width: Int, height: Int) {
        box = Box(length: height)
        sums = Floats(rows: 1, width: width)
        inside = Floats(rows: box.window, width: width)
    }

    var isFinished: Bool { step == box.steps }

    /// Takes one row. After the last one of the picture it goes on until ``isFinished`` and does not look at `row`.
    ///
    /// - Returns: Whether a row was written to `averages`; they are written in order.
    mutating func advance(_ row: UnsafePointer<Float>, into averages: UnsafeMutablePointer<Float>) -> Bool {
        let writes = box.written(at: step) != nil
        let (adds, subtracts) = (box.adds(at: step), box.subtracts(at: step))
        let count = Lanes(repeating: box.count(at: step))
        let (sums, slot) = (self.sums.row(0), inside.row(step % box.window))
        for index in 0..<inside.lanes {
            var sum = sums.lanes(index)
            if adds { sum += row.lanes(index) }
            if subtracts { sum -= slot.lanes(index) }
            if adds { slot.store(row.lanes(index), at: index) }
            sums.store(sum, at: index)
            if writes { averages.store(sum / count, at: index) }
        }
        step += 1
        return writes
    }
}
