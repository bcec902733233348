/// A small picture in memory, one byte of luma a pixel, to be looked at again without its border.
///
/// A border is known only when the picture has passed. Decoding again would cost as much as the first time;
/// at most 512 x 512 samples are kept instead, which hash about ten bits from the picture that was framed.
struct Trim: ~Copyable {
    let width: Int
    let height: Int
    private var luma: [UInt8]
    private var filled = 0

    /// How far a border's pixels may be from its first, for what JPEG leaves around edges. In grey levels.
    private static let tolerance = 16
    /// A crop of fewer rows and columns in all changes the hash too little to be worth a look.
    private static let leastBorder = 4
    /// Pixels of each side that must be left: less would be an icon on a page.
    private static let leastContent = 32

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        luma = [UInt8](repeating: 0, count: width * height)
    }

    /// Takes the next row.
    mutating func add(_ row: UnsafePointer<Float>) {
        // 2^23 more leaves the nearest whole number in the lowest bits, without a branch.
        luma.withUnsafeMutableBufferPointer { luma in
            let bytes = luma.extracting(filled..<filled + width)
            for x in 0..<width { bytes[x] = UInt8(truncatingIfNeeded: (row[x] + 8_388_608).bitPattern) }
        }
        filled += width
    }

    /// The picture inside its border.
    ///
    /// - Returns: `nil` when there is no border, or next to nothing inside it.
    func points(_ kernels: TentKernels) -> PointGrid? {
        let rows = contentRows
        guard rows.count >= Self.leastContent else { return nil }
        let columns = contentColumns(of: rows)
        guard columns.count >= Self.leastContent else { return nil }
        guard width + height - rows.count - columns.count >= Self.leastBorder else { return nil }
        return points(of: rows, columns, kernels)
    }

    private func points(of rows: Range<Int>, _ columns: Range<Int>, _ kernels: TentKernels) -> PointGrid {
        var filter = TentFilter(width: columns.count, height: rows.count, kernels)
        luma.withUnsafeBufferPointer { luma in
            for y in rows {
                let next = filter.next
                for (index, x) in columns.enumerated() { next[index] = Float(luma[y * width + x]) }
                filter.add()
            }
        }
        return filter.finish()
    }

    /// What is left when uniform rows are taken away at the top and at the bottom, each side with its own shade.
    private var contentRows: Range<Int> {
        let top = (0..<height).prefix { isUniform(row($0), like: luma[0]) }.count
        let below = (top..<height).reversed().prefix { isUniform(row($0), like: luma[luma.count - 1]) }.count
        return top..<height - below
    }

    private func contentColumns(of rows: Range<Int>) -> Range<Int> {
        let (first, last) = (luma[rows.lowerBound * width], luma[rows.upperBound * width - 1])
        let left = (0..<width).prefix { isUniform(column($0, of: rows), like: first) }.count
        let right = (left..<width).reversed().prefix { isUniform(column($0, of: rows), like: last) }.count
        return left..<width - right
    }

    private func row(_ y: Int) -> StrideTo<Int> { stride(from: y * width, to: (y + 1) * width, by: 1) }

    private func column(_ x: Int, of rows: Range<Int>) -> StrideTo<Int> {
        stride(from: rows.lowerBound * width + x, to: rows.upperBound * width, by: width)
    }

    private func isUniform(_ pixels: StrideTo<Int>, like shade: UInt8) -> Bool {
        pixels.allSatisfy { abs(Int(luma[$0]) - Int(shade)) <= Self.tolerance }
    }
}
