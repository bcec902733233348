import Digests
import Glibc
import JSONText
import LinuxIO
import Synchronization
import UploadModel
import VaultStore

@testable import ReviewService

/// A desk with a state beside it, both under the temporary directory and gone with it. Everything in it is invented.
final class ScratchDesk {
    let path: String
    let state: String
    let configuration: DeskConfiguration
    let clock = ManualClock()
    let identity = AgeIdentity.generate()
    private var vaults: [String: Vault] = [:]
    private var current: CaseDesk?
    var desk: CaseDesk { current! }

    static let ana = Staff(id: StaffID("ana")!, user: "1001", roles: [.reviewer])
    static let ben = Staff(id: StaffID("ben")!, user: "1002", roles: [.approver])
    static let otto = Staff(id: StaffID("otto")!, user: "1003", roles: [.operator])
    static let cara = Staff(id: StaffID("cara")!, user: "1004", roles: [.custodian])
    static let lena = Staff(id: StaffID("lena")!, user: "1005", roles: [.counsel])
    static let aude = Staff(id: StaffID("aude")!, user: "1006", roles: [.auditor])
    static let people = DeskStaff(
        Dictionary(uniqueKeysWithValues: [ana, ben, otto, cara, lena, aude].map { (UInt32($0.user)!, $0) }),
        isSmallTeam: false
    )
    static let start = Timestamp(seconds: 1_795_300_000, nanoseconds: 0)

    init(
        _ environment: Environment = .test,
        requireView: ViewRule = .nearMatches,
        people: DeskStaff = people,
        viewsPerDay: Int = 0,
        asksAt lookup: String? = nil,
        openedBeforeView: Int? = nil
    ) throws {
        var template = Array("\(ThisProcess.environment("TMPDIR") ?? "/tmp")/desk-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SyscallError(call: "mkdtemp", subject: "scratch", errno: errno)
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        state = "\(path)/state"
        try ThisProcess.makeDirectoryIfMissing(state, mode: 0o710)
        try ThisProcess.makeDirectoryIfMissing("\(path)/desk", mode: 0o700)
        _ = try Vault.open(state: try Descriptor.directory(state))
        var settings = Settings()
        settings.environment = environment
        settings.state.root = state
        settings.desk.root = "\(path)/desk"
        settings.desk.socket = "\(path)/desk.sock"
        settings.review.requireView = requireView
        settings.review.viewsPerDay = viewsPerDay
        if let lookup { settings.desk.lookup.socket = "\(path)/\(lookup)" }
        settings.desk.lookup.timeout = 1
        settings.report = .invented
        var configuration = DeskConfiguration(
            settings,
            people,
            identity: identity,
            program: "breakwater-review 0.1.0"
        )
        if let openedBeforeView { configuration.openedBeforeView = openedBeforeView }
        self.configuration = configuration
        current = try Self.open(configuration, clock)
    }

    /// A desk with one case, and the request that names it.
    static func oneCase(
        _ environment: Environment = .test,
        grade: Grade = .g1,
        listClass: ListClass = .csam,
        context: String? = nil
    ) throws -> (ScratchDesk, JSONObject) {
        let scratch = try ScratchDesk(environment)
        let matches = [Match.invented(DigestSet(of: Array("invented".utf8)), listClass, grade: grade)]
        try scratch.preserve(minute: 0, matches: matches, context: context)
        try scratch.desk.adopt()
        return (scratch, ["id": .string(scratch.id(of: try scratch.cases().first))])
    }

    deinit {
        guard let parent = try? Descriptor.directory(path) else { return }
        for name in ["state", "desk"] { try? parent.removeTree(Array(name.utf8)) }
        for name in ["desk.sock", "lookup.sock"] { try? parent.unlink(Array(name.utf8)) }
        rmdir(path)
    }

    private static func open(_ configuration: DeskConfiguration, _ clock: ManualClock) throws -> CaseDesk {
        try CaseDesk(configuration) { clock.now }
    }

    /// What a stop at any moment leaves, opened anew. The log's lock belongs to the desk that goes.
    func reopen() throws -> CaseDesk { try Self.open(configuration, clock) }

    /// Another run: the desk that was goes first.
    func restart() throws {
        current = nil
        current = try reopen()
    }

    // MARK: - Acting

    func ask(_ verb: String, _ members: JSONObject = [:], as staff: Staff = ana, files: [NamedFile] = [])
        throws
        -> DeskAnswer
    {
        var object = members
        object["verb"] = .string(verb)
        var request = try DeskRequest(line: JSONValue.object(object).line)
        request.files = files
        return try desk.answer(request, for: staff)
    }

    func cases() throws -> [JSONValue] { try ask("case.list").value.arrayValue ?? [] }

    /// What the desk's custody log has of one kind, or at all, in its order.
    func entries(_ kind: CustodyEntryKind? = nil) throws -> [CustodyEntry] {
        var found: [CustodyEntry] = []
        try LogReader(of: try Descriptor.directory("\(path)/desk/custody")).bundles { _, entries in
            found += try entries.map { try CustodyEntry(canonical: $0) }.filter {
                kind == nil || $0.kind == kind
            }
            return true
        }
        return found
    }

    func id(of case: JSONValue?) -> String { `case`?["case"]?.stringValue ?? "" }

    /// From a case as it is to an approved report.
    func approve(_ id: String) throws {
        _ = try ask("report.draft", ["id": .string(id)])
        _ = try ask("report.approve", ["id": .string(id)], as: Self.ben)
    }

    func submit(_ id: String, as number: Int) throws {
        _ = try ask("report.export", ["id": .string(id)], as: Self.ben)
        _ = try ask(
            "report.mark-submitted",
            ["id": .string(id), "report": .string("\(number)")],
            as: Self.ben,
            files: [NamedFile(name: "receipt.xml", bytes: Array("<r>\(number)</r>".utf8))]
        )
    }

    /// What a person tells of a case without an upload.
    func tell(_ id: String, at: String? = nil, context: String? = nil) throws {
        _ = try ask(
            "case.context",
            ["id": .string(id), "at": .optional(at), "context": .bool(context != nil)],
            files: context.map { [NamedFile(name: "told.json", bytes: Array($0.utf8))] } ?? []
        )
    }

    // MARK: - Exhibits

    /// Preserves one upload as the daemon would.
    @discardableResult
    func preserve(
        minute: Int64,
        account: String? = "account-4711",
        content: String = "invented",
        matches: [Match]? = nil,
        context: String? = nil,
        at place: String? = nil,
        readableByDesk: Bool = true,
        custodians: [AgeRecipient] = [AgeIdentity.generate().recipient]
    ) throws -> BundleID {
        let at = Timestamp(nanoseconds: Self.start.nanoseconds + minute * 60_000_000_000)
        let bytes = Array(content.utf8)
        let digests = DigestSet(of: bytes)
        let said = context ?? account.map(Self.context)
        let exhibit = Exhibit.invented(
            .fresh(at: at),
            at: at,
            digests: digests,
            matches: matches ?? [.invented(digests)],
            environment: configuration.settings.environment
        )
        let root = try Descriptor.directory(place ?? state)
        try root.writeDurably(bytes, as: Array("upload".utf8), mode: 0o600, subject: "upload")
        let file = try root.open(Array("upload".utf8))
        let audiences = Audiences(
            custodians: custodians,
            review: readableByDesk ? [identity.recipient] : []
        )
        let vault = try vaults[place ?? state] ?? Vault.open(state: root)
        vaults[place ?? state] = vault
        return try vault.preserve(
            exhibit,
            content: file,
            context: said.map { Array($0.utf8) },
            under: SealingTerms(audiences, keepsPlainCopy: false)
        )
    }

    static func context(_ account: String) -> String {
        #"""
        {"uploader_ref":"\#(account)","email":"user@mail.example","ip":"198.51.100.17","port":50123,
        "uploaded_at":"2026-11-20T20:59:58Z","original_filename":"holiday.jpg","service":"Example Photos",
        "page_url":"https://upload.example/albums/17","file":{"publiclyAvailable":false}}
        """#
    }
}

final class ManualClock: Sendable {
    private let moment = Mutex(ScratchDesk.start.nanoseconds + 3_600_000_000_000)

    private let stopped = Mutex<Timestamp?>(nil)

    var now: Timestamp {
        if let stopped = stopped.withLock({ $0 }) { return stopped }
        return moment.withLock { moment in
            moment += 1_000_000
            return Timestamp(nanoseconds: moment)
        }
    }

    /// From now on it is always that time, to the nanosecond.
    func stop(at time: Timestamp) { stopped.withLock { $0 = time } }

    func advance(hours: Int64) { moment.withLock { $0 += hours * 3_600_000_000_000 } }
}

extension ReportSettings {
    fileprivate static var invented: Self {
        var settings = ReportSettings()
        settings.company = "Example Hosting B.V."
        settings.firstName = "Robin"
        settings.lastName = "Example"
        settings.email = "ncmec@hosting.org"
        settings.phone = "+31 20 555 0100"
        settings.companyTemplate = "Serve process at the address in our terms."
        settings.termsOfService = "Illegal content is forbidden."
        settings.legalURL = "https://hosting.example/legal"
        settings.platform = "Example Photos for the Web"
        return settings
    }
}

extension Match {
    /// The grade's own digests agree; none for a near match.
    static func invented(_ digests: DigestSet, _ listClass: ListClass = .csam, grade: Grade = .g1) -> Match {
        Match(
            entry: ListEntry(
                id: EntryID(list: "demo", ordinal: 3),
                listClass: listClass,
                digests: digests.members,
                provenance: Provenance(supplier: "nobody", generation: "g-1", text: "", synthetic: false)
            ),
            agreed: grade == .g4 ? DigestAlgorithms() : .all,
            distance: grade == .g4 ? 12 : nil,
            part: .content,
            grade: grade
        )
    }
}

extension Exhibit {
    fileprivate static func invented(
        _ upload: UploadID,
        at: Timestamp,
        digests: DigestSet,
        matches: [Match],
        environment: Environment
    ) -> Exhibit {
        Exhibit(
            upload: upload,
            spool: "main",
            path: SpoolPath(Array("user/holiday.jpg".utf8))!,
            claimedAt: at,
            listedAt: at,
            digests: digests,
            perceptual: .notAsked,
            matches: matches,
            order: nil,
            program: "breakwaterd 0.1.0",
            configurationSHA256: String(repeating: "ab", count: 32),
            programSHA256: "",
            generation: "g-1",
            organization: "Example Hosting",
            environment: environment,
            timeline: []
        )
    }
}
