package import UploadModel

/// What the rules about keys need to know of one exhibit.
package struct KeyHolding: Equatable, Sendable {
    package let bundle: BundleID
    /// Fingerprints of the custodian keys that its headers are for.
    package let custodians: Set<String>
    /// Under preservation, by law or by choice, or under a hold.
    package let isKept: Bool
    /// Two persons have approved its destruction.
    package let isApprovedForDestruction: Bool

    package init(
        _ bundle: BundleID,
        custodians: Set<String>,
        isKept: Bool,
        isApprovedForDestruction: Bool
    ) {
        (self.bundle, self.custodians, self.isKept) = (bundle, custodians, isKept)
        self.isApprovedForDestruction = isApprovedForDestruction
    }

    fileprivate func isSafe(with custodians: Set<String>, drilled: Set<String>) -> Bool {
        !isKept || isApprovedForDestruction || custodians.intersection(drilled).count >= 2
    }
}

/// Which exhibits stand against taking a key away, or their headers.
package enum KeyRules {
    /// Retiring `fingerprint` leaves each kept exhibit at least two drilled recipients, or is refused.
    ///
    /// - Parameters:
    ///   - holdings: Every exhibit there is.
    ///   - drilled: Fingerprints of the keys whose last drill is valid.
    /// - Returns: The exhibits that would be left with fewer; none when the key may go.
    package static func objections(
        toRetiring fingerprint: String,
        _ holdings: [KeyHolding],
        drilled: Set<String>
    ) -> [BundleID] {
        holdings.filter { holding in
            guard holding.custodians.contains(fingerprint) else { return false }
            return !holding.isSafe(with: holding.custodians.subtracting([fingerprint]), drilled: drilled)
        }.map(\.bundle)
    }

    /// Shredding leaves an exhibit no recipient at all, so a kept one may be shredded only with its destruction approved.
    ///
    /// - Returns: Those that may not be; none when all may.
    package static func objections(toShredding holdings: [KeyHolding]) -> [BundleID] {
        holdings.filter { !$0.isSafe(with: [], drilled: []) }.map(\.bundle)
    }
}
