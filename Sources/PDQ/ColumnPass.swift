/// The pass along columns: rows come in one at a time, and averaged rows leave a few rows later.
///
/// It keeps as many rows as the box is high, about one 128th of the picture.
struct ColumnPass: ~Copyable {
    private let box: Box
    private let sums: Floats
    /// The rows inside the box; a row that leaves makes room for the one that came.
    private let inside: Floats
    private let add: TentKernels.Columns
    private var step = 0

    init(width: Int, height: Int, _ add: @escaping TentKernels.Columns) {
        box = Box(length: height)
        sums = Floats(rows: 1, width: width)
        inside = Floats(rows: box.window, width: width)
        self.add = add
    }

    var isFinished: Bool { step == box.steps }

    /// Takes one row. After the last one of the picture it goes on until ``isFinished`` and does not look at `row`.
    ///
    /// - Returns: Whether a row was written to `averages`; they are written in order.
    mutating func advance(_ row: UnsafePointer<Float>, into averages: UnsafeMutablePointer<Float>) -> Bool {
        let writes = box.written(at: step) != nil
        add(
            sums.row(0),
            inside.row(step % box.window),
            box.adds(at: step) ? row : nil,
            box.subtracts(at: step),
            writes ? averages : nil,
            box.count(at: step),
            inside.filled
        )
        step += 1
        return writes
    }
}
