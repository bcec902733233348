import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

/// `breakwater exhibit ...`: what a person finds of one exhibit. A case with one exhibit names it too.
struct ExhibitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exhibit",
        abstract: "What a person finds of an exhibit.",
        subcommands: [
            Classify.self, Annotate.self, Dispose.self, Attach.self, Detach.self, Attachment.self,
            Restore.self,
            Suppress.self, Lift.self,
        ]
    )

    struct Classify: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say what it shows; that puts it into the report whatever its list says.",
            discussion:
                "The letter is the apparent age, A before and B in puberty; 1 a sexual act, 2 lascivious exhibition."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Argument(help: "A1, A2, B1 or B2.") var kind: String
        var request: (verb: String, members: JSONObject) {
            ("exhibit.classify", ["id": .string(id), "class": .string(kind)])
        }
    }

    struct Annotate: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Mark it with all flags that apply, or with none.",
            discussion: "Flags: \(FileFlag.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Argument(help: "Flags; none says that none applies.") var flags: [String] = []
        var request: (verb: String, members: JSONObject) {
            ("exhibit.annotate", ["id": .string(id), "flags": .array(flags.map { .string($0) })])
        }
    }

    struct Dispose: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say what it is found to be; not_csam on an exact match takes two people."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Argument(help: "confirmed, not_csam, undetermined or duplicate_of.") var finding: String
        @Option(help: "Why it is not_csam.") var reason: String?
        @Option(name: .customLong("of"), help: "The exhibit that it repeats, its whole id.") var original:
            String?
        var request: (verb: String, members: JSONObject) {
            var members: JSONObject = ["id": .string(id), "as": .string(finding)]
            members["reason"] = reason.map { .string($0) }
            members["of"] = original.map { .string($0) }
            return ("exhibit.dispose", members)
        }
    }

    struct Attach: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract:
                "Put context beside a case: a chat log, a screenshot. It is preserved and goes into the report."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "The case's id, or the beginning of it.") var id: String
        @Argument(help: "Files.") var files: [String]
        var request: (verb: String, members: JSONObject) { ("exhibit.attach", ["id": .string(id)]) }
    }

    struct Detach: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Take a wrong attachment out of the report; it stays preserved with the case."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "The case's id, or the beginning of it.") var id: String
        @Argument(help: "The attachment's id as \"case show\" has it, or the beginning of it.")
        var attachment: String
        @Option(help: "Why it does not belong there.") var reason: String
        var request: (verb: String, members: JSONObject) {
            (
                "exhibit.detach",
                ["id": .string(id), "attachment": .string(attachment), "reason": .string(reason)]
            )
        }
    }

    struct Attachment: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Write an attached file, as it came, to standard output.",
            discussion: "The custody log has who opened it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "The case's id, or the beginning of it.") var id: String
        @Argument(help: "The attachment's id as \"case show\" has it, or the beginning of it.")
        var attachment: String

        func act() throws -> UploadModel.ExitCode {
            try DeskClient.refuseTerminal("write it into a file, or pipe it into a viewer")
            let members: JSONObject = ["id": .string(id), "attachment": .string(attachment)]
            return try DeskClient.hand(over: "exhibit.attachment", members, desk)
        }
    }
}
