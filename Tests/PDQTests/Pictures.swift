import PDQ
import Testing
import UploadModel

/// An invented picture in memory, for tests that need to see all of it.
struct Picture: CustomTestStringConvertible, Sendable {
    let width: Int
    let height: Int
    /// Red, green and blue of each pixel, rows from the top.
    let bytes: [UInt8]

    var testDescription: String { "\(width) x \(height)" }

    init(_ width: Int, _ height: Int, pixel: (_ row: Int, _ column: Int, _ channel: Int) -> UInt8) {
        (self.width, self.height) = (width, height)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * width * height)
        for row in 0..<height {
            for column in 0..<width { for channel in 0..<3 { bytes.append(pixel(row, column, channel)) } }
        }
        self.bytes = bytes
    }

    subscript(row: Int, column: Int, channel: Int) -> UInt8 { bytes[3 * (row * width + column) + channel] }

    /// Hashes as a decoder would, row after row.
    ///
    /// - Parameter rows: How many are given before the picture ends; all of them by default.
    func readings(rows: Int? = nil, wanted: Set<Reading> = Set(Reading.allCases)) -> Readings {
        var hasher = PictureHasher(width: width, height: height, readings: wanted)
        for row in 0..<(rows ?? height) {
            hasher.addLuma { line in
                for column in 0..<width { line[column] = luma(row * width + column) }
            }
        }
        return hasher.finish()
    }

    /// The brightness of a pixel, counted from the top left.
    func luma(_ pixel: Int) -> Float {
        let (red, green, blue) = (bytes[3 * pixel], bytes[3 * pixel + 1], bytes[3 * pixel + 2])
        return 0.299 * Float(red) + 0.587 * Float(green) + 0.114 * Float(blue)
    }
}

extension Picture {
    /// Slopes that wrap around, with hard edges everywhere.
    static func p0(_ width: Int, _ height: Int) -> Picture {
        Picture(width, height) { row, column, channel in
            UInt8(truncatingIfNeeded: 3 * column + 5 * row + 40 * channel + (row * column) >> 3)
        }
    }

    /// Eight by eight blocks of a colour each.
    static func p1(_ width: Int, _ height: Int) -> Picture {
        Picture(width, height) { row, column, channel in
            var hash = UInt32(8 * (8 * row / height) + 8 * column / width) &* 2_654_435_761
            hash ^= hash >> 15
            return UInt8(truncatingIfNeeded: hash >> UInt32(8 * channel))
        }
    }

    static func flat(_ width: Int, _ height: Int, _ shade: UInt8) -> Picture {
        Picture(width, height) { _, _, _ in shade }
    }

    static func noise(_ width: Int, _ height: Int, seed: UInt64) -> Picture {
        var random = SplitMix64(state: seed)
        return Picture(width, height) { _, _, _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Soft spots of light on a slope: no symmetry, and like a photograph in its frequencies.
    static func spots(_ width: Int, _ height: Int, seed: UInt64 = 7) -> Picture {
        var random = SplitMix64(state: seed)
        let spots = (0..<16).map { _ in
            (
                x: Double.random(in: 0...1, using: &random), y: Double.random(in: 0...1, using: &random),
                size: Double.random(in: 0.01...0.1, using: &random),
                light: Double.random(in: 90...200, using: &random) * (Bool.random(using: &random) ? 1 : -1)
            )
        }
        return Picture(width, height) { row, column, channel in
            let (x, y) = ((Double(column) + 0.5) / Double(width), (Double(row) + 0.5) / Double(height))
            let light = spots.reduce(110 + 30 * x + 20 * y) { light, spot in
                let distance = (x - spot.x) * (x - spot.x) + (y - spot.y) * (y - spot.y)
                return light + spot.light / (1 + distance / spot.size * 20)
            }
            return UInt8(min(255, max(0, light + Double(10 * channel))))
        }
    }
}

/// Steele, Lea, Flood: a generator whose seed is its state.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension PerceptualHash {
    /// 64 hexadecimal digits.
    var text: String {
        (0..<4).map { word in
            let digits = String(bits[word], radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }
}
