import ArgumentParser
import HashLists
import JSONText
import LinuxIO
import ListImport
import UploadModel

/// `breakwater list lookup`: one question to the lists, on record.
struct ListLookup: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Ask whether a value is listed: once a second at most, and on record.",
        discussion:
            """
            The value is read from standard input, one line, since what stands on a command line is seen by every \
            user and kept in logs. lists/lookups.log gets a line with the time, who asked, and a tag that only this deployment can make \
            of the value. Ends with 1 if the value is listed.
            """
    )

    @Argument(help: "Nothing or -: an MD5, SHA-1 or SHA-256 in hexadecimal on standard input.")
    var source = "-"

    @Flag(help: "The value is a PDQ hash; entries within 31 bits are named with their distance.")
    var pdq = false

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Print one JSON object a match.")
    var json = false

    func validate() throws {
        if source != "-" {
            throw ValidationError(
                "a value is not taken from the command line; hand it over on standard input"
            )
        }
    }

    func act() throws -> UploadModel.ExitCode {
        let asked = try question()
        // Before the verb becomes the state's owner.
        let who = ThisProcess.name(ofUser: ThisProcess.user)
        let by = ThisProcess.environment("SUDO_USER").map { "\($0) as \(who)" } ?? who
        let deployment = try Deployment(config)
        let generation = try deployment.generation(named: nil)
        guard let log = try LookupLog(in: try deployment.lists()) else {
            throw Refused("another look-up is at work", hint: "try again in a second", .mayPass)
        }
        try log.record(asked.bytes, by: by, at: { Timestamp(nanoseconds: Clocks.realtime) })
        let found = asked.entries(in: generation)
        for (entry, distance) in found { try say(entry, distance) }
        if found.isEmpty, !json { try Output.line("listed nowhere in \(generation.name)") }
        return found.isEmpty ? .done : .no
    }

    private func say(_ entry: ListEntry, _ distance: Int?) throws {
        if json {
            return try Output.line([
                "entry": .string("\(entry.id)"), "class": .string(entry.listClass.rawValue),
                "supplier": .string(entry.provenance.supplier), "entry_id": .string(entry.name),
                "contributor": .string(entry.contributor), "classification": .string(entry.classification),
                "distance": distance.map { .integer($0) } ?? .null,
            ])
        }
        var line = "\(entry.id)  \(entry.listClass.rawValue)  \(entry.provenance.supplier)"
        for (name, text) in [
            ("id", entry.name), ("contributor", entry.contributor), ("classification", entry.classification),
        ] where !text.isEmpty {
            line += "  \(name) \(Output.safe(Array(text.utf8)))"
        }
        if let distance { line += "  distance \(distance)" }
        try Output.line(line)
    }

    private func question() throws -> Question {
        let value = (readLine() ?? "").filter { $0 != " " && $0 != "\t" && $0 != "\r" }
        if pdq, let bits = PerceptualHash.bits(hex: value) { return .perceptual(bits) }
        if !pdq, let digest = Digest(hex: value.utf8) { return .digest(digest) }
        throw Refused(
            pdq ? "not a PDQ hash" : "not a digest",
            hint: pdq
                ? "give 64 hexadecimal digits on standard input"
                : "give 32, 40 or 64 hexadecimal digits on standard input",
            .calledWrongly
        )
    }
}

private enum Question {
    case digest(Digest)
    case perceptual(SIMD4<UInt64>)

    var bytes: [UInt8] {
        switch self {
        case .digest(let digest): digest.bytes
        case .perceptual(let bits): Array(PerceptualHash.hex(bits).utf8)
        }
    }

    func entries(in generation: Generation) -> [(ListEntry, Int?)] {
        switch self {
        case .digest(let digest):
            return generation.entries(meeting: DigestSet(byteCount: 0, [digest])).map { ($0, nil) }
        case .perceptual(let bits):
            let hash = PerceptualHash(bits: bits, quality: 100, reading: .full, orientation: .original)
            return generation.neighbours(of: [hash])[0].map { ($0.entry, $0.distance) }
        }
    }
}
