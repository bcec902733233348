import ArgumentParser
import JSONText
import UploadModel

/// `breakwater destroy ...`: two persons end an exhibit, and a certificate stays.
struct DestroyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Destroy an exhibit: one person asks, another approves, the daemon does it.",
        subcommands: [Ask.self, Approve.self, Refuse.self, Certificate.self]
    )

    struct Ask: DeskVerb {
        static let configuration = CommandConfiguration(
            commandName: "request",
            abstract: "Ask for it; ends with 4, since another person approves."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "expiry, not-csam or le-request.") var basis: String
        @Option(help: "Why.") var reason: String
        @Option(help: "With le-request: the agency's request; it is preserved.") var document: String?
        @Option(help: "With le-request: when the agency was called back, RFC 3339.") var calledBack: String?
        var files: [String] { document.map { [$0] } ?? [] }
        var request: (verb: String, members: JSONObject) {
            var members: JSONObject = ["id": .string(id), "basis": .string(basis), "reason": .string(reason)]
            members["called_back"] = calledBack.map { .string($0) }
            return ("destroy.request", members)
        }
    }

    struct Approve: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Approve what another person asked for; the daemon gets a signed order."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "With le-request: when the agency was called back, RFC 3339.") var calledBack: String?
        var request: (verb: String, members: JSONObject) {
            var members: JSONObject = ["id": .string(id)]
            members["called_back"] = calledBack.map { .string($0) }
            return ("destroy.approve", members)
        }
    }

    struct Refuse: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "Refuse what somebody asked for.")
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("destroy.refuse", ["id": .string(id)]) }
    }

    struct Certificate: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "Show what was done, place by place.")
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("destroy.certificate", ["id": .string(id)]) }
    }
}
