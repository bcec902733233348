import ArgumentParser
import JSONText
import LedgerStore
import ScanService
import UploadModel
import VaultStore

/// `breakwater case ...`: asks the case desk. With `--config`, `list` and `show` look into the daemon's own rows instead,
/// one case a match, where there is no desk.
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "What matched: cases, evidence and drafts.",
        subcommands: [
            List.self, Show.self, Claim.self, Release.self, Note.self, Escalate.self,
            WithdrawEscalation.self, Adopt.self, Lookup.self, Open.self, Context.self, Mark.self,
        ]
    )

    struct List: Verb {
        static let configuration = CommandConfiguration(abstract: "One line for each case.")
        @OptionGroup var desk: DeskOptions
        @Option(help: "Look into the rows of this deployment, without a desk.") var config: String?

        func act() throws -> UploadModel.ExitCode {
            guard let config else {
                var client = try DeskClient(desk)
                return try client.ask("case.list").code
            }
            try Deployment(config).forEach(in: Custody.Stage.namesOfCases) { upload in
                if desk.json { return try Output.line(.object(upload.caseJSON)) }
                let entries = upload.matches.map { "\($0.entry.id) \($0.grade.rawValue)" }.joined(
                    separator: ", "
                )
                let why = entries.isEmpty ? "preserved by order" : entries
                try Output.line("\(CaseID(upload.id))  \(upload.stage?.name ?? "damaged")  \(why)")
            }
            return .done
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            abstract: "One case: rows, matches, evidence, and what the draft says is missing."
        )
        @OptionGroup var desk: DeskOptions
        @Option(help: "Look into the rows of this deployment, without a desk.") var config: String?
        @Argument(help: "Its id, or the beginning of it.") var id: String

        func act() throws -> UploadModel.ExitCode {
            guard let config else {
                var client = try DeskClient(desk)
                return try client.ask("case.show", ["id": .string(id)]).code
            }
            let deployment = try Deployment(config)
            let upload = try deployment.upload(id, in: try deployment.ledger())
            guard Custody.Stage.namesOfCases.contains(upload.stage?.name ?? "") else {
                throw Refused(
                    "\(upload.id) is no case (stage \(upload.stage?.name ?? "damaged"))",
                    hint: "\"breakwater held show\" tells of what is held",
                    .calledWrongly
                )
            }
            let draft = try draft(of: upload, deployment)
            if desk.json {
                var object = upload.caseJSON
                object["draft"] = draft.report ?? .null
                object["draft_sealed"] = .bool(draft == .sealed)
                try Output.line(.object(object))
            } else {
                try say(upload, draft)
            }
            return .done
        }

        /// What can be told of a case's draft here.
        private enum Draft: Equatable {
            case none
            /// For custodians and the desk; not for whoever asks.
            case sealed
            case open(JSONValue)

            var report: JSONValue? { if case .open(let report) = self { report } else { nil } }
        }

        /// Drafts are sealed. Only a demonstration, whose key lies beside them, shows them here.
        private func draft(of upload: LedgerUpload, _ deployment: Deployment) throws -> Draft {
            let (vault, id) = (try deployment.vault(), DraftID(upload.id))
            guard try vault.hasDraft(id) else { return .none }
            guard let identity = try SealingKeys.demonstrationIdentity(deployment.settings.evidence) else {
                return .sealed
            }
            let files = try vault.draft(id, with: identity) ?? []
            guard let json = files.first(where: { $0.name == "draft.json" }) else { return .sealed }
            return .open(try JSONValue(parsing: json.bytes, limits: .own))
        }

        private func say(_ upload: LedgerUpload, _ draft: Draft) throws {
            try Output.line("case      \(CaseID(upload.id))")
            try Output.line("stage     \(upload.stage?.name ?? "damaged")")
            for match in upload.matches {
                let kinds = match.agreed.members.map(\.name).joined(separator: ", ")
                let says =
                    match.distance.map { "is similar to \(match.entry.id), distance \($0)" }
                    ?? "equals \(match.entry.id) (\(kinds))"
                try Output.line(
                    "match     the \(match.part.rawValue) \(says), \(match.grade.rawValue), class \(match.entry.listClass.rawValue)"
                )
            }
            for row in upload.rows { try Output.line("row       \(row.at)  \(row.event.name)") }
            try Output.line("evidence  \(BundleID(upload.id))")
            if draft == .none {
                return try Output.line("draft     none; a person decides whether this is reported")
            }
            let sealed = draft == .sealed ? "sealed to the desk and the custodians; " : ""
            try Output.line(
                "draft     drafts/\(upload.id)/ (\(sealed)prepared, not submitted; a person decides)"
            )
            for finding in draft.report?["findings"]?.arrayValue ?? [] {
                let parts = ["severity", "field", "problem", "remedy"].map { finding[$0]?.stringValue ?? "" }
                try Output.line(
                    "finding   \(parts[0]): \(parts[1]): \(parts[2])\(parts[3].isEmpty ? "" : "; \(parts[3])")"
                )
            }
        }
    }
}

extension LedgerUpload {
    fileprivate var caseJSON: JSONObject {
        var object: JSONObject = [
            "id": .string("\(CaseID(id))"), "upload": .string("\(id)"), "spool": .string(spool),
            "stage": .string(stage?.name ?? "damaged"), "since": .optional(rows.first.map { "\($0.at)" }),
            "evidence": .string("\(BundleID(id))"), "matches": Output.matches(matches),
        ]
        for (key, value) in Output.path(path.bytes) { object[key] = value }
        return object
    }
}
