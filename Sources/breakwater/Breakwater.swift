import ArgumentParser
import LinuxIO
import ScanService
import UploadModel

/// Before anything else: some commands read keys and evidence.
@main
struct Program {
    static func main() {
        ThisProcess.dropCrashReport()
        ThisProcess.forbidCoreFiles()
        Breakwater.main()
    }
}

/// The command line: works on a deployment's directories as the user that owns them.
struct Breakwater: ParsableCommand {
    static let version = "0.1.0"
    static let name = "breakwater"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract:
            "Finds known child sexual abuse material beside an upload spool, and prepares what a person reports.",
        version: "\(name) \(version)",
        subcommands: [
            InitCommand.self, ListCommand.self, ScanCommand.self, DigestCommand.self, PDQCommand.self,
            HeldCommand.self,
            CaseCommand.self, ExhibitCommand.self, ViewCommand.self, ReportCommand.self, ContextCommand.self,
            RetentionCommand.self, DestroyCommand.self, CustodyCommand.self, EvidenceCommand.self,
            KeysCommand.self,
            StatusCommand.self, SpoolCommand.self,
        ]
    )
}

/// A verb: says its complaint in our voice and ends with the number that scripts rely on.
protocol Verb: ParsableCommand {
    func act() throws -> UploadModel.ExitCode
}

extension Verb {
    mutating func run() throws {
        let code: UploadModel.ExitCode
        do {
            code = try act()
        } catch {
            let complaint = Complaint(error, program: Breakwater.name)
            complaint.say()
            code = complaint.exitCode
        }
        if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
    }
}

/// What a verb finds wrong with how it was called, or with what it found.
struct Refused: WayOut {
    let description: String
    let hint: String
    let exitCode: UploadModel.ExitCode

    init(_ what: String, hint: String, _ code: UploadModel.ExitCode = .failed) {
        (description, self.hint, exitCode) = (what, hint, code)
    }
}
