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
    let channels: Int
    var samples: [UInt8] = []

    /// Red, green and blue, or grey.
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
        let start = (y * width + x) * channels
        return Array(samples[start..<start + channels])
    }

    var isComplete: Bool { samples.count == width * height * channels }
}

/// Keeps every row; `end` without `begin` and rows beyond the height are caught.
final class Frames {
    var frames: [Frame] = []
    private var isOpen = false

    func withSink(_ body: (UnsafePointer<bw_sink>) -> bw_outcome) -> bw_outcome {
        var sink = bw_sink(
            context: Unmanaged.passUnretained(self).toOpaque(),
            begin: { Frames.from($0).begin(Frame(width: Int($1), height: Int($2), channels: Int($3))) },
            row: { Frames.from($0).add($1!) },
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

    private func add(_ row: UnsafePointer<UInt8>) {
        precondition(isOpen && !frames[frames.count - 1].isComplete)
        let last = frames[frames.count - 1]
        frames[frames.count - 1].samples += UnsafeBufferPointer(start: row, count: last.width * last.channels)
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
