import ArgumentParser
import GenerationFormat
import HashLists
import JSONText
import LinuxIO
import ListImport
import ScanService
import UploadModel

/// `breakwater list ...`: from suppliers' lists to what the daemon serves.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract:
            "Read suppliers' lists, build what the daemon compares with, look into it, go back to older ones.",
        subcommands: [
            Build.self, Import.self, ListInspect.self, ListVerify.self, ListDiff.self, ListLookup.self,
            ListRollback.self, ListSign.self,
        ]
    )

    struct Build: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Read every list of the settings into one signed generation and install it.",
            discussion:
                """
                A running daemon takes it over without a gap. A bad line stops the build; the old one serves. Where under \
                2 % changed since the installed generation only the changes are written. "list import --dry-run" reads and \
                reports without building.
                """
        )

        @Option(help: "The settings file.")
        var config: String

        @Option(
            help: "The generation's counter; without it the next above all that are there or were served."
        )
        var counter: UInt64?

        @Flag(help: "Build even if a list has under half of the entries that are installed.")
        var allowShrinking = false

        @Flag(help: "Write a whole generation even if little changed since the installed one.")
        var whole = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(config)
            let key = try deployment.signingKey()
            let lists = try deployment.lists()
            let publicKey = try Configuration.publicKey(deployment.settings.lists)
            var line = ProgressLine()
            defer { line.clear() }
            let report = try GenerationBuilder.build(
                sources: deployment.settings.lists.sources,
                into: lists,
                signingKey: key,
                at: Timestamp(nanoseconds: Clocks.realtime),
                counter: counter,
                served: try deployment.highestServed(forCounter: counter),
                allowsShrinking: allowShrinking,
                resident: deployment.settings.lists.resident,
                upon: whole
                    ? nil : { try Generation.verifiedManifest($0, in: lists, publicKey: publicKey) },
                progress: { line.show($0, bytes: $1, of: $2) }
            )
            line.clear()
            try say(report)
            Leftover.note(report.leftover)
            return .done
        }

        private func say(_ report: BuildReport) throws {
            if json { return try Output.line(report.json) }
            for list in report.lists { try list.say() }
            try Output.line("\(report.extent)")
            try Output.line("installed \(report.generation)")
        }
    }
}

extension BuildReport {
    private var isDelta: Bool { if case .delta = extent { true } else { false } }

    fileprivate var json: JSONValue {
        [
            "generation": .string("\(generation)"), "counter": .integer(counter),
            "extent": .string("\(extent)"), "delta": .bool(isDelta), "lists": .array(lists.map(\.json)),
        ]
    }
}
