import ArgumentParser
import Intake
import LinuxIO
import ListImport
import SettingsTOML
import UploadModel
import VaultStore

/// `breakwater init`: a complete demonstration in one directory.
struct InitCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a complete demonstration in a directory, ready for breakwaterd.",
        discussion:
            "Everything in it is synthetic, and nothing is ever sent. What is there already is never touched."
    )

    @Option(help: "The directory; made if it is missing, and must be empty.")
    var root: String

    @Option(help: "Serve metrics on HOST:PORT instead of a socket in the directory.")
    var metrics: String?

    func act() throws -> UploadModel.ExitCode {
        let path = try absolute(root)
        let config = try text(for: path)
        try Self.makeEmpty(path)
        let directory = try Descriptor.directory(path)
        try directory.writeNew(
            Array(config.utf8),
            as: Array("breakwater.toml".utf8),
            mode: 0o640,
            subject: "breakwater.toml"
        )
        try make("state", 0o710, in: directory)
        try make("lists", 0o750, in: directory)
        try make("keys", 0o700, in: directory)
        try make("spool", 0o755, in: directory)
        let spool = try directory.open(Array("spool".utf8), .directory, subject: "spool")
        for (name, mode) in Spool.directories { try make(name, mode, in: spool) }
        let lists = try directory.open(Array("lists".utf8), .directory, subject: "lists")
        try lists.writeNew(
            Array(Self.demoList.utf8),
            as: Array("demo.txt".utf8),
            mode: 0o640,
            subject: "lists/demo.txt"
        )
        try SigningKey.generate().write(to: "\(path)/keys/lists.key")
        try Self.makeDemonstrationKey(in: directory)
        try say(path)
        return .done
    }

    private func say(_ path: String) throws {
        try Output.line(
            """
            A demonstration is ready in \(path): synthetic bytes, a synthetic list, and nothing is ever sent.
              1. add digests to \(path)/lists/demo.txt, one a line, such as sha256sum prints
              2. breakwater list build --config \(path)/breakwater.toml
              3. breakwaterd --config \(path)/breakwater.toml
              4. rename files into \(path)/spool/incoming/ and look into released/
            """
        )
    }

    private func text(for path: String) throws -> String {
        do {
            return try DemonstrationConfig.text(root: path, metrics: try address())
        } catch let problem as SettingsProblem {
            throw Refused(
                "--root \(root): \(problem)",
                hint: "use a short, plain path; a long one leaves no room for its socket: then add --metrics",
                .calledWrongly
            )
        }
    }

    private func absolute(_ path: String) throws -> String {
        guard !path.isEmpty else {
            throw Refused("--root is empty", hint: "name a directory", .calledWrongly)
        }
        var whole = path.hasPrefix("/") ? path : try ThisProcess.workingDirectory() + "/" + path
        while whole.count > 1 && whole.hasSuffix("/") { whole.removeLast() }
        return whole
    }

    private func address() throws -> MetricsAddress {
        guard let metrics else { return .none }
        guard let colon = metrics.lastIndex(of: ":"), let port = Int(metrics[metrics.index(after: colon)...]),
            (1...65_535).contains(port), colon != metrics.startIndex
        else {
            throw Refused("--metrics \(metrics) is not HOST:PORT", hint: "use 127.0.0.1:9464", .calledWrongly)
        }
        return .tcp(host: String(metrics[..<colon]), port: port)
    }

    private static func makeEmpty(_ path: String) throws {
        let bytes = Array(path.utf8)
        try ThisProcess.makeDirectoryIfMissing(path, mode: 0o755)
        var entries = try DirectoryEntries(
            of: try Descriptor.open(path: bytes, .directory, subject: path),
            subject: path
        )
        if try entries.next() != nil {
            throw Refused(
                "\(path) is not empty",
                hint: "name a directory that is missing or empty; nothing was changed",
                .calledWrongly
            )
        }
    }

    /// Its private half lies beside what it opens: good for a demonstration and for nothing else.
    private static func makeDemonstrationKey(in directory: borrowing Descriptor) throws {
        let identity = AgeIdentity.generate()
        let text = """
            # The key of a demonstration; breakwaterd refuses it beside a list that is not synthetic.
            # public key: \(identity.recipient.text)
            \(identity.secretText)

            """
        let keys = try directory.open(Array("keys".utf8), .directory, subject: "keys")
        let name = Array("demonstration.key".utf8)
        try keys.writeNew(Array(text.utf8), as: name, mode: 0o600, subject: "keys/demonstration.key")
    }

    private func make(_ name: String, _ mode: UInt32, in directory: borrowing Descriptor) throws {
        _ = try directory.ensureDirectory(Array(name.utf8), mode: mode, subject: name)
    }

    private static let demoList = """
        # A synthetic list: digests of files that you make up yourself.
        # One hex digest a line (MD5, SHA-1 or SHA-256, told by its length); the output of sha256sum works as it is.
        # Then: breakwater list build --config ../breakwater.toml

        """
}
