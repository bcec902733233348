import JSONText
import UploadModel

// How long exhibits are kept. The clock starts with the recorded submission.

extension CaseDesk {
    static let keepers: Set<StaffRole> = [.custodian, .counsel]

    /// Every exhibit and attachment and where it stands; with `due` only those that somebody has to look at, and the
    /// suppressions.
    func retention(due: Bool) throws -> DeskAnswer {
        let now = now
        var lines: [RetentionLine] = []
        for known in try book.read({ try $0.cases() }) {
            for keeping in try keepings(of: known.id) where try !isDestroyed(keeping) {
                let line = RetentionLine(keeping, at: now)
                if !due || line.isDue { lines.append(line) }
            }
            for keeping in try attachmentKeepings(of: known.id) {
                let line = RetentionLine(keeping, at: now)
                if !due || line.isDue { lines.append(line) }
            }
        }
        let suppressions = due ? try suppressionsDue() : []
        return DeskAnswer(
            .array(lines.map(\.json) + suppressions.map(\.json)),
            lines.map(\.text) + suppressions.map(\.text)
        )
    }

    /// Keeps longer than the law asks, for a purpose that it names.
    func extend(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let role = try keeper(staff, .extend)
        let until = try request.time("until")
        let purpose = try request.value(
            "purpose",
            RetentionExtension.Purpose.allCases.map(\.rawValue).joined(separator: " or ")
        ) {
            RetentionExtension.Purpose(rawValue: $0)
        }
        let at = now
        let all = try kept(request)
        let more = RetentionExtension(
            until: until,
            purpose: purpose,
            approval: Approval(staff: staff.id, role: role, time: at, request: .fresh(at: at))
        )
        // It would be destroyed all the same.
        for keeping in all.exhibits { try refuseWhileWaiting(keeping) }
        guard all.filter({ $0.extend(more) }).count == all.count else { throw KeepingRefused.notLonger }
        try keep(all, .extended(more), by: staff, as: role)
        return saidOfKeeping(all, "preserved until \(until)")
    }

    func keeper(_ staff: Staff, _ act: DeskRequest.Verb) throws(DeskRefused) -> StaffRole {
        guard let role = staff.role(among: Self.keepers) else { throw .role(act, needs: Self.keepers) }
        return role
    }

    /// An exhibit, or everything of a case.
    ///
    /// - Throws: ``KeepingRefused/nothingKept(_:)``: what is done to nothing would look done.
    func kept(_ request: DeskRequest) throws -> KeptThings {
        let subject = try subject(of: request)
        let exhibits = try keepings(of: subject.case).filter {
            subject.bundle == nil || $0.exhibit == subject.bundle
        }
        let all = KeptThings(
            exhibits: try exhibits.filter { try !isDestroyed($0) },
            attachments: subject.bundle == nil ? try attachmentKeepings(of: subject.case) : []
        )
        if all.isEmpty { throw KeepingRefused.nothingKept(try request.text("id")) }
        return all
    }

    func saidOfKeeping(_ all: KeptThings, _ what: String, _ more: JSONObject = [:]) -> DeskAnswer {
        var object = more
        object["exhibits"] = .array(all.exhibits.map { .string("\($0.exhibit)") })
        object["attachments"] = .array(all.attachments.map { .string("\($0.attachment)") })
        return DeskAnswer(
            .object(object),
            all.exhibits.map { "\($0.exhibit): \(what)" }
                + all.attachments.map { "attachment \($0.attachment): \(what)" }
        )
    }
}

/// An exhibit or an attachment in the list of what is kept.
struct RetentionLine {
    /// `exhibit` or `attachment`.
    private let kind: String
    private let id: String
    private let `case`: CaseID
    /// The request that waits for a second person.
    private let destruction: Order?
    private let standing: RetentionStanding
    private let holds: [Hold]

    init(_ keeping: ExhibitKeeping, at time: Timestamp) {
        self.init(
            "exhibit",
            "\(keeping.exhibit)",
            of: keeping.case,
            keeping.retention,
            keeping.proposals[.destroy],
            at: time
        )
    }

    init(_ keeping: AttachmentKeeping, at time: Timestamp) {
        self.init(
            "attachment",
            "\(keeping.attachment)",
            of: keeping.case,
            keeping.retention,
            nil,
            at: time
        )
    }

    private init(
        _ kind: String,
        _ id: String,
        of home: CaseID,
        _ retention: Retention,
        _ destruction: Order?,
        at time: Timestamp
    ) {
        (self.kind, self.id, `case`, self.destruction) = (kind, id, home, destruction)
        standing = retention.standing(at: time)
        holds = retention.activeHolds(at: time)
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
            kind: .string(id), "case": .string("\(`case`)"),
            "standing": .string(words.name), "until": .optional(words.until.map { "\($0)" }),
            "destruction": .optional(destruction.map { "\($0.id)" }),
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
        (kind == "exhibit" ? id : "\(kind) \(id)") + "  \(words.text)"
            + holds.map { ", \($0.kind.rawValue) hold \($0.id)" }.joined()
            + (destruction == nil ? "" : ", destruction asked for")
    }
}
