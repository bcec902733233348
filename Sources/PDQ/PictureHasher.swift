package import UploadModel

/// Hashes one picture with PDQ while its rows are decoded, in every reading that is wanted and every orientation.
///
/// Give it the luma of rows from the top, as stored: not turned by EXIF, no colour profile, alpha dropped, palettes and
/// CMYK expanded to RGB, sixteen bits cut to the upper eight. Never the picture is kept, only a 128th of its rows
/// and some forty more as floats, and 512 x 512 bytes: about 1.5 MB for 12 megapixels.
///
/// - Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", in 32-bit
///   floats, added in the order of the C++ reference: the same bits on every machine.
package struct PictureHasher: ~Copyable {
    package let width: Int
    package let height: Int
    private var rowsTaken = 0
    private let kernels: TentKernels
    /// A row that only the smaller readings look at.
    private let line: Floats
    private var full: TentFilter?
    private var squeeze: Squeeze
    /// Nothing where squeezing leaves the picture as it is, and the hash too.
    private var squeezed: TentFilter?
    private var trim: Trim?

    /// - Parameters:
    ///   - width: In pixels, not 0, as the height. A picture with a side under 5 has no hash.
    ///   - readings: Those that are wanted. Of a picture that fits into 512 x 512 *r512* is *full*, which it gets.
    package init(
        width: Int,
        height: Int,
        readings: Set<Reading> = Set(Reading.allCases),
        kernels: TentKernels = .portable
    ) {
        precondition(width > 0 && height > 0)
        (self.width, self.height, self.kernels) = (width, height, kernels)
        line = Floats(rows: 1, width: width)
        squeeze = Squeeze(width: width, height: height)
        let (changes, r512) = (squeeze.changes, readings.contains(.r512))
        full =
            readings.contains(.full) || r512 && !changes
            ? TentFilter(width: width, height: height, kernels) : nil
        squeezed = r512 && changes ? TentFilter(width: squeeze.width, height: squeeze.height, kernels) : nil
        trim = readings.contains(.trimmed) ? Trim(width: squeeze.width, height: squeeze.height) : nil
    }

    /// Whether a reading looks at the next row. One that none looks at need not be decoded, only skipped.
    package var needsRow: Bool {
        full != nil || (squeezed != nil || trim != nil) && squeeze.takesNext
    }

    package mutating func skipRow() {
        precondition(!needsRow && rowsTaken < height)
        rowsTaken += 1
        squeeze.skip()
    }

    /// Takes the next row, which `fill` writes as luma: one float a pixel, and up to fifteen more, which are not read.
    ///
    /// Luma is 0.299 of red, 0.587 of green and 0.114 of blue, each rounded and added in this order (ITU-R BT.601, in
    /// 32-bit floats); of a grey pixel it is its value.
    package mutating func addLuma(_ fill: (UnsafeMutablePointer<Float>) -> Void) {
        if needsRow { fill(next) }
        addNext()
    }

    /// - Returns: Every wanted reading, *trimmed* only where a uniform border was found, *r512* only where a side is
    ///   longer than 512. Rows that never came count as black, as in most decoders.
    package consuming func finish() -> Readings {
        while rowsTaken < height { addLuma { [width] in $0.update(repeating: 0, count: width) } }
        var readings = Readings()
        guard min(width, height) >= Self.leastSide else { return readings }
        if let points = full.take()?.finish() { readings.add(points, .full) }
        if let points = squeezed.take()?.finish() { readings.add(points, .r512) }
        if let points = trim.take()?.points(kernels) { readings.add(points, .trimmed) }
        return readings
    }

    /// In pixels. The reference gives smaller pictures a hash of zeros.
    private static let leastSide = 5

    private var next: UnsafeMutablePointer<Float> {
        switch full {
        case .some(let full): full.next
        case .none: line.row(0)
        }
    }

    private mutating func addNext() {
        guard needsRow else { return skipRow() }
        precondition(rowsTaken < height)
        rowsTaken += 1
        squeeze.add(next) { row in
            squeezed?.add(row)
            trim?.add(row)
        }
        full?.add()
    }
}

extension TentFilter {
    /// Takes a row that lies elsewhere.
    fileprivate mutating func add(_ row: UnsafePointer<Float>) {
        next.update(from: row, count: width)
        add()
    }
}
