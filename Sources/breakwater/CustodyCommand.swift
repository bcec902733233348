import ArgumentParser
import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// `breakwater custody ...`: the record that cannot be changed unnoticed.
struct CustodyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custody",
        abstract: "The tamper-evident log of what happened to evidence.",
        subcommands: [Verify.self, Cat.self, Checkpoint.self, Prove.self, CustodyBegin.self]
    )

    struct Verify: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Check signatures, tree, consistency, chains, and whether each step may follow.",
            discussion:
                "With --desk a copy of the case desk's log is fetched and checked here. Without either it needs no deployment: name a copy of the log, or a folder of *.json entries with their *.tlog-proof files, and the log's public key. Exit code 1: something is wrong; 3: it cannot be decided."
        )
        @OptionGroup var place: CustodyPlace
        @Option(help: "A checkpoint of this log that was kept elsewhere; may be given again.")
        var since: [String] = []

        func act() throws -> UploadModel.ExitCode {
            let log = try place.opened()
            let older = try since.map { file in
                let bytes = try Descriptor.open(file).readAll(limit: 64 << 10, subject: file)
                guard let note = SignedCheckpoint(String(decoding: bytes, as: UTF8.self)) else {
                    throw Refused(
                        "\(file): not a checkpoint",
                        hint: "give a file that \"custody checkpoint\" printed"
                    )
                }
                return note
            }
            let judge = CustodyVerifier(log.verifier, older: older)
            let verdict: CustodyVerifier.Verdict
            if try CustodyExtract.isExtract(log.directory) {
                verdict = judge.verdict(on: try CustodyExtract.proofs(in: log.directory))
            } else {
                verdict = try judge.verdict(on: log.directory)
            }
            return try say(verdict, log.verifier)
        }

        private func say(_ verdict: CustodyVerifier.Verdict, _ verifier: LogVerifier) throws
            -> UploadModel.ExitCode
        {
            if place.json {
                try Output.line([
                    "log": .string(verifier.name), "signed": .integer(verdict.signed),
                    "unsigned": .integer(verdict.unsigned),
                    "findings": .array(verdict.findings.map { .string($0.description) }),
                ])
            } else {
                for finding in verdict.findings { try Output.line("\(finding)") }
                let sum = Output.count(verdict.signed, "entry", "entries")
                let isOpen = verdict.findings.allSatisfy(\.leavesOpen)
                let result = verdict.findings.isEmpty ? "sound" : isOpen ? "undecided" : "not sound"
                try Output.line(
                    "\(verifier.name): \(result), \(sum) signed, \(verdict.unsigned) not signed yet"
                )
            }
            if verdict.findings.isEmpty { return .done }
            return verdict.findings.allSatisfy(\.leavesOpen) ? .couldNotDecide : .no
        }
    }

    struct Cat: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Print the entries, one canonical JSON object a line."
        )
        @OptionGroup var place: CustodyPlace
        @Option(help: "Only entries about this exhibit or upload.") var exhibit: String?
        @Option(help: "Begin with the entry of this index.") var from: UInt64 = 0

        func act() throws -> UploadModel.ExitCode {
            let wanted = try exhibit.map { text in
                guard let bundle = BundleID(text) ?? UploadID(text).map(BundleID.init) else {
                    throw Refused(
                        "\(text) is no exhibit's id",
                        hint: "give all of it, ex-...",
                        .calledWrongly
                    )
                }
                return bundle
            }
            try LogReader(of: try place.located().directory).bundles(from: from) { first, entries in
                for (place, bytes) in entries.enumerated() where first + UInt64(place) >= from {
                    if let wanted, (try? CustodyEntry(canonical: bytes))?.subject.exhibit != wanted {
                        continue
                    }
                    try ThisProcess.writeToStandardOutput(bytes + [UInt8(ascii: "\n")])
                }
                return true
            }
            return .done
        }
    }

    struct Checkpoint: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Print the newest checkpoint and the public key, to be kept elsewhere."
        )
        @OptionGroup var place: CustodyPlace
        @Flag(help: "Print the public key instead.") var vkey = false

        func act() throws -> UploadModel.ExitCode {
            let log = try place.opened()
            if vkey { return try done(Output.line("\(log.verifier)")) }
            guard let note = try LogReader(of: log.directory).checkpoint else {
                throw Refused(
                    "\(log.verifier.name): nothing is signed yet",
                    hint: "the daemon signs within 60 s of an entry, and when it stops",
                    .couldNotDecide
                )
            }
            try ThisProcess.writeToStandardOutput(Array(note.text.utf8))
            return .done
        }

        private func done(_: Void) -> UploadModel.ExitCode { .done }
    }

    struct Prove: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Write the entries about an exhibit with their proofs into a new directory.",
            discussion:
                "N.json is entry N, N.tlog-proof shows that it is in the log, vkey is the log's public key."
        )
        @OptionGroup var place: CustodyPlace
        @Argument(help: "The exhibit, ex-...") var exhibit: String
        @Option(name: .customLong("to"), help: "The directory to make.") var goal: String

        func act() throws -> UploadModel.ExitCode {
            guard let bundle = BundleID(exhibit) else {
                throw Refused("\(exhibit) is no exhibit's id", hint: "give all of it, ex-...", .calledWrongly)
            }
            let log = try place.opened()
            let proofs = try LogReader(of: log.directory).proofs(about: [bundle])
            guard !proofs.isEmpty else {
                throw Refused(
                    "the log signs for no entry about \(bundle)",
                    hint: "entries are signed within 60 s, and when the daemon stops",
                    .no
                )
            }
            try ThisProcess.makeDirectoryIfMissing(goal, mode: 0o750)
            try CustodyExtract.write(proofs, log.verifier, to: try Descriptor.directory(goal))
            try Output.line("\(Output.count(proofs.count, "entry", "entries")) in \(goal)")
            return .done
        }
    }
}
