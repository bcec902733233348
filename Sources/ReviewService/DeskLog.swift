import LinuxIO
import UploadModel
import VaultStore

/// The desk's own custody log, `custody/`, signed with a key that is made at the first start, `keys/custody.key`.
final class DeskLog: Sendable {
    private let log: CustodyLog

    init(in root: borrowing Descriptor) throws {
        let keys = try root.ensureDirectory(Array("keys".utf8), mode: 0o700, subject: "keys")
        let key =
            try LogKey.read(in: keys, as: "custody.key")
            ?? LogKey.make(naming: "breakwater-review", in: keys, as: "custody.key")
        let directory = try root.ensureDirectory(Array("custody".utf8), mode: 0o700, subject: "custody")
        log = try CustodyLog.open(in: directory, key: key)
    }

    /// What staff and others check the log's checkpoints with.
    var verifier: LogVerifier { log.verifier }

    /// States what is about to be done or written into the book. On the disk when this returns.
    func append(_ statements: [CustodyStatement]) throws(CustodyLogFault) {
        if !statements.isEmpty { try log.append(contentsOf: statements) }
    }

    /// Everything about an exhibit, the newest first.
    func chain(of exhibit: BundleID) throws(CustodyLogFault) -> [CustodyEntry] { try log.chain(of: exhibit) }

    /// Entries so far.
    var size: UInt64 { log.size }

    func publish() throws(CustodyLogFault) { try log.publish() }
}
