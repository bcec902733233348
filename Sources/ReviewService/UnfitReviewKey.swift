/// Why the identity in `keys/review.key` is not used though it is one.
enum UnfitReviewKey: Error, CustomStringConvertible {
    case openToOthers
    /// Exhibits are sealed to another one; none would open.
    case notTheSettings

    var description: String {
        switch self {
        case .openToOthers: "others than its owner may read or change it"
        case .notTheSettings: "not the identity of the recipient evidence.review"
        }
    }
}
