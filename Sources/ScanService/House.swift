import Digests
import Exposition
import Intake
import LedgerStore
import LinuxIO
import Logging
import Synchronization
package import UploadModel
package import VaultStore

/// What both loops work with: one of each, made at start.
final class House: Sendable {
    let program: String
    let arrivals: Arrivals<Upload>
    let departures: Departures
    let lists: Lists
    let pictures: Pictures
    let undecoded = UndecodedQueue()
    let ledger: Ledger
    let vault: Vault
    let drills: DrillWatch
    let instruments: [Instruments]
    let registry: MetricsRegistry
    let log: Logger
    let record: Record
    let suppressions: Suppressions
    let places: Places
    let stateRoot: SharedDirectory
    let orders: SharedDirectory
    /// As opened at the start, in the settings' order; ``watches`` knows the ones that serve now.
    let spools: [Spool]

    /// A worker's turn to move a batch of files, a spool each. The value is of no use, but not empty: the thread sanitizer
    /// takes an access to an empty one for one to what lies behind it.
    let turns: [Monitor<Bool>]

    /// Uploads whose rows or bundles found no room in the state, and that will be tried again.
    let waitingForRoom = Atomic(0)

    /// Uploads that matched, and whose bytes somebody took away before they were preserved.
    let unpreserved = Atomic(0)

    /// Fingerprints of the keys that custodians took away; the vault keeps them.
    let retired: Mutex<Set<String>>

    /// Orders that a disk stands in the way of, as far as was said.
    private let waitingOrders = Mutex<Set<UploadID>>([])

    private let watched = Mutex<[SpoolWatch<Upload>]>([])
    private let running: Mutex<Configuration>
    private let failure = Mutex<(any Error)?>(nil)
    private let onFailure: @Sendable () -> Void

    init(
        _ configuration: Configuration,
        spools: [Spool],
        state: StateDirectory,
        ledger: Ledger,
        vault: Vault,
        registry: MetricsRegistry,
        log: Logger,
        onFailure: @escaping @Sendable () -> Void
    ) throws {
        turns = spools.map { _ in Monitor(false) }
        (self.spools, self.ledger, self.vault, self.registry, self.log) = (
            spools, ledger, vault, registry, log
        )
        self.onFailure = onFailure
        record = try Record(state, ledger: ledger, logger: log)
        suppressions = try Suppressions(state)
        places = try Places(
            state,
            vault: vault,
            record: record,
            suppressions: suppressions,
            secondCopy: configuration.settings.evidence.secondCopy
        )
        stateRoot = SharedDirectory(try state.root.duplicate())
        orders = SharedDirectory(try state.orders.duplicate())
        program = configuration.program
        running = Mutex(configuration)
        arrivals = Arrivals()
        departures = Departures()
        pictures = Pictures(configuration.settings.decoder, registry: registry, log: log)
        drills = DrillWatch(vault)
        retired = Mutex(try vault.retiredKeys())
        lists = try Lists(state, ledger: ledger, record: record, registry: registry, log: log)
        instruments = spools.map { Instruments(registry, spool: $0.name) }
    }

    /// The settings in effect; a reload replaces them.
    var live: Settings { running.withLock { $0.settings } }
    /// Of these only what the lanes ask for at every upload.
    var scan: ScanSettings { running.withLock { $0.settings.scan } }
    var configuration: Configuration { running.withLock { $0 } }
    /// Whom evidence is sealed to: what the settings name, without what was retired.
    var keys: SealingKeys { configuration.keys.without(retired.withLock { $0 }) }
    func run(with configuration: Configuration) { running.withLock { $0 = configuration } }

    /// How what met these entries is sealed at this moment.
    ///
    /// - Throws: ``EvidenceRefused`` where settings were reloaded that cannot seal what a real list's entries met.
    func sealingTerms(for matches: [Match]) throws -> SealingTerms {
        let keys = keys
        if let real = matches.first(where: { !$0.entry.provenance.synthetic }) {
            try keys.checkServing(real.entry.id.list)
        }
        return try vault.terms(keys, at: Timestamp(nanoseconds: Clocks.realtime))
    }

    var watches: [SpoolWatch<Upload>] { watched.withLock { $0 } }

    /// The same work/ may belong to a spool that was opened anew, since another of its directories was replaced.
    func inItsSpool(_ upload: Upload) -> Upload {
        let current = watches[upload.spoolIndex].spool
        guard current !== upload.spool, current.sharesWork(with: upload.spool),
            !upload.place.isSetAside || current.sharesHeld(with: upload.spool)
        else { return upload }
        var upload = upload
        upload.spool = current
        return upload
    }

    func setWatches(_ watches: [SpoolWatch<Upload>]) { watched.withLock { $0 = watches } }

    /// Takes over what lies at an upload's path in its stead: claimed after it had left, before a crash.
    func adoptStranger(at upload: Upload) {
        adopt(upload.path, of: upload.spool, index: upload.spoolIndex)
    }

    /// Takes up what lies in work/ without an owner.
    func adopt(_ path: SpoolPath, of spool: Spool, index: Int) {
        arrivals.count()
        arrivals.park(Upload(inWork: path, of: spool, index: index), for: 0)
    }

    /// Something that cannot be gone on from: stop, say so, lose nothing. The first reason counts.
    func stop(because error: any Error) {
        let isFirst = failure.withLock { known in
            defer { known = known ?? error }
            return known == nil
        }
        guard isFirst else { return }
        log.critical("stopping", metadata: [LogKeys.reason: "\(error)"])
        onFailure()
    }

    /// Said once in a run: an order that waits is tried again with every round.
    func sayOrderWaits(_ id: UploadID, because error: any Error) {
        guard waitingOrders.withLock({ $0.count < 65_536 && $0.insert(id).inserted }) else { return }
        log.error("order-waits", metadata: [LogKeys.order: "\(id)", LogKeys.reason: "\(error)"])
    }

    var stopReason: (any Error)? { failure.withLock { $0 } }
}

/// The settings with what evidence says of them.
package struct Configuration: Sendable {
    package let settings: Settings
    /// Of the file's bytes, hexadecimal.
    package let sha256: String
    /// Name and version, as drafts and bundles name it.
    package let program: String
    /// Of the running program's file, hexadecimal; empty where it cannot be read.
    /// Read when it is first asked for: a start waits for nothing that only evidence needs.
    package var programSHA256: String { Self.ownDigest }
    /// Whom evidence is sealed to.
    package let keys: SealingKeys

    /// - Parameter text: The settings file's bytes, whose SHA-256 goes into evidence.
    /// - Throws: ``EvidenceRefused`` when evidence could not be sealed as these settings need it; `SyscallError`.
    package init(settings: Settings, text: [UInt8], program: String) throws {
        keys = try SealingKeys(reading: settings.evidence)
        let left = keys.without(try Self.retired(settings.state.root))
        _ = try left.audiences()
        try left.check(settings.environment, settings.lists.sources)
        (self.settings, self.program) = (settings, program)
        sha256 = DigestSet(of: text).sha256?.hex ?? ""
    }

    /// None where another user than the daemon's checks settings: the vault is not theirs to read, and they seal nothing.
    /// The daemon reads it again when it opens the vault.
    private static func retired(_ state: String) throws(SyscallError) -> Set<String> {
        do {
            return try SealingKeys.retired(inState: state)
        } catch {
            if error.isForbidden { return [] }
            throw error
        }
    }

    private static let ownDigest: String = {
        guard let program = try? Descriptor.open("/proc/self/exe") else { return "" }
        return (try? DigestSet.reading(program))?.sha256?.hex ?? ""
    }()
}

/// The keys of log lines. Values never hold a digest, an address, or the name of a file or person.
enum LogKeys {
    static let bundle = "bundle"
    static let count = "count"
    static let generation = "generation"
    static let obstacle = "obstacle"
    static let order = "order"
    static let reason = "reason"
    static let result = "result"
    static let spool = "spool"
    static let upload = "upload"
    static let verb = "verb"
}
