/// Four by four floats, the unit in which rows become columns.
enum Square {
    static let side = 4

    static func padded(_ length: Int) -> Int { (length + side - 1) / side * side }

    /// Writes `from` with rows and columns exchanged; up to three more of both are written than asked for.
    static func turn(
        _ from: UnsafeMutablePointer<Float>,
        _ step: Int,
        into to: UnsafeMutablePointer<Float>,
        _ stepTo: Int,
        rows: Int,
        columns: Int
    ) {
        for x in stride(from: 0, to: columns, by: side) {
            for y in stride(from: 0, to: rows, by: side) {
                turn(from + y * step + x, step, to + x * stepTo + y, stepTo)
            }
        }
    }

    @inline(__always)
    private static func turn(
        _ from: UnsafeMutablePointer<Float>,
        _ step: Int,
        _ to: UnsafeMutablePointer<Float>,
        _ stepTo: Int
    ) {
        let (a, b, c, d) = (four(from), four(from + step), four(from + 2 * step), four(from + 3 * step))
        store(SIMD4(a.x, b.x, c.x, d.x), to)
        store(SIMD4(a.y, b.y, c.y, d.y), to + stepTo)
        store(SIMD4(a.z, b.z, c.z, d.z), to + 2 * stepTo)
        store(SIMD4(a.w, b.w, c.w, d.w), to + 3 * stepTo)
    }

    @inline(__always)
    private static func four(_ from: UnsafeMutablePointer<Float>) -> SIMD4<Float> {
        UnsafeRawPointer(from).load(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private static func store(_ four: SIMD4<Float>, _ to: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(to).storeBytes(of: four, as: SIMD4<Float>.self)
    }
}
