package import LinuxIO
import Synchronization
package import UploadModel

/// One program's custody log, open for writing: a Merkle tree to which entries are only ever added.
///
/// An entry is on the disk when ``append(_:)`` returns; it is under a signature from the next ``publish()`` on. Calls
/// block: make them from threads of our own. One process writes a log at a time.
///
/// - Source: RFC 6962, section 2; C2SP tlog-tiles, tlog-checkpoint. docs/formats/custody-log.md has the files.
package final class CustodyLog: Sendable {
    package let verifier: LogVerifier
    private let key: LogKey
    private let boot: String
    private let lock: FileLock
    private let state: Mutex<LogState>

    private init(_ state: LogState, key: LogKey, boot: String, lock: FileLock) {
        (self.key, self.boot, self.lock, verifier) = (key, boot, lock, key.verifier)
        self.state = Mutex(state)
    }

    /// Opens the log in a directory of its own, or begins it there. Whatever a crash left half-done is finished; a torn
    /// last batch, which was never said to be there, goes.
    ///
    /// - Throws: ``CustodyLogFault``.
    package static func open(
        in directory: borrowing Descriptor,
        key: LogKey
    ) throws(CustodyLogFault) -> CustodyLog {
        do {
            guard let lock = try FileLock.take("lock", in: directory, subject: "custody log") else {
                throw CustodyLogFault.inUse
            }
            return CustodyLog(
                try LogState(opening: directory, verifier: key.verifier),
                key: key,
                boot: Clocks.bootID,
                lock: lock
            )
        } catch let error as SyscallError {
            throw .notWritten(error)
        } catch let fault as CustodyLogFault {
            throw fault
        } catch {
            preconditionFailure("neither a system call nor a fault of the log")
        }
    }

    /// Entries so far.
    package var size: UInt64 { state.withLock { $0.size } }

    /// Whether entries wait for a checkpoint.
    package var isDirty: Bool { state.withLock { $0.size != $0.published } }

    /// Bytes of an entry, and how many one of this statement has at most, whatever clock and links the log adds to it.
    package static let longestEntry = Int(UInt16.max)
    package func byteCount(of statement: CustodyStatement) -> Int {
        let hex = String(repeating: "0", count: 64)
        let entry = CustodyEntry(
            statement,
            clock: CustodyClock(boot: boot, monotonic: .max, isSynchronised: false),
            origin: verifier.name,
            previous: CustodyLink(index: 1 << 53, leaf: hex),
            commitment: hex
        )
        return entry.canonical.count
    }

    /// Adds one entry; see ``append(contentsOf:)``.
    ///
    /// - Returns: Its index.
    @discardableResult
    package func append(_ statement: CustodyStatement) throws(CustodyLogFault) -> UInt64 {
        try append(contentsOf: [statement])
    }

    /// Adds entries. When this returns they are on the disk; when it throws, a bundle may have ended between them and
    /// those before its end are: the form that takes them `inout` says which.
    ///
    /// - Returns: The index of the first.
    @discardableResult
    package func append(contentsOf statements: [CustodyStatement]) throws(CustodyLogFault) -> UInt64 {
        var statements = statements
        return try append(&statements)
    }

    /// Adds entries, all with one fsync but where a bundle ends between them, and takes those out of `statements` that are
    /// on the disk, also when it throws. None of the others counts then, though a crash right after may leave some.
    ///
    /// - Returns: The index of the first.
    @discardableResult
    package func append(_ statements: inout [CustodyStatement]) throws(CustodyLogFault) -> UInt64 {
        let clock = CustodyClock(
            boot: boot,
            monotonic: Clocks.monotonic,
            isSynchronised: Clocks.isSynchronised
        )
        return try act { (state: inout LogState) throws in
            let first = state.size
            try state.append(&statements, clock: clock, origin: verifier.name)
            return first
        }
    }

    /// Everything about an exhibit, the newest first.
    package func chain(of exhibit: BundleID) throws(CustodyLogFault) -> [CustodyEntry] {
        try act { (state: inout LogState) throws in try state.chain(of: exhibit) }
    }

    /// The newest entry; `nil` where there is none.
    package func newest() throws(CustodyLogFault) -> CustodyEntry? {
        try act { (state: inout LogState) throws in try state.newest() }
    }

    /// Signs what there is, unless that was done already.
    ///
    /// - Returns: The checkpoint that now stands; `nil` while there is no entry.
    @discardableResult
    package func publish() throws(CustodyLogFault) -> SignedCheckpoint? {
        try act { (state: inout LogState) throws in try state.publish(with: key) }
    }

    /// Forgets what an entry's commitment covers: names, addresses, free text. The log still verifies.
    package func forgetDetail(of entry: UploadID) throws(CustodyLogFault) {
        try act { (state: inout LogState) throws in try state.details.forget(entry) }
    }

    /// What an entry's commitment covers, if it is still there and is what the entry commits to.
    package func detail(of entry: CustodyEntry) throws(CustodyLogFault) -> CustodyDetail? {
        try act { (state: inout LogState) throws in try state.details.read(of: entry) }
    }

    private func act<Value: Sendable>(
        _ body: (inout LogState) throws -> sending Value
    ) throws(CustodyLogFault) -> Value {
        do {
            return try state.withLock { try body(&$0) }
        } catch let error as SyscallError {
            throw .notWritten(error)
        } catch let fault as CustodyLogFault {
            throw fault
        } catch {
            preconditionFailure("neither a system call nor a fault of the log")
        }
    }
}
