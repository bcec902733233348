import JSONText
import Testing

/// Whatever the bytes: a value or a named fault, never a trap; and what is read survives writing.
@Suite struct JSONRandomTests {
    static let sample = Array(
        #"""
        {"id": "018f\u00e9", "size": -12.5e+3, "tags": ["a\n", "é€😀", "\ud83d\ude00"],
         "ok": [true, false, null], "nested": {"x": [[], {}, 0]}}
        """#.utf8
    )

    @Test("a text that was cut short says so, at its end", arguments: sample.indices)
    func cutShort(length: Int) {
        let fault: JSONFault = length == 0 ? .empty : .cutShort(offset: length)
        #expect(throws: fault) { try JSONValue(parsing: Array(Self.sample.prefix(length))) }
    }

    @Test("any bytes are read or refused", arguments: 0..<100 as Range<UInt64>)
    func mutation(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for _ in 0..<100 {
            var bytes = Self.sample
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: place)
                }
            }
            guard let value = try? JSONValue(parsing: bytes, limits: .context) else { continue }
            expectRoundTrip(value, "seed \(seed): \(bytes)")
        }
    }

    @Test("noise is read or refused", arguments: 0..<20 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Self.sample.randomElement(using: &random) ?? 0
            }
            if let value = try? JSONValue(parsing: bytes) { expectRoundTrip(value, "seed \(seed): \(bytes)") }
        }
    }

    @Test("every value survives being written and read", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(state: seed)
        expectRoundTrip(value(depth: 5, using: &random), "seed \(seed)")
    }

    /// A throw is as much of a failure here as a difference.
    private func expectRoundTrip(_ value: JSONValue, _ comment: Comment) {
        #expect((try? JSONValue(parsing: value.line)) == value, comment)
        #expect((try? JSONValue(parsing: value.pretty)) == value, comment)
        #expect((try? JSONValue(parsing: value.canonical).canonical) == value.canonical, comment)
    }
}

// MARK: - Random values

extension JSONRandomTests {
    private func value(depth: Int, using random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .number(random.next())
        case 3: number(using: &random)
        case 4: .string(string(using: &random))
        case 5: .array((0..<count(using: &random)).map { _ in value(depth: depth - 1, using: &random) })
        default: .object(object(depth: depth, using: &random))
        }
    }

    private func object(depth: Int, using random: inout SplitMix64) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<count(using: &random) {
            object[string(using: &random)] = value(depth: depth - 1, using: &random)
        }
        return object
    }

    private func count(using random: inout SplitMix64) -> Int {
        Int.random(in: 0...16, using: &random) == 0 ? 20 : Int.random(in: 0...3, using: &random)
    }

    /// Any double; those that are not finite have no spelling.
    private func number(using random: inout SplitMix64) -> JSONValue {
        JSONNumber(spelling: "\(Double(bitPattern: random.next()))").map(JSONValue.number) ?? .null
    }

    private func string(using random: inout SplitMix64) -> String {
        let last: [UInt32] = [0x1F, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF]
        let scalars = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0...(last.randomElement(using: &random) ?? 0), using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
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
