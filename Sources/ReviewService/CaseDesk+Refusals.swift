import JSONText
import Synchronization
import UploadModel
import VaultStore

// What was refused is in the custody log too: who was not let in, and whose viewing was not begun.

extension CaseDesk {
    /// Says of a refused request what the closed list of entries has a word for; of others nothing.
    func note(_ refusal: any Error, of request: DeskRequest, by person: Staff) throws(CustodyLogFault) {
        guard let (kind, code) = entry(for: refusal, of: request.verb) else { return }
        let subject = try? subject(of: request)
        let statement = CustodyStatement(
            at: now,
            kind,
            by: actor(person),
            about: CustodySubject(exhibit: subject?.bundle, case: subject?.case),
            reason: code
        )
        try log.append([statement])
    }

    /// Refuses what was not asked of the desk itself, and says so in the log.
    func refuse(_ refusal: DeskRefused, _ request: DeskRequest, _ person: Staff) throws -> Never {
        try alone { try note(refusal, of: request, by: person) }
        throw refusal
    }

    /// A user of no staff. One entry a minute is enough to see that somebody tries.
    ///
    /// - Throws: ``DeskRefused/stranger(_:)``, or that the log could not take it.
    func turnAway(_ user: UInt32) throws -> Never {
        let at = now
        let isNews = strangers.withLock { strangers in
            if let last = strangers[user], at.nanoseconds - last.nanoseconds < 60_000_000_000 { return false }
            strangers[user] = at
            return true
        }
        if isNews {
            let statement = CustodyStatement(
                at: at,
                .accessDenied,
                by: .system,
                reason: "stranger",
                references: ["uid": "\(user)"]
            )
            try alone { try log.append([statement]) }
        }
        throw DeskRefused.stranger(user)
    }

    /// A person as the custody log names them, in the first of their roles.
    func actor(_ person: Staff) -> CustodyActor {
        guard let role = StaffRole.allCases.first(where: person.roles.contains) else { return .system }
        return .human(person.id, role, authentication: "peercred", uid: user(of: person.id))
    }
}

/// What the log calls a refusal, and why; `nil` for what is no refusal by a rule.
private func entry(for refusal: any Error, of verb: DeskRequest.Verb) -> (
    kind: CustodyEntryKind, code: String
)? {
    switch refusal {
    case DeskRefused.role, DeskRefused.rolesChanged, ReviewRefused.role: (.accessDenied, verb.rawValue)
    case _ where verb != .viewStart: nil
    case DeskRefused.alreadySeen: (.viewDenied, "seen-already")
    case DeskRefused.tooManyViews: (.viewDenied, "too-many-at-once")
    case DeskRefused.enoughForToday: (.viewDenied, "enough-for-today")
    case ReviewRefused.approvedAlready: (.viewDenied, "approved")
    case ReviewRefused.noReason: (.viewDenied, "no-purpose")
    default: nil
    }
}

extension DeskRequest.Verb {
    /// A refusal of the review as whoever typed the verb understands it: it names acts by the words of its rows.
    func worded(_ refusal: any Error) -> any Error {
        switch refusal {
        case ReviewRefused.role(_, let needs): ReviewRefused.role(typed, needs: needs)
        case ReviewRefused.unfit: ReviewRefused.unfit(typed)
        default: refusal
        }
    }
}
