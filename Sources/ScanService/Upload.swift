import Intake
import LedgerStore
import LinuxIO
import UploadModel

/// One upload in our hands, from its claim to the end of our part: a value that the two loops pass each other.
struct Upload: Sendable {
    let id: UploadID
    /// The directories that it was claimed in; the same ones even if the spool's root is replaced meanwhile.
    var spool: Spool
    let spoolIndex: Int
    let path: SpoolPath
    let hasContext: Bool
    let origin: Origin
    let claimedAt: Timestamp
    /// Monotonic, nanoseconds.
    let since: Int64

    private(set) var custody = Custody()
    private(set) var next = CustodyEffect.digest
    /// What has happened and is in no row yet.
    private(set) var facts: [LedgerRow] = []
    private(set) var history = History.none
    /// Custody as the ledger's rows rebuild it, where there are any.
    @Rare private var durable: (custody: Custody, next: CustodyEffect)?

    /// Tries that met trouble which may pass.
    var tries = Tries()
    /// Whether what lies at its place is its own, as far as a start can tell. It is not where the file was gone, or had
    /// a later owner.
    var hasFile = true
    /// The context as it was first seen, and when (monotonic), for the same reason as ``firstLook``.
    @Rare var contextLook: (status: FileStatus, at: Int64)?
    /// The entries that it met at some try, with what was known of it then: it is not forgotten when the try fails.
    @Rare var met: (digests: DigestSet, matches: [Match])?
    /// The context as it was compared.
    @Rare var comparedContext: FileStatus?
    /// What the first look found, where the kernel does not tell about writers.
    @Rare var firstLook: FileStatus?

    /// What the ledger knows of it.
    enum History {
        case none
        /// Only that the daemon ended while it had it in hand: forgotten when it is released.
        case interruptions
        case rows
    }

    /// A fresh claim.
    ///
    /// - Parameter random: What its id is made of, beside the time.
    init(claimed arrival: Arrival, in spool: Spool, hasContext: Bool, random: inout RandomWords) {
        claimedAt = Timestamp(nanoseconds: Clocks.realtime)
        id = UploadID(at: claimedAt, random: (random.next(), random.next()))
        (self.spool, spoolIndex, path, self.hasContext) = (spool, arrival.spool, arrival.path, hasContext)
        (origin, since) = (arrival.origin, Clocks.monotonic)
    }

    /// What lies in work/ and has no row.
    init(inWork path: SpoolPath, of spool: Spool, index: Int) {
        claimedAt = Timestamp(nanoseconds: Clocks.realtime)
        id = .fresh(at: claimedAt)
        (self.spool, spoolIndex, self.path) = (spool, index, path)
        hasContext = (try? spool.ownsContext(path)) ?? false
        (origin, since) = (.sweep(.start), Clocks.monotonic)
    }

    /// An upload that has rows, or was in work/ at the start.
    ///
    /// - Throws: ``OutOfOrder`` when the rows are not custody's.
    init(_ known: LedgerUpload, in spool: Spool, index: Int) throws(OutOfOrder) {
        (id, path, hasContext, claimedAt) = (known.id, known.path, known.hasContext, known.id.claimedAt)
        (self.spool, spoolIndex, origin, since) = (spool, index, .sweep(.start), Clocks.monotonic)
        durable = try Custody.replaying(known.rows.map(\.event))
        (custody, next) = durable ?? (Custody(), .digest)
        let interruptionsOnly = known.rows.allSatisfy { $0.event == .interrupted }
        history = interruptionsOnly ? (known.rows.isEmpty ? .none : .interruptions) : .rows
    }

    var place: Place {
        Place(id: id, path: path, hasContext: hasContext, isSetAside: custody.isSetAside)
    }

    /// Whether something is or will be written of it even if it is released.
    var leavesRows: Bool {
        history == .rows || facts.contains { if case .suppressed = $0.event { true } else { false } }
    }

    var secondsSinceClaim: Double { Double(Clocks.monotonic - since) / 1e9 }

    /// Takes in a fact; `next` says what follows.
    mutating func record(_ event: CustodyEvent) throws(OutOfOrder) {
        next = try custody.record(event)
        if facts.isEmpty { facts.reserveCapacity(Self.usualFacts) }
        facts.append(LedgerRow(event: event, at: Timestamp(nanoseconds: Clocks.realtime)))
    }

    /// Digested and unlisted, which is all that most uploads come to.
    private static let usualFacts = 2

    /// Begins again from what is durable; what was found out since is found out anew.
    mutating func startOver() {
        (custody, next) = durable ?? (Custody(), .digest)
        facts = []
        firstLook = nil
    }

    /// Whether it ended without a word to keep: it went away before anything was compared.
    var leavesNoTrace: Bool { history == .none && custody.stage == .closed(.withdrawn) }

    mutating func factsAreDurable() {
        facts = []
        history = .rows
        durable = (custody, next)
    }

    mutating func dropFacts() { facts = [] }
}

/// How often an upload met trouble that may pass, and when to stop believing that.
struct Tries: Equatable, Sendable {
    private(set) var count = 0
    private var first: Int64?

    static let most = 8
    /// Nanoseconds; one hour.
    static let longest: Int64 = 3_600_000_000_000

    /// Counts a failed try.
    ///
    /// - Returns: Nanoseconds to wait before the next, 1 s doubling to 300 s; `nil` when that was the last.
    mutating func failed(now: Int64) -> Int64? {
        count += 1
        let begin = first ?? now
        first = begin
        guard count < Self.most, now - begin < Self.longest else { return nil }
        return min(300, 1 << Int64(count - 1)) * 1_000_000_000
    }
}
