/// What came of asking the site's look-up service about the account of a case, once. An answer is kept sealed beside the
/// desk's book; this names it and holds nothing of it.
package struct AccountLookup: Equatable, Sendable {
    /// Names the kept answer.
    package let id: UploadID
    package let outcome: Outcome

    package enum Outcome: Equatable, Sendable {
        /// SHA-256 of the answer as it came, hexadecimal.
        case answered(sha256: String)
        case failed(Failure)
    }

    /// Why there is no answer that could be used.
    package enum Failure: String, Error, CaseIterable, Sendable {
        /// Nobody listens there, or the desk is not let in, or the connection broke.
        case unreachable
        case timedOut = "timed-out"
        case tooLarge = "too-large"
        /// Not one line that holds one JSON object.
        case malformed
        /// It speaks of another account than it was asked about.
        case otherAccount = "other-account"
    }

    package init(id: UploadID, outcome: Outcome) { (self.id, self.outcome) = (id, outcome) }

    package var isAnswered: Bool { if case .answered = outcome { true } else { false } }

    package var failure: Failure? { if case .failed(let failure) = outcome { failure } else { nil } }

    /// One word, `answered` or the failure's.
    package var word: String { failure?.rawValue ?? "answered" }
}
