import ArgumentParser
import JSONText
import UploadModel

/// `breakwater retention ...`: until when exhibits are kept, and what forbids that they go.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Until when exhibits are kept, and what forbids that they are destroyed.",
        subcommands: [List.self, Worklist.self, Extend.self, HoldCommand.self]
    )

    struct List: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Every exhibit and attachment and where it stands."
        )
        @OptionGroup var desk: DeskOptions
        var request: (verb: String, members: JSONObject) { ("retention.list", [:]) }
    }

    struct Worklist: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "What ends within 60, 30, 7 or 0 days, and what nobody decided on for 7 or 30."
        )
        @OptionGroup var desk: DeskOptions
        var request: (verb: String, members: JSONObject) { ("retention.worklist", [:]) }
    }

    struct Extend: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "Keep longer than the law asks.")
        @OptionGroup var desk: DeskOptions
        @Argument(help: "An exhibit, or a case for all of its exhibits and attachments.") var id: String
        @Option(help: "Until when, 2028-01-31.") var until: String
        @Option(help: "reduce-proliferation or prevent-exploitation.") var purpose: String
        var request: (verb: String, members: JSONObject) {
            ("retention.extend", ["id": .string(id), "until": .string(until), "purpose": .string(purpose)])
        }
    }

    struct HoldCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold",
            abstract: "What forbids every destruction while it lasts.",
            subcommands: [Add.self, Renew.self, Release.self]
        )
    }
}

extension RetentionCommand.HoldCommand {
    struct Add: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Place a hold; a 2703f hold ends by itself after 90 days."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "An exhibit, or a case for all of its exhibits and attachments.") var id: String
        @Option(help: "court, 2703f or internal.") var kind: String
        @Option(help: "The document that asks for it; it is preserved.") var document: String
        var files: [String] { [document] }
        var request: (verb: String, members: JSONObject) {
            ("hold.add", ["id": .string(id), "kind": .string(kind)])
        }
    }

    struct Renew: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Renew a 2703f hold, once, for 90 more days."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "An exhibit, or a case.") var id: String
        @Argument(help: "The hold's whole id.") var hold: String
        var request: (verb: String, members: JSONObject) {
            ("hold.renew", ["id": .string(id), "hold": .string(hold)])
        }
    }

    struct Release: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "End a hold.")
        @OptionGroup var desk: DeskOptions
        @Argument(help: "An exhibit, or a case.") var id: String
        @Argument(help: "The hold's whole id.") var hold: String
        var request: (verb: String, members: JSONObject) {
            ("hold.release", ["id": .string(id), "hold": .string(hold)])
        }
    }
}
