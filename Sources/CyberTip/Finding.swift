import JSONText

/// What the readiness rules say of a draft. It never repeats the value that it is about; the draft's `context`
/// has that.
package struct Finding: Equatable, Sendable {
    package enum Severity: String, CaseIterable, Comparable, Sendable {
        /// The service would refuse the report, or it must not be sent.
        case blocking
        /// The report would say too little to act on, or something was left out of it.
        case warning
        case advice

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// `RL01` to `RL45`; `nil` for what only reading the context can find.
    package let rule: String?
    package let severity: Severity
    package let field: Field
    /// What is wrong or missing, one line.
    package let problem: String
    /// Where a better value would come from; `nil` when only a person can tell.
    package let remedy: String?

    package init(rule: String?, severity: Severity, field: Field, problem: String, remedy: String?) {
        (self.rule, self.severity, self.field) = (rule, severity, field)
        (self.problem, self.remedy) = (problem, remedy)
    }

    static let escaped = "characters that XML forbids are shown as \\u{...}"
}

extension Finding {
    var json: JSONValue {
        [
            "rule": rule.map { .string($0) } ?? .null, "severity": .string(severity.rawValue),
            "field": .string("\(field)"), "problem": .string(problem),
            "remedy": remedy.map { .string($0) } ?? .null,
        ]
    }
}

extension [Finding] {
    /// By severity, then from the top of the report down; two of one field stay as they were found.
    var inOrder: [Finding] {
        enumerated().sorted { a, b in
            (a.element.severity, a.element.field.order, a.offset) < (
                b.element.severity, b.element.field.order, b.offset
            )
        }.map(\.element)
    }

    /// How many there are of each severity.
    package var counts: [Finding.Severity: Int] {
        reduce(into: [:]) { $0[$1.severity, default: 0] += 1 }
    }
}
