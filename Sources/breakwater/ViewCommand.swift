import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

/// `breakwater view ...`: seeing one exhibit under a grant. Only this decides what a report says of who viewed a file.
struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "See an exhibit in the site's viewer, and say how the viewing ended.",
        subcommands: [Start.self, Complete.self, Abort.self, Exposure.self, Allow.self]
    )

    struct Start: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Write an exhibit's bytes to standard output, for a viewer."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why it must be seen; kept in the custody log.") var purpose: String
        @Flag(help: "Also if you, or a colleague who confirmed it, have seen these bytes.") var again = false

        func act() throws -> UploadModel.ExitCode {
            try DeskClient.refuseTerminal("pipe it into the site's viewer")
            // A reader that goes away is told to the desk, and does not end us.
            ThisProcess.blockStraySignals()
            var client = try DeskClient(desk)
            let members: JSONObject = ["id": .string(id), "purpose": .string(purpose), "again": .bool(again)]
            // Standard output is for the bytes; the grant is said beside it.
            let (_, code) = try client.ask("view.start", members) { ThisProcess.writeToStandardError($0) }
            try client.show()
            return code
        }
    }

    struct Complete: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "Say that you saw it, all of it or a part.")
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "The grant; your last one if left out.") var grant: String?
        @Flag(help: "Not all of it, or blurred or shrunk.") var partial = false
        var request: (verb: String, members: JSONObject) {
            var members: JSONObject = ["id": .string(id), "partial": .bool(partial)]
            members["grant"] = grant.map { .string($0) }
            return ("view.complete", members)
        }
    }

    struct Abort: DeskVerb {
        static let configuration = CommandConfiguration(abstract: "Say that you broke the viewing off.")
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "The grant; your last one if left out.") var grant: String?
        var request: (verb: String, members: JSONObject) {
            var members: JSONObject = ["id": .string(id)]
            members["grant"] = grant.map { .string($0) }
            return ("view.abort", members)
        }
    }

    struct Exposure: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Show how much you yourself have viewed within 24 hours; nobody else is shown that."
        )
        @OptionGroup var desk: DeskOptions
        var request: (verb: String, members: JSONObject) { ("view.exposure", [:]) }
    }

    struct Allow: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract: "Let a colleague who reached review.views_per_day view as much again."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Their id in the roles file.") var staff: String
        @Option(help: "Why; kept beside the custody log.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("view.allow", ["staff": .string(staff), "reason": .string(reason)])
        }
    }
}
