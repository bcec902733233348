import JSONText

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own
// input: so many seeded mutations of the samples (`FuzzJSON 20000`). Both feed `check`.

/// What is read must survive: its canonical form is JSON again, and its own canonical form.
private func check(_ bytes: RawSpan) {
    guard let value = try? JSONValue(parsing: bytes, limits: .context) else { return }
    let canonical = value.canonical
    guard let again = try? JSONValue(parsing: canonical) else { fatalError("canonical form is refused") }
    precondition(again.canonical == canonical, "canonical form is not its own")

    precondition((try? JSONValue(parsing: value.line)) == value, "a line is read as another value")
    precondition((try? JSONValue(parsing: value.pretty)) == value, "a pretty text is read as another value")
}

#if FUZZING

    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        check(UnsafeRawBufferPointer(start: start, count: count).bytes)
        return 0
    }

#else

    @main
    struct MutationRun {
        static let samples = [
            #"{"id":"018f","size":1024,"tags":["a","b"],"ok":true,"none":null,"nested":{"x":[[],{}]}}"#,
            #"[0,-0,1.5,-2.25e-7,1E+21,123456789012345678,5e-324,1.7976931348623157e308]"#,
            #"["","\"\\\/\b\f\n\r\t","\u0000\u001f\u20ac","\ud83d\ude00","é€😀"]"#,
            "  {\n  \"a\" : [ 1 , 2 ] ,\r\n\t\"\\u0061b\" : { } }  ",
        ].map { Array($0.utf8) }

        /// Bytes that mean something, so that more mutants get past the first bracket.
        static let telling =
            Array(#"{}[]:,"\/-+.eE0189ulftn "#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF]

        static func main() {
            let runs = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 20_000
            for seed in 0..<runs {
                check(mutant(of: seed).span.bytes)
            }
            print("FuzzJSON: \(runs) mutants, one for each seed from 0 on")
        }

        static func mutant(of seed: UInt64) -> [UInt8] {
            var random = SplitMix64(state: seed)
            var bytes = samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                mutate(&bytes, using: &random)
            }
            return bytes
        }

        private static func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = Int.random(in: place...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(telling.randomElement(using: &random) ?? 0, at: place)
            case 1:
                bytes.replaceSubrange(
                    place..<min(place + 1, end),
                    with: [UInt8.random(in: 0...255, using: &random)]
                )
            case 2: bytes.removeSubrange(place..<min(place + 3, end))
            case 3: bytes.insert(contentsOf: bytes[place..<min(place + 12, end)], at: place)
            default: bytes.removeSubrange(end...)
            }
        }
    }

    /// The generator of Steele, Lea and Flood: a seed names a run.
    struct SplitMix64: RandomNumberGenerator {
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
