internal import UploadModel

/// How the value of one kind of key is written, and what it means.
struct Reading<Value> {
    /// Read after "use".
    let wanted: String
    /// `nil` for what is not wanted.
    let value: (Found) -> Value?

    init(_ wanted: String, _ value: @escaping (Found) -> Value?) {
        self.wanted = wanted
        self.value = value
    }

    /// For values that are written as text only.
    init(text wanted: String, _ value: @escaping (String) -> Value?) {
        self.init(wanted) { found in
            guard case .text(let text) = found else { return nil }
            return value(text)
        }
    }
}

extension Reading where Value == Bool {
    static var flag: Self {
        Self("true or false") { found in
            guard case .flag(let flag) = found else { return nil }
            return flag
        }
    }
}

extension Reading where Value: RawRepresentable<String> & CaseIterable {
    static var choice: Self {
        let names = Value.allCases.map { quoted($0.rawValue) }
        return Self(text: "one of " + names.joined(separator: ", ")) { Value(rawValue: $0) }
    }
}

extension Reading where Value == String {
    static var text: Self { Self(text: "text in quotes") { $0 } }

    static var someText: Self { Self(text: "text that is not empty") { $0.isEmpty ? nil : $0 } }

    static func word(_ only: String) -> Self { Self(text: quoted(only)) { $0 == only ? $0 : nil } }

    static var path: Self { Self(text: "an absolute path") { isAbsolute($0) ? $0 : nil } }

    /// Of a directory; without a way up, so that its text tells what it lies inside of.
    static var root: Self {
        Self(text: "an absolute path without ..") { text in
            let parts = text.utf8.split(separator: UInt8(ascii: "/"))
            return isAbsolute(text) && !parts.contains { $0.elementsEqual("..".utf8) } ? text : nil
        }
    }

    /// Of a Unix socket; the kernel's structure has room for no more.
    static var socketPath: Self {
        Self(text: "an absolute path of at most 103 bytes") {
            isAbsolute($0) && $0.utf8.count <= 103 ? $0 : nil
        }
    }

    /// The same; empty for none.
    static var optionalSocketPath: Self {
        Self(text: "an absolute path of at most 103 bytes, or \"\" for none") {
            $0.isEmpty || (isAbsolute($0) && $0.utf8.count <= 103) ? $0 : nil
        }
    }

    /// Empty for none.
    static var optionalPath: Self {
        Self(text: "an absolute path, or \"\" for none") { $0.isEmpty || isAbsolute($0) ? $0 : nil }
    }

    /// What rows, metrics and output are labelled with.
    static func name(atMost limit: Int) -> Self {
        Self(text: "1 to \(limit) of a-z, 0-9 and -") { text in
            (1...limit).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte) ? text : nil
        }
    }
}

extension Reading where Value == UInt64 {
    /// Bytes.
    static func size(atLeast least: Int = 0) -> Self {
        let wanted = "a size such as \"64 MiB\" or \"100 GB\"" + (least > 0 ? ", at least \(least) byte" : "")
        return Self(wanted) { found in
            let amount = amount(of: found, units: Quantity.sizes)
            return amount.flatMap { $0 >= least ? UInt64($0) : nil }
        }
    }

    /// Bytes, of what is held in memory whole.
    static func size(upTo most: UInt64) -> Self {
        Self("1 to \(most) bytes, such as \"16 KiB\"") { found in
            amount(of: found, units: Quantity.sizes).flatMap {
                (1...most).contains(UInt64($0)) ? UInt64($0) : nil
            }
        }
    }
}

extension Reading where Value == Int {
    static func count(_ range: ClosedRange<Int>) -> Self {
        Self("\(range.lowerBound) to \(range.upperBound)") { found in
            guard case .integer(let number) = found, range.contains(number) else { return nil }
            return number
        }
    }

    /// Seconds, at most a day: more is a slip of the unit.
    static func duration(atLeast least: Int = 0) -> Self {
        Self("\(least) s to 24 h, such as \"30 s\" or \"5 min\"") { found in
            amount(of: found, units: Quantity.times).flatMap { (least...86_400).contains($0) ? $0 : nil }
        }
    }

    /// At most a century, so that no sum with a date overflows.
    static var days: Self {
        Self("0 to 36500 days, such as \"90 d\"") { found in
            amount(of: found, units: Quantity.days).flatMap { (0...36_500).contains($0) ? $0 : nil }
        }
    }
}

extension Reading where Value == CustodianKeys {
    static var custodians: Self {
        Self("[\"age1...\", ...] or the absolute path of a directory with NAME.pub files") { found in
            switch found {
            case .texts(let texts): .recipients(texts)
            case .text(let path) where isAbsolute(path): .directory(path)
            default: nil
            }
        }
    }
}

extension Reading where Value == Workers {
    static var workers: Self {
        Self("1 to 256 or \"cores\"") { found in
            switch found {
            case .text("cores"): .cores
            case .integer(let number) where (1...256).contains(number): .count(number)
            default: nil
            }
        }
    }
}

func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

private func isNameByte(_ byte: UInt8) -> Bool {
    isLowercase(byte) || isDigit(byte) || byte == UInt8(ascii: "-")
}

/// A bare number is in the smallest unit.
private func amount(of found: Found, units: [(name: String, size: Int)]) -> Int? {
    switch found {
    case .integer(let number): number
    case .text(let text): Quantity(text, units: units)?.amount
    case .flag, .texts, .other: nil
    }
}
