/// Blurs a picture with a tent, which is a box twice, and keeps 64 x 64 points of it.
///
/// Rows go in from the top, and the picture is never in memory: only bands of sixteen rows and the rows inside
/// the box, about a 128th of the picture. Every float that is kept is the one that whole planes would give.
struct TentFilter: ~Copyable {
    private var first: BoxBlur
    private var second: BoxBlur
    private var points: PointGrid
    private let average = Floats(rows: 1, width: PointGrid.side)
    private let isPointGrid: Bool
    let width: Int

    init(width: Int, height: Int, _ kernels: TentKernels) {
        first = BoxBlur(width: width, height: height, keeping: nil, kernels)
        second = BoxBlur(width: width, height: height, keeping: PointGrid.samples(of: width), kernels)
        points = PointGrid(height: height)
        self.width = width
        isPointGrid = width == PointGrid.side && height == PointGrid.side
    }

    /// Where the next row goes, good until it is added; a row of ``Floats``.
    var next: UnsafeMutablePointer<Float> { first.next }

    /// Takes the row that was written to ``next``. A picture of 64 x 64 is taken as it is, as the reference does.
    mutating func add() {
        if isPointGrid { return points.add(first.next) }
        if first.add() { blurFirst() }
    }

    /// - Returns: The points, when every row of the picture has been added.
    consuming func finish() -> PointGrid {
        if !isPointGrid {
            blurFirst()
            while !first.isFinished { advanceFirst(0) }
            blurSecond()
            while !second.isFinished { advanceSecond(0) }
        }
        return points
    }

    private mutating func blurFirst() { for row in 0..<first.blur() { advanceFirst(row) } }

    private mutating func advanceFirst(_ row: Int) {
        if first.advance(row, into: second.next), second.add() { blurSecond() }
    }

    private mutating func blurSecond() { for row in 0..<second.blur() { advanceSecond(row) } }

    private mutating func advanceSecond(_ row: Int) {
        if second.advance(row, into: average.row(0)) { points.add(average.row(0)) }
    }
}

/// One of the two boxes: averages along rows, then along columns.
private struct BoxBlur: ~Copyable {
    private let band: Floats
    private var filled = 0
    private let rowPass: RowPass
    private var columnPass: ColumnPass

    init(width: Int, height: Int, keeping kept: [Int]?, _ kernels: TentKernels) {
        band = Floats(rows: Lanes.scalarCount, width: max(width, kept?.count ?? 0))
        rowPass = RowPass(width: width, keeping: kept, kernels.rows)
        columnPass = ColumnPass(width: rowPass.width, height: height, kernels.columns)
    }

    var next: UnsafeMutablePointer<Float> { band.row(filled) }
    var isFinished: Bool { columnPass.isFinished }

    /// Takes the row that was written to ``next``.
    ///
    /// - Returns: Whether the band is full.
    mutating func add() -> Bool {
        filled += 1
        return filled == Lanes.scalarCount
    }

    /// Averages along the rows that are there, and returns how many they were.
    mutating func blur() -> Int {
        if filled > 0 { rowPass.average(band) }
        defer { filled = 0 }
        return filled
    }

    /// Averages along the columns, by one row of the band.
    ///
    /// - Returns: Whether a row was written to `place`.
    mutating func advance(_ row: Int, into place: UnsafeMutablePointer<Float>) -> Bool {
        columnPass.advance(band.row(row), into: place)
    }
}
