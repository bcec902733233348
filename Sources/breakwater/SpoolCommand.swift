import ArgumentParser
import JSONText
import LedgerStore
import LinuxIO
import ScanService
import UploadModel

/// `breakwater spool ...`.
struct SpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "Look after the spools.",
        subcommands: [Check.self]
    )

    struct Check: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Judge the guarantees by what directories and rows tell.",
            discussion:
                "Reads every bundle. Also while the daemon runs: what is wrong is looked at twice. Ends with 20 "
                + "when a guarantee is broken."
        )
        @OptionGroup var options: Options

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config)
            var wrong = try findings(deployment)
            if !wrong.isEmpty {
                ThisProcess.sleep(milliseconds: 2_000)
                wrong.formIntersection(try findings(deployment))
            }
            for finding in wrong.sorted(by: { ($0.about, $0.problem) < ($1.about, $1.problem) }) {
                try say(finding)
            }
            if wrong.isEmpty, !options.json { try Output.line("every guarantee that can be judged holds") }
            return wrong.isEmpty ? .done : .guaranteeBroken
        }

        private func findings(_ deployment: Deployment) throws -> Set<SpoolCheck.Finding> {
            guard let ledger = try deployment.ledgerIfThere() else { return [] }
            return Set(
                try SpoolInspection(deployment.settings, ledger: ledger, vault: try deployment.vault())
                    .findings()
            )
        }

        private func say(_ finding: SpoolCheck.Finding) throws {
            if options.json {
                try Output.line(["about": .string(finding.about), "problem": .string(finding.problem)])
            } else {
                try Output.line("\(finding.about): \(finding.problem)")
            }
        }
    }
}
