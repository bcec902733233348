/// What is left of a picture's luma when it is blurred and brought down: 64 x 64 floats, 0 to 255.
struct PointGrid: ~Copyable {
    static let side = 64

    private let points = Floats(rows: side, width: side)
    /// The rows of the picture that are kept, and how far they have come.
    private let samples: [Int]
    private var rowsSeen = 0
    private var rowsKept = 0

    init(height: Int) {
        samples = Self.samples(of: height)
    }

    /// The pixel under the middle of each of 64 cells of a line; repeated where the line is shorter.
    static func samples(of length: Int) -> [Int] {
        (0..<side).map { (2 * $0 + 1) * length / (2 * side) }
    }

    /// Takes the next row of the picture, 64 points wide already.
    mutating func add(_ row: UnsafePointer<Float>) {
        while rowsKept < Self.side, samples[rowsKept] == rowsSeen {
            points.row(rowsKept).update(from: row, count: Self.side)
            rowsKept += 1
        }
        rowsSeen += 1
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { points.row(index) }

    /// 0 to 100: how much the picture changes from point to point. Steps under 2.55 grey levels count nothing.
    ///
    /// - Source: PDQ paper, the image-domain quality metric; its constants were found by trying.
    var quality: Int {
        var sum = 0
        for y in 0..<Self.side {
            if y > 0 { sum += Self.steps(row(y - 1), row(y), count: Self.side) }
            sum += Self.steps(row(y), row(y) + 1, count: Self.side - 1)
        }
        return min(100, sum / 90)
    }

    /// The differences of neighbours, each in whole hundredths of white.
    private static func steps(_ one: UnsafePointer<Float>, _ other: UnsafePointer<Float>, count: Int) -> Int {
        var sum: Int32 = 0
        for index in 0..<count {
            sum &+= abs(Int32((one[index] - other[index]) * 100 / 255))
        }
        return Int(sum)
    }
}
