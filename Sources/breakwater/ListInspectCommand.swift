import ArgumentParser
import GenerationFormat
import HashLists
import JSONText
import LinuxIO
import UploadModel

/// `breakwater list inspect`: what is installed, list by list.
struct ListInspect: Verb {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a generation holds, what of it can match here, and how old each list is.",
        discussion: "Ends with 1 if a list is past its maximum age."
    )

    @Argument(help: "A generation's name; without it the installed one.")
    var generation: String?

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func act() throws -> UploadModel.ExitCode {
        let generation = try Deployment(config).generation(named: generation)
        let now = Timestamp(nanoseconds: Clocks.realtime)
        if json {
            try Output.line(generation.json(at: now))
        } else {
            try say(generation, now)
        }
        return generation.staleLists(at: now).isEmpty ? .done : .no
    }

    private func say(_ generation: Generation, _ now: Timestamp) throws {
        try Output.line(
            "\(generation.name): \(Output.count(generation.lists.count, "list", "lists")), "
                + "\(Output.count(generation.entryCount, "entry", "entries")), \(generation.byteCount) bytes"
        )
        if let base = generation.builtUpon {
            let (added, withdrawn) = generation.changes
            try Output.line(
                "a delta upon \(base): \(Output.count(added, "entry", "entries")) added, \(withdrawn) withdrawn"
            )
        }
        for list in generation.lists {
            let all = list.entryCount + list.elsewhere
            var line =
                "\(list.name): \(list.listClass.rawValue), of \(Output.count(all, "entry", "entries")) "
            line += "\(list.entryCount) can match here"
            if list.elsewhere > 0 { line += ", \(list.elsewhere) need a hasher that is not in this build" }
            line += "; \(list.dating) \(Output.count(list.age(at: now), "day", "days")) ago"
            if list.maximumAge > 0 { line += " of at most \(list.maximumAge)" }
            if list.isStale(at: now) { line += ", stale" }
            if list.synthetic { line += "; synthetic" }
            try Output.line(line)
        }
    }
}

/// `breakwater list verify`: every byte.
struct ListVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every byte of a generation and compare with what was signed."
    )

    @Argument(help: "A generation's name; without it the installed one.")
    var generation: String?

    @Option(help: "The settings file.")
    var config: String

    func act() throws -> UploadModel.ExitCode {
        let deployment = try Deployment(config)
        do {
            let generation = try deployment.generation(named: generation)
            try generation.checkEveryByte()
            try Output.line("\(generation.name): \(generation.byteCount) bytes, all as they were signed")
            return .done
        } catch let fault as GenerationFault {
            try Output.line("refused: \(fault)")
            return .no
        }
    }
}

/// `breakwater list diff A B`.
struct ListDiff: Verb {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Count the values that two generations do not share, list by list.",
        discussion: "Ends with 1 if there are any."
    )

    @Argument(help: "The older generation's name.")
    var former: String

    @Argument(help: "The newer one's; without it the installed one.")
    var latter: String?

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Print one JSON object a list.")
    var json = false

    func act() throws -> UploadModel.ExitCode {
        let deployment = try Deployment(config)
        let differences = try deployment.generation(named: latter).difference(
            from: try deployment.generation(named: former)
        )
        for found in differences {
            if json {
                try Output.line([
                    "list": .string(found.list), "added": .integer(found.added),
                    "removed": .integer(found.removed), "kept": .integer(found.kept),
                ])
            } else {
                try Output.line(
                    "\(found.list): \(Output.count(found.added, "value", "values")) added, "
                        + "\(found.removed) removed, \(found.kept) kept"
                )
            }
        }
        return differences.allSatisfy { $0.added == 0 && $0.removed == 0 } ? .done : .no
    }
}

extension GenerationList {
    fileprivate var dating: String {
        switch dated?.by {
        case .supplier?: "dated by its supplier"
        case .file?: "its file was modified"
        case nil: "read"
        }
    }
}

extension Generation {
    fileprivate func json(at now: Timestamp) -> JSONValue {
        [
            "generation": .string(name), "counter": .integer(counter), "entries": .integer(entryCount),
            "bytes": .integer(byteCount), "built_upon": builtUpon.map { .string($0) } ?? .null,
            "added": .integer(changes.added), "withdrawn": .integer(changes.withdrawn),
            "lists": .array(
                lists.map { list in
                    [
                        "name": .string(list.name), "class": .string(list.listClass.rawValue),
                        "supplier": .string(list.supplier), "entries": .integer(list.entryCount),
                        "elsewhere": .integer(list.elsewhere), "age_days": .integer(list.age(at: now)),
                        "dated": .string("\(list.ageCountsFrom)"),
                        "dated_by": .string(list.dated?.by.rawValue ?? "build"),
                        "maximum_age_days": .integer(list.maximumAge), "stale": .bool(list.isStale(at: now)),
                        "synthetic": .bool(list.synthetic),
                    ]
                }
            ),
        ]
    }
}
