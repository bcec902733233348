import UploadModel

// What a person reads of a draft: all that the documents say, in their words, and what the rules find missing. No
// picture, and nothing that the documents do not say.

/// One heading of a summary with what stands under it.
struct SummarySection: Equatable, Sendable {
    struct Line: Equatable, Sendable {
        let label: String
        let value: String
    }

    let title: String
    var lines: [Line] = []

    init(_ title: String, _ lines: [Line] = []) { (self.title, self.lines) = (title, lines) }
}

extension DraftReport {
    var summary: [SummarySection] {
        [standing] + reportElement.children.map { SummarySection(Self.title(of: $0), $0.lines) }
            + fileElements.enumerated().map { number, file in
                SummarySection("File \(number + 1) of \(fileElements.count)", file.lines)
            } + [completenessSection, findingsSection]
    }

    private var standing: SummarySection {
        let counts = findings.counts
        return SummarySection(
            "This draft",
            [
                .init(label: "environment", value: environment.rawValue),
                .init(label: "submitted", value: "no; a person reviews, decides and submits"),
                .init(label: "case", value: "\(dossier.decided.case ?? CaseID(source.upload))"),
                .init(label: "first match", value: dossier.detectedAt.wholeSeconds),
                .init(label: "files", value: "\(fileElements.count)"),
                .init(
                    label: "findings",
                    value: Finding.Severity.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
                        .joined(separator: ", ")
                ),
            ]
        )
    }

    private var completenessSection: SummarySection {
        let lacks = completeness.lacks.isEmpty ? "nothing" : completeness.lacks.joined(separator: ", ")
        return SummarySection(
            "Completeness",
            [
                .init(
                    label: "score",
                    value: "\(completeness.score) of 100; says nothing of how urgent it is"
                ),
                .init(label: "lacks", value: lacks),
            ]
        )
    }

    private var findingsSection: SummarySection {
        let lines = findings.map { finding in
            let remedy = finding.remedy.map { "; from \($0)" } ?? ""
            return SummarySection.Line(
                label: "\(finding.severity.rawValue) \(finding.rule ?? "")".trimmedEnd,
                value: "\(finding.field): \(finding.problem)\(remedy)"
            )
        }
        return SummarySection(
            "Findings",
            lines.isEmpty ? [.init(label: "none", value: "no rule finds anything")] : lines
        )
    }

    private static func title(of element: Element) -> String {
        switch element.name {
        case "incidentSummary": "Incident"
        case "internetDetails": "Place"
        case "lawEnforcement": "Police"
        case "reporter": "Reporter"
        case "personOrUserReported": "Account"
        case "intendedRecipient": "Recipient"
        case "victim": "Victim"
        case "additionalInfo": "How it was found"
        default: element.name
        }
    }
}

extension Element {
    /// Each value below it, under the names on the way.
    fileprivate var lines: [SummarySection.Line] {
        children.isEmpty ? [.init(label: name, value: shown)] : children.flatMap { $0.lines(under: "") }
    }

    private func lines(under path: String) -> [SummarySection.Line] {
        let path = path.isEmpty ? name : "\(path) / \(name)"
        guard !children.isEmpty else { return [.init(label: path, value: shown)] }
        let own = marks.isEmpty ? [] : [SummarySection.Line(label: path, value: marks)]
        return own + children.flatMap { $0.lines(under: path) }
    }

    private var shown: String {
        let value = text.isEmpty && attributes.isEmpty ? "yes" : text
        return [value, marks.isEmpty ? "" : "(\(marks))"].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var marks: String { attributes.map { "\($0.name) \($0.value)" }.joined(separator: ", ") }
}

extension String {
    fileprivate var trimmedEnd: String { hasSuffix(" ") ? String(dropLast()) : self }

    /// What a screen or printer would take for a command or hide, a turn of direction too, is spelled out.
    var shownPlainly: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.properties.generalCategory {
            case .control where scalar == "\n": text.unicodeScalars.append(scalar)
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

// MARK: - As text

extension DraftReport {
    /// `summary.txt`, UTF-8.
    package var summaryText: [UInt8] {
        var text = ""
        for section in summary {
            text += "\(section.title)\n\(String(repeating: "-", count: section.title.count))\n"
            for line in section.lines {
                let value = line.value.shownPlainly.split(separator: "\n", omittingEmptySubsequences: false)
                text += "\(line.label): \(value.joined(separator: "\n    "))\n"
            }
            text += "\n"
        }
        return Array(text.utf8)
    }
}
