import ArgumentParser
import JSONText
import LedgerStore
import LinuxIO
import UploadModel

/// `breakwater held ...`: uploads that could not be compared, and what a person decides about them.
struct HeldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held",
        abstract: "Uploads that could not be compared.",
        subcommands: [List.self, Show.self, Retry.self, Release.self, Preserve.self]
    )

    struct List: Verb {
        static let configuration = CommandConfiguration(abstract: "One line for each held upload.")
        @OptionGroup var options: Options

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config)
            try deployment.forEach(in: Custody.Stage.namesOfHeld) { upload in
                if options.json { return try Output.line(.object(upload.heldJSON)) }
                try Output.line(
                    "\(upload.id)  \(upload.spool)  \(upload.obstacle?.rawValue ?? "")  since \(upload.lastRowAt)"
                )
            }
            return .done
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(abstract: "All that is known of one held upload.")
        @OptionGroup var options: Options
        @Argument(help: "Its id, or the beginning of it.") var id: String

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config)
            let upload = try deployment.upload(id, in: try deployment.ledger())
            if options.json { return try done(Output.line(.object(upload.heldJSON))) }
            try Output.line("upload  \(upload.id)")
            try Output.line("spool   \(upload.spool)")
            try Output.line("path    \(Output.safe(upload.path.bytes))")
            for row in upload.rows { try Output.line("row     \(row.at)  \(row.event.name)") }
            if let obstacle = upload.obstacle {
                try Output.line("reason  \(obstacle.rawValue): \(obstacle.explanation)")
            }
            return .done
        }

        private func done(_: Void) -> UploadModel.ExitCode { .done }
    }

    struct Retry: Verb {
        static let configuration = CommandConfiguration(abstract: "Compare held uploads again.")
        @OptionGroup var options: Options
        @Argument(help: "Its id, or the beginning of it.") var id: String?
        @Flag(help: "Every held upload.") var all = false

        func validate() throws {
            if (id == nil) == !all { throw ValidationError("name an upload, or use --all") }
        }

        func act() throws -> UploadModel.ExitCode {
            let deployment = try Deployment(options.config)
            var ids: [String] = []
            if let id {
                ids = [id]
            } else {
                try deployment.forEach(in: Custody.Stage.namesOfHeld) { ids.append("\($0.id)") }
            }
            return try deployment.order(.retry, ids, reason: "retry", json: options.json)
        }
    }

    struct Release: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Let a held upload go although it was not compared; your reason is kept."
        )
        @OptionGroup var options: Options
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why; kept in its rows.") var reason: String

        func validate() throws { try Options.check(reason: reason) }

        func act() throws -> UploadModel.ExitCode {
            try Deployment(options.config).order(.release, [id], reason: reason, json: options.json)
        }
    }

    struct Preserve: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Take a held upload into custody: an evidence bundle, no draft."
        )
        @OptionGroup var options: Options
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why; kept in its rows.") var reason: String

        func validate() throws { try Options.check(reason: reason) }

        func act() throws -> UploadModel.ExitCode {
            try Deployment(options.config).order(.preserve, [id], reason: reason, json: options.json)
        }
    }
}

/// What every verb on uploads takes.
struct Options: ParsableArguments {
    /// A reason is kept with the upload, so there must be one.
    static func check(reason: String) throws {
        if reason.allSatisfy(\.isWhitespace) {
            throw ValidationError("--reason says nothing; it is kept, so say why")
        }
    }

    @Option(help: "The settings file.") var config: String
    @Flag(help: "Print JSON, one object a line.") var json = false
}

extension Deployment {
    /// Visits the uploads in some stages, oldest first, page by page.
    func forEach(in stages: [String], _ visit: (LedgerUpload) throws -> Void) throws {
        guard let ledger = try ledgerIfThere() else { return }
        var last: UploadID?
        while true {
            let page = try ledger.uploads(in: stages, after: last, limit: 256)
            for upload in page { try visit(upload) }
            guard let end = page.last else { return }
            last = end.id
        }
    }
}

extension LedgerUpload {
    var obstacle: Obstacle? {
        for row in rows.reversed() { if case .unreadable(let obstacle) = row.event { return obstacle } }
        for row in rows.reversed() {
            if case .perceptual(.failed(let obstacle)) = row.event { return obstacle }
        }
        return nil
    }

    var lastRowAt: String { rows.last.map { "\($0.at)" } ?? "" }

    var stage: Custody.Stage? { try? Custody.replaying(rows.map(\.event)).custody.stage }

    fileprivate var heldJSON: JSONObject {
        var object: JSONObject = [
            "id": .string("\(id)"), "spool": .string(spool), "stage": .string(stage?.name ?? "damaged"),
            "reason": .optional(obstacle?.rawValue), "explanation": .optional(obstacle?.explanation),
            "since": .string(lastRowAt),
        ]
        for (key, value) in Output.path(path.bytes) { object[key] = value }
        return object
    }
}
