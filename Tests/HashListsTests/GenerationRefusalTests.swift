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

    init() throws {
        scratch = try ScratchLists()
        let lines = DigestAlgorithm.allCases.flatMap { algorithm in
            (1...40).map { Digest(algorithm, [UInt8](repeating: UInt8($0), count: algorithm.byteCount))!.hex }
        }
        name = try scratch.build([try scratch.source("one", lines.joined(separator: "\n"))], counter: 7)
            .generation
    }

    @Test(
        "one bit turned in any file is noticed",
        arguments: [GenerationFile.entries, GenerationFile.manifest, GenerationFile.signature]
    )
    func bits(file: String) throws {
        let whole = try scratch.read("\(name)/\(file)")
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            try scratch.write(bytes, to: "\(name)/\(file)")
            let expected: GenerationFault =
                file == GenerationFile.entries
                ? .damaged(file: file, because: "its SHA-256 is not the manifest's") : .badSignature
            #expect(throws: expected) { try scratch.open() }
        }
    }

    @Test("entries cut short anywhere are refused with both lengths")
    func cutShort() throws {
        let whole = try scratch.read("\(name)/\(GenerationFile.entries)")
        for count in stride(from: 0, to: whole.count, by: 509) {
            try scratch.write(Array(whole[..<count]), to: "\(name)/\(GenerationFile.entries)")
            let fault = GenerationFault.cutShort(
                file: GenerationFile.entries,
                found: UInt64(count),
                needed: UInt64(whole.count)
            )
            #expect(throws: fault) { try scratch.open() }
        }
    }

    @Test("a byte behind the entries is refused")
    func longer() throws {
        let whole = try scratch.read("\(name)/\(GenerationFile.entries)")
        try scratch.write(whole + [0], to: "\(name)/\(GenerationFile.entries)")
        #expect(
            throws: GenerationFault.damaged(
                file: GenerationFile.entries,
                because: "longer than its manifest says"
            )
        ) { try scratch.open() }
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

    @Test("a newer format is refused with its number, though it is signed")
    func newer() throws {
        let manifest = Array(#"{"format":2}"#.utf8)
        try scratch.sign(manifest, in: name)
        #expect(throws: GenerationFault.newerFormat(found: 2)) { try scratch.open() }
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
        arguments: [GenerationFile.entries, GenerationFile.manifest, GenerationFile.signature]
    )
    func missing(file: String) throws {
        try scratch.lists.open(Array(name.utf8), .directory).unlink(Array(file.utf8))
        #expect(throws: GenerationFault.missing(file: file)) { try scratch.open() }
    }

    @Test("no link is followed and no FIFO waited for")
    func links() throws {
        let file = GenerationFile.entries
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
