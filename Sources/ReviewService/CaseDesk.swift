import JSONText
import LinuxIO
import Synchronization
package import UploadModel
package import VaultStore

/// The case desk: cases, roles, views and drafts, for the persons who decide.
///
/// One act at a time: what a person does is checked against the case as it stands, written, and answered, before the
/// next act is looked at. Calls block; they come from threads of our own.
package final class CaseDesk: Sendable {
    let configuration: DeskConfiguration
    let book: DeskBook
    let files: DeskFiles
    let log: DeskLog
    let door: OrderDoor
    /// Orders that the daemon has not answered, as far as we know.
    let waiting: Mutex<[Order]>
    /// The same of those about keys.
    let waitingKeyOrders: Mutex<[KeyOrder]>
    /// As last counted: with each look for expiries.
    let retentionFigures = Mutex(RetentionFigures())
    /// What no case could be made of.
    let unopened = Mutex(UnopenedExhibits())
    /// Who is let in now.
    let staff: Mutex<DeskStaff>
    /// When the log last had an entry about a user who is nobody of the staff.
    let strangers = Mutex<[UInt32: Timestamp]>([:])
    private let lock: FileLock
    private let acts = Mutex(())
    /// What is done under ``acts``.
    private let current: Mutex<DeskAct>
    /// Outlives every round: what did not open is tried again under the entry that stands.
    let adoption = DeskAct(.system, "adoption")
    private let clock: @Sendable () -> Timestamp

    /// Opens the desk's own directory, which must be its user's alone, and the book in it.
    package init(
        _ configuration: DeskConfiguration,
        clock: @escaping @Sendable () -> Timestamp = { Timestamp(nanoseconds: Clocks.realtime) }
    ) throws {
        let path = configuration.settings.desk.root
        let status = try Descriptor.status(ofPath: Array(path.utf8), subject: path)
        guard status.uid == ThisProcess.user, status.mode & 0o077 == 0 else {
            throw DeskUnusable.openToOthers(path)
        }
        let root = try Descriptor.directory(path)
        guard let lock = try FileLock.take("desk.lock", in: root, subject: "\(path)/desk.lock") else {
            throw DeskUnusable.inUse(path)
        }
        self.lock = lock
        try Self.removeExports(below: root)
        files = try DeskFiles(
            in: root,
            configuration.settings.evidence,
            state: configuration.settings.state.root,
            configuration.identity
        )
        book = try DeskBook(opening: "\(path)/desk.db")
        log = try DeskLog(in: root)
        door = try OrderDoor(
            keys: root.open(Array("keys".utf8), .directory, subject: "keys"),
            state: configuration.settings.state.root
        )
        waiting = Mutex(try book.read { try $0.orders() })
        waitingKeyOrders = Mutex(try book.read { try $0.keyOrders() })
        staff = Mutex(configuration.staff)
        current = Mutex(adoption)
        self.configuration = configuration
        self.clock = clock
        try serve(configuration.staff)
    }

    var now: Timestamp { clock() }
    /// What is done under the lock of acts; only what runs under it may ask.
    var acting: DeskAct { current.withLock { $0 } }

    /// Does what one person asks.
    ///
    /// - Throws: ``DeskRefused``, ``ReviewRefused`` with the verb in it, or what stood in the way; nothing was done then.
    package func answer(_ request: DeskRequest, for staff: Staff) throws -> DeskAnswer {
        do {
            if let readers = request.verb.readers, !staff.has(anyOf: readers) {
                throw DeskRefused.role(request.verb, needs: readers)
            }
            // Whoever waits for disks or for other programs keeps nobody from acting, and locks its own rows alone.
            if request.verb.waitsForOthers { return try perform(request, staff) }
            return try acts.withLock { _ in
                try checkUnchanged(staff)
                current.withLock { $0 = DeskAct(actor(staff), request.verb.rawValue) }
                defer { current.withLock { $0 = adoption } }
                return try perform(request, staff)
            }
        } catch {
            try alone { try note(error, of: request, by: staff) }
            throw request.verb.worded(error)
        }
    }

    /// Runs what a person asked for between two acts; who they are was read before, perhaps long before.
    ///
    /// - Throws: ``DeskRefused/rolesChanged(_:)``; nothing was done then.
    func alone<Result>(for staff: Staff, _ body: () throws -> Result) throws -> Result {
        try alone {
            try checkUnchanged(staff)
            return try body()
        }
    }

    private func checkUnchanged(_ staff: Staff) throws(DeskRefused) {
        if staff.id == Staff.desk.id { return }
        guard let user = user(of: staff.id), person(of: user) == staff else { throw .rolesChanged(staff.id) }
    }

    /// Runs an act of the desk's own between two of persons.
    func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        try acts.withLock { _ in try body() }
    }

    private func perform(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        switch request.verb {
        case .list: try list()
        case .show: try show(try subject(of: request).case)
        case .claim: try act(.claimed, request, staff, "claimed")
        case .release: try act(.released, request, staff, "released")
        case .note: try act(.noted(try request.text("text")), request, staff, "noted")
        case .escalate:
            try act(
                .escalated(try request.text("reason")),
                request,
                staff,
                "escalated; the reason goes into the report"
            )
        case .withdrawEscalation:
            try act(
                .escalationWithdrawn(try request.text("reason")),
                request,
                staff,
                "no escalation any more; the report does not say it"
            )
        case .adopt: try adopt(from: try request.text("directory"), staff)
        case .lookup: try lookUp(request, staff)
        case .open: try open(request, staff)
        case .context: try tell(request, staff)
        case .mark: try mark(request, staff)
        case .classify: try classify(request, staff)
        case .annotate: try annotate(request, staff)
        case .dispose: try dispose(request, staff)
        case .attach: try attach(request, staff)
        case .attachment: try attachment(request, staff)
        case .detach: try detach(request, staff)
        case .viewStart: try startView(request, staff)
        case .viewComplete: try endView(request, staff, whole: try !request.flag("partial"))
        case .viewAbort: try endView(request, staff, whole: nil)
        case .exposure: try exposure(of: staff)
        case .allow: try allow(request, staff)
        case .custody: try custody()
        case .draft: try draft(try subject(of: request).case, staff)
        case .lint: try lint(try subject(of: request).case)
        case .showDraft: try showDraft(request, staff)
        case .diff: try diff(try subject(of: request).case, staff)
        case .approve: try approve(request, staff)
        case .return: try act(.returned(try request.text("reason")), request, staff, "approval taken back")
        case .export: try export(try subject(of: request).case, staff)
        case .submitted: try markSubmitted(request, staff)
        case .receipt: try receipt(try subject(of: request).case)
        case .supplement: try supplement(request, staff)
        case .figures: try figures(request)
        case .restore: try restore(request, staff)
        case .suppress: try suppress(request, staff)
        case .lift: try lift(request, staff)
        case .retentionList: try retention(due: false)
        case .worklist: try retention(due: true)
        case .extend: try extend(request, staff)
        case .holdAdd: try hold(request, staff)
        case .holdRenew: try changeHold(request, staff, renewing: true)
        case .holdRelease: try changeHold(request, staff, renewing: false)
        case .destroyRequest: try requestDestruction(request, staff)
        case .destroyApprove: try approveDestruction(request, staff)
        case .destroyRefuse: try refuseDestruction(request, staff)
        case .certificate: try certificate(request)
        case .exportEvidence: try exportEvidence(request, staff)
        case .retireKey: try retireKey(request, staff)
        case .shredHeaders: try shredHeaders(request, staff)
        case .keyAnswer: try keyAnswer(request)
        }
    }
}

/// What the desk runs with.
package struct DeskConfiguration: Sendable {
    package let settings: Settings
    /// Who is let in at the start.
    package let staff: DeskStaff
    /// Opens what is sealed to the desk.
    package let identity: AgeIdentity
    /// Name and version, `breakwater-review 0.1.0`.
    package let program: String
    /// Bytes of an exhibit that are opened before a viewing begins: other acts wait as long.
    var openedBeforeView = 64 << 20

    package init(
        _ settings: Settings,
        _ staff: DeskStaff,
        identity: AgeIdentity,
        program: String
    ) {
        (self.settings, self.staff) = (settings, staff)
        (self.identity, self.program) = (identity, program)
    }

    /// Users resolved by the operating system, and the identity read from `keys/review.key` below the desk's root.
    ///
    /// - Throws: ``RosterRefused``; ``DeskUnusable/noIdentity(_:)``.
    package init(_ settings: Settings, _ roster: Roster, program: String) throws {
        let identity = try Self.identity(settings)
        // Refused now rather than with the first attachment: whom the desk's own files are sealed to.
        _ = try SealingKeys.audiences(ofDesk: identity, settings.evidence)
        self.init(
            settings,
            try DeskStaff(roster),
            identity: identity,
            program: program
        )
    }

    private static func identity(_ settings: Settings) throws -> AgeIdentity {
        let path = "\(settings.desk.root)/keys/review.key"
        do {
            let file = try Descriptor.open(path)
            guard try file.status(subject: path).mode & 0o077 == 0 else { throw UnfitReviewKey.openToOthers }
            let bytes = try file.readAll(limit: 64 * 1_024, subject: path)
            guard let identity = try AgeIdentity.all(inFile: String(decoding: bytes, as: UTF8.self)).first
            else {
                throw SealingFault.notAnIdentity
            }
            let wanted = settings.evidence.review
            guard wanted.isEmpty || (try? AgeRecipient(text: wanted)) == identity.recipient else {
                throw UnfitReviewKey.notTheSettings
            }
            return identity
        } catch {
            throw DeskUnusable.noIdentity("\(path): \(error)")
        }
    }
}

extension DeskRequest.Verb {
    /// Who may ask what is no act of a review; for all else the review decides by the act.
    fileprivate var readers: Set<StaffRole>? {
        switch self {
        case .list, .figures, .exposure: Set(StaffRole.allCases)
        case .allow: [.approver]
        case .custody: [.auditor, .counsel, .custodian]
        case .show, .lint, .showDraft, .diff: ReviewEvent.readersOfDrafts
        case .adopt: StaffRole.adopters
        // Both open what is sealed before the review is asked.
        case .draft: [.reviewer, .approver]
        case .export: [.approver, .custodian]
        case .attachment: [.reviewer, .approver, .custodian]
        case .receipt: [.approver, .custodian, .counsel, .auditor]
        case .restore, .suppress, .lift: CaseDesk.restorers
        case .retentionList, .worklist, .certificate: CaseDesk.keepers.union([.approver, .auditor])
        case .extend, .holdAdd, .holdRenew, .holdRelease, .destroyRequest, .destroyApprove, .destroyRefuse:
            CaseDesk.keepers
        case .exportEvidence, .retireKey: [.custodian]
        case .shredHeaders, .keyAnswer: CaseDesk.keepers
        default: nil
        }
    }

    fileprivate var waitsForOthers: Bool { self == .adopt || self == .lookup }
}

/// Why the desk does not open.
package enum DeskUnusable: WayOut, Equatable {
    case openToOthers(String)
    case inUse(String)
    case noGroup(String)
    case noIdentity(String)

    package var description: String {
        switch self {
        case .openToOthers(let path): "\(path): belongs to another user, or others can reach into it"
        case .inUse(let path): "\(path): another breakwater-review holds this desk"
        case .noIdentity(let what): "no key that opens evidence: \(what)"
        case .noGroup(let name): "there is no group \"\(name)\""
        }
    }

    package var hint: String {
        switch self {
        case .openToOthers(let path):
            "run \"chown \(ThisProcess.name(ofUser: ThisProcess.user)) \(path)\" and \"chmod 700 \(path)\""
        case .inUse: "stop the other one, or give this one a directory of its own"
        case .noIdentity:
            "put the age identity there whose recipient is evidence.review, mode 400, of the desk's user"
        case .noGroup: "make it, or name another one in desk.group"
        }
    }

    package var exitCode: ExitCode {
        switch self {
        case .openToOthers, .noGroup, .noIdentity: .settingsRefused
        case .inUse: .inUse
        }
    }
}
