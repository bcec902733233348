import ArgumentParser
import Digests
import LinuxIO
import UploadModel
import VaultStore

/// Sealing alone, and preserving as a whole. Benchmarks/sealing.py compares the first with age on the same file.
@main
struct SealStage: ParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [
        Seal.self, Open.self, Preserve.self, Stages.self,
    ])
}

/// Reads a file, encrypts it and writes the body; the header goes beside it.
struct Seal: ParsableCommand {
    @Argument(help: "age1...") var recipient: String
    @Argument var file: String
    @Argument(help: "Body; the header is written to the same name with .hdr.") var goal: String

    func run() throws {
        let source = try Descriptor.open(file)
        source.willReadInOrder()
        let key = FileKey()
        let body = try Descriptor.open(goal, [.write, .create, .exclusive], mode: 0o600)
        var stream = try SealingStream(key, to: body, subject: goal, digesting: false)
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: Int64 = 0
        while case let count = try source.read(into: &buffer, at: offset), count > 0 {
            try stream.update(buffer.span.bytes.extracting(first: count))
            offset += Int64(count)
        }
        _ = try stream.finish()
        let header = try AgeHeader(key, for: [AgeRecipient(text: recipient)])
        let place = try Descriptor.open("\(goal).hdr", [.write, .create, .exclusive], mode: 0o600)
        try place.write(header.bytes)
    }
}

/// Opens a body with its header, as SealStage or any age program wrote them.
struct Open: ParsableCommand {
    @Argument(help: "The identity's file.") var identity: String
    @Argument var header: String
    @Argument var body: String

    func run() throws {
        let text = try Descriptor.open(identity).readAll(limit: 65_536)
        let identity = try AgeIdentity.all(inFile: String(decoding: text, as: UTF8.self))[0]
        let stream = try OpeningStream(
            header: Descriptor.open(header).readAll(limit: AgeHeader.largest),
            identity: identity
        )
        try stream.chunks(of: Descriptor.open(body), subject: body) { chunk in
            try ThisProcess.writeToStandardOutput(chunk.withUnsafeBytes { Array($0) })
        }
    }
}

/// What preserving is made of, each alone over the same file: a line with its CPU time.
struct Stages: ParsableCommand {
    @Argument var file: String
    @Argument(help: "A body, as `seal` wrote it.") var body: String
    @Argument(help: "The identity's file.") var identity: String
    @Argument(help: "The body's header.") var header: String

    func run() throws {
        try say("read") { _ = try read(file) { _ in } }
        try say("digests") {
            var digest = RunningDigest()
            try read(file) { digest.update($0) }
            _ = digest.finish()
        }
        try say("seal") {
            let goal = try Descriptor.open("\(body).again", [.write, .create, .exclusive], mode: 0o600)
            var stream = try SealingStream(FileKey(), to: goal, subject: "body", digesting: true)
            try read(file) { try stream.update($0) }
            _ = try stream.finish()
        }
        try say("manifests") { _ = try FileDigests(rereading: try Descriptor.open(body), subject: "body") }
        let text = try Descriptor.open(identity).readAll(limit: 65_536)
        let stream = try OpeningStream(
            header: Descriptor.open(header).readAll(limit: AgeHeader.largest),
            identity: try AgeIdentity.all(inFile: String(decoding: text, as: UTF8.self))[0]
        )
        try say("open") {
            var digest = RunningDigest(DigestAlgorithms(.sha256))
            try stream.chunks(of: Descriptor.open(body), subject: "body") { digest.update($0) }
            _ = digest.finish()
        }
    }

    private func say(_ name: String, _ work: () throws -> Void) throws {
        let begin = Clocks.processCPU
        try work()
        print("\(name) \((Clocks.processCPU - begin) / 1_000_000)")
    }

    private func read(_ path: String, _ take: (RawSpan) throws -> Void) throws {
        let source = try Descriptor.open(path)
        source.willReadInOrder()
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: Int64 = 0
        while case let count = try source.read(into: &buffer, at: offset), count > 0 {
            try take(buffer.span.bytes.extracting(first: count))
            offset += Int64(count)
        }
    }
}

/// Preserves a file in a fresh state, as the daemon does once two custodians are drilled, and says what it took.
struct Preserve: ParsableCommand {
    @Argument var file: String
    @Argument(help: "An empty directory that becomes the state.") var state: String

    func run() throws {
        let vault = try Vault.open(state: Descriptor.directory(state))
        let keys = (0..<3).map { _ in AgeIdentity.generate().recipient }
        let time = Timestamp(nanoseconds: Clocks.realtime)
        let exhibit = Exhibit(
            upload: .fresh(at: time),
            spool: "benchmark",
            path: SpoolPath(Array("file".utf8))!,
            claimedAt: time,
            listedAt: time,
            digests: nil,
            perceptual: nil,
            matches: [],
            order: nil,
            program: "SealStage",
            configurationSHA256: "",
            programSHA256: "",
            generation: "",
            organization: "",
            environment: .test,
            timeline: []
        )
        let terms = SealingTerms(
            Audiences(custodians: Array(keys[..<2]), review: [keys[2]]),
            keepsPlainCopy: false
        )
        let source = try Descriptor.open(file)
        let size = try source.status().size
        let (wall, cpu) = (Clocks.monotonic, Clocks.processCPU)
        _ = try vault.preserve(exhibit, content: source, context: nil, under: terms)
        let (took, used) = (Clocks.monotonic - wall, Clocks.processCPU - cpu)
        print("\(size) bytes, \(took / 1_000_000) ms, \(used / 1_000_000) ms CPU")
    }
}
