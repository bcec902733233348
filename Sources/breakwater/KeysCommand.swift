import ArgumentParser
import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// `breakwater keys ...`: who can open evidence, and whether they still can.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The custodians' keys: who can open evidence, and whether they still can.",
        discussion:
            "What needs a private key takes --identity, needs no settings, and runs on the custodian's own machine.",
        subcommands: [List.self, Add.self, Drill.self, Rewrap.self, Retire.self, Shred.self]
    )

    struct List: Verb {
        static let configuration = CommandConfiguration(
            abstract: "One line for each key, with its last drill."
        )
        @OptionGroup var options: Options

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config)
            let vault = try deployment.vault()
            let keys = try SealingKeys(reading: deployment.settings.evidence).without(vault.retiredKeys())
            for custodian in keys.custodians {
                let drill = try vault.drill(custodian.recipient)
                try say("custodian", custodian.name, custodian.recipient, drill)
            }
            for key in try vault.retiredKeys().sorted() {
                if options.json {
                    try Output.line(["role": "retired", "fingerprint": .string(key)])
                } else {
                    try Output.line("retired  \(key)")
                }
            }
            if let review = keys.review { try say("review", "review", review, nil) }
            if let key = keys.demonstration { try say("demonstration", "demonstration", key, nil) }
            return .done
        }

        private func say(
            _ role: String,
            _ name: String,
            _ key: AgeRecipient,
            _ drill: VaultStore.Drill?
        ) throws {
            let isValid = drill?.isValid(at: Timestamp(nanoseconds: Clocks.realtime)) ?? false
            if options.json {
                return try Output.line([
                    "role": .string(role), "name": .string(name), "fingerprint": .string(key.fingerprint),
                    "recipient": .string(key.text),
                    "drilled_until": .optional(drill?.validUntil.map { $0.wholeSeconds }),
                    "drilled": .bool(isValid),
                ])
            }
            var words = ""
            if role == "custodian" {
                let until = drill?.validUntil.map { String($0.wholeSeconds.prefix(10)) }
                words = isValid ? "  drilled until \(until ?? "")" : "  not drilled"
            }
            try Output.line("\(role)  \(key.fingerprint)  \(name)\(words)")
        }
    }

    struct Add: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Add a custodian's public key to the directory that evidence.custodians names.",
            discussion:
                "The daemon seals to it after a reload (SIGHUP). Evidence that is there already is opened to it by "
                + "\"breakwater keys rewrap\"."
        )
        @OptionGroup var options: Options
        @Option(help: "What to call it, 1 to 64 of a-z, 0-9 and -.") var name: String
        @Argument(help: "The public key, age1...") var recipient: String

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config, asOwner: false)
            guard case .directory(let path) = deployment.settings.evidence.custodians else {
                throw Refused(
                    "evidence.custodians is a list in \(options.config)",
                    hint: "add the key to that list, or name a directory there",
                    .calledWrongly
                )
            }
            let isName = (1...64).contains(name.utf8.count) && name.utf8.allSatisfy(Self.isNameByte)
            guard isName, let key = try? AgeRecipient(text: recipient) else {
                throw Refused(
                    isName
                        ? "\(recipient.prefix(80)) is no age recipient"
                        : "--name \(name) is no name for a key",
                    hint: "for example: breakwater keys add --name legal-1 age1...",
                    .calledWrongly
                )
            }
            try Descriptor.directory(path).writeNew(
                Array("\(key.text)\n".utf8),
                as: Array("\(name).pub".utf8),
                mode: 0o644,
                subject: "\(path)/\(name).pub"
            )
            try Output.line("\(key.fingerprint)  \(name); reload breakwaterd, then begin its drill")
            return .done
        }

        private static func isNameByte(_ byte: UInt8) -> Bool {
            "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains(byte)
        }
    }

    struct Drill: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Show that a custodian's key opens what is sealed to it.",
            discussion: """
                1. here: breakwater keys drill                  writes a challenge for each custodian
                2. there: breakwater keys drill --identity KEY CHALLENGE     prints the answer
                3. here: breakwater keys drill --answer TEXT --key FINGERPRINT
                The second step may also be: age -d -i KEY CHALLENGE. An answer counts for 90 days.
                """
        )
        @Option(help: "The settings file; not with --identity.") var config: String?
        @Option(help: "The custodian's private key; on the custodian's machine.") var identity: String?
        @Argument(help: "The challenge's file; with --identity.") var challenge: String?
        @Option(help: "What the challenge holds.") var answer: String?
        @Option(help: "Fingerprint of the key that answered, or its beginning; with --answer.") var key:
            String?

        func act() throws -> UploadModel.ExitCode {
            switch (identity, challenge, answer, key) {
            case (let identity?, let challenge?, nil, nil):
                let text = try KeyFile.open(challenge, with: KeyFile.identities(identity))
                try ThisProcess.writeToStandardOutput(text)
            case (nil, nil, let answer?, let key?): try take(answer, key)
            case (nil, nil, nil, nil): try begin()
            default:
                throw Refused(
                    "these options do not go together",
                    hint: "see \"breakwater keys drill --help\"",
                    .calledWrongly
                )
            }
            return .done
        }

        private func deployment() throws -> Deployment {
            guard let config else {
                throw Refused("--config is missing", hint: "name the settings file", .calledWrongly)
            }
            return try Deployment(config)
        }

        private func begin() throws {
            let deployment = try deployment()
            let vault = try deployment.vault()
            let keys = try SealingKeys(reading: deployment.settings.evidence).without(vault.retiredKeys())
            for custodian in keys.custodians {
                let path = try vault.beginDrill(
                    custodian.recipient,
                    at: Timestamp(nanoseconds: Clocks.realtime)
                )
                try Output.line(
                    "\(custodian.recipient.fingerprint)  \(custodian.name)  \(deployment.settings.state.root)/\(path)"
                )
            }
        }

        private func take(_ answer: String, _ prefix: String) throws {
            let deployment = try deployment()
            let found = try SealingKeys(reading: deployment.settings.evidence).custodians
                .filter { $0.recipient.fingerprint.hasPrefix(prefix) }
            guard let custodian = found.first, found.count == 1 else {
                throw Refused(
                    "\(prefix) names \(found.isEmpty ? "no custodian's key" : "more than one key")",
                    hint: "\"breakwater keys list\" shows them",
                    .calledWrongly
                )
            }
            let now = Timestamp(nanoseconds: Clocks.realtime)
            do {
                try deployment.vault().endDrill(custodian.recipient, answer: answer, at: now)
            } catch let error as DrillRefused {
                throw Refused("\(error)", hint: "begin it anew with \"breakwater keys drill\"", .no)
            }
            try Output.line("\(custodian.recipient.fingerprint)  \(custodian.name)  drilled")
        }
    }

    struct Rewrap: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Make the headers of evidence anew for other recipients; bodies are not touched.",
            discussion: """
                Works on a copy of <state>/vault/keys on the custodian's machine. Copied back, the new headers take the \
                old ones' place. Every other copy of an old header still opens its body: delete them.
                """
        )
        @Option(help: "A private key that the headers are for now.") var identity: String
        @Option(help: "The directory that holds ex-.../ with headers.") var keys: String
        @Option(name: .customLong("custodian"), help: "A custodian's public key, age1...; at least two.")
        var custodians: [String] = []
        @Option(name: .customLong("review"), help: "The review desk's public key.") var review: [String] = []

        func act() throws -> UploadModel.ExitCode {
            guard custodians.count >= 2 else {
                throw Refused(
                    "\(custodians.count) custodians are named, and evidence needs two",
                    hint: "give --custodian for each",
                    .calledWrongly
                )
            }
            let audiences = Audiences(
                custodians: try custodians.map { try AgeRecipient(text: $0) },
                review: try review.map { try AgeRecipient(text: $0) }
            )
            guard let identity = try KeyFile.identities(identity).first else { return .no }
            let outcome = try Rewrapping(with: identity, for: audiences).all(in: Descriptor.directory(keys))
            for bundle in outcome.closed { try Output.line("\(bundle): not for this key, left as it is") }
            try Output.line("\(Output.count(outcome.rewrapped.count, "bundle", "bundles")) rewrapped")
            return outcome.closed.isEmpty ? .done : .no
        }
    }
}

/// Files that a custodian has at hand.
enum KeyFile {
    static func identities(_ path: String) throws -> [AgeIdentity] {
        let text = try Descriptor.open(path).readAll(limit: 64 * 1_024, subject: path)
        return try AgeIdentity.all(inFile: String(decoding: text, as: UTF8.self))
    }

    /// The plaintext of a small age file.
    static func open(_ path: String, with identities: [AgeIdentity]) throws -> [UInt8] {
        try AgeFile(try Descriptor.open(path).readAll(limit: 64 * 1_024, subject: path)).open(
            with: identities
        )
    }
}
