import ArgumentParser
import Digests
import GenerationFormat
import HashLists
import JSONText
import LinuxIO
import ScanService
import UploadModel

/// `breakwater scan`: what the daemon would decide, with nothing moved.
struct ScanCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Compare files with the lists once; nothing is moved or preserved.",
        discussion: "Ends with 0 if all would be released, 1 if one matches, 3 if one could not be compared."
    )

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Argument(help: "Files and directories.")
    var paths: [String]

    func act() throws -> UploadModel.ExitCode {
        let given = RawPaths.of(paths)  // as the kernel gave them
        let deployment = try Deployment(config)
        guard let generation = try deployment.generation() else {
            throw Refused(
                "no generation is installed",
                hint: "run \"breakwater list build --config \(config)\"",
                .couldNotDecide
            )
        }
        if let real = generation.lists.first(where: { !$0.synthetic }) {
            throw Refused(
                "list \(real.name) is not synthetic, and a scan cannot preserve what it finds",
                hint: "scan with synthetic lists only; real ones belong to breakwaterd",
                .settingsRefused
            )
        }
        var code = UploadModel.ExitCode.done
        let walk = FileWalk(given)
        try OneShot(workers: ThisProcess.cores, generation: generation, decoder: deployment.settings.decoder)
            .run(over: walk) { finding in
                code = code.with(finding.verdict)
                try Output.line(finding, json: json)
            }
        return code
    }
}

/// `breakwater digest`: MD5, SHA-1 and SHA-256 of files, as the daemon computes them.
struct DigestCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "digest",
        abstract: "Print \"md5 sha1 sha256 size path\" for each file."
    )

    @Option(help: "Use this kernel only: \(Kernel.names).")
    var kernel: Kernel?

    @Argument(help: "Files.")
    var files: [String]

    func act() throws -> UploadModel.ExitCode {
        var code = UploadModel.ExitCode.done
        let paths = RawPaths.of(files).makeIterator()
        let kernels = try kernel?.kernels() ?? .best
        try OneShot(workers: ThisProcess.cores, kernels: kernels).run(over: paths) { finding in
            if let digests = finding.digests, case .released = finding.verdict {
                let values = digests.members.map(\.hex).joined(separator: " ")
                let head = Array("\(values) \(digests.byteCount) ".utf8)
                try ThisProcess.writeToStandardOutput(head + finding.path + [UInt8(ascii: "\n")])
            } else if case .held(let reason) = finding.verdict {
                code = .couldNotDecide
                Complaint(
                    Refused(
                        "\(Output.safe(finding.path)): \(reason)",
                        hint: "the other files are not affected"
                    ),
                    program: Breakwater.name
                ).say()
            }
        }
        return code
    }
}

/// A kernel by its name.
struct Kernel: ExpressibleByArgument {
    private let kernel: DigestKernel

    static let names = DigestKernel.allCases.map(\.rawValue).joined(separator: ", ")
    static let allValueStrings = DigestKernel.allCases.map(\.rawValue)

    init?(argument: String) {
        guard let kernel = DigestKernel(rawValue: argument) else { return nil }
        self.kernel = kernel
    }

    func kernels() throws -> DigestKernels {
        guard kernel.isAvailable else {
            throw Refused(
                "kernel \(kernel.rawValue) needs \(kernel.needed), which this processor lacks",
                hint: "leave --kernel out to use \(DigestKernels.best.description)",
                .failed
            )
        }
        return .only(kernel)
    }
}

/// Paths from the command line, bytes as the kernel gave them.
enum RawPaths {
    static func of(_ parsed: [String]) -> [[UInt8]] {
        var raw: [String: [UInt8]] = [:]
        for argument in ThisProcess.rawArguments { raw[String(decoding: argument, as: UTF8.self)] = argument }
        return parsed.map { raw[$0] ?? Array($0.utf8) }
    }
}

extension UploadModel.ExitCode {
    /// A match wins over what could not be compared, and both over all that was released.
    fileprivate func with(_ verdict: OneShot.Verdict) -> Self {
        switch verdict {
        case .released: self
        case .match: .no
        case .held: self == .no ? .no : .couldNotDecide
        }
    }
}

extension Output {
    fileprivate static func line(_ finding: OneShot.Finding, json: Bool) throws {
        var object = path(finding.path)
        object["verdict"] = .string(finding.verdict.name)
        object["reason"] = finding.verdict.reason.map { .string($0) } ?? .null
        object["digests"] = digests(finding.digests)
        object["matches"] = matches(finding.verdict.matches)
        if json { return try line(.object(object)) }
        let why =
            finding.verdict.reason
            ?? finding.verdict.matches.map { "equals \($0.entry.id), \($0.grade.rawValue)" }
            .joined(separator: ", ")
        try line("\(finding.verdict.name)\t\(safe(finding.path))\(why.isEmpty ? "" : "\t\(why)")")
    }
}

extension OneShot.Verdict {
    fileprivate var name: String {
        switch self {
        case .released: "released"
        case .match: "match"
        case .held: "held"
        }
    }

    fileprivate var reason: String? {
        if case .held(let reason) = self { reason } else { nil }
    }

    fileprivate var matches: [Match] {
        if case .match(let matches) = self { matches } else { [] }
    }
}
