package import UploadModel

/// One thing that is wrong with the settings, in words for the operator.
package struct SettingsProblem: Error, Equatable, Sendable {
    /// From 1; `nil` when nothing in the file is about it, as for a table that is missing.
    package let line: Int?
    /// The key with its table, `scan.workers`; empty when the text as a whole is at fault.
    package let key: String
    /// What was found and what is wanted, to be read after the key: `is 0; use 1 to 256`.
    package let message: String

    package init(line: Int? = nil, key: String, message: String) {
        self.line = line
        self.key = key
        self.message = message
    }
}

extension SettingsProblem: CustomStringConvertible {
    package var description: String { key.isEmpty ? message : "\(key) \(message)" }
}

/// Why a settings file is not used: all that is wrong with it at once, in the order of its lines.
package struct SettingsRefused: WayOut, Equatable {
    package let file: String
    /// At least one. Those without a line come last.
    package let problems: [SettingsProblem]

    package init(file: String, problems: [SettingsProblem]) {
        self.file = file
        self.problems = problems
    }

    package var exitCode: ExitCode { .settingsRefused }
    package var hint: String { "the shipped breakwater.toml and roles.toml explain each key" }

    /// A first line with the count, then a line for each problem.
    package var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        let lines = problems.map { problem in
            "\(file):" + (problem.line.map { "\($0):" } ?? "") + " \(problem)"
        }
        return (["settings refused: \(count) in \(file)"] + lines).joined(separator: "\n")
    }
}
