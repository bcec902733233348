/// Who a header is for. Each audience has headers of its own, so that one can be taken away without the other.
package enum Audience: String, CaseIterable, Sendable {
    /// Those who keep evidence; offline, at least two.
    case custodians
    /// The review desk.
    case review
}

/// The recipients of each audience.
package struct Audiences: Equatable, Sendable {
    package let custodians: [AgeRecipient]
    /// May be empty: then no header for it is written.
    package let review: [AgeRecipient]

    /// - Precondition: At least one custodian.
    package init(custodians: [AgeRecipient], review: [AgeRecipient]) {
        precondition(!custodians.isEmpty, "evidence that nobody can open")
        (self.custodians, self.review) = (custodians, review)
    }

    package subscript(audience: Audience) -> [AgeRecipient] {
        switch audience {
        case .custodians: custodians
        case .review: review
        }
    }

    /// Those that anything is written for.
    var inUse: [Audience] { Audience.allCases.filter { !self[$0].isEmpty } }
}

/// The parts of sealing that may go wrong unseen. Tests put broken ones in their place; whatever stands here, nothing
/// counts as sealed before it was read back and opened.
struct Sealer: Sendable {
    var chunk: @Sendable (ChunkCipher, RawSpan, UInt64, Bool) -> ChunkCipher.Sealed = {
        $0.seal($1, number: $2, isLast: $3)
    }
    var recipients: @Sendable ([AgeRecipient]) -> [AgeRecipient] = { $0 }
}
