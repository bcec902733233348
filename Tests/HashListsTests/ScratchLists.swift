import GenerationFormat
import Glibc
import HashLists
import LinuxIO
import ListImport
import Testing
import UploadModel

/// A lists directory of its own under /tmp with sources and keys, gone with its owner.
final class ScratchLists: Sendable {
    let path: String
    let lists: Descriptor
    let key: SigningKey

    init(key: SigningKey = .generate()) throws {
        self.key = key
        var template = Array("/tmp/breakwater-lists-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
        lists = try Descriptor.directory(path)
            .ensureDirectory(Array("lists".utf8), mode: 0o700, subject: "lists")
    }

    deinit { try? Descriptor.directory("/tmp").removeTree(Array(path.utf8.dropFirst(5))) }

    var publicKey: [UInt8] { Hex.bytes(key.publicKeyHex.utf8) ?? [] }

    /// A `[[list]]` whose file holds `text`.
    func source(_ name: String, _ text: String, _ listClass: ListClass = .csam) throws -> ListSource {
        let file = "\(path)/\(name).txt"
        try Descriptor.directory(path).writeDurably(
            Array(text.utf8),
            as: Array("\(name).txt".utf8),
            mode: 0o600,
            subject: name
        )
        return ListSource(name: name, file: file, supplier: "Invented \(name)", listClass: listClass)
    }

    @discardableResult
    func build(
        _ sources: [ListSource],
        at time: Timestamp = .start,
        counter: UInt64? = nil,
        asDelta: Bool = false
    ) throws -> BuildReport {
        try GenerationBuilder.build(
            sources: sources,
            into: lists,
            signingKey: key,
            at: time,
            counter: counter,
            upon: asDelta
                ? { try Generation.verifiedManifest($0, in: self.lists, publicKey: self.publicKey) } : nil
        )
    }

    func open(_ name: String? = nil, notBelow counter: UInt64 = 0) throws -> Generation {
        let current = try Generation.currentName(in: lists) ?? ""
        return try Generation.open(name ?? current, in: lists, publicKey: publicKey, notBelow: counter)
    }

    /// Replaces `lists/<file>`.
    func write(_ bytes: [UInt8], to file: String) throws {
        let parts = "\(path)/lists/\(file)".split(separator: "/")
        let directory = try Descriptor.directory("/" + parts.dropLast().joined(separator: "/"))
        try directory.writeDurably(bytes, as: Array(parts.last!.utf8), mode: 0o640, subject: file)
    }

    func sign(_ manifest: [UInt8], in name: String) throws {
        try write(manifest, to: "\(name)/\(GenerationFile.manifest)")
        try write(try key.signature(of: manifest), to: "\(name)/\(GenerationFile.signature)")
    }

    /// Builds and installs what no plain list can hold.
    @discardableResult
    func build(
        _ lists: [(name: String, listClass: ListClass, entries: [ImportedEntry])],
        counter: UInt64? = nil,
        indexFrom: Int = 10_000,
        memory: Int = 1 << 24
    ) throws -> GenerationManifest {
        let sources = lists.map {
            ListSource(name: $0.name, file: "", supplier: "Invented \($0.name)", listClass: $0.listClass)
        }
        let name = GenerationName(counter: counter ?? ((try? open().counter) ?? 0) + 1, tag: 1)
        try self.lists.makeDirectory(Array("\(name)".utf8), mode: 0o700)
        let folder = try self.lists.open(Array("\(name)".utf8), .directory)
        var build = try GenerationBuild(
            lists: sources,
            workspace: folder,
            memory: memory,
            indexFrom: indexFrom
        )
        // In turn, as suppliers' pages may come.
        for place in 0..<(lists.map(\.entries.count).max() ?? 0) {
            for (list, source) in lists.enumerated() where place < source.entries.count {
                try build.add(source.entries[place], list: list)
            }
        }
        let manifest = try build.finish(as: name, at: .start)
        try sign(manifest.bytes, in: "\(name)")
        try write(name.currentFile, to: GenerationFile.current)
        return manifest
    }

    func link(_ target: String, at file: String) throws {
        try #require(symlink(target, "\(path)/lists/\(file)") == 0)
    }

    /// Turns the lowest bit of a byte where it lies, for who has the file mapped too.
    func turn(_ offset: Int, of file: String) throws {
        let handle = try #require(fopen("\(path)/lists/\(file)", "r+b"))
        defer { fclose(handle) }
        try #require(fseek(handle, offset, SEEK_SET) == 0)
        let byte = fgetc(handle)
        try #require(byte >= 0 && fseek(handle, offset, SEEK_SET) == 0)
        try #require(fputc(byte ^ 1, handle) >= 0)
    }

    func fifo(at file: String) throws { try #require(mkfifo("\(path)/lists/\(file)", 0o600) == 0) }

    func read(_ file: String) throws -> [UInt8] {
        try lists.open(Array(file.utf8)).readAll(limit: 1 << 30, subject: file)
    }
}

extension Timestamp {
    static let start = Timestamp(seconds: 1_795_000_000, nanoseconds: 123_456_789)
}

extension UploadModel.Digest {
    static func invented(_ algorithm: DigestAlgorithm, using random: inout SplitMix64) -> UploadModel.Digest {
        UploadModel.Digest(
            algorithm,
            (0..<algorithm.byteCount).map { _ in .random(in: 0...255, using: &random) }
        )!
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
