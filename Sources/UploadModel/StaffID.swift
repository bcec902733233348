/// A person of the staff, by a name that says nothing of who it is to those who read the custody log.
///
/// Written as given, compared without case and spacing: who approves as `Anna B` cannot have requested as `anna  b`.
/// Only ASCII is taken, so that no two ids look the same and differ.
package struct StaffID: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// What it is compared by.
    private let key: [UInt8]

    /// - Returns: `nil` where `text` holds no letter or digit, something that is not printable ASCII, or is longer than
    ///   64 bytes.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 64, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        key = bytes.filter { $0 != UInt8(ascii: " ") }.map(\.lowerCase)
        guard key.contains(where: \.isLetterOrDigit) else { return nil }
        description = String(text)
    }

    package static func == (a: StaffID, b: StaffID) -> Bool { a.key == b.key }

    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension UInt8 {
    fileprivate var lowerCase: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self + 32 : self
    }

    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}

/// What a person may do at the desk.
package enum StaffRole: String, CaseIterable, Sendable {
    /// Runs the service and sees no content.
    case `operator`
    case reviewer
    case approver
    /// Exports, holds, extends, destroys.
    case custodian
    /// Speaks for the law: destruction at the request of law enforcement waits for this role.
    case counsel
    /// Reads the custody log and verifies.
    case auditor

    /// Who may have exhibits of other nodes taken in.
    package static let adopters: Set<StaffRole> = [.operator, .reviewer, .approver]
}
