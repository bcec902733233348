import Glibc
import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

@Suite struct PreservationTests {
    static let id = BundleID(Exhibit.uploadID)
    static let files = [
        "bag-info.txt", "bagit.txt", "data", "data/content.age.body", "data/exhibit.json",
        "data/subject.age.body", "data/timeline.jsonl",
        "manifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha256.txt", "tagmanifest-sha512.txt",
    ]

    @Test("a preserved upload is a whole bag with its bytes, and verifies")
    func bundleIsWhole() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        #expect(try state.names(below: place) == Self.files)
        #expect(try state.opened("content", of: Self.id) == Exhibit.content)
        #expect(try state.vault().verify(Self.id) == [])
    }

    @Test("directories are 2750 and files 0440, to the bit")
    func modesAreExact() throws {
        let state = try ScratchState()
        try state.preserve(context: [])
        for entry in try state.entries(below: "vault") {
            #expect(entry.status.mode == (entry.status.kind == .directory ? 0o2750 : 0o440), "\(entry.path)")
        }
    }

    @Test("the bag says whose it is, of which day, and how large")
    func bagInfo() throws {
        let state = try ScratchState()
        let place = try state.preserve(.sample(organization: " Example\nHosting "))
        let sizes = try state.entries(below: "\(place)/data").map(\.status.size)
        #expect(
            try state.text("\(place)/bag-info.txt") == """
                Source-Organization: Example Hosting
                Bagging-Date: 2026-11-21
                External-Identifier: urn:uuid:\(Exhibit.uploadID)
                Bag-Software-Agent: breakwaterd 0.1.0
                BagIt-Profile-Identifier: urn:breakwater:bagit-profile:exhibit-2
                Payload-Oxum: \(sizes.reduce(0, +)).4

                """
        )
        let nameless = try state.preserve(.sample(upload: .other, organization: ""))
        #expect(try !state.text("\(nameless)/bag-info.txt").contains("Source-Organization"))
    }

    @Test("the record keeps nanoseconds and the file's own facts exactly")
    func factsAreExact() throws {
        let state = try ScratchState()
        let content = try state.upload(Exhibit.content)
        try content.setTimes(accessed: 1_700_000_000_000_000_001, modified: 1_700_000_000_987_654_321)
        let before = try content.status()
        let vault = try state.vault()
        _ = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let record = try vault.exhibit(of: Self.id)
        #expect(record["schema"] == "breakwater-exhibit-2")
        #expect(record["claimed_at_ns"] == "1795291204000000017")
        #expect(record["listed_at_ns"] == "1795291204123456789")
        #expect(record["file"]?["modified_ns"] == "1700000000987654321")
        #expect(record["file"]?["inode"] == .string("\(before.inode)"))
        #expect(record["file"]?["mode"] == "640")
        #expect(record["matches"]?.arrayValue?.first?["entry"]?["list"] == "demo")
        #expect(record["environment"] == "test")
        #expect(try content.status().modified == before.modified)
    }

    @Test("the file's extended attributes are kept, sealed, whatever their bytes")
    func attributesAreKept() throws {
        let state = try ScratchState()
        let content = try state.upload(Exhibit.content)
        let value: [UInt8] = [0, 0xFF, 0x0A]
        try #require(setAttribute(content.raw, "user.note", value, value.count, 0) == 0)
        let vault = try state.vault()
        _ = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        let subject = try JSONValue(parsing: try state.opened("subject", of: Self.id))
        let kept = try #require(subject["extended_attributes"]?.arrayValue)
        let shown = try vault.exhibit(of: Self.id)["extended_attributes"]
        #expect(shown?["count"] == .integer(kept.count))
        let digest = FileDigests(of: JSONValue.array(kept).canonical).listed.sha256
        #expect(shown?["sha256"] == .optional(digest?.hex))
        #expect(kept.contains(["name_base64": "dXNlci5ub3Rl", "value_base64": "AP8K"]))
    }

    @Test(
        "an upload whose bytes changed since its match is preserved, with both digests, and said to be unstable"
    )
    func changeIsSaid() throws {
        let state = try ScratchState()
        let matched = FileDigests(of: Array("what was matched".utf8)).listed
        try state.preserve(.sample(digests: matched))
        let digests = try #require(try state.vault().exhibit(of: Self.id)["digests"])
        #expect(digests["stable"] == false)
        #expect(digests["at_match"] == matched.json)
        let sha256 = FileDigests(of: Exhibit.content).listed.sha256
        #expect(digests["preserved"]?["sha256"] == .optional(sha256?.hex))
    }

    @Test("an upload that is as it was matched is stable; of one that nobody could read nothing is claimed")
    func stability() throws {
        let state = try ScratchState()
        try state.preserve()
        #expect(try state.vault().exhibit(of: Self.id)["digests"]?["stable"] == true)
        let order = Order(
            id: .other,
            verb: .preserve,
            upload: .other,
            reason: "asked by counsel",
            at: Timestamp(nanoseconds: 1_795_291_204_123_456_789)
        )
        try state.preserve(.sample(upload: .other, digests: nil, order: order))
        let record = try state.vault().exhibit(of: BundleID(.other))
        #expect(record["digests"]?["stable"] == .null)
        #expect(record["order"]?["verb"] == "preserve" && record["order"]?["reason"] == nil)
        let subject = try JSONValue(parsing: try state.opened("subject", of: BundleID(.other)))
        #expect(subject["order_reason"] == "asked by counsel")
        #expect(record["order"]?["at_ns"] == "1795291204123456789")
    }

    @Test("the context is kept to the byte, also when it is no JSON")
    func contextIsVerbatim() throws {
        let state = try ScratchState()
        let context: [UInt8] = Array("{\"email\": ".utf8) + [0xFF, 0, 0x0D, 0x0A]
        let place = try state.preserve(context: context)
        let subject = try JSONValue(parsing: state.opened("subject", of: Self.id))
        #expect(subject["context"]?["base64"] == .string(Base64.text(context)))
        #expect(subject["context"]?["bytes"] == .integer(context.count))
        for file in Self.files where file != "data" {
            #expect(
                !String(decoding: try state.read("\(place)/\(file)"), as: UTF8.self).contains("email"),
                "\(file)"
            )
        }
        #expect(try state.vault().verify(Self.id) == [])
    }

    @Test(
        "a name of any bytes is kept in the subject's record, and is nowhere else",
        arguments: ["line\nbreak", "per%0Acent", "...", "\u{FF}"]
    )
    func namesAreData(name: String) throws {
        let state = try ScratchState()
        let bytes = Array("user-7/".utf8) + Array(name.utf8) + [0xFE, 0x80]
        let place = try state.preserve(.sample(path: bytes))
        #expect(try state.names(below: place) == Self.files)
        let subject = try JSONValue(parsing: state.opened("subject", of: Self.id))
        #expect(subject["path"]?["base64"] == .string(Base64.text(bytes)))
        #expect(subject["path"]?["text"]?.stringValue?.hasPrefix("user-7/") == true)
        for file in Self.files where file != "data" {
            #expect(try !state.text("\(place)/\(file)").contains("user-7"), "\(file)")
        }
        #expect(try state.vault().verify(Self.id) == [])
    }

    @Test("preserving the same upload again finds the bundle and changes nothing")
    func twiceIsOnce() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        let before = try state.entries(below: "vault").map(\.status)
        #expect(try state.preserve(.sample(), Array("other bytes by now".utf8)) == place)
        let after = try state.entries(below: "vault").map(\.status)
        #expect(before.map(\.inode) == after.map(\.inode))
        #expect(before.map(\.modified) == after.map(\.modified))
    }

    @Test(
        "whatever a killed run had written, the next one ends with a whole bundle",
        arguments: 0..<files.count
    )
    func interruptedEndsWhole(written: Int) throws {
        let state = try ScratchState()
        let vault = try state.vault()
        let place = try state.preserve()
        let hidden = String(decoding: Self.id.path, as: UTF8.self)
        let parent = try state.root.open(Array("vault/exhibits".utf8), .directory)
        try parent.rename(Array(hidden.utf8), to: parent, Array(hidden.replacing("ex-", with: ".ex-").utf8))
        for file in Self.files.reversed().prefix(written) where file != "data" {
            try state.root.unlink(Array("\(place.replacing("/ex-", with: "/.ex-"))/\(file)".utf8))
        }
        #expect(
            try vault.preserve(
                .sample(),
                content: state.upload(Exhibit.content),
                context: nil,
                under: .usual()
            ) == Self.id
        )
        #expect(try vault.verify(Self.id) == [])
        #expect(try state.entries(below: "vault").allSatisfy { !$0.path.contains("/.") })
    }

    @Test("several uploads are preserved at a time, also the first of their month")
    func severalAtATime() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        _ = try state.upload(Exhibit.content)
        let path = "\(state.path)/upload"
        let ids = (1...8).map { UploadID(at: Exhibit.sample().claimedAt, random: ($0, 1)) }
        let threads = ids.map { id in
            BlockingThread("preserver") {
                guard let content = try? Descriptor.open(path) else { return }
                _ = try? vault.preserve(.sample(upload: id), content: content, context: nil, under: .usual())
            }
        }
        for thread in threads { thread.join() }
        for id in ids { #expect(try vault.verify(BundleID(id)) == []) }
        #expect(try state.entries(below: "vault").allSatisfy { [0o2750, 0o440].contains($0.status.mode) })
    }

    @Test("a damaged bundle under its own name is refused and left as it is")
    func damagedIsRefused() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        try state.change("\(place)/data/content.age.body") { $0[0] ^= 1 }
        let damaged = try state.read("\(place)/data/content.age.body")
        let faults = BagManifest.Kind.allCases.map {
            BundleFault.differs("data/content.age.body", manifest: $0.payloadName)
        }
        #expect(throws: DamagedBundle(bundle: Self.id, faults: faults)) { try state.preserve() }
        #expect(try state.read("\(place)/data/content.age.body") == damaged)
    }

    @Test("what cannot be read leaves nothing in the vault")
    func failureLeavesNothing() throws {
        let state = try ScratchState()
        let vault = try state.vault()
        try state.root.makeDirectory(Array("directory".utf8), mode: 0o700)
        let directory = try state.root.open(Array("directory".utf8), .directory)
        #expect(throws: SyscallError.self) {
            try vault.preserve(.sample(), content: directory, context: nil, under: .usual())
        }
        #expect(try state.entries(below: "vault").allSatisfy { $0.status.kind == .directory })
        #expect(try !vault.has(Self.id))
    }

    @Test("300 MB are preserved in constant memory")
    func largeIsConstant() throws {
        let state = try ScratchState()
        let content = try state.upload([])
        try #require(truncate("\(state.path)/upload", 300 << 20) == 0)
        let before = ThisProcess.residentBytes
        let vault = try state.vault()
        _ = try vault.preserve(.sample(digests: nil), content: content, context: nil, under: .usual())
        let grown = Int64(ThisProcess.residentBytes) - Int64(before)
        // Half of the file: what other tests need at the same time counts, too. Benchmarks/sealing.py has it alone.
        #expect(grown < 150 << 20, "resident memory grew by \(grown) bytes")
        #expect(try vault.exhibit(of: Self.id)["digests"]?["preserved"]?["bytes"] == 314_572_800)
    }

    @Test(
        "a full disk leaves no half-written bundle, and the next try with room succeeds",
        .enabled(if: SmallDisk.isAllowed, "mounting a small tmpfs needs root")
    )
    func fullDisk() throws {
        let state = try ScratchState()
        let disk = try SmallDisk(at: state, "small", bytes: 1 << 20)
        let root = try state.root.open(Array("small".utf8), .directory)
        let vault = try Vault.open(state: root)
        let content = try state.upload([UInt8](repeating: 7, count: 2 << 20))
        let error = #expect(throws: SyscallError.self) {
            try vault.preserve(.sample(digests: nil), content: content, context: nil, under: .usual())
        }
        #expect(error?.isNoSpace == true)
        let left = try state.entries(below: "small/vault")
        #expect(left.allSatisfy { $0.status.kind == .directory && !$0.path.contains("/.") })
        let smaller = try state.upload(Exhibit.content)
        #expect(try vault.preserve(.sample(), content: smaller, context: nil, under: .usual()) == Self.id)
        #expect(try vault.verify(Self.id) == [])
        withExtendedLifetime(disk) {}
    }
}

/// fsetxattr(2), which the Glibc module does not import.
private let setAttribute = unsafeBitCast(
    dlsym(nil, "fsetxattr"),
    to: (@convention(c) (CInt, UnsafePointer<CChar>, UnsafeRawPointer, Int, CInt) -> CInt).self
)

/// A tmpfs that fills up, unmounted when the test lets go of it.
final class SmallDisk {
    private let path: String

    init(at state: ScratchState, _ name: String, bytes: Int) throws {
        path = "\(state.path)/\(name)"
        try state.root.makeDirectory(Array(name.utf8), mode: 0o700)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            throw SyscallError(call: "mount", subject: "tmpfs", errno: errno)
        }
    }

    deinit { umount2(path, 2) }

    static let isAllowed: Bool = {
        guard let state = try? ScratchState() else { return false }
        return (try? SmallDisk(at: state, "probe", bytes: 1 << 16)) != nil
    }()
}

extension UploadID {
    static let other = UploadID("019ab2c3-d4e5-7f60-8123-0000000000ff")!
}
