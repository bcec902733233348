import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

/// Where the desk listens, and how its answer is printed.
struct DeskOptions: ParsableArguments {
    @Option(help: "The desk's socket; BREAKWATER_DESK names another one than the usual.")
    var socket: String?
    @Flag(help: "Print JSON.") var json = false
}

/// One question to the desk and its answer. Whoever asks is who the kernel says: nothing here tells a name.
struct DeskClient: ~Copyable {
    private var channel: LocalChannel
    private let json: Bool
    /// Bytes of one frame, and of the answer's line.
    private static let frame = 256 * 1_024
    private static let longestAnswer = 64 << 20

    init(_ options: DeskOptions) throws { try self.init(to: options.socket, json: options.json) }

    /// - Parameter socket: Where the desk listens; the usual place if left out.
    init(to socket: String?, json: Bool = false) throws {
        self.json = json
        channel = try Self.connect(socket ?? ThisProcess.environment("BREAKWATER_DESK") ?? Self.usual)
    }

    /// `desk.socket` as it ships.
    private static let usual = DeskSettings().socket

    private static func connect(_ path: String) throws -> LocalChannel {
        do throws(SyscallError) {
            let channel = try LocalChannel.connecting(to: path)
            // A draft of many files takes its time; the desk gives up on us long before.
            try channel.limitWaiting(seconds: 600)
            return channel
        } catch {
            throw Refused(
                "\(error)",
                hint: error.isForbidden
                    ? "ask for membership in the desk's group (desk.group)"
                    : "start breakwater-review, or name its socket with --socket",
                error.isForbidden ? .calledWrongly : .mayPass
            )
        }
    }

    /// Asks, and prints what is for a person or, with `--json`, for a program.
    ///
    /// - Parameter write: Where the answer's words go; standard output unless that is for bytes.
    /// - Returns: The answer and how the program is to end.
    mutating func ask(
        _ verb: String,
        _ members: JSONObject = [:],
        files: [(name: String, bytes: [UInt8])] = [],
        write: ([UInt8]) throws -> Void = { try ThisProcess.writeToStandardOutput($0) }
    ) throws -> (answer: JSONValue, code: UploadModel.ExitCode) {
        var request = members
        request["verb"] = .string(verb)
        if !files.isEmpty { request["files"] = .array(files.map { .string($0.name) }) }
        // Who is turned away is answered too, by a desk that has hung up already.
        var unsent: (any Error)?
        do {
            try channel.write(line: JSONValue.object(request).line)
            for file in files { try send(file.bytes) }
        } catch {
            unsent = error
        }
        let line: [UInt8]
        do throws(SyscallError) { line = try channel.line(limit: Self.longestAnswer) } catch {
            throw unsent ?? (error.isHungUp ? Self.silence("before it answered") : error)
        }
        let (answer, code) = try Self.read(line)
        try say(answer, write)
        return (answer, code)
    }

    /// - Throws: ``Refused`` where the line is a refusal.
    private static func read(_ line: [UInt8]) throws -> (answer: JSONValue, code: UploadModel.ExitCode) {
        let answer = try JSONValue(parsing: line, limits: JSONLimits(bytes: longestAnswer, depth: 64))
        let code =
            answer["code"]?.intValue.flatMap { UploadModel.ExitCode(rawValue: Int32(clamping: $0)) }
            ?? .failed
        if let error = answer["error"]?.stringValue {
            throw Refused(error, hint: answer["hint"]?.stringValue ?? "look into the desk's log", code)
        }
        return (answer, code)
    }

    private static func silence(_ when: String) -> Refused {
        Refused(
            "the desk went away \(when)",
            hint: "once breakwater-review runs, \"breakwater case show\" says what was done; ask again",
            .mayPass
        )
    }

    /// The next piece of a file; empty at its end.
    ///
    /// - Throws: ``Refused`` where the desk broke off, with what it says, or went away: what came is not all of it.
    private mutating func piece() throws -> [UInt8] {
        do throws(SyscallError) { return try channel.frame(limit: Self.frame) } catch {
            if error.isBrokenOff { _ = try Self.read(try channel.line(limit: Self.longestAnswer)) }
            throw error.isHungUp ? Self.silence("before all of it had come") : error
        }
    }

    private func send(_ bytes: [UInt8]) throws {
        for start in stride(from: 0, to: bytes.count, by: Self.frame) {
            try channel.write(frame: Array(bytes[start..<min(start + Self.frame, bytes.count)]))
        }
        try channel.write(frame: [])
    }

    private func say(_ answer: JSONValue, _ write: ([UInt8]) throws -> Void) throws {
        if json {
            // One object a line, as everywhere.
            let value = answer["answer"] ?? .null
            for element in value.arrayValue ?? [value] { try write(Output.bytes(of: element)) }
        } else {
            for line in answer["lines"]?.arrayValue ?? [] {
                try write(Array((Output.safe(Array((line.stringValue ?? "").utf8)) + "\n").utf8))
            }
        }
    }

    /// Hands an exhibit's bytes to whoever reads standard output, and tells the desk how far that reader got: a viewing
    /// is whole only once the last byte was taken.
    ///
    /// - Throws: ``Refused`` when the reader went away before, or the desk broke off or did.
    mutating func show() throws {
        var output = StandardOutput()
        do {
            while case let frame = try piece(), !frame.isEmpty {
                do throws(SyscallError) { try output.write(frame) } catch { throw ReaderGone() }
                // A desk that does not hear it has gone away, and perhaps said why before.
                try? tell("written", output.written)
            }
            do throws(SyscallError) { try output.drain() } catch { throw ReaderGone() }
        } catch is ReaderGone {
            try? tell("taken", output.taken)
            // The desk hangs up once it has noted that.
            _ = try? piece()
            throw Refused(
                "the reader of standard output took \(output.taken) bytes and went away before the last one",
                hint: "\"breakwater view complete --partial\" or \"view abort\" says how it ended",
                .no
            )
        }
        try? tell("taken", output.taken)
        _ = try piece()
    }

    private struct ReaderGone: Error {}

    private func tell(_ what: String, _ bytes: Int64) throws(SyscallError) {
        try channel.write(line: JSONValue.object([what: .integer(bytes)]).line)
    }

    /// Bytes that others made are not for a terminal, which would take some of them for commands.
    static func refuseTerminal(_ hint: String) throws(Refused) {
        if ThisProcess.outputIsTerminal {
            throw Refused("standard output is a terminal", hint: hint, .calledWrongly)
        }
    }

    /// Writes the one file that a verb answers with to standard output, and what is said of it beside it.
    static func hand(over verb: String, _ members: JSONObject, _ options: DeskOptions) throws
        -> UploadModel.ExitCode
    {
        var client = try DeskClient(options)
        let (_, code) = try client.ask(verb, members) { ThisProcess.writeToStandardError($0) }
        try client.receive { try ThisProcess.writeToStandardOutput($0) }
        return code
    }

    /// Hands on the bytes of the next file of the answer until its end.
    ///
    /// - Throws: ``Refused`` when they break off: what came is not all of it.
    mutating func receive(_ take: ([UInt8]) throws -> Void) throws {
        while case let frame = try piece(), !frame.isEmpty { try take(frame) }
    }
}

/// A verb that asks the desk one thing.
protocol DeskVerb: Verb {
    var desk: DeskOptions { get }
    /// The request's verb and members.
    var request: (verb: String, members: JSONObject) { get throws }
    /// Paths of files that go with it.
    var files: [String] { get }
}

extension DeskVerb {
    var files: [String] { [] }

    func act() throws -> UploadModel.ExitCode {
        let (verb, members) = try request
        let files = try files.map { (name: Self.name(of: $0), bytes: try Self.bytes(of: $0)) }
        var client = try DeskClient(desk)
        return try client.ask(verb, members, files: files).code
    }

    static func bytes(of path: String) throws -> [UInt8] {
        try Descriptor.open(path: Array(path.utf8), .nonBlocking, subject: path)
            .readAll(limit: 64 << 20, subject: path)
    }

    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
