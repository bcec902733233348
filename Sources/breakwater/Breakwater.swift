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
        if let refused = Breakwater.unknownVerb(in: CommandLine.arguments.dropFirst()) {
            Complaint(refused, program: Breakwater.name).say()
            Breakwater.exit(withError: ArgumentParser.ExitCode(refused.exitCode.rawValue))
        }
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

extension Breakwater {
    /// A word in the place of a verb that is none: the parser would complain of the options behind it.
    static func unknownVerb(in words: ArraySlice<String>) -> Refused? {
        var command: any ParsableCommand.Type = Breakwater.self
        for word in words {
            let verbs = command.configuration.subcommands
            if verbs.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
            guard let next = verbs.first(where: { $0._commandName == word }) else {
                return Refused(
                    "\"\(command._commandName)\" has no verb \(Output.safe(Array(word.utf8)))",
                    hint: "it has \(verbs.map { $0._commandName }.joined(separator: ", "))",
                    .calledWrongly
                )
            }
            command = next
        }
        return nil
    }
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
