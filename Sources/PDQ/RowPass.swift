/// The pass along rows, on a band of sixteen rows at a time: the running sum of a row cannot be cut into
/// pieces without changing its rounding, but rows do not know of each other.
struct RowPass: ~Copyable {
    private let box: Box
    /// The columns whose averages are wanted, ascending; some more than once where the picture is narrow. `nil`: all.
    private let kept: [UInt32]?
    private let average: TentKernels.Rows
    /// Columns on their way through the box, and averages on their way back.
    private let ring: Floats
    private let out = Floats(rows: PointGrid.side, width: Lanes.scalarCount)

    /// - Parameter kept: At most 64.
    init(width: Int, keeping kept: [Int]?, _ average: @escaping TentKernels.Rows) {
        box = Box(length: width)
        self.kept = kept?.map { UInt32($0) }
        self.average = average
        ring = Floats(rows: Self.ringLength(box.window), width: Lanes.scalarCount)
    }

    /// Columns of a band that leave the pass.
    var width: Int { kept?.count ?? box.length }

    /// Replaces the band's pixels by the averages of the kept columns, side by side.
    func average(_ band: borrowing Floats) {
        let (ring, out, length) = (ring.row(0), out.row(0), Self.ringLength(box.window))
        guard let kept else {
            return average(band.row(0), band.stride, box.length, box.window, ring, length, out, nil, 0)
        }
        kept.withUnsafeBufferPointer {
            let start = $0.baseAddress
            average(band.row(0), band.stride, box.length, box.window, ring, length, out, start, $0.count)
        }
    }

    private static func ringLength(_ window: Int) -> Int {
        var length = 2 * Lanes.scalarCount
        while length < window + 2 * Lanes.scalarCount { length *= 2 }
        return length
    }
}
