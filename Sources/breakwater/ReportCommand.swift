import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

/// `breakwater report ...`: from a case to documents that a person submits. Nothing here sends anything.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Prepare, check, approve and write out a report.",
        subcommands: [
            Draft.self, Lint.self, Show.self, Diff.self, Approve.self, Return.self, Export.self,
            MarkSubmitted.self, Receipt.self, Supplement.self, Validate.self, Figures.self,
        ]
    )

    struct Draft: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Prepare the documents of a case as it stands now."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("report.draft", ["id": .string(id)]) }
    }

    struct Lint: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract:
                "Say what a report would lack and where it would come from; ends with 1 while something blocks."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("report.lint", ["id": .string(id)]) }
    }

    struct Diff: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Show what changed since the draft that you saw last, or the last that was approved."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        var request: (verb: String, members: JSONObject) { ("report.diff", ["id": .string(id)]) }
    }

    struct Approve: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Sign off the current draft; another person than who judged or prepared it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "The draft that you looked at, the beginning of its SHA-256; another one is refused.")
        var draft: String?
        var request: (verb: String, members: JSONObject) {
            var members: JSONObject = ["id": .string(id)]
            members["draft"] = draft.map { .string($0) }
            return ("report.approve", members)
        }
    }

    struct Return: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Take an approval back, so that the case can change."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("report.return", ["id": .string(id), "reason": .string(reason)])
        }
    }

    struct Export: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Write the approved documents into a new directory."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "The directory; it must not be there yet.") var to: String

        func act() throws -> UploadModel.ExitCode {
            var client = try DeskClient(desk)
            if (try? Descriptor.status(ofPath: Array(to.utf8), subject: to)) != nil {
                throw Refused("\(to) is there already", hint: "name a directory that is not", .calledWrongly)
            }
            let (answer, code) = try client.ask("report.export", ["id": .string(id)])
            let files = try Self.files(of: answer, &client)
            try ThisProcess.makeDirectoryIfMissing(to, mode: 0o700)
            let directory = try Descriptor.directory(to)
            for (name, bytes) in files {
                try directory.writeNew(bytes, as: Array(name.utf8), mode: 0o600, subject: "\(to)/\(name)")
            }
            try directory.sync(subject: to)
            return code
        }

        /// All of them before anything is written: a desk that breaks off leaves no half of a report.
        private static func files(of answer: JSONValue, _ client: inout DeskClient) throws
            -> [(name: String, bytes: [UInt8])]
        {
            try (answer["files"]?.arrayValue ?? []).compactMap(\.stringValue).map { name in
                guard !name.contains("/"), !name.hasPrefix(".") else {
                    throw Refused(
                        "a file has a name that is not ours",
                        hint: "use the desk of the same version"
                    )
                }
                var bytes: [UInt8] = []
                try client.receive { bytes += $0 }
                return (name, bytes)
            }
        }
    }

    struct MarkSubmitted: DeskVerb {
        static let configuration = CommandConfiguration(
            commandName: "mark-submitted",
            abstract: "Record that a person submitted the report, with the service's number and receipt."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(name: .customLong("report-id"), help: "The report's number.") var report: Int64
        @Option(help: "What the service answered, as it came.") var receipt: String
        var files: [String] { [receipt] }
        var request: (verb: String, members: JSONObject) {
            ("report.mark-submitted", ["id": .string(id), "report": .string("\(report)")])
        }
    }

    struct Receipt: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Write the service's answer to a submission, as it came, to standard output.",
            discussion: "The custody log has who opened it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "The submitted case's id, or the beginning of it.") var id: String

        func act() throws -> UploadModel.ExitCode {
            try DeskClient.refuseTerminal("write it into a file")
            return try DeskClient.hand(over: "report.receipt", ["id": .string(id)], desk)
        }
    }

    struct Supplement: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Open a case for what is more to say of a submitted one, with its files."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "The submitted case's id, or the beginning of it.") var id: String
        @Argument(help: "Files to attach.") var files: [String] = []
        var request: (verb: String, members: JSONObject) { ("report.supplement", ["id": .string(id)]) }
    }

    struct Figures: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Counts for a transparency report, without content."
        )
        @OptionGroup var desk: DeskOptions
        @Option(help: "The first day, 2026-01-01.") var from: String
        @Option(help: "The last day.") var to: String
        var request: (verb: String, members: JSONObject) {
            ("report.figures", ["from": .string(from), "to": .string(to)])
        }
    }
}
