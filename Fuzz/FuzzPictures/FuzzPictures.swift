import CPictures

#if !FUZZING
    import Glibc
#endif

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own input: so
// many seeded mutations of sample pictures (`FuzzPictures 20000 FILE...`). Both feed `check`.

/// Small, so that an input is about its structure and not about its size.
private let limits = bw_limits(pixels: 1 << 18, memory: 4 << 20, column: 16)

/// What a decoder may do with its sink, whatever it reads.
private final class Rules {
    private var left = 0
    private var width = 0
    private var frames = 0

    static func of(_ context: UnsafeMutableRawPointer?) -> Rules {
        Unmanaged.fromOpaque(context!).takeUnretainedValue()
    }

    func begin(_ width: UInt32, _ height: UInt32) {
        precondition(left == 0 && width > 0 && height > 0, "a frame in a frame, or an empty one")
        precondition(UInt64(width) * UInt64(height) <= limits.pixels, "above the limit of pixels")
        frames += 1
        precondition(frames <= BW_MOST_FRAMES)
        left = Int(height)
        self.width = Int(width)
    }

    func row(_ row: UnsafePointer<bw_row>) {
        precondition(left > 0, "more rows than the frame has")
        precondition(row.pointee.width == width, "a row of another width")
        left -= 1
        // Each sample is there: the address sanitizer looks.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width + 16) { luma in
            bw_best_kernels().pointee.luma(row, luma.baseAddress!)
            precondition(luma[..<width].allSatisfy { (0...255.01).contains($0) }, "no brightness")
        }
    }

    func end() { precondition(left == 0, "fewer rows than the frame has") }

    func finish(_ outcome: bw_outcome) {
        if outcome == BW_WHOLE || outcome == BW_TRUNCATED {
            precondition(frames > 0 && left == 0, "a picture without its rows")
        }
    }
}

nonisolated(unsafe) private let source = UnsafeMutablePointer<bw_source>.allocate(capacity: 1)

/// Every decoder takes any bytes: a wrong first byte is only one more thing that is wrong.
private func check(_ bytes: UnsafeRawBufferPointer) {
    for decode in [bw_decode_jpeg, bw_decode_png, bw_decode_gif, bw_decode_webp] {
        let rules = Rules()
        var sink = bw_sink(
            context: Unmanaged.passUnretained(rules).toOpaque(),
            begin: { Rules.of($0).begin($1, $2) },
            row: { Rules.of($0).row($1!) },
            end: { Rules.of($0).end() }
        )
        bw_open_memory(source, bytes.baseAddress, bytes.count)
        withExtendedLifetime(rules) {
            rules.finish(withUnsafePointer(to: limits) { decode(source, $0, &sink) })
        }
    }
}

#if FUZZING

    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        check(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    }

#else

    @main
    struct MutationRun {
        static func main() throws {
            let arguments = CommandLine.arguments.dropFirst()
            let rounds = arguments.first.flatMap { Int($0) } ?? 1_000
            let samples = arguments.dropFirst().compactMap { contents($0) }
            var random = SplitMix64(state: 1)
            for round in 0..<rounds {
                guard var bytes = samples.randomElement(using: &random), bytes.count > 4 else { continue }
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                        in: 0...255,
                        using: &random
                    )
                }
                if round % 3 == 0 { bytes.removeLast(.random(in: 0..<bytes.count, using: &random)) }
                bytes.withUnsafeBytes { check($0) }
            }
            print("FuzzPictures: \(rounds) mutations of \(samples.count) pictures")
        }

        private static func contents(_ path: String) -> [UInt8]? {
            guard let file = fopen(path, "r") else { return nil }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = fread(&bytes, 1, bytes.count, file)
            return Array(bytes[..<count])
        }
    }

    private struct SplitMix64: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

#endif
