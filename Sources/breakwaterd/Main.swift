import ArgumentParser
import Exposition
import LinuxIO
import Logging
import ScanService
import ServiceLifecycle
import SettingsTOML
import UnixSignals
import UploadModel

/// Before anything else, so that no signal, crash or new file finds the process without it.
@main
struct Program {
    static func main() async {
        ThisProcess.dropCrashReport()
        ThisProcess.forbidCoreFiles()
        ThisProcess.blockStraySignals()
        ThisProcess.setFileModeMask(0o077)
        await Daemon.main()
    }
}

/// The daemon's command line.
struct Daemon: AsyncParsableCommand {
    static let version = "0.1.0"
    static let name = "breakwaterd"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract:
            "Scans an upload spool against hash lists: releases what matches nothing, preserves what matches.",
        discussion:
            "It never sends a report. SIGHUP reloads settings and lists; SIGTERM finishes what is in hand.",
        version: "\(name) \(version)"
    )

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Check the settings, say all that is wrong with them, and end with 0 or 10.")
    var checkConfig = false

    func run() async throws {
        do {
            if checkConfig { return try check() }
            try await serve(try Configuration.read(config))
        } catch {
            let complaint = Complaint(error, program: Self.name)
            complaint.say()
            throw ArgumentParser.ExitCode(complaint.exitCode.rawValue)
        }
    }

    /// Says all that the start would refuse, and what it would not and an operator wants to know.
    private func check() throws {
        let settings = try Settings.read(config).settings
        let start = StartCheck(settings)
        do {
            _ = try Configuration.read(config)
        } catch  where !start.problems.isEmpty {
            throw Self.refused(config, ["\(error)"] + start.problems)
        }
        for warning in start.warnings {
            ThisProcess.writeToStandardError(Array("\(Self.name): warning: \(warning)\n".utf8))
        }
        if !start.problems.isEmpty { throw Self.refused(config, start.problems) }
        print("\(config): settings are sound")
    }

    private static func refused(_ file: String, _ problems: [String]) -> SettingsRefused {
        SettingsRefused(file: file, problems: problems.map { SettingsProblem(key: "", message: $0) })
    }

    private func serve(_ configuration: Configuration) async throws {
        let log = Logger(label: Self.name) { _ in
            JSONLinesLogHandler(level: .info, now: Self.now) { ThisProcess.writeToStandardError($0) }
        }
        let registry = try MetricsRegistry(families: ScanService.metricFamilies)
        let scan = try ScanService(configuration, registry: registry, log: log)
        let reload = Reload(path: config, scan: scan, registry: registry, log: log)
        var services: [any Service] = [reload, scan]
        if let endpoint = try Self.endpoint(configuration.settings.metrics.address, scan, registry, log) {
            services.insert(endpoint, at: 0)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(
                        service: $0,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    )
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: Self.name) { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }

    @Sendable private static func now() -> (seconds: Int64, nanoseconds: Int32) {
        let time = Clocks.realtime
        return (time / 1_000_000_000, Int32(time % 1_000_000_000))
    }

    private static func endpoint(
        _ address: MetricsAddress,
        _ scan: ScanService,
        _ registry: MetricsRegistry,
        _ log: Logger
    ) throws -> HealthEndpoint? {
        let (bound, socket): (HealthEndpoint.Address, String?)
        switch address {
        case .none: return nil
        case .unix(let path): (bound, socket) = (.unix(path: path), path)
        case .tcp(let host, let port): (bound, socket) = (.tcp(host: host, port: port), nil)
        }
        return try HealthEndpoint(
            address: bound,
            registry: registry,
            healthy: { scan.healthy },
            ready: { scan.ready },
            logger: log,
            onListening: { _ in if let socket { try? ThisProcess.setMode(0o660, ofPath: socket) } }
        )
    }
}
