import UploadModel

/// Hashes one picture with PDQ while its rows are decoded, in every reading and orientation.
///
/// Give it the rows from the top, as stored: not turned by EXIF, no colour profile, alpha dropped, palettes and
/// CMYK expanded to RGB, sixteen bits cut to the upper eight. Never the picture is kept, only a 128th of its rows
/// and some eighty more as floats, and 512 x 512 bytes: about 2 MB for 12 megapixels.
///
/// - Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", in 32-bit
///   floats, added in the order of the C++ reference: the same bits on every machine.
package struct PictureHasher: ~Copyable {
    package let width: Int
    package let height: Int
    private var rowsTaken = 0
    private let weights = Luma()
    private let luma: Floats
    private var full: TentFilter
    private var squeeze: Squeeze
    /// Nothing where squeezing leaves the picture as it is, and the hash too.
    private var squeezed: TentFilter?
    private var trim: Trim

    /// - Parameters: The sides in pixels, not 0. A picture with a side under 5 has no hash.
    package init(width: Int, height: Int) {
        precondition(width > 0 && height > 0)
        (self.width, self.height) = (width, height)
        luma = Floats(rows: 1, width: width)
        full = TentFilter(width: width, height: height)
        squeeze = Squeeze(width: width, height: height)
        squeezed = squeeze.changes ? TentFilter(width: squeeze.width, height: squeeze.height) : nil
        trim = Trim(width: squeeze.width, height: squeeze.height)
    }

    /// Takes the next row: red, green and blue of each pixel, `3 * width` bytes.
    package mutating func add(rgb row: UnsafeBufferPointer<UInt8>) {
        precondition(row.count == 3 * width)
        weights.convert(rgb: row, to: luma.row(0))
        addLuma()
    }

    /// Takes the next row: one grey byte a pixel, `width` bytes.
    package mutating func add(grey row: UnsafeBufferPointer<UInt8>) {
        precondition(row.count == width)
        Luma.convert(grey: row, to: luma.row(0))
        addLuma()
    }

    /// - Returns: Every reading, *trimmed* only where a uniform border was found, *r512* only where a side is
    ///   longer than 512. Rows that never came count as black, as in most decoders.
    package consuming func finish() -> Readings {
        luma.row(0).update(repeating: 0, count: width)
        while rowsTaken < height { addLuma() }
        var readings = Readings()
        guard min(width, height) >= Self.leastSide else { return readings }
        readings.add(full.finish(), .full)
        if let points = squeezed.take()?.finish() { readings.add(points, .r512) }
        if let points = trim.points() { readings.add(points, .trimmed) }
        return readings
    }

    /// In pixels. The reference gives smaller pictures a hash of zeros.
    private static let leastSide = 5

    private mutating func addLuma() {
        precondition(rowsTaken < height)
        rowsTaken += 1
        full.add(luma.row(0))
        squeeze.add(luma.row(0)) { row in
            squeezed?.add(row)
            trim.add(row)
        }
    }
}
