/// The brightness of pixels, 0 to 255: the first step of PDQ.
///
/// - Source: PDQ paper; the weights are those of ITU-R BT.601 as 32-bit floats.
struct Luma: ~Copyable {
    /// What each of 256 reds, greens and blues adds. Looking up is exact and quicker than converting.
    private let shares = Floats(rows: 3, width: 256)

    init() {
        for value in 0..<256 {
            shares.row(0)[value] = 0.299 * Float(value)
            shares.row(1)[value] = 0.587 * Float(value)
            shares.row(2)[value] = 0.114 * Float(value)
        }
    }

    /// Red, green and blue of each pixel, one byte each.
    func convert(rgb row: UnsafeBufferPointer<UInt8>, to luma: UnsafeMutablePointer<Float>) {
        guard let bytes = row.baseAddress else { return }
        let (red, green, blue) = (shares.row(0), shares.row(1), shares.row(2))
        for x in 0..<row.count / 3 {
            luma[x] = red[Int(bytes[3 * x])] + green[Int(bytes[3 * x + 1])] + blue[Int(bytes[3 * x + 2])]
        }
    }

    /// One byte a pixel, which is its luma.
    static func convert(grey row: UnsafeBufferPointer<UInt8>, to luma: UnsafeMutablePointer<Float>) {
        guard let bytes = row.baseAddress else { return }
        for x in 0..<row.count { luma[x] = Float(bytes[x]) }
    }
}
