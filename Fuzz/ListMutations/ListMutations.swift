/// A fuzzer of one way in which lists are read: libFuzzer's where it is built with `-D FUZZING -sanitize=fuzzer`, and
/// elsewhere a program that makes its own input, so many seeded mutations of its samples (`FuzzListLines 20000`).
package protocol ListFuzzer {
    static var samples: [String] { get }
    /// Characters that mean something in what is read.
    static var telling: String { get }
    /// Traps where any bytes are neither a list nor a named fault.
    static func check(_ bytes: [UInt8])
}

extension ListFuzzer {
    /// What libFuzzer calls.
    package static func feed(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        check(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }

    /// Feeds ``check(_:)`` mutants, one for each seed from 0 on; as many as the command line says.
    package static func main() {
        let runs = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 5_000
        let samples = samples.map { Array($0.utf8) }
        let telling = Array(telling.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xED, 0xEF, 0xF4, 0xFE, 0xFF]
        for seed in 0..<runs {
            var random = SplitMix64(state: seed)
            var bytes = samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, telling, using: &random) }
            check(bytes)
        }
        let program = CommandLine.arguments[0].split(separator: "/").last ?? ""
        print("\(program): \(runs) mutants, one for each seed from 0 on")
    }
}

private func mutate(_ bytes: inout [UInt8], _ telling: [UInt8], using random: inout SplitMix64) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = Int.random(in: place...bytes.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes.insert(telling.randomElement(using: &random) ?? 0, at: place)
    case 1:
        bytes.replaceSubrange(place..<min(place + 1, end), with: [UInt8.random(in: 0...255, using: &random)])
    case 2: bytes.removeSubrange(place..<min(place + 3, end))
    case 3: bytes.insert(contentsOf: bytes[place..<min(place + 40, end)], at: place)
    default: bytes.removeSubrange(end...)
    }
}

/// The generator of Steele, Lea and Flood: a seed names a run.
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
