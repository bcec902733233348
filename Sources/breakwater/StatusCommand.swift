import ArgumentParser
import Digests
import GenerationFormat
import HashLists
import JSONText
import LedgerStore
import LinuxIO
import UploadModel

/// `breakwater status`: how a deployment stands, from its directories and, if it runs, its daemon.
struct StatusCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How the deployment stands.",
        discussion: "Ends with 0 when the daemon is ready, 1 when it is not or does not run."
    )

    @OptionGroup var options: Options

    func act() throws -> UploadModel.ExitCode {
        let deployment = try Deployment(options.config)
        let daemon = DaemonAnswer(deployment.settings.metrics.address)
        let counts = try deployment.ledgerIfThere()?.counts() ?? [:]
        let lists = Self.lists(deployment)
        if options.json {
            try Output.line(Self.json(deployment, daemon, counts, lists))
        } else {
            try say(deployment, daemon, counts, lists)
        }
        return daemon.isReady ? .done : .no
    }

    private func say(
        _ deployment: Deployment,
        _ daemon: DaemonAnswer,
        _ counts: [String: Int],
        _ lists: Result<Generation?, any Error>
    ) throws {
        try Output.line("breakwater   \(Breakwater.version)")
        try Output.line("environment  \(deployment.settings.environment.rawValue)")
        try Output.line("daemon       \(daemon.text)")
        for spool in deployment.settings.spools {
            try Output.line("spool        \(spool.name)  \(spool.root)")
        }
        switch lists {
        case .success(let generation?):
            try Output.line(
                "lists        \(generation.name)  \(Output.count(generation.entryCount, "entry", "entries"))"
            )
            for list in generation.lists {
                try Output.line(
                    "list         \(list.name)  \(list.listClass.rawValue)  "
                        + Output.count(list.entryCount, "entry", "entries")
                        + (list.synthetic ? "  synthetic" : "")
                )
            }
        case .success(nil): try Output.line("lists        none installed; run \"breakwater list build\"")
        case .failure(let error): try Output.line("lists        unusable: \(error)")
        }
        for (stage, count) in counts.sorted(by: { $0.key < $1.key }) {
            try Output.line("uploads      \(stage)  \(count)")
        }
        try Output.line("digests      \(DigestKernels.best.description)")
    }

    private static func lists(_ deployment: Deployment) -> Result<Generation?, any Error> {
        Result { try deployment.generation() }
    }

    private static func json(
        _ deployment: Deployment,
        _ daemon: DaemonAnswer,
        _ counts: [String: Int],
        _ lists: Result<Generation?, any Error>
    ) -> JSONValue {
        var stages = JSONObject()
        for (stage, count) in counts.sorted(by: { $0.key < $1.key }) { stages[stage] = .integer(count) }
        let generation = try? lists.get()
        return [
            "version": .string(Breakwater.version),
            "environment": .string(deployment.settings.environment.rawValue),
            "daemon": .string(daemon.text), "ready": .bool(daemon.isReady),
            "generation": .optional(generation?.name), "entries": .integer(generation?.entryCount ?? 0),
            "uploads": .object(stages), "digests": .string(DigestKernels.best.description),
        ]
    }
}

/// What the daemon says of itself at `/-/ready`.
struct DaemonAnswer {
    let isReady: Bool
    let text: String

    init(_ address: MetricsAddress) {
        let target = "/-/ready"
        switch address {
        case .none:
            self.init(nil, else: "serves no metrics (metrics.listen is empty), so it cannot be asked")
        case .tcp(let host, let port):
            let answer = try? LocalQuestion.get(target, host: host, port: port)
            self.init(answer, else: "does not run, or does not answer on \(host):\(port)")
        case .unix(let path):
            let answer = try? LocalQuestion.get(target, from: path)
            self.init(answer, else: "does not run, or does not answer on \(path)")
        }
    }

    private init(_ answer: (status: Int, body: [UInt8])?, else silence: String) {
        let lines = answer.map { String(decoding: $0.body, as: UTF8.self).split(separator: "\n") }
        isReady = answer?.status == 200
        text = lines?.joined(separator: "; ") ?? silence
    }
}
