import ArgumentParser
import LinuxIO
import ListImport
import ScanService
import UploadModel

extension ListCommand {
    struct Import: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Read lists as a build would, and say what came of them.",
            discussion: """
                Nothing is built or installed. Ends with 1 if a list would be refused.
                """
        )

        @Option(help: "The settings file.")
        var config: String

        @Flag(help: "Read and report only; the one thing that this verb does.")
        var dryRun = false

        @Option(help: "Only the list of this name; may be given more than once.")
        var list: [String] = []

        @Flag(help: "Print one JSON object a line, one for each list that could be read.")
        var json = false

        func validate() throws {
            if !dryRun {
                throw ValidationError("use --dry-run; \"breakwater list build\" reads and installs")
            }
        }

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(config)
            let sources = try wanted(of: deployment.settings.lists.sources)
            let workspace = try deployment.lists()
            var code = UploadModel.ExitCode.done
            for source in sources {
                do {
                    let report = try read(source, workspace)
                    if json { try Output.line(report.json) } else { try report.say() }
                    if report.isEmpty, !source.synthetic { throw Self.empty(source) }
                } catch let fault as ListFault {
                    code = say(fault, after: code)
                } catch let fault as Refused {
                    code = say(fault, after: code)
                }
            }
            return code
        }

        private static func empty(_ source: ListSource) -> Refused {
            Refused(
                "list \(source.name) has no entry, and a build takes none that is empty and not synthetic",
                hint: "see that \(source.file) is whole; what was kept out of it stands above"
            )
        }

        /// - Returns: What the build would end with: it stops at the first list that it cannot take.
        private func say(_ fault: any Error, after code: UploadModel.ExitCode) -> UploadModel.ExitCode {
            let complaint = Complaint(fault, program: Breakwater.name)
            complaint.say()
            return code == .done ? complaint.exitCode : code
        }

        private func wanted(of sources: [ListSource]) throws -> [ListSource] {
            if sources.isEmpty { throw BuildFault.noLists }
            if let name = list.first(where: { name in !sources.contains { $0.name == name } }) {
                throw Refused(
                    "no list is named \(Output.safe(Array(name.utf8)))",
                    hint: "the settings have \(sources.map(\.name).joined(separator: ", "))",
                    .calledWrongly
                )
            }
            return list.isEmpty ? sources : sources.filter { list.contains($0.name) }
        }

        private func read(_ source: ListSource, _ workspace: borrowing Descriptor) throws
            -> BuildReport.ListReport
        {
            var seen = EntriesSeen()
            var line = ProgressLine()
            let workspace: Descriptor? = try workspace.duplicate()
            defer { line.clear() }
            func show(_ bytesRead: UInt64, _ total: UInt64) {
                line.show(source.name, bytes: bytesRead, of: total)
            }
            var report = try ListReading.read(source, workspace: workspace, progress: show) {
                seen.takesNew($0)
            }
            seen.count(in: &report)
            if seen.isFull {
                Output.note(
                    "\(source.name): duplicates were looked for among the first \(EntriesSeen.limit) entries and values only"
                )
            }
            return report
        }
    }
}
