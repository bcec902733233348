import LinuxIO
import UploadModel

/// The strict check of one bag: every file there, listed exactly once in every manifest, and of the digest that
/// is listed; nothing else there.
///
/// Stricter than the standard, which would let unlisted tag files, other spellings and empty directories be.
/// Reads every byte from the disk.
struct BagCheck: ~Copyable {
    private let bag: Descriptor
    private let subject: String
    /// What `tagmanifest-sha512.txt` must say, where that is known.
    private let root: BagManifest?
    private var found: [BundleFault] = []

    private static let roots = Set(BagManifest.Kind.allCases.map(\.tagName))
    /// Files that every bundle has.
    private static let required = roots.union(BagManifest.Kind.allCases.map(\.payloadName)).union([
        BagInfo.declarationName, BagInfo.name, "data/content.age.body", "data/exhibit.json",
        "data/subject.age.body", "data/timeline.jsonl",
    ])
    /// Bytes of a tag file; ours stay under a thousand.
    private static let largestTagFile = 1 << 20

    init(of bag: borrowing Descriptor, subject: String, root: BagManifest? = nil) throws(SyscallError) {
        self.bag = try bag.duplicate()
        self.subject = subject
        self.root = root
    }

    /// - Returns: Every fault once; empty when the bag is sound.
    /// - Throws: ``SyscallError`` when something cannot be read at all.
    consuming func faults() throws(SyscallError) -> [BundleFault] {
        let top = try files(in: ".")
        let payload = try files(in: "data")
        note(Self.required.subtracting(top).subtracting(payload)) { .missing($0) }
        let oxum = PayloadOxum(try compare(payload, with: \.payloadName).values.map(\.listed.byteCount))
        _ = try compare(top.subtracting(Self.roots), with: \.tagName)
        if let bytes = try tagFile(BagInfo.declarationName), bytes != BagInfo.declaration {
            note([BagInfo.declarationName]) { .malformed($0) }
        }
        if let bytes = try tagFile(BagInfo.name), !oxum.isStated(in: bytes) {
            note([BagInfo.name]) { .oxumDiffers($0) }
        }
        return found
    }

    private mutating func note(_ paths: some Sequence<String>, _ fault: (String) -> BundleFault) {
        for fault in paths.sorted().map(fault) where !found.contains(fault) { found.append(fault) }
    }

    /// The regular files of a directory, with their path in the bag; whatever else is there is a fault.
    private mutating func files(in name: String) throws(SyscallError) -> Set<String> {
        guard try bag.statusIfThere(of: Array(name.utf8), subject: subject)?.kind == .directory else {
            return []
        }
        let directory = try bag.open(Array(name.utf8), .directory, subject: subject)
        var files: Set<String> = []
        var others: [String] = []
        var entries = try DirectoryEntries(of: directory, subject: subject)
        while let entry = try entries.next() {
            let text = String(decoding: entry.name, as: UTF8.self)
            let path = name == "." ? text : "\(name)/\(text)"
            switch try directory.status(of: entry.name, subject: subject).kind {
            case .regular: files.insert(path)
            case .directory where path == "data": break
            default: others.append(path)
            }
        }
        note(others) { .notAFile($0) }
        return files
    }

    /// Compares the files that are there with both manifests of one kind, reading each file once.
    ///
    /// - Returns: The digests of every file that is listed somewhere.
    private mutating func compare(
        _ present: Set<String>,
        with name: KeyPath<BagManifest.Kind, String>
    ) throws(SyscallError) -> [String: FileDigests] {
        var digests: [String: FileDigests] = [:]
        for kind in BagManifest.Kind.allCases {
            let manifestName = kind[keyPath: name]
            guard let manifest = try manifest(kind, named: manifestName) else { continue }
            let listed = Set(manifest.paths)
            note(present.subtracting(listed)) { .unlisted($0, manifest: manifestName) }
            note(listed.subtracting(present)) { .missing($0) }
            note(manifest.repeatedPaths) { .listedTwice($0, manifest: manifestName) }
            for line in manifest.lines where present.contains(line.path) {
                if digests[line.path] == nil { digests[line.path] = try reread(line.path) }
                guard digests[line.path]?[kind] != line.digest else { continue }
                note([line.path]) { .differs($0, manifest: manifestName) }
            }
        }
        return digests
    }

    /// `nil` with a fault noted when the manifest is not one of ours; `nil` alone when it is not there.
    private mutating func manifest(
        _ kind: BagManifest.Kind,
        named name: String
    ) throws(SyscallError) -> BagManifest? {
        guard let bytes = try tagFile(name) else { return nil }
        let manifest = BagManifest(kind, reading: bytes)
        let isOther = root != nil && name == BagManifest.Kind.sha512.tagName && manifest != root
        if manifest == nil || isOther { note([name]) { .malformed($0) } }
        return manifest
    }

    private func reread(_ path: String) throws(SyscallError) -> FileDigests {
        let file = try bag.open(Array(path.utf8), [.noFollow, .nonBlocking], subject: subject)
        return try FileDigests(rereading: file, subject: subject)
    }

    private func tagFile(_ name: String) throws(SyscallError) -> [UInt8]? {
        let name = Array(name.utf8)
        guard try bag.statusIfThere(of: name, subject: subject)?.kind == .regular else { return nil }
        let file = try bag.open(name, [.noFollow, .nonBlocking], subject: subject)
        file.dropCache()
        return try file.readAll(limit: Self.largestTagFile, subject: subject)
    }
}

extension BagManifest {
    fileprivate var repeatedPaths: Set<String> {
        var seen: Set<String> = []
        return Set(paths.filter { !seen.insert($0).inserted })
    }
}
