/// Blurs a picture with a tent, which is a box twice, and keeps 64 x 64 points of it.
///
/// Rows go in from the top, and the picture is never in memory: only bands of sixteen rows and the rows inside
/// the box, about a 128th of the picture. Every float that is kept is the one that whole planes would give.
struct TentFilter: ~Copyable {
    private var first: BoxBlur
    private var second: BoxBlur
    private var points: PointGrid
    private let isPointGrid: Bool

    init(width: Int, height: Int) {
        first = BoxBlur(width: width, height: height, keeping: Array(0..<width))
        second = BoxBlur(width: width, height: height, keeping: PointGrid.samples(of: width))
        points = PointGrid(height: height)
        isPointGrid = width == PointGrid.side && height == PointGrid.side
    }

    /// Takes the next row. A picture of 64 x 64 is taken as it is, as the reference does.
    mutating func add(_ luma: UnsafePointer<Float>) {
        if isPointGrid { return points.add(luma) }
        first.add(luma) { row in second.add(row) { points.add($0) } }
    }

    /// - Returns: The points, when every row of the picture has been added.
    consuming func finish() -> PointGrid {
        if !isPointGrid {
            first.finish { row in second.add(row) { points.add($0) } }
            second.finish { points.add($0) }
        }
        return points
    }
}

/// One of the two boxes: averages along rows, then along columns.
private struct BoxBlur: ~Copyable {
    private let band: Floats
    private var filled = 0
    private let rowPass: RowPass
    private var columnPass: ColumnPass
    private let averages: Floats

    init(width: Int, height: Int, keeping kept: [Int]) {
        band = Floats(rows: Lanes.scalarCount, width: max(width, kept.count))
        rowPass = RowPass(width: width, keeping: kept)
        columnPass = ColumnPass(width: kept.count, height: height)
        averages = Floats(rows: 1, width: kept.count)
    }

    /// Takes a row; hands on none, or up to sixteen that are done.
    mutating func add(_ row: UnsafePointer<Float>, each: (UnsafePointer<Float>) -> Void) {
        band.row(filled).update(from: row, count: rowPass.width)
        filled += 1
        if filled == Lanes.scalarCount { blurBand(each) }
    }

    /// Hands on the rows that are left.
    mutating func finish(each: (UnsafePointer<Float>) -> Void) {
        blurBand(each)
        while !columnPass.isFinished { advance(band.row(0), each) }
    }

    private mutating func blurBand(_ each: (UnsafePointer<Float>) -> Void) {
        rowPass.average(band)
        for index in 0..<filled { advance(band.row(index), each) }
        filled = 0
    }

    private mutating func advance(_ row: UnsafePointer<Float>, _ each: (UnsafePointer<Float>) -> Void) {
        if columnPass.advance(row, into: averages.row(0)) { each(averages.row(0)) }
    }
}
