import ArgumentParser
import LinuxIO
import ReviewService
import UploadModel

/// The case desk's command line.
@main
struct Review: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breakwater-review",
        abstract: "The case desk; not part of this version."
    )

    func run() throws {
        do {
            try CaseDesk().run()
        } catch {
            let lines = "breakwater-review: error: \(error)\nbreakwater-review: hint: \(error.hint)\n"
            ThisProcess.writeToStandardError(Array(lines.utf8))
            throw ArgumentParser.ExitCode(error.exitCode.rawValue)
        }
    }
}
