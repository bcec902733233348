/// Whose something is. Two services of one provider may number their users alike, so a number without its service names
/// nobody.
package struct AccountKey: Hashable, Sendable {
    /// As the application names the account.
    package let ref: String
    /// As the application names the service; `nil` where it said nothing, which is a service of its own.
    package let service: String?

    package init(_ ref: String, of service: String? = nil) { (self.ref, self.service) = (ref, service) }
}

/// Which case an exhibit belongs to: one account, one window of at most 24 h, until the report is approved.
package enum CaseWindow {
    /// 24 h, nanoseconds, from the first match of a case to its last.
    package static let longest: Int64 = 24 * 3_600_000_000_000

    /// A case as far as the choice needs it.
    package struct Standing: Equatable, Sendable {
        package let id: CaseID
        package let account: AccountKey
        package var first: Timestamp
        package var last: Timestamp
        /// Whether a match may join: a match opened it, and nobody has approved its report. A case that a person opened is of
        /// the type that the person gave, which a match must not take on.
        package var isOpen: Bool

        package init(id: CaseID, account: AccountKey, first: Timestamp, last: Timestamp, isOpen: Bool) {
            (self.id, self.account, self.first, self.last) = (id, account, first, last)
            self.isOpen = isOpen
        }
    }

    /// - Parameters:
    ///   - account: `nil` where the application said nothing, and then each exhibit is a case.
    ///   - at: When the upload was claimed.
    ///   - cases: Those of the account, any order.
    /// - Returns: The case to join; `nil` opens one.
    package static func home(account: AccountKey?, at: Timestamp, among cases: [Standing]) -> CaseID? {
        guard let account else { return nil }
        return
            cases
            .filter { $0.account == account && $0.isOpen && $0.admits(at) }
            .min { ($0.first, $0.id) < ($1.first, $1.id) }?.id
    }
}

extension CaseWindow.Standing {
    fileprivate func admits(_ moment: Timestamp) -> Bool {
        max(last, moment).nanoseconds - min(first, moment).nanoseconds <= CaseWindow.longest
    }
}

/// How long a case has waited since its first match, as far as it asks for somebody.
package enum CaseAlarm: String, CaseIterable, Sendable {
    case none
    case fourHours = "4 h"
    case day = "24 h"
    case urgent

    package init(since first: Timestamp, now: Timestamp, isUrgent: Bool) {
        let hours = (now.nanoseconds - first.nanoseconds) / 3_600_000_000_000
        self = isUrgent ? .urgent : hours >= 24 ? .day : hours >= 4 ? .fourHours : .none
    }
}
