/// Somebody who works at the case desk.
package struct Staff: Equatable, Sendable {
    /// Stands in every row and record; never a name that changes.
    package let id: StaffID
    /// Of the operating system, name or number; who connects as this user is this person.
    package let user: String
    package let roles: Set<StaffRole>

    package init(id: StaffID, user: String, roles: Set<StaffRole>) {
        (self.id, self.user, self.roles) = (id, user, roles)
    }

    /// The desk's program, for what no person does.
    package static let desk = Staff(id: StaffID("breakwater-review")!, user: "", roles: [])

    package func has(anyOf allowed: Set<StaffRole>) -> Bool { !roles.isDisjoint(with: allowed) }
}

/// Everybody who works at the desk, checked: what this holds can keep the two-person rule.
package struct Roster: Equatable, Sendable {
    package let staff: [Staff]
    /// Whether one person may review and approve; each such approval is recorded as that.
    package let isSmallTeam: Bool

    /// - Throws: ``RosterRefused`` with every problem at once.
    package init(_ staff: [Staff], isSmallTeam: Bool) throws(RosterRefused) {
        let problems =
            staff.flatMap(Self.problems(of:)) + Self.doubles(in: staff)
            + (isSmallTeam ? [] : Self.missingSecondPersons(in: staff))
        if !problems.isEmpty { throw RosterRefused(problems: problems) }
        (self.staff, self.isSmallTeam) = (staff, isSmallTeam)
    }

    /// Roles that one person must not have together: who keeps the machines could reach what the role shows
    /// without a trace, and who audits would audit himself.
    private static let exclusive: [(StaffRole, Set<StaffRole>)] = [
        (.operator, [.reviewer, .approver, .custodian]),
        (.auditor, [.reviewer, .approver, .custodian, .operator]),
    ]

    private static func problems(of person: Staff) -> [String] {
        var problems: [String] = []
        if person.id == Staff.desk.id {
            problems.append("\"\(person.id)\" is the program's own id; use another")
        }
        if person.user.isEmpty { problems.append("\(person.id) has no user of the operating system") }
        if person.roles.isEmpty { problems.append("\(person.id) has no role") }
        for (role, others) in exclusive where person.roles.contains(role) {
            for other in StaffRole.allCases where others.contains(other) && person.roles.contains(other) {
                problems.append("\(person.id) cannot be \(role.rawValue) and \(other.rawValue)")
            }
        }
        return problems
    }

    private static func doubles(in staff: [Staff]) -> [String] {
        func doubled(_ names: [some Hashable], _ what: String) -> [String] {
            var seen: Set<AnyHashable> = []
            return names.filter { !seen.insert($0).inserted }.map { "two people have the \(what) \"\($0)\"" }
        }
        return doubled(staff.map(\.id), "id") + doubled(staff.map(\.user), "user")
    }

    /// Each rule of two needs somebody who may begin and somebody else who may end.
    private static func missingSecondPersons(in staff: [Staff]) -> [String] {
        let reviewers = staff.filter { $0.roles.contains(.reviewer) }
        let approvers = staff.filter { $0.roles.contains(.approver) }
        var problems: [String] = []
        if !reviewers.contains(where: { one in approvers.contains { $0.id != one.id } }) {
            problems.append(
                "nobody could approve what another person reviewed; name a reviewer and another approver, or set "
                    + "small_team = true"
            )
        }
        if Set((reviewers + approvers).map(\.id)).count < 2 {
            problems.append("\"not_csam\" needs two people who review or approve, and there are fewer")
        }
        return problems
    }
}

/// A roles file that is not taken.
package struct RosterRefused: WayOut, Equatable {
    /// At least one.
    package let problems: [String]

    package init(problems: [String]) { self.problems = problems }

    package var description: String {
        (["roles refused: \(problems.count) problem\(problems.count == 1 ? "" : "s")"] + problems)
            .joined(separator: "\n")
    }
    package var hint: String { "docs/review.md says what each role may do" }
    package var exitCode: ExitCode { .settingsRefused }
}
