import JSONText
import UploadModel

/// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators".
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension SplitMix64 {
    /// A context such as an application, a user or a broken disk might leave: most are objects, some are cut
    /// short, some are any bytes.
    mutating func context() -> [UInt8] {
        let written = JSONValue.object(members()).line
        return switch next() % 10 {
        case 0: (0..<64).map { _ in UInt8.random(in: 0...255, using: &self) }
        case 1: Array(written.prefix(Int.random(in: 0...written.count, using: &self)))
        default: written
        }
    }

    private mutating func members() -> JSONObject {
        var object = JSONObject()
        for member in Context.Member.allCases where next() % 4 != 0 { object[member.rawValue] = value() }
        if next() % 2 == 0 { object[text()] = ["deep": value(), "list": [value(), nil]] }
        return object
    }

    private mutating func value() -> JSONValue {
        switch next() % 8 {
        case 0: .number(next())
        case 1: [.string(text())]
        case 2: true
        case 3, 4: .string(Self.sound.randomElement(using: &self) ?? "")
        case 5: .string(hostile.randomElement(using: &self) ?? "")
        case 6: .string(String(repeating: text(), count: Int.random(in: 0...400, using: &self)))
        default: .string(text())
        }
    }

    private static let sound = [
        "192.0.2.7", "2001:db8::1", "443", "user@mail.example", "https://upload.example/p",
        "2026-11-21T19:00:00Z",
        "2026-11-21T19:00:00", "name.jpg",
    ]

    /// Up to eight scalars from everywhere, control characters and non-characters more often.
    private mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &self) {
            let top: UInt32 = [0x20, 0x7F, 0xFFFF, 0x10_FFFF].randomElement(using: &self) ?? 0x7F
            text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0...top, using: &self)) ?? "\u{FFFE}")
        }
        return text
    }
}
