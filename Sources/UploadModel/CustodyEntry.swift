package import JSONText

/// Who did what an entry says.
package enum CustodyActor: Hashable, Sendable {
    case daemon
    /// A timer or the program at its start and end.
    case system
    /// - Parameters:
    ///   - authentication: How it was told who it is: `peercred`, `mtls`, `oidc`.
    ///   - uid: Of the peer; `nil` where it came otherwise.
    case human(StaffID, StaffRole, authentication: String, uid: UInt32?)

    package var staff: StaffID? { if case .human(let staff, _, _, _) = self { staff } else { nil } }
}

/// What an entry is about; every part may be missing.
package struct CustodySubject: Hashable, Sendable {
    package var exhibit: BundleID?
    package var caseID: CaseID?
    package var list: String?
    package var key: String?
    /// SHA-256 of the settings, hexadecimal.
    package var config: String?

    package init(
        exhibit: BundleID? = nil,
        case caseID: CaseID? = nil,
        list: String? = nil,
        key: String? = nil,
        config: String? = nil
    ) {
        (self.exhibit, self.caseID, self.list, self.key, self.config) = (exhibit, caseID, list, key, config)
    }
}

/// What happened, as the one who did it states it. The log adds the clock's state and what came before.
package struct CustodyStatement: Sendable {
    package let id: UploadID
    package let at: Timestamp
    package let kind: CustodyEntryKind
    package let actor: CustodyActor
    package let subject: CustodySubject
    /// A code such as `expiry`, or an obstacle's name; never free text.
    package let reason: String?
    /// Digests of what the entry refers to, hexadecimal, and other values that are not personal, by name.
    package let references: [String: String]
    /// Who agreed, where the act needs more than one person; the request is one of them.
    package let approvals: [Approval]
    /// Names, addresses, free text. It is kept beside the log, which holds a salted commitment to it only.
    package let detail: JSONValue?

    package init(
        id: UploadID? = nil,
        at: Timestamp,
        _ kind: CustodyEntryKind,
        by actor: CustodyActor,
        about subject: CustodySubject = CustodySubject(),
        reason: String? = nil,
        references: [String: String] = [:],
        approvals: [Approval] = [],
        detail: JSONValue? = nil
    ) {
        self.id = id ?? .fresh(at: at)
        (self.at, self.kind, self.actor, self.subject) = (at, kind, actor, subject)
        (self.reason, self.references) = (reason, references)
        (self.approvals, self.detail) = (approvals, detail)
    }
}

/// The clock when an entry was made.
package struct CustodyClock: Hashable, Sendable {
    /// The kernel's boot id.
    package let boot: String
    /// Since the boot, nanoseconds.
    package let monotonic: Int64
    /// Whether the kernel holds its clock for synchronised.
    package let isSynchronised: Bool

    package init(boot: String, monotonic: Int64, isSynchronised: Bool) {
        (self.boot, self.monotonic, self.isSynchronised) = (boot, monotonic, isSynchronised)
    }
}

/// The entry before this one that is about the same exhibit: an extract that leaves one out does not verify.
package struct CustodyLink: Hashable, Sendable {
    package let index: UInt64
    /// Its leaf hash, hexadecimal.
    package let leaf: String

    package init(index: UInt64, leaf: String) { (self.index, self.leaf) = (index, leaf) }
}

/// One entry of a custody log, as it is written and read. docs/formats/custody-log.md has the members.
package struct CustodyEntry: Hashable, Sendable {
    package static let version: Int64 = 1

    package let id: UploadID
    package let at: Timestamp
    package let clock: CustodyClock
    package let origin: String
    package let kind: CustodyEntryKind
    package let actor: CustodyActor
    package let subject: CustodySubject
    package let reason: String?
    package let references: [String: String]
    package let approvals: [Approval]
    package let previous: CustodyLink?
    /// SHA-256(salt || detail), hexadecimal.
    package let commitment: String?

    package init(
        _ statement: CustodyStatement,
        clock: CustodyClock,
        origin: String,
        previous: CustodyLink?,
        commitment: String?
    ) {
        (id, at, kind, actor) = (statement.id, statement.at.inMicroseconds, statement.kind, statement.actor)
        (subject, reason, references) = (statement.subject, statement.reason, statement.references)
        (approvals, self.clock, self.origin) = (statement.approvals, clock, origin)
        (self.previous, self.commitment) = (previous, commitment)
    }

    /// RFC 8785: the bytes that are hashed into the log.
    package var canonical: [UInt8] { json.canonical }
}
