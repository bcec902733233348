import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

@Suite struct GenerationBuilderTests {
    static let md5 = "00112233445566778899aabbccddeeff"
    static let sha1 = md5 + "01234567"
    static let empty = [
        "d41d8cd98f00b204e9800998ecf8427e", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]

    let scratch: ScratchState

    init() throws { scratch = try ScratchState() }

    func open(_ name: String) throws -> Generation {
        try Generation.open(name, in: scratch.lists, publicKey: scratch.publicKey, notBelow: 0)
    }

    func meets(_ generation: Generation, _ hex: String) throws -> [String] {
        let digest = try #require(Digest(hex: hex.utf8))
        return generation.entries(meeting: DigestSet(byteCount: 1, [digest])).map { "\($0.id)" }
    }

    @Test("ordinals count what was kept, in the file's order")
    func ordinals() throws {
        let lines = [
            "# x", Self.md5, Self.empty[0], Self.md5.uppercased(), "", Self.sha1, Self.md5 + "  name",
        ]
        let report = try scratch.build([try scratch.source("one", lines)])
        let generation = try open(report.generation)
        #expect(try meets(generation, Self.md5) == ["one#1"])
        #expect(try meets(generation, Self.sha1) == ["one#2"])

        let list = try #require(report.lists.first)
        #expect((list.read, list.kept, list.duplicates) == (5, 2, 2))
        #expect(list.rejected == [.emptyFile: 1])
        #expect(generation.lists.map(\.entryCount) == [2])
    }

    @Test("no list makes us quarantine every upload without content")
    func emptyFile() throws {
        let report = try scratch.build([try scratch.source("one", Self.empty + [Self.md5])])
        for digest in Self.empty { #expect(try meets(try open(report.generation), digest).isEmpty) }
        #expect(report.lists.first?.rejected == [.emptyFile: 3])
    }

    @Test("a list without an entry is refused unless it is synthetic")
    func emptyList() throws {
        var source = try scratch.source("none", ["# nothing yet", Self.empty[0]])
        #expect(throws: BuildFault.emptyList("none")) { try scratch.build([source]) }
        #expect(try Generation.currentName(in: scratch.lists) == nil)
        source.synthetic = true
        #expect(try open(try scratch.build([source]).generation).entryCount == 0)
    }

    @Test("a list that only another hasher can use does not keep the others from being built")
    func otherHasher() throws {
        var source = try scratch.source("other", ["id,md5,p", "1,,AA"])
        source.format = .csv
        source.mapping.fields = [.md5: "md5", .pdna: "p"]
        let report = try scratch.build([source, try scratch.source("one", [Self.md5])])
        let generation = try open(report.generation)
        #expect(generation.lists.map(\.entryCount) == [0, 1])
        #expect(generation.lists.map(\.elsewhere) == [1, 0])
        #expect(try meets(generation, Self.md5) == ["one#1"])
    }

    @Test("no list at all, and two of one name, are refused")
    func sources() throws {
        #expect(throws: BuildFault.noLists) { try scratch.build([]) }
        let source = try scratch.source("one", [Self.md5])
        #expect(throws: BuildFault.repeatedName("one")) { try scratch.build([source, source]) }
    }

    @Test("a bad line stops the build and the generation before it serves on")
    func badLine() throws {
        let first = try scratch.build([try scratch.source("one", [Self.md5])])
        #expect(throws: ListFault.self) { try scratch.build([try scratch.source("one", [Self.md5, "x"])]) }
        #expect(try Generation.currentName(in: scratch.lists) == first.generation)
        #expect(try scratch.names() == ["build.lock", "current", first.generation])
    }

    @Test("each build counts on, is installed, and leaves itself and the one before")
    func succession() throws {
        let source = try scratch.source("one", [Self.md5])
        let built = try (0..<4).map { _ in try scratch.build([source]) }
        #expect(built.map(\.counter) == [1, 2, 3, 4])
        #expect(try Generation.currentName(in: scratch.lists) == built[3].generation)
        #expect(try scratch.names() == ["build.lock", "current", built[2].generation, built[3].generation])
        for kept in built[2...] { #expect(try meets(try open(kept.generation), Self.md5) == ["one#1"]) }
    }

    @Test("a counter may be given, above all that are there")
    func counter() throws {
        let source = try scratch.source("one", [Self.md5])
        #expect(try scratch.build([source], counter: 41).counter == 41)
        #expect(throws: BuildFault.counterTooLow(wanted: 41, highest: 41)) {
            try scratch.build([source], counter: 41)
        }
        #expect(try scratch.build([source]).counter == 42)
        _ = try scratch.build([source], counter: GenerationName.highestCounter)
        #expect(throws: BuildFault.countersUsedUp) { try scratch.build([source]) }
    }

    @Test("a lists directory that was lost counts on from what was served")
    func lostDirectory() throws {
        let source = try scratch.source("one", [Self.md5])
        #expect(try scratch.build([source], served: 5).counter == 6)
        #expect(throws: BuildFault.counterTooLow(wanted: 9, highest: 9)) {
            try scratch.build([source], counter: 9, served: 9)
        }
        let again = try GenerationBuilder.signAgain(
            GenerationName(try scratch.build([source]).generation),
            in: scratch.lists,
            signingKey: scratch.key,
            at: Timestamp(nanoseconds: 5),
            served: 20
        ) { try Generation.signedManifest($0, in: scratch.lists, publicKey: scratch.publicKey) }
        #expect(again.name.counter == 21)
    }

    @Test("a build that was killed before it was installed changes nothing, and its remains go at the next")
    func killed() throws {
        let source = try scratch.source("one", [Self.md5])
        let first = try scratch.build([source])
        // Killed while writing the files, while writing current, and between rename and install.
        let half = try scratch.lists.ensureDirectory(
            Array(".g0000000002-00000000".utf8),
            mode: 0o700,
            subject: "x"
        )
        try half.writeNew([1, 2, 3], as: Array("md5.places".utf8), mode: 0o640, subject: "x")
        try scratch.lists.writeNew([1], as: Array(".12345".utf8), mode: 0o640, subject: "x")
        _ = try scratch.lists.ensureDirectory(Array("g0000000002-00000000".utf8), mode: 0o700, subject: "x")

        #expect(try Generation.currentName(in: scratch.lists) == first.generation)
        #expect(try meets(try open(first.generation), Self.md5) == ["one#1"])

        let next = try scratch.build([source])
        #expect(next.counter == 3)
        #expect(try scratch.names() == ["build.lock", "current", first.generation, next.generation])
    }

    @Test("a build is done once it is installed, whatever cannot be removed then")
    func leftover() throws {
        let source = try scratch.source("one", [Self.md5])
        _ = try scratch.build([source])
        // A file under a generation's name is no tree to remove.
        try scratch.lists.writeNew([1], as: Array("g0000000000-00000000".utf8), mode: 0o640, subject: "x")
        let report = try scratch.build([source])
        #expect(report.leftover != nil)
        #expect(try Generation.currentName(in: scratch.lists) == report.generation)
        let next = try scratch.build([source])
        #expect(next.leftover == nil)
        #expect(try scratch.names() == ["build.lock", "current", report.generation, next.generation])
    }

    @Test("a list that shrinks below half is refused until somebody allows it")
    func shrinking() throws {
        let lines = (0..<5).map { Invented.md5($0) }
        let first = try scratch.build([try scratch.source("one", lines)])
        let few = try scratch.source("one", Array(lines[..<2]))
        #expect(throws: BuildFault.shrunk("one", from: 5, to: 2)) { try scratch.build([few]) }
        #expect(try Generation.currentName(in: scratch.lists) == first.generation)
        #expect(try scratch.names() == ["build.lock", "current", first.generation])
        #expect(try scratch.build([few], allowsShrinking: true).lists.map(\.kept) == [2])
        // Half is enough, and a list of another name is another list.
        #expect(try scratch.build([try scratch.source("one", [lines[0]])]).lists.map(\.kept) == [1])
        #expect(try scratch.build([try scratch.source("two", [lines[0]])]).lists.map(\.kept) == [1])
    }

    @Test("what cannot be read as current is replaced by a build")
    func repairs() throws {
        let source = try scratch.source("one", [Self.md5])
        try scratch.lists.writeDurably(
            Array("../x\n".utf8),
            as: Array("current".utf8),
            mode: 0o640,
            subject: "x"
        )
        let report = try scratch.build([source])
        #expect(try Generation.currentName(in: scratch.lists) == report.generation)
    }

    @Test("two builds never work on one directory")
    func lock() throws {
        let source = try scratch.source("one", [Self.md5])
        let held = try FileLock.take("build.lock", in: scratch.lists, subject: "lock")
        #expect(throws: BuildFault.anotherBuild) { try scratch.build([source]) }
        withExtendedLifetime(held) {}
    }

    @Test("nobody but the owner enters a generation, whatever the umask")
    func modes() throws {
        let report = try scratch.build([try scratch.source("one", [Self.md5])])
        let lists = "\(scratch.path)/lists"
        #expect(try scratch.mode(lists, report.generation) == 0o700)
        #expect(try scratch.mode(lists, "current") == 0o640)
        var entries = try DirectoryEntries(of: try Descriptor.directory("\(lists)/\(report.generation)"))
        var count = 0
        while let entry = try entries.next() {
            let file = String(decoding: entry.name, as: UTF8.self)
            #expect(try scratch.mode("\(lists)/\(report.generation)", file) == 0o640)
            count += 1
        }
        #expect(count == 7)
    }
}
