/// A number with its unit as settings spell it, `64 MiB` or `30 s`; the blank may be left out.
///
/// Whole numbers only, without a sign: `1.5 GB` is refused rather than rounded.
struct Quantity {
    /// In the smallest unit: bytes, seconds or days.
    let amount: Int

    /// - Parameter units: What may follow the number, with its size in the smallest unit.
    /// - Returns: `nil` when `text` has another form or its amount does not fit 63 bits.
    init?(_ text: String, units: [(name: String, size: Int)]) {
        let number = text.utf8.prefix(while: isDigit)
        let rest = text.utf8.dropFirst(number.count)
        let name = rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest
        guard let count = wholeNumber(number),
            let unit = units.first(where: { $0.name.utf8.elementsEqual(name) })
        else { return nil }
        let (amount, overflow) = count.multipliedReportingOverflow(by: unit.size)
        if overflow { return nil }
        self.amount = amount
    }

    static let sizes = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ]
    static let times = [("s", 1), ("min", 60), ("h", 3_600)]
    static let days = [("d", 1)]
}

/// Digits only: `Int` alone would take a sign.
func wholeNumber(_ digits: some Collection<UInt8>) -> Int? {
    guard digits.allSatisfy(isDigit) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
