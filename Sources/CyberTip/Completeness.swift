import JSONText

/// How much of what investigators need a draft says, 0 to 100. Says nothing of how urgent it is, and is never sent.
///
/// That nobody viewed the file costs nothing; only a flag that disagrees with the log of views does.
package struct Completeness: Equatable, Sendable {
    package let score: Int
    /// The parts that it lacks, heaviest first.
    package let lacks: [String]

    package init(of dossier: Dossier) {
        let missing = Self.parts.filter { !$0.isThere(dossier) }
        score = 100 - missing.reduce(0) { $0 + $1.weight }
        lacks = missing.map(\.name)
    }

    var json: JSONValue {
        ["score": .number(score), "lacks": .array(lacks.map { .string($0) })]
    }

    private struct Part: Sendable {
        let name: String
        let weight: Int
        let isThere: @Sendable (Dossier) -> Bool
    }

    private static let parts = [
        Part(name: "identity", weight: 18) {
            $0.account.identifier != nil && !($0.person.emails.isEmpty && $0.person.phones.isEmpty)
        },
        Part(name: "upload address", weight: 16) { dossier in
            !dossier.reported.isEmpty
                && dossier.reported.allSatisfy {
                    $0.details.capture?.event == .upload && $0.details.capture?.dateTime != nil
                }
        },
        Part(name: "file or chat", weight: 14) { dossier in
            dossier.report.hasConversation
                || !dossier.reported.isEmpty && dossier.reported.allSatisfy(\.isAttached)
        },
        Part(name: "viewed, truthfully", weight: 14) { $0.files.allSatisfy(\.isViewTrue) },
        Part(name: "time and its meaning", weight: 12) {
            $0.report.incident.dateTime != nil && $0.report.incident.dateTimeDescription != nil
        },
        Part(name: "location or victim", weight: 10) {
            $0.account.location != nil || !$0.person.addresses.isEmpty || !$0.report.victims.isEmpty
        },
        Part(name: "flags decided", weight: 9) { dossier in
            !dossier.reported.isEmpty && dossier.reported.allSatisfy { $0.decision.flags != nil }
        },
        Part(name: "contact and preservation", weight: 7) {
            let reporter = $0.report.reporter
            return reporter.companyTemplate != nil
                && (reporter.person.isReachable || reporter.contact?.person.isReachable == true)
        },
    ]
}

extension Report {
    /// Whether what was said is in it.
    fileprivate var hasConversation: Bool {
        places.contains { place in
            switch place {
            case .email(let mail): mail.content != nil
            case .newsgroup(let group): group.mail.content != nil
            case .chat(let chat): chat.content != nil
            case .game(let game): game.content != nil
            case .webPage, .cellPhone, .offline, .peerToPeer: false
            }
        }
    }
}
