import UploadModel

/// Why a value cannot stand in a report. Names the rule and never the value.
package struct Defect: Error, Equatable, CustomStringConvertible {
    package let description: String
    package let rule: ContractRule

    init(_ description: String, _ rule: ContractRule = .form) {
        self.description = description
        self.rule = rule
    }
}

/// An e-mail address that the service takes: ASCII, at most 255 characters, 64 of them before the `@`.
///
/// Quoted local parts and address literals are refused; the service is not known to take them.
package struct EmailAddress: Hashable, Sendable {
    package let text: String

    package static let longest = 255

    /// Stands for one that is about to be read.
    static let blank = EmailAddress()

    private init() { text = "" }

    package init(_ text: String) throws(Defect) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let local = parts.first, let host = parts.last else {
            throw Defect("not an e-mail address", .email)
        }
        guard text.utf8.count <= Self.longest, local.utf8.count <= 64 else {
            throw Defect("longer than an e-mail address may be (255, 64 before the @)", .length)
        }
        let words = local.split(separator: ".", omittingEmptySubsequences: false)
        guard words.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isInAtom) }),
            HostName.labels(of: host) > 1
        else {
            throw Defect("not an e-mail address in ASCII", .email)
        }
        self.text = text
    }

    /// Whether it lies in a domain that is set aside for examples and can never be reached (RFC 2606, RFC 6761).
    var isPlaceholder: Bool {
        let host = text.lowercased().split(separator: "@").last ?? ""
        let labels = host.split(separator: ".")
        return ["example", "invalid", "test", "localhost"].contains(labels.last ?? "")
            || (labels.count > 1 && labels[labels.count - 2] == "example"
                && ["com", "net", "org"].contains(labels.last))
    }
}

/// A web address that the service takes: http or https, ASCII, no blanks, at most 2,083 characters.
package struct WebAddress: Hashable, Sendable {
    package let text: String

    package static let longest = 2_083

    package init(_ text: String) throws(Defect) {
        guard text.utf8.count <= Self.longest else {
            throw Defect("longer than \(Self.longest) characters", .length)
        }
        guard text.utf8.allSatisfy(\.isInURL), Self.escapesAreWhole(text) else {
            throw Defect(
                "not a web address: blanks and characters outside of ASCII must be percent-encoded",
                .url
            )
        }
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Defect("not a web address that starts with https:// or http://", .url)
        }
        let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard Self.names(authority) else {
            throw Defect("not a web address: the host is missing or malformed", .url)
        }
        self.text = text
    }

    private static func escapesAreWhole(_ text: String) -> Bool {
        text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy { rest in
            rest.utf8.count >= 2 && rest.utf8.prefix(2).allSatisfy { $0.hexDigit != nil }
        }
    }

    /// Whether an authority is a host with an optional port; one with a user name in it is refused.
    private static func names(_ authority: Substring) -> Bool {
        if authority.first == "[", let end = authority.firstIndex(of: "]") {
            let address = String(authority[authority.index(after: authority.startIndex)..<end])
            return address.contains(":") && (try? IPAddress(address)) != nil
                && isPort(authority[authority.index(after: end)...])
        }
        let host = authority.prefix { $0 != ":" }
        return HostName.labels(of: host) > 0 && isPort(authority.dropFirst(host.count))
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.first == ":" && (try? Port(String(text.dropFirst()))) != nil)
    }
}

/// A port of TCP or UDP, 1 to 65535.
package struct Port: Hashable, Sendable {
    package let number: Int

    package init(_ text: String) throws(Defect) {
        guard text.utf8.allSatisfy(\.isDigit), text.utf8.count <= 5, let number = Int(text),
            1...65_535 ~= number
        else {
            throw Defect("not a port number from 1 to 65535", .number)
        }
        self.number = number
    }
}

private enum HostName {
    /// How many labels a host has; 0 when it is no host name. Underscores occur and are taken.
    static func labels(of host: Substring) -> Int {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let sound = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(\.isInHostName)
                && label.first != "-" && label.last != "-"
        }
        return sound && host.utf8.count <= 253 ? labels.count : 0
    }
}

extension UInt8 {
    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    private var isLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 }

    fileprivate var isInHostName: Bool { isDigit || isLetter || "-_".utf8.contains(self) }

    /// `atext` of RFC 5322.
    fileprivate var isInAtom: Bool { isDigit || isLetter || "!#$%&'*+-/=?^_`{|}~".utf8.contains(self) }

    /// What RFC 3986 lets stand in an address, `%` of an escape included.
    fileprivate var isInURL: Bool { isDigit || isLetter || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(self) }
}
