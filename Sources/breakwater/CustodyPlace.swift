import ArgumentParser
import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// Where a log lies, and how it is checked.
struct CustodyPlace: ParsableArguments {
    @Option(help: "The settings file, for the daemon's own log.") var config: String?
    @Option(help: "The log's directory, or an extract's, instead of --config.") var dir: String?
    @Flag(help: "The case desk's own log, asked of the desk; for auditors, counsel and custodians.")
    var desk = false
    @Option(help: "The desk's socket; BREAKWATER_DESK names another one than the usual.") var socket: String?
    @Option(help: "The log's public key: the file, or the key itself.") var vkeyFile: String?
    @Flag(help: "Print JSON, one object a line.") var json = false

    func validate() throws {
        let places = [config != nil, dir != nil, desk].count { $0 }
        if places != 1 { throw ValidationError("give one of --config, --dir and --desk") }
    }

    /// A log's directory, open.
    struct Located: ~Copyable {
        let directory: Descriptor
        /// Keeps a copy there while it is looked at.
        var fetched: FetchedLog?
    }

    func located() throws -> Located {
        if let dir { return Located(directory: try Descriptor.directory(dir)) }
        if desk {
            let fetched = try FetchedLog(from: socket)
            return Located(directory: try Descriptor.directory(fetched.path), fetched: fetched)
        }
        let custody = try Deployment(config ?? "").state().open(
            Array("custody".utf8),
            .directory,
            subject: "custody"
        )
        return Located(directory: custody)
    }

    /// The same, and what checks it.
    struct Opened: ~Copyable {
        let directory: Descriptor
        let verifier: LogVerifier
        let fetched: FetchedLog?
    }

    func opened() throws -> Opened {
        let place = try located()
        let directory = try place.directory.duplicate()
        let fetched = place.fetched
        if let vkeyFile {
            return Opened(directory: directory, verifier: try Self.verifier(vkeyFile), fetched: fetched)
        }
        if let told = fetched?.verifier {
            return Opened(directory: directory, verifier: told, fetched: fetched)
        }
        if dir == nil, let key = try LogKey.read(in: directory) {
            return Opened(directory: directory, verifier: key.verifier, fetched: nil)
        }
        throw Refused(
            "no public key to check the log with",
            hint: "give --vkey-file; \"custody checkpoint --vkey\" prints it where the log is written",
            .calledWrongly
        )
    }

    private static func verifier(_ text: String) throws -> LogVerifier {
        if let verifier = LogVerifier(text) { return verifier }
        let bytes = try Descriptor.open(text).readAll(limit: 4_096, subject: text)
        let line = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
        guard let verifier = LogVerifier(line) else {
            throw Refused("\(text): not a log's public key", hint: "it reads NAME+ID+KEY", .calledWrongly)
        }
        return verifier
    }
}

/// A copy of the desk's log in a directory of its own, gone with this value.
final class FetchedLog {
    let path: String
    /// As the desk says it; who audits has it from elsewhere.
    private(set) var verifier: LogVerifier?
    private static let name = "breakwater-custody-"

    init(from socket: String?) throws {
        path =
            "\(ThisProcess.environment("TMPDIR") ?? "/tmp")/\(Self.name)\(UploadID.fresh(at: Timestamp(nanoseconds: Clocks.realtime)))"
        try ThisProcess.makeDirectoryIfMissing(path, mode: 0o700)
        var client = try DeskClient(to: socket)
        let root = try Descriptor.directory(path)
        let (answer, _) = try client.ask("custody.read") { ThisProcess.writeToStandardError($0) }
        verifier = answer["answer"]?["vkey"]?.stringValue.flatMap { LogVerifier($0) }
        for name in (answer["files"]?.arrayValue ?? []).compactMap(\.stringValue) {
            let file = try Self.create(name, in: root)
            try client.receive { try file.write($0, subject: name) }
        }
    }

    deinit {
        let parts = path.split(separator: "/")
        guard let name = parts.last,
            let parent = try? Descriptor.directory("/" + parts.dropLast().joined(separator: "/"))
        else { return }
        try? parent.removeTree(Array(name.utf8), subject: path)
    }

    /// Opens a new file below, whatever the desk calls it; ``Descriptor/open`` does not leave the directory.
    private static func create(_ name: String, in root: borrowing Descriptor) throws -> Descriptor {
        var here = try root.duplicate()
        let parts = name.split(separator: "/")
        for part in parts.dropLast() {
            here = try here.ensureDirectory(Array(part.utf8), mode: 0o700, subject: name)
        }
        return try here.open(
            Array((parts.last ?? "").utf8),
            [.write, .create, .exclusive],
            mode: 0o600,
            subject: name
        )
    }
}
