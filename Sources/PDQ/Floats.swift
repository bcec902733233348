/// Sixteen pixels side by side: one cache line, and as many columns or rows as a pass handles at a time.
typealias Lanes = SIMD16<Float>

/// Rows of floats in memory with one owner, zero at first. Each row begins on a cache line and is filled up
/// to whole ``Lanes``, so that loops need no remainder.
struct Floats: ~Copyable {
    private let base: UnsafeMutablePointer<Float>
    private let memory: UnsafeMutableRawPointer
    /// Floats of a row with what fills it up.
    let filled: Int
    /// Floats from one row to the next.
    let stride: Int

    init(rows: Int, width: Int) {
        let lanes = (width + Lanes.scalarCount - 1) / Lanes.scalarCount
        filled = lanes * Lanes.scalarCount
        // An odd number of cache lines: columns of a band whose rows are a power of two apart share few places in a cache.
        stride = lanes > 1 ? (lanes | 1) * Lanes.scalarCount : filled
        let count = rows * stride
        memory = .allocate(byteCount: 4 * count, alignment: MemoryLayout<Lanes>.size)
        base = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    }

    /// Lanes in a row.
    var lanes: Int { filled / Lanes.scalarCount }

    /// Good until the owner lets go.
    func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }

    deinit { memory.deallocate() }
}

extension UnsafePointer<Float> {
    /// The sixteen floats from `16 * index` on.
    @inline(__always)
    func lanes(_ index: Int) -> Lanes {
        UnsafeRawPointer(self + Lanes.scalarCount * index).load(as: Lanes.self)
    }
}

extension UnsafeMutablePointer<Float> {
    @inline(__always)
    func lanes(_ index: Int) -> Lanes { UnsafePointer(self).lanes(index) }

    @inline(__always)
    func store(_ lanes: Lanes, at index: Int) {
        UnsafeMutableRawPointer(self + Lanes.scalarCount * index).storeBytes(of: lanes, as: Lanes.self)
    }
}
