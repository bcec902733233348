import ArgumentParser
import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// `breakwater evidence ...`: what is preserved, without opening it.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Evidence bundles: sealed, checked without any key, handed over to one recipient.",
        subcommands: [Verify.self, EvidenceExport.self]
    )

    struct Verify: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Compare bundles with their manifests, the second copy, and the custody log.",
            discussion: """
                Reads every byte and needs no key. With --all also what the log says was sealed, and the certificates of what \
                was destroyed. Ends with 0 when all are sound, 1 when one is not or was repaired.
                """
        )
        @OptionGroup var options: Options
        @Argument(help: "Ids of bundles, or their beginnings.") var ids: [String] = []
        @Flag(help: "Every bundle there is, in the vault and in the second copy.") var all = false
        @Flag(help: "Replace what is damaged in one copy by what is sound in the other.") var repair = false

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config)
            let vault = try deployment.vault()
            let log = try Logged(deployment)
            let bundles = try named(in: vault, log.evidence())
            var (code, progress) = (UploadModel.ExitCode.done, ProgressLine())
            for (number, bundle) in bundles.enumerated() {
                progress.show("\(number) of \(Output.count(bundles.count, "bundle", "bundles")) verified")
                let findings = try vault.inspect(
                    bundle,
                    repairing: repair,
                    against: try log.evidence(of: bundle)
                )
                if !findings.allSatisfy(\.fault.isNote) { code = .no }
                for finding in findings {
                    progress.clear()
                    try say(finding)
                }
            }
            progress.clear()
            if !options.json {
                try Output.line(
                    "\(Output.count(bundles.count, "bundle", "bundles")) verified"
                        + (code == .done ? ", all sound" : ", not all sound")
                )
            }
            return code
        }

        private func named(in vault: Vault, _ log: LoggedEvidence?) throws -> [BundleID] {
            let every = try vault.everyBundle(known: log)
            if all && ids.isEmpty { return every }
            guard !all, !ids.isEmpty else {
                throw Refused(
                    "name bundles, or give --all",
                    hint: "\"breakwater case list\" shows cases; a bundle has the same id",
                    .calledWrongly
                )
            }
            return try ids.map { id in
                let bare = id.hasPrefix("ex-") ? String(id.dropFirst(3)) : id
                let found = every.filter { $0.upload.description.hasPrefix(bare) }
                guard let bundle = found.first, found.count == 1 else {
                    throw Refused(
                        found.isEmpty ? "there is no bundle \(id)" : "\(id) begins more than one id",
                        hint: "\"breakwater evidence verify --all --json\" names them all",
                        .calledWrongly
                    )
                }
                return bundle
            }
        }

        private func say(_ finding: EvidenceFinding) throws {
            guard options.json else { return try Output.line("\(finding)") }
            try Output.line([
                "bundle": .string("\(finding.bundle)"), "place": .string(finding.place.rawValue),
                "problem": .string("\(finding.fault)"), "repaired": .bool(finding.isRepaired),
            ])
        }
    }
}

/// The daemon's custody log, read again for a bundle that was sealed after it was read.
private final class Logged {
    private let state: Descriptor
    private var known: LoggedEvidence?
    private var hasWaited = false

    init(_ deployment: Deployment) throws { state = try deployment.state() }

    /// `nil` before the daemon's first start.
    func evidence() throws -> LoggedEvidence? {
        if known == nil { known = try LoggedEvidence(inState: state) }
        return known
    }

    /// An entry is written within a second of its row, so one wait is enough for a whole run.
    func evidence(of bundle: BundleID) throws -> LoggedEvidence? {
        if !hasWaited, try evidence()?.bundles.contains(bundle) == false {
            hasWaited = true
            ThisProcess.sleep(milliseconds: 1_500)
            known = nil
        }
        return try evidence()
    }
}
