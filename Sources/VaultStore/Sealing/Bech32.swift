/// Bech32 text: a name in plain letters, `1`, the data in a 32-letter alphabet, six letters of checksum.
///
/// Without the limit of 90 letters, which age does not have either.
///
/// - Source: BIP 173.
enum Bech32 {
    static func text(_ name: String, _ bytes: [UInt8]) -> String {
        let values = regroup(bytes, from: 8, to: 5, padding: true)!
        let checked = values + checksum(of: Array(name.utf8), values)
        return name + "1" + String(decoding: checked.map { alphabet[Int($0)] }, as: UTF8.self)
    }

    /// The name and the bytes that `text` spells, the name in lower case; `nil` for mixed case, another checksum, or
    /// padding that is not zero.
    static func decode(_ text: some StringProtocol) -> (name: String, bytes: [UInt8])? {
        let lower = text.lowercased()
        guard text == lower || text == text.uppercased(), text.utf8.allSatisfy({ (33...126).contains($0) })
        else { return nil }
        let letters = Array(lower.utf8)
        guard let one = letters.lastIndex(of: UInt8(ascii: "1")), one > 0, letters.count - one > 6 else {
            return nil
        }
        var values: [UInt8] = []
        for letter in letters[(one + 1)...] {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            values.append(UInt8(value))
        }
        let name = Array(letters[..<one])
        guard polynomial(expanded(name) + values) == 1 else { return nil }
        guard let bytes = regroup(values.dropLast(6), from: 5, to: 8, padding: false) else { return nil }
        return (String(decoding: name, as: UTF8.self), bytes)
    }

    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let generator: [UInt32] = [
        0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3,
    ]

    private static func polynomial(_ values: [UInt8]) -> UInt32 {
        values.reduce(1) { sum, value in
            let top = sum >> 25
            let next = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            return generator.enumerated().reduce(next) { (top >> $1.offset) & 1 == 1 ? $0 ^ $1.element : $0 }
        }
    }

    private static func expanded(_ name: [UInt8]) -> [UInt8] {
        name.map { $0 >> 5 } + [0] + name.map { $0 & 31 }
    }

    private static func checksum(of name: [UInt8], _ values: [UInt8]) -> [UInt8] {
        // The checksum is of the name in lower case, whichever case the text is written in.
        let lower = name.map { (65...90).contains($0) ? $0 | 32 : $0 }
        let sum = polynomial(expanded(lower) + values + [UInt8](repeating: 0, count: 6)) ^ 1
        return (0..<6).map { UInt8(sum >> (25 - 5 * UInt32($0)) & 31) }
    }

    /// The same bits in groups of another size; `nil` when what is left over is not zero or a whole group.
    private static func regroup(
        _ values: some Sequence<UInt8>,
        from: Int,
        to: Int,
        padding: Bool
    ) -> [UInt8]? {
        var (bits, count): (UInt32, Int) = (0, 0)
        var groups: [UInt8] = []
        for value in values {
            bits = (bits << UInt32(from) | UInt32(value)) & 0xfff
            count += from
            while count >= to {
                count -= to
                groups.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)) & UInt8(1 << to - 1))
            }
        }
        let rest = UInt8(truncatingIfNeeded: bits << UInt32(to - count)) & UInt8(1 << to - 1)
        if padding, count > 0 { groups.append(rest) }
        if !padding, count >= from || rest != 0 { return nil }
        return groups
    }
}
