import Exposition
import LinuxIO
import Logging
import ScanService
import ServiceLifecycle
import SettingsTOML
import UnixSignals
import UploadModel

/// Reads the settings again at SIGHUP and keeps the old ones when the new ones are refused.
struct Reload: Service {
    let path: String
    let scan: ScanService
    let registry: MetricsRegistry
    let log: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload() }
    }

    private func reload() {
        do {
            scan.reload(try Configuration.read(path))
            count("ok")
            log.notice("settings-reloaded")
        } catch {
            count("refused")
            for line in "\(error)".split(separator: "\n") {
                log.error("settings-refused", metadata: ["reason": "\(line)"])
            }
        }
    }

    private func count(_ result: String) {
        registry.counter(MetricNames.reloads.rawValue, labels: [("what", "settings"), ("result", result)])
            .add(1)
    }
}

extension Configuration {
    /// Reads and checks a settings file.
    ///
    /// - Throws: `SettingsRefused` with every problem, `EvidenceRefused`, or `SyscallError`.
    static func read(_ path: String) throws -> Configuration {
        let (settings, text) = try Settings.read(path)
        return try Configuration(settings: settings, text: text, program: "\(Daemon.name) \(Daemon.version)")
    }
}

extension Settings {
    /// - Returns: With the file's bytes.
    static func read(_ path: String) throws -> (settings: Settings, text: [UInt8]) {
        let text: [UInt8]
        do {
            text = try Descriptor.open(path).readAll(limit: 1 << 20, subject: path)
        } catch {
            throw UnreadableSettings(error)
        }
        return (try Settings(toml: String(decoding: text, as: UTF8.self), file: path), text)
    }
}
