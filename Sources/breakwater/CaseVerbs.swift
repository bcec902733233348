import ArgumentParser
import JSONText
import UploadModel

// The verbs that change a case as such. Each is one request to the desk.

extension CaseCommand {
    struct Claim: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Take a case; nobody else then classifies in it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("case.claim", ["id": .string(id)]) }
    }

    struct Release: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Give a case back; an approver also somebody else's."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("case.release", ["id": .string(id)]) }
    }

    struct Note: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Keep a remark with a case; it goes into no report."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Argument(help: "The remark.") var text: String
        var request: (verb: String, members: JSONObject) {
            ("case.note", ["id": .string(id), "text": .string(text)])
        }
    }

    struct Escalate: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say why a case cannot wait; the reason goes into the report and escalates it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "The concrete risk, in your words.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("case.escalate", ["id": .string(id), "reason": .string(reason)])
        }
    }

    struct WithdrawEscalation: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say that a case was escalated by mistake; the report then does not escalate it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why; both reasons stay in the case's rows.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("case.withdraw-escalation", ["id": .string(id), "reason": .string(reason)])
        }
    }

    struct Adopt: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Take in another node's exhibits; what is known already is passed over.",
            discussion:
                "Each is verified first. Nobody but root, you and the desk's user may be able to write to the directory. "
                + "Ends with 1 where an exhibit was left out; the others are taken in."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Absolute path of a state directory, or of a copy of its vault, as the desk sees it.")
        var directory: String
        var request: (verb: String, members: JSONObject) {
            ("case.adopt", ["directory": .string(directory)])
        }
    }

    struct Lookup: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Ask the site's look-up service about the account again."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("case.lookup", ["id": .string(id)]) }
    }

    struct Open: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "Open a case without a match.")
        @OptionGroup var desk: DeskOptions
        @Option(help: "One of the eight incident types, as the reporting service spells it.") var type: String
        @Option(help: "Why there is a case.") var reason: String
        @Option(help: "The account, as the application names it.") var account: String?
        @Option(help: "A chat log or the like, attached as context.") var text: String?
        @OptionGroup var telling: TellingOptions
        var files: [String] { [telling.context, text].compactMap { $0 } }
        var request: (verb: String, members: JSONObject) {
            (
                "case.open",
                telling.members([
                    "type": .string(type), "reason": .string(reason), "account": .optional(account),
                ])
            )
        }
    }

    struct Context: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Tell what is known of the account and the incident of a case without an upload.",
            discussion: "What is told later stands over what was told before."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @OptionGroup var telling: TellingOptions
        var files: [String] { [telling.context].compactMap { $0 } }
        var request: (verb: String, members: JSONObject) {
            ("case.context", telling.members(["id": .string(id)]))
        }
    }

    struct Mark: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say all that holds for a case as such, or that nothing does.",
            discussion: "Marks: \(CaseMark.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Argument(help: "Marks; none says that none applies.") var marks: [String] = []
        var request: (verb: String, members: JSONObject) {
            ("case.mark", ["id": .string(id), "marks": .array(marks.map { .string($0) })])
        }
    }
}

/// What a person tells of a case that has no upload to tell it.
struct TellingOptions: ParsableArguments {
    @Option(help: "When the incident was, with its zone, as 2026-11-21T20:00:00+01:00.") var at: String?
    @Option(help: "What is known of the account and the incident, in the form of a NAME.meta.json.")
    var context: String?

    /// The desk takes the first file for the context.
    func members(_ others: JSONObject) -> JSONObject {
        var members = others
        members["at"] = .optional(at)
        members["context"] = .bool(context != nil)
        return members
    }
}
