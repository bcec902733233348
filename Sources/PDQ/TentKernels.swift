/// The two loops in which the filter spends its time, so that the worker can put in others that use wider registers.
/// Whoever does it has to give the same bits.
package struct TentKernels: Sendable {
    /// Averages a band of sixteen rows along the rows, in place.
    ///
    /// Parameters: the band, floats from one of its rows to the next, pixels in a row, window; a ring of columns, sixteen
    /// floats each, and how many (a power of two, at least window + 32); room for 64 columns more; the columns that are kept,
    /// ascending, at most 64, written side by side, or `nil` for all, and their number.
    package typealias Rows =
        @convention(c) (
            UnsafeMutablePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>, Int,
            UnsafeMutablePointer<Float>, UnsafePointer<UInt32>?, Int
        ) -> Void

    /// One step along the columns.
    ///
    /// Parameters: sums; the row that leaves, whose place the new one takes; the new row, if there is one; whether the old
    /// one is taken away; where averages go, if they are wanted; the divisor; floats in a row, whole ``Lanes``.
    package typealias Columns =
        @convention(c) (
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafePointer<Float>?, Bool,
            UnsafeMutablePointer<Float>?, Float, Int
        ) -> Void

    let rows: Rows
    let columns: Columns

    package init(rows: @escaping Rows, columns: @escaping Columns) {
        (self.rows, self.columns) = (rows, columns)
    }

    /// For any processor.
    package static let portable = TentKernels(
        rows: { band, stride, width, window, ring, count, out, kept, keptCount in
            var slide = Slide(Box(length: width), ring: ring, mask: count - 1)
            let kept = kept.map { UnsafeBufferPointer(start: $0, count: keptCount) }
            if let kept {
                slide.average(band, stride, keeping: kept, out)
            } else {
                slide.average(band, stride, out)
            }
        },
        columns: addRow
    )
}

/// The box on its way along a band.
private struct Slide {
    private let box: Box
    private let ring: UnsafeMutablePointer<Float>
    private let mask: Int
    private var sum = Lanes.zero

    init(_ box: Box, ring: UnsafeMutablePointer<Float>, mask: Int) {
        (self.box, self.ring, self.mask) = (box, ring, mask)
    }

    mutating func average(
        _ band: UnsafeMutablePointer<Float>,
        _ stride: Int,
        _ out: UnsafeMutablePointer<Float>
    ) {
        let side = Lanes.scalarCount
        for step in 0..<box.steps {
            load(band, stride, before: step)
            guard let index = advance(step) else { continue }
            out.store(sum / Lanes(repeating: box.count(at: step)), at: index % side)
            if index % side == side - 1 || index == box.length - 1 {
                Square.turn(out, side, into: band + index / side * side, stride, rows: side, columns: side)
            }
        }
    }

    mutating func average(
        _ band: UnsafeMutablePointer<Float>,
        _ stride: Int,
        keeping kept: UnsafeBufferPointer<UInt32>,
        _ out: UnsafeMutablePointer<Float>
    ) {
        var next = 0
        for step in 0..<box.steps where next < kept.count {
            load(band, stride, before: step)
            guard let index = advance(step) else { continue }
            while next < kept.count, kept[next] == index {
                out.store(sum / Lanes(repeating: box.count(at: step)), at: next)
                next += 1
            }
        }
        let side = Lanes.scalarCount
        Square.turn(out, side, into: band, stride, rows: Square.padded(kept.count), columns: side)
    }

    /// The next sixteen columns, when it is their turn.
    private func load(_ band: UnsafeMutablePointer<Float>, _ stride: Int, before step: Int) {
        let side = Lanes.scalarCount
        guard step % side == 0, step < box.length else { return }
        Square.turn(band + step, stride, into: ring + (step & mask) * side, side, rows: side, columns: side)
    }

    /// - Returns: The pixel whose sum is known now, if one is.
    private mutating func advance(_ step: Int) -> Int? {
        if box.adds(at: step) { sum += ring.lanes(step & mask) }
        if box.subtracts(at: step) { sum -= ring.lanes((step - box.window) & mask) }
        return box.written(at: step)
    }
}

private func addRow(
    _ sums: UnsafeMutablePointer<Float>,
    _ slot: UnsafeMutablePointer<Float>,
    _ row: UnsafePointer<Float>?,
    _ subtracts: Bool,
    _ averages: UnsafeMutablePointer<Float>?,
    _ count: Float,
    _ width: Int
) {
    let count = Lanes(repeating: count)
    for index in 0..<width / Lanes.scalarCount {
        var sum = sums.lanes(index)
        if let row { sum += row.lanes(index) }
        if subtracts { sum -= slot.lanes(index) }
        if let row { slot.store(row.lanes(index), at: index) }
        sums.store(sum, at: index)
        averages?.store(sum / count, at: index)
    }
}
