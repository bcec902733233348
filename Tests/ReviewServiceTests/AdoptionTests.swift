import CyberTip
import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import ReviewService
@testable import VaultStore

@Suite struct AdoptionTests {
    /// A directory of another node with so many sealed exhibits of one account.
    private func node(_ scratch: ScratchDesk, exhibits: Int = 2) throws -> (path: String, bundles: [BundleID])
    {
        let path = "\(scratch.path)/state/another-node"
        try ThisProcess.makeDirectoryIfMissing(path, mode: 0o710)
        let bundles = try (0..<exhibits).map {
            try scratch.preserve(minute: Int64($0), content: "number \($0) of another node", at: path)
        }
        return (path, bundles)
    }

    private func adopt(_ path: String, _ scratch: ScratchDesk, as staff: Staff = ScratchDesk.otto) throws
        -> DeskAnswer
    {
        try scratch.ask("case.adopt", ["directory": .string(path)], as: staff)
    }

    private func bag(_ bundle: BundleID, on path: String) throws -> Descriptor {
        try Descriptor.directory("\(path)/vault/exhibits/\(bundle.year)/\(bundle.month)/\(bundle)")
    }

    private func overwrite(_ name: String, in bag: borrowing Descriptor, _ bytes: [UInt8]) throws {
        try bag.unlink(Array(name.utf8))
        try bag.writeNew(bytes, as: Array(name.utf8), mode: 0o440, subject: "bag")
    }

    @Test(
        "two nodes' exhibits of one account are one case; who had them taken in, and the manifests, are logged"
    )
    func twoNodes() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 30)
        try scratch.desk.adopt()
        let (path, bundles) = try node(scratch)
        #expect(try adopt(path, scratch).value["adopted"]?.intValue == 2)
        #expect(try scratch.cases().map { $0["exhibits"]?.intValue } == [3])
        let home = try #require(CaseID(scratch.id(of: try scratch.cases().first)))
        let rows = try scratch.desk.book.read { try $0.rows(of: home) }
        #expect(rows.suffix(2).map(\.by) == [ScratchDesk.otto.id, ScratchDesk.otto.id])
        let shelf = try ExhibitShelf(at: path, with: scratch.identity)
        for (row, bundle) in zip(rows.suffix(2), bundles) {
            guard case .joined(let facts) = row.event else { return #expect(Bool(false), "\(row)") }
            #expect(facts.from == path)
            let manifest = try shelf.manifestSHA256(of: bundle)
            #expect(facts.manifest == manifest)
        }
        let custody = "\(scratch.path)/desk/custody"
        try scratch.desk.log.publish()
        let proofs = try LogReader(of: try Descriptor.directory(custody)).proofs(about: Set(bundles))
        let adopted = proofs.compactMap { try? CustodyEntry(canonical: $0.entry) }.filter {
            $0.kind == .exhibitAdopted
        }
        #expect(adopted.count == 2)
        #expect(
            adopted.allSatisfy { $0.actor.staff == ScratchDesk.otto.id && $0.references["manifest"] != nil }
        )
    }

    @Test("a directory that holds no exhibits is refused with what to name instead, and nothing is opened")
    func noVault() throws {
        let scratch = try ScratchDesk()
        let empty = "\(scratch.path)/state/empty"
        try ThisProcess.makeDirectoryIfMissing(empty, mode: 0o700)
        for path in ["/dev", "/usr", empty] {
            #expect(throws: AdoptionRefused.noVault(path)) { try adopt(path, scratch) }
        }
        let file = "\(scratch.path)/desk/desk.db"
        #expect(throws: AdoptionRefused.notADirectory(file, file)) { try adopt(file, scratch) }
        let gone = "\(empty)/gone"
        let refusal = try #require(#expect(throws: AdoptionRefused.self) { try adopt(gone, scratch) })
        #expect(refusal.description.hasPrefix("\(gone): the desk cannot read it: "))
        #expect(AdoptionRefused.noVault("/dev").hint.contains("exhibits/ and keys/"))
        #expect(try scratch.entries(.contextOpened).isEmpty)
        #expect(try scratch.cases().isEmpty)
    }

    @Test("taken in again, also by another way, nothing changes")
    func again() throws {
        let scratch = try ScratchDesk()
        let (path, _) = try node(scratch)
        #expect(try adopt(path, scratch).value["adopted"]?.intValue == 2)
        let home = try #require(CaseID(scratch.id(of: try scratch.cases().first)))
        let rows = try scratch.desk.book.read { try $0.rows(of: home).count }
        for other in [path, "\(path)/vault"] {
            let answer = try adopt(other, scratch)
            #expect(answer.code == .done)
            #expect(answer.value["adopted"]?.intValue == 0)
        }
        #expect(try scratch.desk.book.read { try $0.rows(of: home).count } == rows)
    }

    @Test("a damaged bag is left out with what is wrong, and the others are taken in")
    func damaged() throws {
        let scratch = try ScratchDesk()
        let (path, bundles) = try node(scratch, exhibits: 4)
        try overwrite("data/timeline.jsonl", in: bag(bundles[0], on: path), Array("{}\n".utf8))
        try bag(bundles[1], on: path).writeNew([1], as: Array("stray".utf8), mode: 0o440, subject: "bag")
        try overwrite("tagmanifest-sha256.txt", in: bag(bundles[2], on: path), Array("x\n".utf8))
        let answer = try adopt(path, scratch)
        #expect(answer.code == .no)
        #expect(answer.value["adopted"]?.intValue == 1)
        let left = answer.value["unopened"]?.arrayValue ?? []
        #expect(left.map { $0["exhibit"]?.stringValue } == bundles.prefix(3).map { "\($0)" })
        for (entry, file) in zip(left, ["data/timeline.jsonl", "stray", "tagmanifest-sha256.txt"]) {
            #expect(entry["unopened"]?.stringValue?.contains(file) == true, "\(entry)")
            #expect(entry["remedy"]?.stringValue?.contains("copy it again") == true)
        }
        #expect(try scratch.cases().compactMap { $0["exhibits"]?.intValue } == [1])
    }

    @Test("a bag that is sealed to another key is left out, and the remedy names the other node's setting")
    func otherKey() throws {
        let scratch = try ScratchDesk()
        let (path, _) = try node(scratch)
        let closed = try scratch.preserve(minute: 5, content: "closed", at: path, readableByDesk: false)
        let answer = try adopt(path, scratch)
        #expect(answer.code == .no)
        #expect(answer.value["adopted"]?.intValue == 2)
        let left = answer.value["unopened"]?.arrayValue ?? []
        #expect(left.map { $0["exhibit"]?.stringValue } == ["\(closed)"])
        #expect(left.first?["remedy"]?.stringValue?.contains("keys rewrap") == true)
    }

    @Test("a bag under another one's name is left out")
    func otherName() throws {
        let scratch = try ScratchDesk()
        let (path, bundles) = try node(scratch, exhibits: 1)
        let other = BundleID(.fresh(at: ScratchDesk.start))
        let month = try Descriptor.directory("\(path)/vault/exhibits/\(bundles[0].year)/\(bundles[0].month)")
        try month.rename(Array("\(bundles[0])".utf8), to: month, Array("\(other)".utf8))
        let keys = try Descriptor.directory("\(path)/vault/keys")
        try keys.rename(Array("\(bundles[0])".utf8), to: keys, Array("\(other)".utf8))
        let answer = try adopt(path, scratch)
        #expect(answer.value["adopted"]?.intValue == 0)
        #expect(answer.value["unopened"]?.arrayValue?.count == 1)
    }

    @Test(
        "what others could write to is not read at all",
        arguments: ["", "/vault/exhibits", "/vault/keys", "/.."]
    )
    func openToOthers(_ place: String) throws {
        let scratch = try ScratchDesk()
        let (path, _) = try node(scratch)
        let open = place == "/.." ? scratch.state : path + place
        try Descriptor.directory(open).setMode(0o777)
        #expect(throws: AdoptionRefused.openToOthers(path, open)) { try adopt(path, scratch) }
        try Descriptor.directory(open).setMode(0o750)
        #expect(try adopt(path, scratch).value["adopted"]?.intValue == 2)
    }

    @Test("a directory is named by its real path")
    func paths() throws {
        let scratch = try ScratchDesk()
        for path in ["state", "/", "\(scratch.state)/../state", "\(scratch.state)/."] {
            #expect(throws: AdoptionRefused.notAPath(path)) { try adopt(path, scratch) }
        }
        #expect(throws: DeskRefused.self) { try adopt(scratch.state, scratch, as: ScratchDesk.cara) }
    }

    @Test("a bundle that is another one later is a blocking finding, in lint and draft alike")
    func changedLater() throws {
        let scratch = try ScratchDesk()
        let (path, bundles) = try node(scratch)
        _ = try adopt(path, scratch)
        let id: JSONObject = ["id": .string(scratch.id(of: try scratch.cases().first))]
        #expect(try scratch.ask("report.lint", id).code == .done)
        let root = try bag(bundles[1], on: path)
        let name = "tagmanifest-sha512.txt"
        let bytes = try root.open(Array(name.utf8)).readAll(limit: 1 << 20)
        try overwrite(name, in: root, bytes + bytes)
        let lint = try scratch.ask("report.lint", id)
        #expect(lint.code == .no)
        #expect(
            lint.lines.contains {
                $0.contains("\(bundles[1])") && $0.contains("is not the bundle that was adopted")
            }
        )
        #expect(try scratch.ask("report.draft", id).value["draft"]?["blocking"]?.intValue == 1)
        let home = try #require(id["id"]?.stringValue.flatMap { CaseID($0) })
        let draft = try #require(try scratch.desk.review(of: home).draft)
        let documents = try scratch.desk.files.documents(of: draft.sha256, home)
        for name in ["draft.json", "summary.txt", "summary.html"] {
            let text =
                documents.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            #expect(text.contains("\(bundles[1])"), "\(name)")
            #expect(text.contains("is not the bundle that was adopted"), "\(name)")
        }
    }
}
