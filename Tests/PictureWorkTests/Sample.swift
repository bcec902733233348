import CPictures
import LinuxIO
import PictureWire

@testable import PictureWork

/// A sample picture, read from beside the tests.
func sample(_ name: String) throws -> [UInt8] {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return try Descriptor.open("/\(folder)/Samples/\(name)").readAll(limit: 1 << 20)
}

/// A frame as the C decoders gave it.
struct Frame: Equatable {
    let width: Int
    let height: Int
    /// 1 (grey) or 3, known with the first row.
    var channels = 0
    var samples: [UInt8] = []

    /// Red, green and blue, or grey.
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
        let start = (y * width + x) * channels
        return Array(samples[start..<start + channels])
    }

    var isComplete: Bool { channels > 0 && samples.count == width * height * channels }

    mutating func add(_ row: bw_row) {
        precondition(Int(row.width) == width)
        channels = row.colours == BW_GREY ? 1 : 3
        if row.colours == BW_YCC {
            samples += row.colours()
            return
        }
        samples += UnsafeBufferPointer(start: row.samples, count: width * channels)
    }
}

extension bw_row {
    /// Red, green and blue of each pixel with the nearest chroma, after JFIF's formula.
    fileprivate func colours() -> [UInt8] {
        var colours: [UInt8] = []
        for x in 0..<Int(width) {
            let (y, place) = (Double(samples[x]), isHalved ? x / 2 : x)
            let (blue, red) = (Double(near.0![place]) - 128, Double(near.1![place]) - 128)
            let green: Double = y - 0.344136 * blue - 0.714136 * red
            for colour in [y + 1.402 * red, green, y + 1.772 * blue] {
                colours.append(UInt8(min(255, max(0, colour.rounded()))))
            }
        }
        return colours
    }
}

/// Keeps every row; `end` without `begin` and rows beyond the height are caught.
final class Frames {
    var frames: [Frame] = []
    private var isOpen = false

    func withSink(_ body: (UnsafePointer<bw_sink>) -> bw_outcome) -> bw_outcome {
        var sink = bw_sink(
            context: Unmanaged.passUnretained(self).toOpaque(),
            begin: { Frames.from($0).begin(Frame(width: Int($1), height: Int($2))) },
            row: { Frames.from($0).add($1!.pointee) },
            end: { Frames.from($0).end() }
        )
        return body(&sink)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Frames {
        Unmanaged.fromOpaque(context!).takeUnretainedValue()
    }

    private func begin(_ frame: Frame) {
        precondition(!isOpen)
        isOpen = true
        frames.append(frame)
    }

    private func add(_ row: bw_row) {
        precondition(isOpen && !frames[frames.count - 1].isComplete)
        frames[frames.count - 1].add(row)
    }

    private func end() {
        precondition(isOpen && frames[frames.count - 1].isComplete)
        isOpen = false
    }
}

/// What a C decoder makes of bytes in memory; the format is told by them.
func decoded(
    _ bytes: [UInt8],
    pixels: UInt64 = 1_000_000,
    memory: UInt64 = 64 << 20
) -> (outcome: bw_outcome, frames: [Frame]) {
    let source = UnsafeMutablePointer<bw_source>.allocate(capacity: 1)
    defer { source.deallocate() }
    let frames = Frames()
    let outcome = bytes.withUnsafeBytes { buffer in
        bw_open_memory(source, buffer.baseAddress, buffer.count)
        return frames.withSink { sink in
            withUnsafePointer(to: bw_limits(pixels: pixels, memory: memory, column: 0)) { limits in
                switch bytes.first {
                case 0xFF: bw_decode_jpeg(source, limits, sink)
                case 0x89: bw_decode_png(source, limits, sink)
                case UInt8(ascii: "G"): bw_decode_gif(source, limits, sink)
                default: bw_decode_webp(source, limits, sink)
                }
            }
        }
    }
    return (outcome, outcome == BW_WHOLE || outcome == BW_TRUNCATED ? frames.frames : [])
}
