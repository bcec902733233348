import Testing
import UploadModel

private func person(_ id: String, _ roles: Set<StaffRole>, user: String? = nil) -> Staff {
    Staff(id: StaffID(id)!, user: user ?? id, roles: roles)
}

@Suite struct RosterTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let staff: [Staff]
        let problem: String
        var testDescription: String { name }
    }

    static let pair = [person("ana", [.reviewer]), person("ben", [.approver])]

    static let rows = [
        Row(
            name: "operator and reviewer",
            staff: pair + [person("o", [.operator, .reviewer])],
            problem: "o cannot be operator and reviewer"
        ),
        Row(
            name: "operator and custodian",
            staff: pair + [person("o", [.operator, .custodian])],
            problem: "o cannot be operator and custodian"
        ),
        Row(
            name: "auditor and approver",
            staff: pair + [person("a", [.auditor, .approver])],
            problem: "a cannot be auditor and approver"
        ),
        Row(
            name: "auditor and operator",
            staff: pair + [person("a", [.auditor, .operator])],
            problem: "a cannot be auditor and operator"
        ),
        Row(name: "no role", staff: pair + [person("x", [])], problem: "x has no role"),
        Row(name: "no user", staff: pair + [person("x", [.auditor], user: "")], problem: "x has no user"),
        Row(
            name: "one id twice, but for case",
            staff: pair + [person("Ana", [.auditor], user: "x")],
            problem: "two people have the id"
        ),
        Row(
            name: "one user twice",
            staff: pair + [person("x", [.auditor], user: "ana")],
            problem: "two people have the user"
        ),
        Row(
            name: "the program's id",
            staff: pair + [person("breakwater-review", [.auditor])],
            problem: "the program's own id"
        ),
        Row(
            name: "nobody approves",
            staff: [person("ana", [.reviewer]), person("bo", [.reviewer])],
            problem: "nobody could approve"
        ),
        Row(
            name: "one who does both",
            staff: [person("ana", [.reviewer, .approver])],
            problem: "nobody could approve"
        ),
        Row(name: "nobody", staff: [], problem: "there are fewer"),
    ]

    @Test("a roster that could not keep its rules is refused", arguments: rows)
    func refused(_ row: Row) {
        let error = #expect(throws: RosterRefused.self) { try Roster(row.staff, isSmallTeam: false) }
        #expect(error?.problems.contains { $0.contains(row.problem) } == true, "\(error?.problems ?? [])")
    }

    @Test("two persons are enough, and one in a small team")
    func taken() throws {
        #expect(try Roster(Self.pair, isSmallTeam: false).staff == Self.pair)
        #expect(try Roster([person("ana", [.reviewer, .approver])], isSmallTeam: true).isSmallTeam)
    }
}

@Suite struct CaseWindowTests {
    static let day: Int64 = 24 * 3_600_000_000_000
    static let first = Timestamp(nanoseconds: 1_795_300_000_000_000_000)
    static let home = CaseID(upload)

    static func standing(isOpen: Bool = true, account: String = "a") -> CaseWindow.Standing {
        CaseWindow.Standing(
            id: home,
            account: AccountKey(account),
            first: first,
            last: first,
            isOpen: isOpen
        )
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let account: String?
        var service: String? = nil
        let after: Int64
        var isOpen = true
        let joins: Bool
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "the same moment", account: "a", after: 0, joins: true),
        Row(name: "24 h later", account: "a", after: day, joins: true),
        Row(name: "more than 24 h later", account: "a", after: day + 1, joins: false),
        Row(name: "another node's, before the first", account: "a", after: -day, joins: true),
        Row(name: "more than 24 h before", account: "a", after: -day - 1, joins: false),
        Row(name: "another account", account: "b", after: 0, joins: false),
        Row(name: "the same number at a service", account: "a", service: "s", after: 0, joins: false),
        Row(name: "no account", account: nil, after: 0, joins: false),
        Row(name: "after the approval", account: "a", after: 1, isOpen: false, joins: false),
    ]

    @Test("an exhibit joins its account's case within a day, until that is approved", arguments: rows)
    func choice(_ row: Row) {
        let at = Timestamp(nanoseconds: Self.first.nanoseconds + row.after)
        let account = row.account.map { AccountKey($0, of: row.service) }
        let found = CaseWindow.home(account: account, at: at, among: [Self.standing(isOpen: row.isOpen)])
        #expect(found == (row.joins ? Self.home : nil))
    }

    @Test("alarms at 4 h and 24 h, at once for what is urgent")
    func alarms() {
        let hour: Int64 = 3_600_000_000_000
        func alarm(_ hours: Int64, urgent: Bool = false) -> CaseAlarm {
            CaseAlarm(
                since: Self.first,
                now: Timestamp(nanoseconds: Self.first.nanoseconds + hours * hour),
                isUrgent: urgent
            )
        }
        #expect([alarm(3), alarm(4), alarm(23), alarm(24)] == [.none, .fourHours, .fourHours, .day])
        #expect(alarm(0, urgent: true) == .urgent)
    }
}
