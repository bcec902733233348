import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

// Taking keys away: the desk, which knows persons and holds, decides and signs; breakwaterd does it.

extension KeysCommand {
    struct Retire: KeyVerb {
        static let configuration = CommandConfiguration(
            abstract: "Seal nothing more to a custodian's key.",
            discussion: """
                Refused while an exhibit that is preserved or held would be left with fewer than two drilled keys: make the \
                headers anew with "breakwater keys rewrap" first. A retired key never comes back.
                """
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its fingerprint, or the beginning of it.") var key: String
        @Option(help: "Why.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("keys.retire", ["key": .string(key), "reason": .string(reason)])
        }
    }

    struct Shred: KeyVerb {
        static let configuration = CommandConfiguration(
            abstract:
                "Delete every header of an exhibit whose destruction was approved: nobody opens it after that.",
            discussion: "For when the rest cannot be destroyed yet. Never under a hold."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("keys.shred", ["id": .string(id), "reason": .string(reason)])
        }
    }
}

/// A verb that the desk orders and the daemon carries out while one waits.
protocol KeyVerb: DeskVerb {}

extension KeyVerb {
    /// Half-seconds until the daemon is held for not running; the order is carried out when it does.
    private static var patience: Int { 20 }

    func act() throws -> UploadModel.ExitCode {
        let (verb, members) = try request
        var client = try DeskClient(desk)
        let order = try client.ask(verb, members).answer["answer"]?["order"] ?? .null
        var left = Self.patience
        while true {
            ThisProcess.sleep(milliseconds: 500)
            left -= 1
            do {
                var client = try DeskClient(desk)
                return try client.ask("keys.answer", ["order": order]).code
            } catch let refused as Refused where refused.exitCode == .mayPass && left > 0 {
                continue
            }
        }
    }
}
