import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

extension ReportCommand {
    struct Show: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Show the newest draft as an export would write it; read it before you approve it.",
            discussion:
                "The custody log has who was shown it. With --html its page goes to standard output, for a browser."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Flag(help: "The summary as one page of HTML.") var html = false
        @Flag(help: "All XML documents.") var xml = false

        func validate() throws {
            if html && xml { throw ValidationError("give --html or --xml, not both") }
            if html && desk.json { throw ValidationError("--html writes a page, and no JSON") }
        }

        func act() throws -> UploadModel.ExitCode {
            if html { try DeskClient.refuseTerminal("write it into a file, and open that in a browser") }
            var client = try DeskClient(desk)
            let members: JSONObject = [
                "id": .string(id), "form": .string(html ? "html" : xml ? "xml" : "text"),
            ]
            guard html else { return try client.ask("report.show", members).code }
            let (_, code) = try client.ask("report.show", members) { ThisProcess.writeToStandardError($0) }
            try client.receive { try ThisProcess.writeToStandardOutput($0) }
            return code
        }
    }
}
