import JSONText
import LinuxIO
import Synchronization
package import UploadModel

/// Who is let in, by the user of the operating system, and whether one person may do what takes two.
package struct DeskStaff: Equatable, Sendable {
    package let people: [UInt32: Staff]
    package let isSmallTeam: Bool

    package init(_ people: [UInt32: Staff], isSmallTeam: Bool) {
        (self.people, self.isSmallTeam) = (people, isSmallTeam)
    }

    /// Users resolved by the operating system.
    ///
    /// - Throws: ``RosterRefused`` for a user that there is not, or that two persons share by another name.
    package init(_ roster: Roster) throws(RosterRefused) {
        var people: [UInt32: Staff] = [:]
        var problems: [String] = []
        for person in roster.staff {
            guard let user = ThisProcess.user(named: person.user) else {
                problems.append("\(person.id): there is no user \"\(person.user)\"")
                continue
            }
            if let other = people.updateValue(person, forKey: user) {
                problems.append("\(person.id) and \(other.id) are the same user")
            }
        }
        if !problems.isEmpty { throw RosterRefused(problems: problems) }
        self.init(people, isSmallTeam: roster.isSmallTeam)
    }

    func user(of id: StaffID) -> UInt32? { people.first { $0.value.id == id }?.key }
}

// MARK: - What changed

extension DeskStaff {
    /// What the custody log says where these are not the ones that were served last. Users are personal, and stand under a
    /// commitment.
    func changes(since last: DeskStaff?, at: Timestamp) -> [CustodyStatement] {
        let (before, after) = (last?.byID ?? [:], byID)
        var statements = Set(before.keys).union(after.keys).sorted { "\($0)" < "\($1)" }.compactMap { id in
            Self.change(of: id, from: before[id], to: after[id], at: at)
        }
        if (last?.isSmallTeam ?? false) != isSmallTeam {
            let references = ["small_team": isSmallTeam ? "true" : "false"]
            let change = CustodyStatement(
                at: at,
                .roleChanged,
                by: .system,
                reason: "small-team",
                references: references
            )
            statements.append(change)
        }
        return statements
    }

    private var byID: [StaffID: (user: UInt32, staff: Staff)] {
        Dictionary(people.map { ($1.id, ($0, $1)) }) { first, _ in first }
    }

    private static func change(
        of id: StaffID,
        from before: (user: UInt32, staff: Staff)?,
        to after: (user: UInt32, staff: Staff)?,
        at: Timestamp
    ) -> CustodyStatement? {
        if before?.user == after?.user, before?.staff.roles == after?.staff.roles { return nil }
        return CustodyStatement(
            at: at,
            .roleChanged,
            by: .system,
            reason: before == nil ? "added" : after == nil ? "removed" : "changed",
            references: [
                "sid": "\(id)", "before": before?.staff.rolesText ?? "",
                "after": after?.staff.rolesText ?? "",
            ],
            detail: ["user": .optional(after.map { "\($0.user)" })]
        )
    }
}

extension Staff {
    fileprivate var rolesText: String { roles.map(\.rawValue).sorted().joined(separator: " ") }
}

// MARK: - What was served last

extension DeskStaff {
    var json: JSONValue {
        let staff = people.sorted { $0.key < $1.key }.map { user, person -> JSONValue in
            [
                "sid": .string("\(person.id)"), "uid": .string("\(user)"), "user": .string(person.user),
                "roles": .string(person.rolesText),
            ]
        }
        return ["small_team": .bool(isSmallTeam), "staff": .array(staff)]
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    init(_ json: JSONValue) throws(TextFault) {
        var people: [UInt32: Staff] = [:]
        let all = try json.list("staff") { value throws(TextFault) in
            (
                user: try value.parsed("uid") { UInt32($0) },
                staff: Staff(
                    id: try value.parsed("sid") { StaffID($0) },
                    user: try value.parsed("user") { $0 },
                    roles: try value.parsed("roles", ReviewRow.roles)
                )
            )
        }
        for (user, person) in all { people[user] = person }
        guard let isSmallTeam = json["small_team"]?.boolValue else { throw TextFault(member: "small_team") }
        self.init(people, isSmallTeam: isSmallTeam)
    }
}

extension CaseDesk {
    private static let served = "staff.json"

    /// Lets these people in from now on. What differs from those who were let in last, also before a restart, is in the
    /// custody log before it holds.
    package func serve(_ staff: DeskStaff) throws {
        try alone {
            let root = try Descriptor.directory(configuration.settings.desk.root)
            try log.append(staff.changes(since: try Self.lastServed(in: root), at: now))
            try root.writeDurably(
                staff.json.canonical,
                as: Array(Self.served.utf8),
                mode: 0o600,
                subject: Self.served
            )
            self.staff.withLock { $0 = staff }
        }
    }

    private static func lastServed(in root: borrowing Descriptor) throws -> DeskStaff? {
        let name = Array(served.utf8)
        guard try root.statusIfThere(of: name, subject: served) != nil else { return nil }
        let bytes = try root.open(name, .noFollow, subject: served).readAll(limit: 1 << 20, subject: served)
        return try DeskStaff(try JSONValue(parsing: bytes))
    }

    /// Who is of this user; `nil` for a stranger.
    func person(of user: UInt32) -> Staff? { staff.withLock { $0.people[user] } }

    func user(of id: StaffID) -> UInt32? { staff.withLock { $0.user(of: id) } }

    var rules: ReviewRules {
        ReviewRules(
            requireView: configuration.settings.review.requireView,
            isSmallTeam: staff.withLock { $0.isSmallTeam }
        )
    }
}
