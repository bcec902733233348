import ArgumentParser
import JSONText
import LinuxIO
import ListImport
import ScanService
import UploadModel

/// `breakwater list ...`: from suppliers' lists to what the daemon serves.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Build hash lists, look into them, go back to older ones.",
        subcommands: [
            Build.self, ListInspect.self, ListVerify.self, ListDiff.self, ListLookup.self, ListRollback.self,
            ListSign.self,
        ]
    )

    struct Build: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Read every list of the settings into one signed generation and install it.",
            discussion:
                "A running daemon takes it over without a gap. A bad line stops the build; the old one serves."
        )

        @Option(help: "The settings file.")
        var config: String

        @Flag(help: "Print one JSON object.")
        var json = false

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(config)
            let key = try deployment.signingKey()
            let report = try GenerationBuilder.build(
                sources: deployment.settings.lists.sources,
                into: try deployment.lists(),
                signingKey: key,
                at: Timestamp(nanoseconds: Clocks.realtime)
            )
            try say(report)
            return .done
        }

        private func say(_ report: BuildReport) throws {
            if json { return try Output.line(report.json) }
            for list in report.lists {
                let rejected = list.rejected.values.reduce(0, +)
                try Output.line(
                    "\(list.name): \(Output.count(list.kept, "entry", "entries")) from "
                        + Output.count(list.read, "line", "lines")
                        + (list.duplicates > 0
                            ? ", " + Output.count(list.duplicates, "duplicate", "duplicates") : "")
                        + (rejected > 0 ? ", \(rejected) rejected: \(list.reasons)" : "")
                )
            }
            try Output.line("installed \(report.generation)")
        }
    }
}

extension BuildReport.ListReport {
    fileprivate var reasons: String { rejected.keys.map(\.rawValue).sorted().joined(separator: ", ") }
}

extension BuildReport {
    fileprivate var json: JSONValue {
        [
            "generation": .string("\(generation)"), "counter": .integer(counter),
            "lists": .array(
                lists.map { list in
                    [
                        "name": .string(list.name), "read": .integer(list.read), "kept": .integer(list.kept),
                        "duplicates": .integer(list.duplicates),
                        "rejected": .integer(list.rejected.values.reduce(0, +)),
                    ]
                }
            ),
        ]
    }
}
