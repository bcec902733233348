import ArgumentParser
import LinuxIO
import ReviewService
import SettingsTOML
import UploadModel

/// Before anything else: a thread that started earlier would not have these signals blocked.
@main
struct Program {
    static func main() {
        ThisProcess.dropCrashReport()
        ThisProcess.forbidCoreFiles()
        ThisProcess.blockStraySignals()
        AwaitedSignal.block()
        ThisProcess.setFileModeMask(0o077)
        Desk.main()
    }
}

/// The case desk's command line.
struct Desk: ParsableCommand {
    static let version = "0.1.0"
    static let name = "breakwater-review"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract:
            "The case desk: cases, roles, views and drafts, behind a Unix socket for \"breakwater case\".",
        discussion:
            "It never sends a report. SIGHUP makes it read the roles file again, SIGTERM ends it; an act that was answered is on the disk.",
        version: "\(name) \(version)"
    )

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Check settings and roles, say what is wrong with them, and end with 0 or 10.")
    var checkConfig = false

    func run() throws {
        do {
            let configuration = try read()
            if checkConfig { return print("\(config): settings and roles are sound") }
            let desk = try CaseDesk(configuration)
            let server = DeskServer(desk) { Self.say("error: \($0)") }
            let roles = configuration.settings.desk.roles
            _ = BlockingThread("signals") { Self.heedSignals(desk, server, roles) }
            try server.run {
                Self.say("listening on \(configuration.settings.desk.socket)")
                ThisProcess.notifyServiceManager("READY=1")
            }
        } catch {
            let known = error as? any WayOut
            for line in "\(error)".split(separator: "\n") { Self.say("error: \(line)") }
            if let hint = known?.hint { Self.say("hint: \(hint)") }
            throw ArgumentParser.ExitCode((known?.exitCode ?? .failed).rawValue)
        }
    }

    private func read() throws -> DeskConfiguration {
        let settings = try Settings(toml: try Self.text(of: config), file: config)
        let roster = try Self.roster(settings.desk.roles)
        return try DeskConfiguration(settings, roster, program: "\(Self.name) \(Self.version)")
    }

    private static func roster(_ file: String) throws -> Roster {
        try Roster(toml: try text(of: file), file: file)
    }

    /// SIGHUP reads the roles again, SIGTERM lets the server finish what is in hand.
    private static func heedSignals(_ desk: CaseDesk, _ server: DeskServer, _ roles: String) {
        while true {
            switch AwaitedSignal.wait() {
            case .hangup: serveAgain(desk, roles)
            case .terminate: server.end()
            }
        }
    }

    /// A file that is refused changes nothing.
    private static func serveAgain(_ desk: CaseDesk, _ roles: String) {
        do {
            try desk.serve(try DeskStaff(try roster(roles)))
            say("roles read again from \(roles)")
        } catch {
            for line in "\(error)".split(separator: "\n") { say("error: \(line)") }
            say("error: \(roles) is not taken, and the roles stay as they were")
        }
    }

    private static func text(of file: String) throws -> String {
        do {
            return String(
                decoding: try Descriptor.open(file).readAll(limit: 1 << 20, subject: file),
                as: UTF8.self
            )
        } catch {
            throw Unreadable(description: "\(error)")
        }
    }

    private static func say(_ line: String) {
        ThisProcess.writeToStandardError(Array("\(name): \(line)\n".utf8))
    }
}

/// A settings or roles file that cannot be read.
struct Unreadable: WayOut {
    let description: String
    var hint: String { "its user needs to read settings and roles; name the settings with --config" }
    var exitCode: UploadModel.ExitCode { .settingsRefused }
}
