import ArgumentParser
import CyberTip
import JSONText
import LinuxIO
import UploadModel

/// `breakwater context ...`: for whoever writes `NAME.meta.json`.
struct ContextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "What an application says of an upload.",
        subcommands: [Check.self]
    )

    struct Check: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Say what a draft would leave out of a context, and what it could say and does not."
        )
        @Argument(help: "A file in the form of NAME.meta.json.") var file: String
        @Flag(help: "Print JSON, one object a line.") var json = false

        func act() throws -> UploadModel.ExitCode {
            let bytes = try Descriptor.open(path: Array(file.utf8), .nonBlocking, subject: file)
                .readAll(limit: Context.largest, subject: file)
            let check = ContextCheck(bytes, now: Timestamp(nanoseconds: Clocks.realtime))
            for finding in check.findings { try say(finding) }
            return check.findings.contains { $0.severity != .advice } ? .no : .done
        }

        private func say(_ finding: Finding) throws {
            if json {
                return try Output.line([
                    "rule": .optional(finding.rule), "severity": .string(finding.severity.rawValue),
                    "field": .string("\(finding.field)"), "problem": .string(finding.problem),
                    "remedy": .optional(finding.remedy),
                ])
            }
            let remedy = finding.remedy.map { "; from \($0)" } ?? ""
            try Output.line("\(finding.severity.rawValue): \(finding.field): \(finding.problem)\(remedy)")
        }
    }
}
