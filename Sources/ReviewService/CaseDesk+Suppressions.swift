import JSONText
import UploadModel

// A suppression goes on until a person lifts it. When its date comes, somebody has to look at it again.

extension CaseDesk {
    /// What was given back and is suppressed still, although its date to be looked at again has come. The destruction of
    /// the evidence does not end a suppression.
    func suppressionsDue() throws -> [SuppressionLine] {
        let now = now
        return try book.read({ try $0.cases() }).flatMap { known in
            try keepings(of: known.id).compactMap { keeping -> SuppressionLine? in
                guard let date = try suppressed(keeping), date <= now else { return nil }
                return SuppressionLine(exhibit: keeping.exhibit, case: known.id, reviewBy: date)
            }
        }
    }

    /// When the suppression that stands for an exhibit is to be looked at again; `nil` where none stands.
    private func suppressed(_ keeping: ExhibitKeeping) throws -> Timestamp? {
        let last = try keeping.orders.last { order in
            switch order.verb {
            case .restore, .suppress, .lift: try door.answer(to: order.id)?.done == true
            case .retry, .release, .preserve, .destroy: false
            }
        }
        return last?.reviewBy
    }
}

/// A suppression in the worklist, with the members that an exhibit's line has.
struct SuppressionLine {
    let exhibit: BundleID
    let `case`: CaseID
    let reviewBy: Timestamp

    var json: JSONValue {
        [
            "exhibit": .string("\(exhibit)"), "case": .string("\(`case`)"), "standing": "suppressed",
            "until": .string("\(reviewBy)"), "destruction": .null, "holds": .array([]),
        ]
    }

    var text: String { "\(exhibit)  suppressed, to be looked at again since \(reviewBy)" }
}
