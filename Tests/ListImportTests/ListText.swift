import ListImport
import Testing
import UploadModel

/// Invented values.
enum Invented {
    static let md5 = "00112233445566778899aabbccddeeff"
    static let sha1 = md5 + "01234567"
    static let sha256 = md5 + md5
    /// 128 bits set.
    static let pdq = String(repeating: "0f", count: 32)
    static let pdq2 = String(repeating: "c3", count: 32)

    static func md5(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "a1" + String(repeating: "0", count: 30 - digits.count) + digits
    }
}

/// What a file with a text would make of a list.
struct ListText {
    var source = ListSource(name: "list", file: "file", supplier: "Invented", listClass: .csam)
    let bytes: [UInt8]

    init(_ format: ListFormat, _ text: String, _ set: (inout ListSource) -> Void = { _ in }) {
        self.init(format, bytes: Array(text.utf8), set)
    }

    init(_ format: ListFormat, bytes: [UInt8], _ set: (inout ListSource) -> Void = { _ in }) {
        self.bytes = bytes
        source.format = format
        set(&source)
    }

    /// In the pieces of a real file, and once more in pieces of a few bytes, which must not make a difference.
    func read() throws -> (entries: [ImportedEntry], report: BuildReport.ListReport) {
        let outcome = Result { try read(inPiecesOf: 1 << 18) }
        let cut = Result { try read(inPiecesOf: max(3, bytes.count / 2_000)) }
        if case .success(let whole) = outcome {
            let other = try cut.get()
            #expect(whole.entries == other.entries && whole.report == other.report)
        } else {
            #expect(throws: ListFault.self) { try cut.get() }
        }
        return try outcome.get()
    }

    private func read(inPiecesOf count: Int) throws -> (
        entries: [ImportedEntry], report: BuildReport.ListReport
    ) {
        var entries: [ImportedEntry] = []
        var seen: Set<String> = []
        let report = try ListReading.read(bytes, as: source, pieceByteCount: count) { entry in
            guard !entry.values.filter({ seen.insert($0).inserted }).isEmpty else { return false }
            entries.append(entry)
            return true
        }
        return (entries, report)
    }

    var fault: ListFault? {
        do {
            _ = try read()
            return nil
        } catch {
            return error as? ListFault
        }
    }
}

extension ImportedEntry {
    /// Its values in hexadecimal, weakest first.
    var values: [String] {
        [md5, sha1, sha256].compactMap { $0?.hex } + (perceptual.map { [PerceptualHash.hex($0)] } ?? [])
    }
}

/// The generator of Steele, Lea and Flood: a seed names a run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
