import UploadModel

/// An address of IPv4 or IPv6 as the service takes it: no zone, no port, no prefix length, no brackets.
///
/// - Source: RFC 4291, section 2.2; dotted decimal without leading zeros, which some readers take for octal.
package struct IPAddress: Hashable, Sendable {
    /// As it was spelled.
    package let text: String

    package init(_ text: String) throws(Defect) {
        let bytes = Array(text.utf8)
        guard Self.isVersion4(bytes[...]) || Self.isVersion6(bytes) else {
            throw Defect("not an IPv4 or IPv6 address (no port, zone or prefix length)", .ipAddress)
        }
        self.text = text
    }

    /// Stands for one that is about to be read.
    static let blank = IPAddress()

    private init() { text = "" }

    /// Whether carriers put many users behind one of its kind, so that only the port tells them apart.
    var isVersion4: Bool { text.contains(".") }

    /// Of a network that cannot be reached from outside: what a proxy in front of the application shows.
    ///
    /// - Source: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291.
    var isPrivate: Bool {
        let octets =
            text.split(separator: ":").last.map { $0.split(separator: ".").compactMap { Int($0) } } ?? []
        if octets.count == 4 {
            switch (octets[0], octets[1]) {
            case (0, _), (10, _), (127, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127):
                return true
            default: return false
            }
        }
        let low = text.lowercased()
        return low == "::1" || low == "::"
            || ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains(where: low.hasPrefix)
    }

    private static func isVersion4(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: dot, omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy(isOctet)
    }

    private static func isOctet(_ text: ArraySlice<UInt8>) -> Bool {
        guard (1...3).contains(text.count), text.allSatisfy(\.isDigit) else { return false }
        guard text.count == 1 || text.first != UInt8(ascii: "0") else { return false }
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
    }

    /// Eight groups, or fewer on both sides of one `::`, which stands for at least one.
    private static func isVersion6(_ text: [UInt8]) -> Bool {
        let gaps = text.indices.dropLast().filter { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap = gaps.first else { return groups(text[...], mayEndInVersion4: true) == 8 }
        guard gaps.count == 1,
            let before = groups(text[..<gap], mayEndInVersion4: false),
            let after = groups(text[(gap + 2)...], mayEndInVersion4: true)
        else { return false }
        return before + after <= 7
    }

    /// How many groups of sixteen bits; `nil` when it is not a run of them.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndInVersion4: Bool) -> Int? {
        guard !text.isEmpty else { return 0 }
        var parts = text.split(separator: colon, omittingEmptySubsequences: false)
        var count = parts.count
        if mayEndInVersion4, let last = parts.last, isVersion4(last) {
            parts.removeLast()
            count += 1
        }
        let sound = parts.allSatisfy { (1...4).contains($0.count) && $0.allSatisfy { $0.hexDigit != nil } }
        return sound ? count : nil
    }
}

private let dot = UInt8(ascii: ".")
private let colon = UInt8(ascii: ":")
