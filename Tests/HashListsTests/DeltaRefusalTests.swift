import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// What is refused of a generation that shares its base's files.
@Suite struct DeltaRefusalTests {
    let scratch: ScratchLists
    let name: String

    /// Some values of each kind, by their numbers.
    static func lines(_ numbers: Range<UInt64>) -> [String] {
        numbers.map { number in
            var random = SplitMix64(state: number)
            return Digest.invented(DigestAlgorithm.allCases[Int(number % 3)], using: &random).hex
        }
    }

    static func pictures(_ numbers: Range<UInt64>) -> [String] {
        numbers.map { number in
            var random = SplitMix64(state: number)
            var bits = SIMD4(random.next(), random.next(), 0 as UInt64, 0)
            (bits[2], bits[3]) = (~bits[0], ~bits[1])
            return PerceptualHash.hex(bits)
        }
    }

    static func sources(_ scratch: ScratchLists, _ lines: [String], _ pictures: [String]) throws
        -> [ListSource]
    {
        let exact = try scratch.source("exact", lines.joined(separator: "\n"))
        var similar = try scratch.source("similar", pictures.joined(separator: "\n"), .watch)
        similar.format = .pdq
        return [exact, similar]
    }

    init() throws {
        scratch = try ScratchLists()
        let (lines, pictures) = (Self.lines(0..<300), Self.pictures(0..<100))
        try scratch.build(try Self.sources(scratch, lines, pictures))
        let report = try scratch.build(
            try Self.sources(scratch, Array(lines.dropFirst(3)), pictures + Self.pictures(200..<202)),
            asDelta: true
        )
        guard case .delta(_, 2, 3) = report.extent else { throw NotADelta(extent: report.extent) }
        name = report.generation
    }

    struct NotADelta: Error { let extent: BuildExtent }

    func files() throws -> [String] {
        var entries = try DirectoryEntries(of: try scratch.lists.open(Array(name.utf8), .directory))
        var names: [String] = []
        while let entry = try entries.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names.sorted()
    }

    @Test("a delta has the base's files, and its own under names of their own")
    func names() throws {
        let own = try files().filter { $0.hasPrefix("delta") }
        #expect(
            own == [
                "delta-list-1.index", "delta-list-1.records", "delta-md5.directory", "delta-md5.places",
                "delta-md5.suffixes", "delta-pdq.places", "delta-pdq.planes", "delta-pdq.rest",
                "delta-sha1.directory", "delta-sha1.places", "delta-sha1.suffixes", "delta-sha256.directory",
                "delta-sha256.places", "delta-sha256.suffixes", "delta.changes",
            ]
        )
    }

    @Test("one bit turned in a header, a directory or the changes is noticed before anything is served")
    func bits() throws {
        for file in try files() {
            let whole = try scratch.read("\(name)/\(file)")
            let isChecked = file.hasSuffix(".directory") || file.hasPrefix("delta")
            let isSigned = file.hasPrefix("manifest")
            let end = isSigned || isChecked ? whole.count : 4_096
            for place in [0, 8, 12, 16, end - 1] {
                var bytes = whole
                bytes[place] ^= 1 << UInt8(place % 8)
                try scratch.write(bytes, to: "\(name)/\(file)")
                #expect(throws: GenerationFault.self, "\(file) \(place)") { try scratch.open() }
            }
            try scratch.write(whole, to: "\(name)/\(file)")
        }
        try scratch.open().checkEveryByte()
    }

    @Test("one bit turned anywhere is found by who reads every byte")
    func everyByte() throws {
        for file in try files() where !file.hasPrefix("manifest") {
            let whole = try scratch.read("\(name)/\(file)")
            for place in stride(from: 4_096, to: whole.count, by: max(1, whole.count / 5)) {
                var bytes = whole
                bytes[place] ^= 1
                try scratch.write(bytes, to: "\(name)/\(file)")
                #expect(
                    throws: GenerationFault.damaged(file: file, because: "its SHA-256 is not the manifest's")
                ) { try scratch.open().checkEveryByte() }
            }
            try scratch.write(whole, to: "\(name)/\(file)")
        }
    }

    @Test("what is missing of base or delta is named, also while the base is still mapped")
    func missing() throws {
        let serving = try scratch.open()
        let folder = try scratch.lists.open(Array(name.utf8), .directory)
        for file in try files() {
            try folder.rename(Array(file.utf8), to: folder, Array("away".utf8))
            for former in [nil, serving] {
                #expect(throws: GenerationFault.missing(file: file)) {
                    try Generation.open(
                        name,
                        in: scratch.lists,
                        publicKey: scratch.publicKey,
                        notBelow: 0,
                        sharing: former
                    )
                }
            }
            try folder.rename(Array("away".utf8), to: folder, Array(file.utf8))
        }
    }

    @Test("one bit turned in a header of a shared base is noticed while it is mapped")
    func sharedHeaders() throws {
        let serving = try scratch.open()
        for file in try files() where GenerationFile.isOfBase(file) && !file.hasPrefix("manifest") {
            try scratch.turn(100, of: "\(name)/\(file)")
            #expect(throws: GenerationFault.self, "\(file)") {
                try Generation.open(
                    name,
                    in: scratch.lists,
                    publicKey: scratch.publicKey,
                    notBelow: 0,
                    sharing: serving
                )
            }
            try scratch.turn(100, of: "\(name)/\(file)")
        }
    }

    @Test("another generation's files for a base are refused")
    func foreign() throws {
        let other = try ScratchLists()
        try other.build(try Self.sources(other, Self.lines(300..<600), Self.pictures(300..<400)))
        let foreign = try #require(try Generation.currentName(in: other.lists))
        for file in ["md5.directory", "md5.suffixes", "md5.places", "list-0.records"] {
            let own = try scratch.read("\(name)/\(file)")
            try scratch.write(try other.read("\(foreign)/\(file)"), to: "\(name)/\(file)")
            #expect(throws: GenerationFault.self) { try scratch.open().checkEveryByte() }
            try scratch.write(own, to: "\(name)/\(file)")
        }
    }

    @Test("a copy of the base's files serves as well, mapped anew")
    func copied() throws {
        let serving = try scratch.open()
        let file = "md5.suffixes"
        try scratch.write(try scratch.read("\(name)/\(file)"), to: "\(name)/\(file)")
        let again = try Generation.open(
            name,
            in: scratch.lists,
            publicKey: scratch.publicKey,
            notBelow: 0,
            sharing: serving
        )
        try again.checkEveryByte()
        #expect(again.entryCount == serving.entryCount)
    }

    @Test("a delta that is signed again is a delta under its new counter")
    func signedAgain() throws {
        let before = try scratch.open()
        let (signed, _) = try GenerationBuilder.signAgain(
            GenerationName(name),
            in: scratch.lists,
            signingKey: scratch.key,
            at: .start
        ) { try Generation.verifiedManifest($0, in: scratch.lists, publicKey: scratch.publicKey) }
        let again = try scratch.open("\(signed)")
        try again.checkEveryByte()
        #expect(again.builtUpon == before.builtUpon)
        #expect(again.changes.added == 2 && again.changes.withdrawn == 3)
        #expect(try again.difference(from: before).allSatisfy { $0.added == 0 && $0.removed == 0 })
    }
}
