import JSONText
import UploadModel

// How long exhibits are kept. The clock starts with the recorded submission.

extension CaseDesk {
    static let keepers: Set<StaffRole> = [.custodian, .counsel]

    /// Every exhibit and where it stands; with `due` only those that somebody has to look at.
    func retention(due: Bool) throws -> DeskAnswer {
        let now = now
        var lines: [RetentionLine] = []
        for known in try book.read({ try $0.cases() }) {
            for keeping in try keepings(of: known.id) where try !isDestroyed(keeping) {
                let line = RetentionLine(keeping, at: now)
                if !due || line.isDue { lines.append(line) }
            }
        }
        return DeskAnswer(.array(lines.map(\.json)), lines.map(\.text))
    }

    /// Keeps longer than the law asks, for a purpose that it names.
    func extend(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let role = try keeper(staff, "retention.extend")
        let until = try request.time("until")
        let purpose = try request.value(
            "purpose",
            RetentionExtension.Purpose.allCases.map(\.rawValue).joined(separator: " or ")
        ) {
            RetentionExtension.Purpose(rawValue: $0)
        }
        let at = now
        let all = try keepings(request)
        let more = RetentionExtension(
            until: until,
            purpose: purpose,
            approval: Approval(staff: staff.id, role: role, time: at, request: .fresh(at: at))
        )
        for keeping in all {
            // It would be destroyed all the same.
            try refuseWhileWaiting(keeping)
            var retention = keeping.retention
            guard retention.extend(more) else { throw KeepingRefused.notLonger }
        }
        try keep(all.map { ($0, .extended(more)) }, by: staff, as: role)
        return saidOfKeeping(all, "preserved until \(until)")
    }

    func keeper(_ staff: Staff, _ act: String) throws(DeskRefused) -> StaffRole {
        guard let role = staff.role(among: Self.keepers) else { throw .role(act, needs: Self.keepers) }
        return role
    }

    /// An exhibit, or all those of a case.
    func keepings(_ request: DeskRequest) throws -> [ExhibitKeeping] {
        let subject = try subject(of: request)
        let all = try keepings(of: subject.case).filter {
            subject.bundle == nil || $0.exhibit == subject.bundle
        }
        return try all.filter { try !isDestroyed($0) }
    }

    func saidOfKeeping(_ all: [ExhibitKeeping], _ what: String, _ more: JSONObject = [:])
        -> DeskAnswer
    {
        var object = more
        object["exhibits"] = .array(all.map { .string("\($0.exhibit)") })
        return DeskAnswer(.object(object), all.map { "\($0.exhibit): \(what)" })
    }
}

/// An exhibit in the list of what is kept.
struct RetentionLine {
    private let keeping: ExhibitKeeping
    private let standing: RetentionStanding
    private let holds: [Hold]

    init(_ keeping: ExhibitKeeping, at time: Timestamp) {
        self.keeping = keeping
        standing = keeping.retention.standing(at: time)
        holds = keeping.retention.activeHolds(at: time)
        isDue =
            switch standing {
            case .unsubmitted(let alarm): alarm != nil
            case .notCSAM(let from): time >= from
            case .preserved: false
            case .expiring, .expired: true
            }
    }

    /// Whether it is in the worklist: 60, 30, 7 and 0 days before its end, or nobody decided on it for 7 or 30 days.
    let isDue: Bool

    private var words: (name: String, until: Timestamp?, text: String) {
        switch standing {
        case .unsubmitted(let alarm):
            ("unsubmitted", nil, "not submitted" + (alarm.map { ", undecided for \($0) days" } ?? ""))
        case .notCSAM(let from): ("not_csam", from, "not csam, may be destroyed from \(from)")
        case .preserved(let until): ("preserved", until, "preserved until \(until)")
        case .expiring(let at, let days): ("expiring", at, "expires \(at), within \(days) days")
        case .expired(let at): ("expired", at, "expired \(at)")
        }
    }

    var json: JSONValue {
        [
            "exhibit": .string("\(keeping.exhibit)"), "case": .string("\(keeping.case)"),
            "standing": .string(words.name), "until": .optional(words.until.map { "\($0)" }),
            "destruction": .optional(keeping.proposals[.destroy].map { "\($0.id)" }),
            "holds": .array(
                holds.map { hold in
                    [
                        "hold": .string("\(hold.id)"), "kind": .string(hold.kind.rawValue),
                        "end": .optional(hold.end.map { "\($0)" }),
                    ]
                }
            ),
        ]
    }

    var text: String {
        "\(keeping.exhibit)  \(words.text)"
            + holds.map { ", \($0.kind.rawValue) hold \($0.id)" }.joined()
            + (keeping.proposals[.destroy] == nil ? "" : ", destruction asked for")
    }
}
