import Glibc
import JSONText
import LinuxIO
import UploadModel

@testable import VaultStore

/// A state directory of its own under the temporary directory, gone when the test lets go of it.
final class ScratchState {
    let path: String
    let root: Descriptor

    init() throws {
        let parent = ThisProcess.environment("TMPDIR") ?? "/tmp"
        var template = Array("\(parent)/vault-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SyscallError(call: "mkdtemp", subject: parent, errno: errno)
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        root = try Descriptor.directory(path)
    }

    deinit {
        for entry in (try? entries()) ?? [] where !entry.path.contains("/") {
            if entry.status.kind == .directory {
                try? root.removeTree(Array(entry.path.utf8))
            } else {
                try? root.unlink(Array(entry.path.utf8))
            }
        }
        rmdir(path)
    }

    /// Two custodians and the desk.
    static let custodians = [AgeIdentity.generate(), .generate()]
    static let desk = AgeIdentity.generate()
    static let audiences = Audiences(custodians: custodians.map(\.recipient), review: [desk.recipient])

    func vault(secondCopy: String = "", sealer: Sealer = Sealer()) throws -> Vault {
        try Vault.open(state: root, secondCopy: secondCopy, environment: .test, sealer: sealer)
    }

    /// What lies sealed in a bundle or draft, opened by our own stream.
    func opened(_ name: String, of bundle: BundleID, with identity: AgeIdentity = custodians[0]) throws
        -> [UInt8]
    {
        let audience: Audience = identity.recipient == Self.desk.recipient ? .review : .custodians
        let header = try read("vault/keys/\(bundle)/\(SealedFile.headerName(name, audience))")
        let body = try root.open(Array("\(Self.place(of: bundle))/data/\(name).age.body".utf8))
        return try OpeningStream(header: header, identity: identity)
            .bytes(of: body, limit: 1 << 24, subject: "test")
    }

    struct Entry {
        let path: String
        let status: FileStatus
    }

    /// Everything below `top`, sorted by path.
    func entries(below top: String = ".") throws -> [Entry] {
        guard try root.statusIfThere(of: Array(top.utf8)) != nil else { return [] }
        var found: [Entry] = []
        let directory = try root.open(Array(top.utf8), .directory)
        var names = try DirectoryEntries(of: directory)
        while let name = try names.next()?.name {
            let path = (top == "." ? "" : "\(top)/") + String(decoding: name, as: UTF8.self)
            let status = try directory.status(of: name)
            found.append(Entry(path: path, status: status))
            if status.kind == .directory { found += try entries(below: path) }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// The same, as paths relative to `top`.
    func names(below top: String) throws -> [String] {
        try entries(below: top).map { String($0.path.dropFirst(top.count + 1)) }
    }

    func read(_ path: String) throws -> [UInt8] { try root.open(Array(path.utf8)).readAll(limit: 1 << 20) }

    func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

    /// Writes a file anew in place of what is there, whatever its mode.
    func replace(_ path: String, with bytes: [UInt8]) throws {
        try? root.unlink(Array(path.utf8))
        try root.writeNew(bytes, as: Array(path.utf8), mode: 0o640, subject: path)
    }

    func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = try read(path)
        body(&bytes)
        try replace(path, with: bytes)
    }

    /// An upload to preserve, open for reading.
    func upload(_ bytes: [UInt8]) throws -> Descriptor {
        try replace("upload", with: bytes)
        return try root.open(Array("upload".utf8))
    }

    /// Preserves invented content and gives the bundle's place.
    @discardableResult
    func preserve(
        _ exhibit: Exhibit = .sample(),
        _ content: [UInt8] = Exhibit.content,
        context: [UInt8]? = nil,
        keepingPlain: Bool = false
    ) throws -> String {
        let bundle = try vault().preserve(
            exhibit,
            content: upload(content),
            context: context,
            under: .usual(keepingPlain)
        )
        return Self.place(of: bundle)
    }

    static func place(of bundle: BundleID) -> String {
        "vault/exhibits/" + String(decoding: bundle.path, as: UTF8.self)
    }
}

extension SealingTerms {
    static func usual(_ keepsPlainCopy: Bool = false) -> SealingTerms {
        SealingTerms(ScratchState.audiences, keepsPlainCopy: keepsPlainCopy)
    }
}

extension Exhibit {
    static let content = Array("invented bytes of an upload\n".utf8)
    static let uploadID = UploadID("019ab2c3-d4e5-7f60-8123-456789abcdef")!

    static func sample(
        upload: UploadID = uploadID,
        path: [UInt8] = Array("user-7/holiday.jpg".utf8),
        digests: DigestSet? = FileDigests(of: content).listed,
        order: Order? = nil,
        organization: String = "Example Hosting"
    ) -> Exhibit {
        let entry = ListEntry(
            id: EntryID(list: "demo", ordinal: 3),
            listClass: .csam,
            digests: FileDigests(of: content).listed.members,
            provenance: Provenance(
                supplier: "nobody",
                generation: "g-1",
                text: "invented values",
                synthetic: true
            )
        )
        return Exhibit(
            upload: upload,
            spool: "main",
            path: SpoolPath(path)!,
            claimedAt: Timestamp(nanoseconds: 1_795_291_204_000_000_017),
            listedAt: Timestamp(nanoseconds: 1_795_291_204_123_456_789),
            digests: digests,
            perceptual: .notAsked,
            matches: [Match(entry: entry, agreed: DigestAlgorithms(.sha256), part: .content, grade: .g1)],
            order: order,
            program: "breakwaterd 0.1.0",
            configurationSHA256: String(repeating: "ab", count: 32),
            programSHA256: String(repeating: "cd", count: 32),
            generation: "g-1",
            organization: organization,
            environment: .test,
            timeline: [
                TimelineEvent(at: Timestamp(nanoseconds: 1_795_291_204_123_456_789), name: "listed")
            ]
        )
    }
}

extension String {
    func replacing(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
