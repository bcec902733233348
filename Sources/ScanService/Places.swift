import LinuxIO
import Synchronization
import UploadModel
import VaultStore

/// The state's directories and the second copy's, as they were opened at the start. Evidence is written to them, and a
/// source removed for it, only while their paths lead to them.
final class Places: Sendable {
    private let held: [HeldDirectory]
    /// As the housekeeper last found them; a metric or a probe waits for no disk.
    private let known = Mutex<[String]>([])

    init(
        _ state: StateDirectory,
        vault: Vault,
        record: Record,
        suppressions: Suppressions,
        secondCopy: String
    ) throws(SyscallError) {
        held =
            try [
                HeldDirectory(state.root, at: state.path),
                HeldDirectory(state.orders, at: "\(state.path)/orders"),
                HeldDirectory(state.answers, at: "\(state.path)/orders/answers"),
                HeldDirectory(record.directory, at: "\(state.path)/custody"),
                HeldDirectory(suppressions.directory, at: "\(state.path)/suppressions"),
            ] + vault.held(state: state.path, secondCopy: secondCopy)
    }

    /// Before evidence is written, and before what it was made from is removed.
    ///
    /// - Throws: ``PlaceLost`` where a path leads somewhere else.
    func check() throws(PlaceLost) {
        for directory in held {
            switch directory.trouble() {
            case nil, .notWritable: continue  // what cannot be written says so itself
            case .elsewhere, .unknown: throw PlaceLost(path: directory.path)
            }
        }
    }

    func look() {
        let reasons = held.compactMap { directory in directory.trouble().map { $0.reason(directory.path) } }
        known.withLock { $0 = reasons }
    }

    /// What stands against preserving anything, as last looked at.
    var reasons: [String] { known.withLock { $0 } }
}

/// A directory that is held open does not lie at its path any more: evidence waits, and sources stay.
struct PlaceLost: Error, Equatable, CustomStringConvertible {
    let path: String
    var description: String { HeldDirectory.Trouble.elsewhere.reason(path) }
}

extension HeldDirectory.Trouble {
    func reason(_ path: String) -> String {
        switch self {
        case .elsewhere:
            "\(path) is not the directory that was opened at the start, and matches wait: put that one back or mount "
                + "it again, or restart breakwaterd to take the one that is there now"
        case .notWritable(let error): "\(path) cannot be written to (\(error)), and matches wait"
        case .unknown(let error): "\(path) cannot be looked at (\(error)), and matches wait"
        }
    }
}
