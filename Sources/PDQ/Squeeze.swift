/// A picture brought to 512 x 512 by nearest neighbour, whatever its shape; one that fits is left as it is.
///
/// - Source: Meta's `pdq-photo-hasher`, which resizes with CImg before it hashes; floor(i * length / 512).
struct Squeeze: ~Copyable {
    static let side = 512

    /// Whether a side is longer than 512.
    let changes: Bool
    let width: Int
    let height: Int
    private let columns: [Int]
    private let rows: [Int]
    private let line: Floats
    private var rowsSeen = 0
    private var rowsGiven = 0

    init(width: Int, height: Int) {
        changes = max(width, height) > Self.side
        (self.width, self.height) = changes ? (Self.side, Self.side) : (width, height)
        columns = Self.samples(of: width, count: self.width)
        rows = Self.samples(of: height, count: self.height)
        line = Floats(rows: 1, width: self.width)
    }

    private static func samples(of length: Int, count: Int) -> [Int] {
        (0..<count).map { $0 * length / count }
    }

    /// Whether the picture's next row is one that is kept.
    var takesNext: Bool { rowsGiven < height && rows[rowsGiven] == rowsSeen }

    mutating func skip() { rowsSeen += 1 }

    /// Takes the picture's next row; hands on no row, one, or more where the picture is low.
    mutating func add(_ luma: UnsafePointer<Float>, each: (UnsafePointer<Float>) -> Void) {
        if takesNext { sample(luma) }
        while takesNext {
            each(line.row(0))
            rowsGiven += 1
        }
        skip()
    }

    private func sample(_ luma: UnsafePointer<Float>) {
        let line = line.row(0)
        for (index, column) in columns.enumerated() { line[index] = luma[column] }
    }
}
