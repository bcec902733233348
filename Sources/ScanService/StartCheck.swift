import LinuxIO
package import UploadModel
import VaultStore

/// What settings alone do not tell: whether what they name is there, and whether production may start so.
package struct StartCheck: Sendable {
    /// What the start refuses.
    package private(set) var problems: [String] = []
    /// What it does not, and what is missed later.
    package private(set) var warnings: [String] = []

    package init(_ settings: Settings) {
        for spool in settings.spools
        where !spool.group.isEmpty && ThisProcess.group(named: spool.group) == nil {
            problem("spool.group:", "there is no group \"\(spool.group)\"; make it, or name another one")
        }
        checkSecondCopy(settings)
        if settings.environment == .production { warn(settings) }
    }

    private mutating func checkSecondCopy(_ settings: Settings) {
        let path = settings.evidence.secondCopy
        if path.isEmpty { return }
        do {
            try SecondCopyRefused.check(path, besides: settings.state.root, in: settings.environment)
        } catch let refused as SecondCopyRefused {
            problems.append("\(refused); \(refused.hint)")
        } catch {
            problem("evidence.second_copy:", "\(error); mount its disk, or make it")
        }
    }

    private mutating func warn(_ settings: Settings) {
        let deskKey = settings.state.deskKey
        if deskKey.isEmpty || (try? Descriptor.open(deskKey)) == nil {
            let what = deskKey.isEmpty ? "names none" : "\(deskKey) cannot be read"
            warning("state.desk_key:", "\(what): no order of the desk is carried out")
        }
        if settings.evidence.review.isEmpty {
            warning("evidence.review", "is empty: the desk cannot open what matches")
        }
        if case .tcp(let host, _) = settings.metrics.address, ["0.0.0.0", "::", "[::]"].contains(host) {
            warning("metrics.listen", "is open on every address of this machine; use 127.0.0.1 or a socket")
        }
        for key in settings.report.placeholders {
            warning(key, "has the value of the shipped file: no report of production is ready with it")
        }
    }

    private mutating func problem(_ key: String, _ message: String) {
        problems.append("\(key) \(message)")
    }

    private mutating func warning(_ key: String, _ message: String) {
        warnings.append("\(key) \(message)")
    }
}
