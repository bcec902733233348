import Glibc
import Intake
import LedgerStore
import LinuxIO
import ListImport
import Testing
import UploadModel
import VaultStore

@testable import ScanService

/// A deployment of its own under the temporary directory: one spool, a state, signed lists; gone when the test lets
/// go of it. Places are relative to the deployment: `spool/incoming/a`, `state/vault`.
final class ScratchHouse: Sendable {
    let path: String
    let settings: Settings
    private let key = SigningKey.generate()

    /// Bytes that the list `demo`, of class csam, has the SHA-256 of.
    static let listed = "invented listed bytes"

    init(_ change: (inout Settings) -> Void = { _ in }) throws {
        ThisProcess.blockStraySignals()  // as the daemon does: a lease that is broken while it is held
        let place = ThisProcess.environment("TMPDIR") ?? "/tmp"
        var template = Array("\(place)/house-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SyscallError(call: "mkdtemp", subject: place, errno: errno)
        }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        self.path = path
        settings = Self.settings(path, change)
        let identity = AgeIdentity.generate()
        try Descriptor.directory(path).writeNew(
            Array("\(identity.secretText)\n".utf8),
            as: Array("demonstration.key".utf8),
            mode: 0o600,
            subject: "demonstration.key"
        )
        for name in ["spool", "state"] {
            try Descriptor.directory(path).makeDirectory(Array(name.utf8), mode: 0o750)
        }
        try ThisProcess.setMode(0o710, ofPath: settings.state.root)
        try key.write(to: "\(path)/lists.key")
        _ = try (Spool(opening: settings.spools[0]), StateDirectory(opening: settings.state.root), vault())
        try withLedger { _ in }
        try list(["demo": [Self.listed]])
    }

    deinit {
        let cut = path.lastIndex(of: "/")!
        try? Descriptor.directory(String(path[...cut])).removeTree(Array(path[cut...].dropFirst().utf8))
    }

    private static func settings(_ path: String, _ change: (inout Settings) -> Void) -> Settings {
        var settings = Settings()
        settings.environment = .test
        settings.spools = [SpoolSettings(name: "main", root: "\(path)/spool")]
        settings.state.root = "\(path)/state"
        settings.state.reserve = 0
        settings.lists.publicKey = "\(path)/lists.pub"
        settings.evidence.demonstrationKey = "\(path)/demonstration.key"
        settings.scan.workers = .count(2)
        settings.report.company = "Example Hosting"
        change(&settings)
        return settings
    }

    var configuration: Configuration {
        get throws {
            try Configuration(
                settings: settings,
                text: Array("invented settings".utf8),
                program: "breakwaterd test"
            )
        }
    }

    // MARK: - Lists

    /// Builds and installs a generation of lists of invented contents, by one digest of each.
    ///
    /// - Parameter hashes: PDQ hashes of a further list, if there are any.
    func list(
        _ contents: [String: [String]],
        classes: [String: ListClass] = [:],
        by algorithm: DigestAlgorithm = .sha256,
        hashes: [String] = []
    ) throws {
        var sources = try contents.sorted { $0.key < $1.key }.map { name, contents in
            let lines = try contents.map { try digests(of: $0)[algorithm]!.hex + "\n" }
            try put("\(name).txt", lines.joined())
            var source = ListSource(
                name: name,
                file: "\(path)/\(name).txt",
                supplier: "Invented",
                listClass: classes[name] ?? .csam
            )
            source.synthetic = true
            return source
        }
        if !hashes.isEmpty {
            try put("hashes.txt", hashes.joined(separator: "\n") + "\n")
            sources.append(
                ListSource(name: "hashes", file: "\(path)/hashes.txt", supplier: "Invented", listClass: .csam)
            )
            sources[sources.count - 1].format = .pdq
            sources[sources.count - 1].synthetic = true
        }
        let lists = try Descriptor.directory("\(path)/state/lists")
        _ = try GenerationBuilder.build(
            sources: sources,
            into: lists,
            signingKey: key,
            at: Timestamp(nanoseconds: Clocks.realtime)
        )
    }

    func digests(of content: String) throws -> DigestSet {
        try put("digested", content)
        return try DigestSet.reading(try Descriptor.open("\(path)/digested"))
    }

    /// What a lane finds out about the listed content.
    func match(part: UploadPart = .content) throws -> Match {
        let digests = try digests(of: Self.listed)
        let entry = ListEntry(
            id: EntryID(list: "demo", ordinal: 1),
            listClass: .csam,
            digests: [digests.sha256!],
            provenance: Provenance(
                supplier: "Invented",
                generation: "g0000000001-00000000",
                text: "",
                synthetic: true
            )
        )
        return try #require(Match(entry, meeting: digests, part: part))
    }
}

// MARK: - Files

extension ScratchHouse {
    private func root() throws -> Descriptor { try Descriptor.directory(path) }

    func makeDirectories(_ place: String) throws {
        var path = ""
        for part in place.split(separator: "/") {
            path += path.isEmpty ? part : "/\(part)"
            if try !exists(path) { try root().makeDirectory(Array(path.utf8), mode: 0o770) }
        }
    }

    /// Writes a file where it is to be, whole at once, as an application would by its rename.
    func put(_ place: String, _ content: String) throws {
        if let cut = place.lastIndex(of: "/") { try makeDirectories(String(place[..<cut])) }
        let hidden = Array(".\(UInt64.random(in: 0...(.max)))".utf8)
        let root = try root()
        try root.writeNew(Array(content.utf8), as: hidden, mode: 0o640, subject: "upload")
        try root.rename(hidden, to: root, Array(place.utf8), replacing: true)
    }

    /// Hands an upload over as an application does: written in tmp/, the context renamed in before the file.
    func handOver(_ name: String, _ content: String, context: String? = nil) throws {
        if let context { try put("spool/incoming/\(name).meta.json", context) }
        try put("spool/incoming/\(name)", content)
    }

    func move(_ place: String, to goal: String) throws {
        let root = try root()
        try root.rename(Array(place.utf8), to: root, Array(goal.utf8))
    }

    func remove(_ place: String) throws { try root().unlink(Array(place.utf8)) }

    func removeTree(_ place: String) throws { try root().removeTree(Array(place.utf8)) }

    func exists(_ place: String) throws -> Bool { try root().statusIfThere(of: Array(place.utf8)) != nil }

    /// The bytes at a place; `nil` when nothing is there.
    func text(_ place: String) throws -> String? {
        guard let file = try? root().open(Array(place.utf8)) else { return nil }
        return String(decoding: try file.readAll(limit: 1 << 30), as: UTF8.self)
    }

    /// Every file below a place, with its bytes; directories with an empty text.
    func tree(_ place: String) throws -> [String: String] {
        let contents = try files(place).map { ($0, $0.last == "/" ? "" : try text($0) ?? "?") }
        return Dictionary(uniqueKeysWithValues: contents)
    }

    /// Every file below a place; directories end in `/`.
    private func files(_ place: String) throws -> [String] {
        var found: [String] = []
        var entries = try DirectoryEntries(of: try root().open(Array(place.utf8), .directory))
        while let entry = try entries.next() {
            let child = "\(place)/\(String(decoding: entry.name, as: UTF8.self))"
            found += entry.kind == .directory ? try files(child) + [child + "/"] : [child]
        }
        return found
    }

    /// The files in released/ and below, relative to it, sorted.
    func released() throws -> [String] {
        let place = "spool/released/"
        return try files("spool/released").filter { $0.last != "/" }.map { String($0.dropFirst(place.count)) }
            .sorted()
    }
}

// MARK: - Rows and bundles

extension ScratchHouse {
    /// Only while no daemon runs. Where rows are, a daemon has run before, and has begun its custody log.
    func withLedger<Answer>(_ body: (Ledger) throws -> Answer) throws -> Answer {
        let root = try Descriptor.directory("\(path)/state")
        if try root.statusIfThere(of: Array("custody/journal".utf8)) == nil {
            let state = try StateDirectory(opening: "\(path)/state")
            _ = try Record.openLog(try Record.openDirectory(state))
        }
        return try with(try Ledger(opening: "\(path)/state/ledger.db"), body)
    }

    /// Also while a daemon runs.
    func readLedger<Answer>(_ body: (Ledger) throws -> Answer) throws -> Answer {
        try with(try Ledger(reading: "\(path)/state/ledger.db"), body)
    }

    private func with<Answer>(_ ledger: Ledger, _ body: (Ledger) throws -> Answer) throws -> Answer {
        defer { try? ledger.close() }
        return try body(ledger)
    }

    /// Only while no daemon runs: it removes what is half-written.
    func vault() throws -> Vault { try Vault.open(state: try Descriptor.directory("\(path)/state")) }

    /// The files of a draft, opened; `nil` where there is none.
    func draft(of id: UploadID) throws -> [DraftFile]? { try reader.draft(DraftID(id), with: identity) }

    /// What lies sealed in a bundle, opened; `nil` where there is none.
    func sealed(_ part: SealedPart, of id: UploadID) throws -> [UInt8]? {
        guard try reader.has(BundleID(id)) else { return nil }
        return try reader.bytes(of: part, in: BundleID(id), with: identity, limit: 1 << 24)
    }

    private var reader: Vault {
        get throws { try Vault.openForReading(state: try Descriptor.directory("\(path)/state")) }
    }

    private var identity: AgeIdentity {
        get throws { try #require(try SealingKeys.demonstrationIdentity(settings.evidence)) }
    }

    /// Appends rows of one upload, as a run of the daemon would have left them: the context's bytes are kept from the
    /// row on that leads to evidence.
    func write(
        _ id: UploadID,
        _ path: String,
        _ events: [CustodyEvent],
        context: String? = nil
    ) throws {
        let rows = events.map { LedgerRow(event: $0, at: Timestamp(nanoseconds: Clocks.realtime)) }
        let known = LedgerUpload(
            id: id,
            spool: "main",
            path: SpoolPath(Array(path.utf8))!,
            rows: rows,
            hasContext: context != nil
        )
        let isEvidence = events.contains { event in
            switch event {
            case .listed: true
            case .ordered(let order): order.verb == .preserve
            default: false
            }
        }
        try write(known, context: isEvidence ? context.map { Array($0.utf8) } : nil)
    }

    private func write(_ known: LedgerUpload, context: [UInt8]?) throws {
        let entry = LedgerEntry(
            id: known.id,
            spool: known.spool,
            path: known.path,
            events: known.rows,
            context: context,
            hasContext: known.hasContext
        )
        try withLedger { try $0.appendNow([entry]) }
    }

    func rows(_ id: UploadID) throws -> [CustodyEvent] {
        try readLedger { try $0.upload(id)?.rows.map(\.event) ?? [] }
    }

    func path(of id: UploadID) throws -> String {
        String(decoding: try known(id).0.path.bytes, as: UTF8.self)
    }

    func stage(_ id: UploadID) throws -> String? {
        let rows = try rows(id)
        return rows.isEmpty ? nil : try Custody.replaying(rows).custody.stage.name
    }

    /// Ids of all uploads that have rows, oldest first.
    func uploads() throws -> [UploadID] {
        try readLedger { try $0.uploads(in: Self.stages, limit: 10_000).map(\.id) }
    }

    /// Preserves what lies at a place of the spool, as the custody loop does after the rows there are.
    func preserve(_ id: UploadID, from place: String) throws {
        let (upload, context) = try known(id)
        let exhibit = try upload.exhibit(upload.matches, generation: "g0000000001-00000000", configuration)
        _ = try vault().preserve(
            exhibit,
            content: try Descriptor.open("\(path)/\(place)"),
            context: context,
            under: SealingTerms(configuration.keys.audiences(), keepsPlainCopy: true)
        )
    }

    /// Writes the draft that the rows lead to, as the daemon writes it in a deployment with the same rows.
    func placeDraft(of id: UploadID) async throws {
        let (upload, context) = try known(id)
        let twin = try ScratchHouse()
        try twin.write(upload, context: context)
        try await twin.run { try twin.draft(of: id) == nil ? "a draft" : nil }
        try vault().placeDraft(
            DraftID(id),
            files: try #require(try twin.draft(of: id)),
            for: configuration.keys.audiences()
        )
    }

    private func known(_ id: UploadID) throws -> (LedgerUpload, context: [UInt8]?) {
        try readLedger { (try #require(try $0.upload(id)), try $0.context(of: id)) }
    }

    /// All that is wrong, by the guarantees.
    func findings() throws -> [SpoolCheck.Finding] {
        let vault = try Vault.openForReading(
            state: try Descriptor.directory("\(path)/state"),
            secondCopy: settings.evidence.secondCopy
        )
        return try readLedger { try SpoolInspection(settings, ledger: $0, vault: vault).findings() }
    }

    /// All that a recovery could change: the spool, the vault, drafts, orders and rows.
    func everything() throws -> [String: String] {
        var found: [String: String] = [:]
        for place in ["spool", "state/vault", "state/drafts", "state/orders"] {
            found.merge(try tree(place)) { $1 }
        }
        for id in try uploads() { found["rows \(id)"] = "\(try rows(id))" }
        return found
    }

    private static let stages = [
        "claimed", "digested", "measured", "cleared", "stopped", "held", "quarantined", "bundled",
        "source-removed",
        "awaiting-review", "restoring", "destroying", "released", "withdrawn", "restored", "destroyed",
    ]
}
