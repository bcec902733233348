import ArgumentParser
import JSONText
import PictureWire
import ScanService
import UploadModel

/// `breakwater pdq`: perceptual hashes of pictures, decoded in the cage as the daemon does it.
struct PDQCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "pdq",
        abstract: "Print the PDQ hashes of pictures (JPEG, PNG, GIF, WebP).",
        discussion: """
            Without --json a line "hash quality path", of the full reading unless --reading 512 leaves it out, which \
            is quicker. Ends with 3 if a picture could not be decoded.
            """
    )

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "With --json: the full reading in all eight orientations.")
    var orientations = false

    @Option(help: "Which readings to take: full, 512 or both.")
    var reading = Choice.both

    @Argument(help: "Pictures.")
    var files: [String]

    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case full
        case r512 = "512"
        case both

        var readings: Set<Reading> {
            switch self {
            case .full: [.full]
            case .r512: [.r512]
            case .both: [.full, .r512]
            }
        }
    }

    func validate() throws {
        guard orientations, reading == .r512 else { return }
        throw ValidationError("--orientations are those of the full reading; leave out --reading 512")
    }

    func act() throws -> UploadModel.ExitCode {
        var code = UploadModel.ExitCode.done
        let pictures = Pictures(DecoderSettings())
        for path in RawPaths.of(files) {
            let (format, answer) = pictures.read(path, reading.readings)
            if case .success(let answer) = answer, answer.outcome.isHashed {
                try say(path, format, answer)
            } else {
                code = .couldNotDecide
                complain(path, answer, pictures.whyNone)
            }
        }
        return code
    }

    private func say(_ path: [UInt8], _ format: PictureFormat?, _ answer: PictureAnswer) throws {
        if json { return try Output.line(.object(object(path, format, answer))) }
        guard let hash = answer[reading == .r512 ? .r512 : .full] else {
            return try Output.line("- 0 \(Output.safe(path))")
        }
        try Output.line("\(PerceptualHash.hex(hash.bits)) \(hash.quality) \(Output.safe(path))")
    }

    private func object(_ path: [UInt8], _ format: PictureFormat?, _ answer: PictureAnswer) -> JSONObject {
        var object = Output.path(path)
        object["format"] = format.map { .string($0.rawValue) } ?? .null
        object["width"] = .integer(answer.width)
        object["height"] = .integer(answer.height)
        object["truncated"] = .bool(answer.outcome == .truncated)
        for reading in [Reading.full, .r512] where self.reading.readings.contains(reading) {
            object[reading.rawValue] = answer[reading]?.summary ?? .null
        }
        if orientations { object["orientations"] = .object(answer.orientations) }
        return object
    }

    private func complain(_ path: [UInt8], _ answer: Result<PictureAnswer, Obstacle>, _ whyNone: String?) {
        let reason =
            switch answer {
            case .success(let answer): "not hashed: \(answer.outcome)"
            case .failure(.noDecoder): whyNone ?? Obstacle.noDecoder.rawValue
            case .failure(let obstacle): obstacle.rawValue
            }
        let refused = Refused("\(Output.safe(path)): \(reason)", hint: "the other pictures are not affected")
        Complaint(refused, program: Breakwater.name).say()
    }
}

extension PictureAnswer {
    /// The first frame's hash as it is stored. A picture that squeezing leaves as it is has one hash for both readings.
    fileprivate subscript(reading: Reading) -> PerceptualHash? {
        let stored = hashes.filter { $0.orientation == .original }
        return stored.first { $0.reading == reading }
            ?? (reading == .r512 ? stored.first { $0.reading == .full } : nil)
    }

    fileprivate var orientations: JSONObject {
        var object: JSONObject = [:]
        for hash in hashes where hash.reading == .full && object[hash.orientation.rawValue] == nil {
            object[hash.orientation.rawValue] = .string(PerceptualHash.hex(hash.bits))
        }
        return object
    }
}

extension PerceptualHash {
    fileprivate var summary: JSONValue {
        let popcount = (0..<4).reduce(0) { $0 + bits[$1].nonzeroBitCount }
        return [
            "hash": .string(Self.hex(bits)), "quality": .integer(quality), "popcount": .integer(popcount),
        ]
    }
}
