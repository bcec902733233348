import JSONText
import UploadModel

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

    package let severity: Severity
    package let field: Field
    /// What is wrong or missing, one line.
    package let problem: String
    /// Where a better value would come from; `nil` when only a person can tell.
    package let remedy: String?
}

extension Finding {
    var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "field": .string("\(field)"), "problem": .string(problem),
            "remedy": .optional(remedy),
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
}

/// Where a value of a report comes from.
enum Origin {
    case member(Context.Member)
    case setting(String, value: String)

    func text(in context: Context?) -> String? {
        switch self {
        case .member(let member): context?[member]
        case .setting(_, let value): value
        }
    }

    var remedy: String {
        switch self {
        case .member(let member): "\"\(member.rawValue)\" in NAME.meta.json"
        case .setting(let key, _): "report.\(key) in breakwater.toml"
        }
    }
}

/// Lets through into a report what keeps its rules, and notes a finding for all that does not.
struct Scribe {
    let context: Context?
    private(set) var findings: [Finding] = []

    init(reading context: Context?) { self.context = context }

    mutating func note(_ severity: Finding.Severity, _ field: Field, _ problem: String, remedy: String? = nil)
    {
        findings.append(Finding(severity: severity, field: field, problem: problem, remedy: remedy))
    }

    /// A value with rules of its own.
    ///
    /// - Parameter missing: How bad it is that there is none; `nil` when that needs no word. A value that is
    ///   left out for breaking a rule is a warning at least.
    mutating func read<Value>(
        _ origin: Origin,
        for field: Field,
        missing: Finding.Severity?,
        _ make: (String) throws(Defect) -> Value
    ) -> Value? {
        guard let text = origin.text(in: context), !text.isBlank else {
            if let missing { note(missing, field, "missing", remedy: origin.remedy) }
            return nil
        }
        do {
            return try make(text)
        } catch {
            note(min(missing ?? .warning, .warning), field, "left out: \(error)", remedy: origin.remedy)
            return nil
        }
    }

    /// Free text: as long as the table allows, with characters that XML forbids shown as escapes.
    mutating func text(_ origin: Origin, for field: Field, missing: Finding.Severity?) -> String? {
        let found = read(origin, for: field, missing: missing) { raw throws(Defect) in
            let legal = raw.legalInXML
            if let longest = field.shape?.longest, legal.utf16.count > longest {
                throw Defect("longer than \(longest) characters")
            }
            return (text: legal, isChanged: legal.utf8.count != raw.utf8.count)
        }
        guard let found else { return nil }
        if found.isChanged {
            note(.warning, field, "characters that XML forbids are shown as \\u{...}", remedy: origin.remedy)
        }
        return found.text
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
