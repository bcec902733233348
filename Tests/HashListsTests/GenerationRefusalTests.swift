import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// What is refused before it serves, each by name.
@Suite struct GenerationRefusalTests {
    let scratch: ScratchLists
    let name: String

    static func digests(_ number: Int) -> [Digest] {
        DigestAlgorithm.allCases.map {
            Digest($0, [UInt8](repeating: UInt8(number), count: $0.byteCount))!
        }
    }

    static let asked = PerceptualHash(
        bits: SIMD4(repeating: 7),
        quality: 100,
        reading: .full,
        orientation: .original
    )

    /// Built once; each test has a copy, since an index takes a while without optimisation.
    static let whole: (publicKeyOf: ScratchLists, name: String, files: [(name: String, bytes: [UInt8])])? =
        try? {
            let scratch = try ScratchLists()
            let entries = (1...40).map { number in
                var entry = ImportedEntry()
                let digests = digests(number)
                (entry.md5, entry.sha1, entry.sha256) = (digests[0], digests[1], digests[2])
                entry.perceptual = SIMD4(repeating: UInt64(number))
                entry.name = "entry \(number)"
                return entry
            }
            let name = "\(try scratch.build([("one", .csam, entries)], counter: 7, indexFrom: 1).name)"
            let signed = [GenerationFile.manifest, GenerationFile.signature]
            return (scratch, name, try (files + signed).map { ($0, try scratch.read("\(name)/\($0)")) })
        }()

    init() throws {
        let whole = try #require(Self.whole)
        scratch = try ScratchLists(key: whole.publicKeyOf.key)
        name = whole.name
        try scratch.lists.makeDirectory(Array(name.utf8), mode: 0o700)
        for file in whole.files { try scratch.write(file.bytes, to: "\(name)/\(file.name)") }
        try scratch.write(Array("\(name)\n".utf8), to: GenerationFile.current)
    }

    /// All that is built from, so that every kind of file is there.
    static let files =
        DigestAlgorithm.allCases.flatMap { algorithm in
            let kind = EntryKind(algorithm)
            return [
                GenerationFile.directory(kind), GenerationFile.suffixes(kind), GenerationFile.places(kind),
            ]
        } + [
            GenerationFile.planes, GenerationFile.rest, GenerationFile.places(.perceptual),
            GenerationFile.chunkDirectory, GenerationFile.chunks, GenerationFile.records(0),
            GenerationFile.recordIndex(0),
        ]

    @Test(
        "one bit turned in manifest, signature, header or directory is noticed before anything is served",
        arguments: files + [GenerationFile.manifest, GenerationFile.signature]
    )
    func bits(file: String) throws {
        let whole = try scratch.read("\(name)/\(file)")
        let isSigned = file == GenerationFile.manifest || file == GenerationFile.signature
        let isDirectory = file.hasSuffix(".directory") && file != GenerationFile.chunkDirectory
        let end = isSigned || isDirectory ? whole.count : 4_096
        for place in [0, 8, 12, 16, end - 1] + Array(stride(from: 0, to: end, by: max(1, end / 60))) {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            try scratch.write(bytes, to: "\(name)/\(file)")
            let fault = #expect(throws: GenerationFault.self) { try scratch.open() }
            if isSigned { #expect(fault == .badSignature) }
        }
    }

    @Test("one bit turned anywhere is found by who reads every byte", arguments: files)
    func everyByte(file: String) throws {
        let whole = try scratch.read("\(name)/\(file)")
        try scratch.open().checkEveryByte()
        for place in stride(from: 4_096, to: whole.count, by: max(1, whole.count / 20)) + [whole.count - 1] {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            try scratch.write(bytes, to: "\(name)/\(file)")
            let fault = GenerationFault.damaged(file: file, because: "its SHA-256 is not the manifest's")
            #expect(throws: fault) { try scratch.open().checkEveryByte() }
        }
    }

    @Test("damage behind the directories makes no match go away, and traps nowhere", arguments: files)
    func outlivesDamage(file: String) throws {
        guard !file.hasSuffix(".directory") else { return }
        var bytes = try scratch.read("\(name)/\(file)")
        for place in 4_096..<bytes.count { bytes[place] = 0xFF }
        try scratch.write(bytes, to: "\(name)/\(file)")
        let generation = try scratch.open()
        let met = generation.entries(meeting: DigestSet(byteCount: 1, Self.digests(7)))
        // Records that are lost leave a match of what was met; where the table itself is lost nothing can.
        if file.hasPrefix("list-") {
            #expect(met.map(\.id) == [EntryID(list: "one", ordinal: 7)])
            #expect(met.first.map { Set($0.digests).isSubset(of: Self.digests(7)) } == true)
        }
        _ = generation.neighbours(of: [Self.asked])
    }

    @Test("files cut short anywhere are refused with both lengths", arguments: files)
    func cutShort(file: String) throws {
        let whole = try scratch.read("\(name)/\(file)")
        for count in stride(from: 0, to: whole.count, by: max(1, whole.count / 9)) {
            try scratch.write(Array(whole[..<count]), to: "\(name)/\(file)")
            let fault = GenerationFault.cutShort(
                file: file,
                found: UInt64(count),
                needed: UInt64(whole.count)
            )
            #expect(throws: fault) { try scratch.open() }
        }
    }

    @Test("a byte behind a file's end is refused", arguments: files)
    func longer(file: String) throws {
        let whole = try scratch.read("\(name)/\(file)")
        try scratch.write(whole + [0], to: "\(name)/\(file)")
        #expect(throws: GenerationFault.damaged(file: file, because: "longer than its manifest says")) {
            try scratch.open()
        }
    }

    @Test("a manifest or a signature cut short does not verify")
    func signedCutShort() throws {
        for file in [GenerationFile.manifest, GenerationFile.signature] {
            let whole = try scratch.read("\(name)/\(file)")
            for count in stride(from: 0, to: whole.count, by: 13) {
                try scratch.write(Array(whole[..<count]), to: "\(name)/\(file)")
                #expect(throws: GenerationFault.badSignature) { try scratch.open() }
            }
            try scratch.write(whole, to: "\(name)/\(file)")
        }
    }

    @Test("a signature with something behind it does not verify")
    func signatureTooLong() throws {
        let whole = try scratch.read("\(name)/\(GenerationFile.signature)")
        #expect(whole.count == GenerationFile.signatureByteCount)
        try scratch.write(whole + [0], to: "\(name)/\(GenerationFile.signature)")
        #expect(throws: GenerationFault.badSignature) { try scratch.open() }
    }

    @Test("another key does not verify, and what is no key is named")
    func key() throws {
        let other = Hex.bytes(SigningKey.generate().publicKeyHex.utf8) ?? []
        for (key, fault) in [(other, GenerationFault.badSignature), ([1, 2, 3], .badPublicKey)] {
            #expect(throws: fault) {
                try Generation.open(name, in: scratch.lists, publicKey: key, notBelow: 0)
            }
        }
    }

    @Test("a generation older than one that was served is refused, the same one is not")
    func counter() throws {
        #expect(throws: GenerationFault.olderCounter(found: 7, highest: 8)) { try scratch.open(notBelow: 8) }
        #expect(try scratch.open(notBelow: 7).counter == 7)
    }

    @Test("another format is refused with its number, though it is signed", arguments: [1, 3])
    func other(format: UInt64) throws {
        let manifest = Array("{\"format\":\(format)}".utf8)
        try scratch.sign(manifest, in: name)
        #expect(throws: GenerationFault.otherFormat(found: format)) { try scratch.open() }
    }

    @Test("a signed manifest under another generation's name is refused")
    func renamed() throws {
        let other = "g0000000009-00000000"
        try scratch.lists.rename(Array(name.utf8), to: scratch.lists, Array(other.utf8))
        #expect(
            throws: GenerationFault.damaged(
                file: GenerationFile.manifest,
                because: "it is another generation's"
            )
        ) { try scratch.open(other) }
    }

    @Test(
        "what is missing is named",
        arguments: files + [GenerationFile.manifest, GenerationFile.signature]
    )
    func missing(file: String) throws {
        try scratch.lists.open(Array(name.utf8), .directory).unlink(Array(file.utf8))
        #expect(throws: GenerationFault.missing(file: file)) { try scratch.open() }
    }

    @Test("no link is followed and no FIFO waited for")
    func links() throws {
        let file = GenerationFile.suffixes(.md5)
        let directory = try scratch.lists.open(Array(name.utf8), .directory)
        try directory.rename(Array(file.utf8), to: directory, Array("real".utf8))
        try scratch.link("real", at: "\(name)/\(file)")
        #expect(throws: GenerationFault.damaged(file: file, because: "a link, and none is followed")) {
            try scratch.open()
        }
        try directory.unlink(Array(file.utf8))
        try scratch.fifo(at: "\(name)/\(file)")
        #expect(throws: GenerationFault.damaged(file: file, because: "not a regular file")) {
            try scratch.open()
        }
    }

    // MARK: lists/current

    @Test("without an installed generation there is no current name")
    func neverInstalled() throws {
        try scratch.lists.unlink(Array(GenerationFile.current.utf8))
        #expect(try Generation.currentName(in: scratch.lists) == nil)
    }

    @Test(
        "current names one generation of this directory or is refused",
        arguments: [
            "", "\n", "../x\n", "/etc\n", "g0000000007-00000000", "g0000000007-00000000\n\n",
            String(repeating: "g", count: 4_096),
        ]
    )
    func malformed(text: String) throws {
        try scratch.write(Array(text.utf8), to: GenerationFile.current)
        #expect(throws: GenerationFault.malformedCurrent) { try Generation.currentName(in: scratch.lists) }
    }

    @Test("current is no link and no directory")
    func currentIsAFile() throws {
        try scratch.lists.unlink(Array(GenerationFile.current.utf8))
        try scratch.link(name, at: GenerationFile.current)
        #expect(throws: GenerationFault.malformedCurrent) { try Generation.currentName(in: scratch.lists) }
        try scratch.lists.unlink(Array(GenerationFile.current.utf8))
        try scratch.lists.makeDirectory(Array(GenerationFile.current.utf8), mode: 0o700)
        #expect(throws: GenerationFault.malformedCurrent) { try Generation.currentName(in: scratch.lists) }
    }

    @Test("a path is no generation's name, and a name without a directory is missing")
    func names() throws {
        for path in ["../lists/\(name)", ".", "", "\(name)/"] {
            #expect(throws: GenerationFault.notAGenerationName) { try scratch.open(path) }
        }
        #expect(throws: GenerationFault.missing(file: "g0000000001-00000000")) {
            try scratch.open("g0000000001-00000000")
        }
    }
}
