@testable import PDQ

/// PDQ as the paper tells it, on whole planes and one float at a time: slow, and nothing to get wrong.
struct Planes {
    let width: Int
    let height: Int
    private(set) var luma: [Float]

    init(_ picture: Picture) {
        (width, height) = (picture.width, picture.height)
        luma = (0..<width * height).map(picture.luma)
    }

    private init(_ width: Int, _ height: Int, _ luma: [Float]) {
        (self.width, self.height, self.luma) = (width, height, luma)
    }

    /// Nearest neighbour.
    func resized(_ newWidth: Int, _ newHeight: Int) -> Planes {
        let luma = (0..<newWidth * newHeight).map { index in
            self.luma[index / newWidth * height / newHeight * width + index % newWidth * width / newWidth]
        }
        return Planes(newWidth, newHeight, luma)
    }

    /// The 64 x 64 points, row after row.
    var points: [Float] {
        var blurred = self
        if width != 64 || height != 64 {
            for _ in 0..<2 {
                for row in 0..<height { blurred.average(from: row * width, by: 1, count: width) }
                for column in 0..<width { blurred.average(from: column, by: width, count: height) }
            }
        }
        return (0..<64 * 64).map { index in
            blurred.luma[(2 * (index / 64) + 1) * height / 128 * width + (2 * (index % 64) + 1) * width / 128]
        }
    }

    private mutating func average(from start: Int, by step: Int, count: Int) {
        let line = (0..<count).map { luma[start + $0 * step] }
        let window = (count + 127) / 128
        let half = (window + 2) / 2
        var (sum, inside, left, right, written) = (Float(0), Float(0), 0, 0, start)
        func enter() { (sum, inside, right) = (sum + line[right], inside + 1, right + 1) }
        func leave() { (sum, inside, left) = (sum - line[left], inside - 1, left + 1) }
        func write() { (luma[written], written) = (sum / inside, written + step) }
        for _ in 0..<half - 1 { enter() }
        for _ in 0..<window - half + 1 {
            enter()
            write()
        }
        for _ in 0..<count - window {
            enter()
            leave()
            write()
        }
        for _ in 0..<half - 1 {
            leave()
            write()
        }
    }
}
