/// What the daemon runs with: complete, checked, units in the types. config/breakwater.toml is its reference.
package struct Settings: Equatable, Sendable {
    /// Stamped into every draft; `production` is never assumed.
    package var environment = Environment.demonstration
    package var spools: [SpoolSettings] = []
    package var state = StateSettings()
    package var scan = ScanSettings()
    package var decoder = DecoderSettings()
    package var lists = ListSettings()
    package var evidence = EvidenceSettings()
    package var report = ReportSettings()
    package var metrics = MetricsSettings()
    package var desk = DeskSettings()
    package var review = ReviewSettings()

    package init() {}
}

package enum Environment: String, CaseIterable, Sendable {
    case demonstration, test, production
}

/// One `[[spool]]`.
package struct SpoolSettings: Equatable, Sendable {
    /// Lower-case letters, digits and `-`, at most 32; carried by every row, metric and output line.
    package var name: String
    /// Absolute path of the directory that holds tmp/, incoming/, work/, released/ and held/.
    package var root: String
    /// The application's group, name or number; empty keeps the directories' own group.
    package var group = ""
    package var context = ContextSource.sidecar
    package var hardLinks = HardLinkRule.copy

    package init(name: String, root: String) {
        self.name = name
        self.root = root
    }
}

package enum ContextSource: String, CaseIterable, Sendable {
    /// `NAME.meta.json`, renamed in before `NAME`; for names that the application gives.
    case sidecar
    /// For names that users choose.
    case none
}

package enum HardLinkRule: String, CaseIterable, Sendable {
    /// Digest and release a copy under an inode of its own.
    case copy
    case hold
}

package struct StateSettings: Equatable, Sendable {
    /// Absolute path, outside every spool.
    package var root = ""
    /// Bytes that must stay free on the state's file system; below it claims stop.
    package var reserve: UInt64 = 64 << 20
    /// File with the Ed25519 public key that the desk signs its orders with, 64 hexadecimal digits; empty takes none.
    package var deskKey = ""

    package init() {}
}

package struct ScanSettings: Equatable, Sendable {
    package var workers = Workers.cores
    /// Bytes; a larger file leaves the lanes for a thread of its own.
    package var large: UInt64 = 64 << 20
    package var digests = DigestRule.needed
    /// Seconds between full sweeps that nothing asked for.
    package var sweep = 30
    /// Interruptions after which an upload is held; 0 never.
    package var crashLimit = 3
    /// Seconds that work in hand may take after SIGTERM before it is left for the next start.
    package var drain = 30

    package init() {}
}

/// How pictures are decoded; each limit holds for one picture.
package struct DecoderSettings: Equatable, Sendable {
    /// Absolute path of the program; empty looks beside the running program, then in libexec.
    package var program = ""
    /// Pictures that are decoded at the same time.
    package var workers = 2
    /// Bytes that a worker may allocate.
    package var memory: UInt64 = 256 << 20
    package var pixels = 200_000_000
    /// Of the file.
    package var bytes: UInt64 = 128 << 20
    package var cpuSeconds = 10
    package var wallSeconds = 30
    /// Whether a worker that misses a layer of its cage is refused.
    package var requireSandbox = true
    /// After so many a worker is replaced by a fresh one.
    package var picturesPerWorker = 1_000

    package init() {}
}

/// Which digests are computed of an upload before it is compared. What matches has all of them in any case.
package enum DigestRule: String, CaseIterable, Sendable {
    /// Those that some loaded list holds.
    case needed
    case all
}

package enum Workers: Equatable, Sendable {
    case cores
    case count(Int)
}

package struct ListSettings: Equatable, Sendable {
    /// File with the Ed25519 public key that generations must be signed by, 64 hexadecimal digits.
    package var publicKey = ""
    /// File with the private key that `list build` signs with; needed by the builder only.
    package var signingKey = ""
    package var onStale = StaleRule.continue
    /// Bytes of digests that stay in the page cache of the machine that serves; a build of more puts filters in front of
    /// them.
    package var resident: UInt64 = 4 << 30
    package var sources: [ListSource] = []

    package init() {}
}

package enum StaleRule: String, CaseIterable, Sendable {
    case `continue`, stop
}

/// How a list's file is written; docs/formats/list-sources.md describes each.
package enum ListFormat: String, CaseIterable, Sendable {
    /// A digest a line, MD5, SHA-1 or SHA-256 by length, in hexadecimal, as md5sum(1) and its like print it.
    case digests
    /// What hashdeep(1) prints.
    case hashdeep
    /// Separated values whose columns ``ListMapping`` names.
    case csv, tsv
    /// Objects whose members ``ListMapping`` names: in an array, or one after the other.
    case json
    /// Our own: an object a line.
    case ndjson
    /// Pages of NCMEC's Hash Sharing, version 2.
    case ncmec
    /// PDQ hashes, 64 hexadecimal digits, then quality and an id where they are known.
    case pdq
    /// `signal_type value` lines.
    case threatexchange
}

/// One `[[list]]`.
package struct ListSource: Equatable, Sendable {
    /// Lower-case letters, digits and `-`, at most 64; shown in output as `<name>#<ordinal>`.
    package var name: String
    /// A file, or a directory whose files are read in the order of their names.
    package var file: String
    package var supplier: String
    package var listClass: ListClass
    package var format = ListFormat.digests
    /// Where the supplier hands the list out, usually an address; may be empty.
    package var origin = ""
    package var mapping = ListMapping()
    package var synthetic = false
    /// Whether entries of files under 64 bytes are taken.
    package var allowSmall = false
    /// What the supplier says of the list; goes into evidence and drafts.
    package var provenance = ""
    /// Days after which a generation's copy of this list counts as stale; 0 never.
    package var maximumAge = 0
    /// What a match leads to, by grade and distance.
    package var actions = ListActions()

    package init(name: String, file: String, supplier: String, listClass: ListClass) {
        self.name = name
        self.file = file
        self.supplier = supplier
        self.listClass = listClass
    }
}

/// `[evidence]`: whom evidence is sealed to, and where its second copy lies.
package struct EvidenceSettings: Equatable, Sendable {
    package var custodians = CustodianKeys.recipients([])
    /// The age recipient of the review desk; empty for none.
    package var review = ""
    /// Absolute path of the demonstration's identity file; empty where no list is synthetic.
    package var demonstrationKey = ""
    /// Absolute path of a directory on another disk; empty for no second copy.
    package var secondCopy = ""

    package init() {}
}

/// The public keys of those who can open evidence; at least two in production.
package enum CustodianKeys: Equatable, Sendable {
    /// `age1...`, as the settings have them.
    case recipients([String])
    /// Absolute path of a directory whose files NAME.pub hold one recipient each.
    case directory(String)
}

/// `[report]`: what every draft says of the provider.
package struct ReportSettings: Equatable, Sendable {
    /// The provider's name.
    package var company = ""
    /// The person who reports; the service requires an e-mail address.
    package var firstName = ""
    package var lastName = ""
    package var email = ""
    package var phone = ""
    /// Free text for every report: how to serve process, retention, 24 h phone.
    package var companyTemplate = ""
    package var termsOfService = ""
    package var legalURL = ""
    /// Full name of the service that uploads go to.
    package var platform = ""
    /// The state of the service's schema that drafts are made for.
    package var profile = SchemaProfile.november2025

    package init() {}
}

package struct MetricsSettings: Equatable, Sendable {
    package var address = MetricsAddress.none

    package init() {}
}

package enum MetricsAddress: Equatable, Sendable {
    /// Not served.
    case none
    /// Absolute path, at most 103 bytes.
    case unix(String)
    case tcp(host: String, port: Int)
}

/// `[desk]`: where the case desk works and listens.
package struct DeskSettings: Equatable, Sendable {
    /// Absolute path of its own directory: book, attachments, drafts, keys.
    package var root = "/var/lib/breakwater-review"
    /// Absolute path, at most 103 bytes; outside ``root``, so that staff reach it.
    package var socket = "/run/breakwater-review/desk.sock"
    /// The file that says who works at the desk.
    package var roles = "/etc/breakwater/roles.toml"
    /// Staff's group, name or number, to which the socket is open; empty keeps the desk's own group.
    package var group = ""
    package var lookup = LookupSettings()
    /// Absolute path of a file that the desk writes its figures to, for a collector of text files; empty writes none.
    package var metrics = ""

    package init() {}
}

/// `[desk.lookup]`: the site's own service that the desk asks about an account.
package struct LookupSettings: Equatable, Sendable {
    /// Absolute path of a Unix socket, at most 103 bytes; empty asks nobody.
    package var socket = ""
    /// Seconds for the whole of one question and its answer.
    package var timeout = 5
    /// Bytes of an answer.
    package var largest: UInt64 = 64 * 1_024

    package init() {}
}

/// `[review]`: what a person must have done before a report is approved.
package struct ReviewSettings: Equatable, Sendable {
    package var requireView = ViewRule.nearMatches
    /// Whether the provider has signed the industry's hash-sharing agreement, so that classes go into reports.
    package var industryAgreement = false
    /// Viewings that one person may begin within 24 hours; 0 for no limit.
    package var viewsPerDay = 0

    package init() {}
}

/// Which files somebody must have viewed before their report is approved.
package enum ViewRule: String, CaseIterable, Sendable {
    case never
    /// Those that no strong digest agreed on.
    case nearMatches = "near-matches"
    case always
}
