import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// What a log holds after it was written, closed, torn and opened again.
@Suite struct CustodyLogTests {
    @Test("a log that is filled and opened again verifies", arguments: [1, 2, 255, 256, 257, 300, 512, 600])
    func fillsAndVerifies(_ count: Int) throws {
        let scratch = try ScratchLog()
        let signed = try scratch.fill(count)
        #expect(signed.checkpoint.size == UInt64(count))
        #expect(try scratch.verdict() == CustodyVerifier.Verdict(signed: UInt64(count)))
        #expect(try scratch.entries().count == count)
        // Opened again, it goes on where it was, and what it signed before is the beginning.
        let later = try scratch.fill(3, from: count, batch: 1)
        #expect(later.checkpoint.size == UInt64(count + 3))
        #expect(try scratch.verdict(older: [signed]).findings == [])
    }

    @Test("the root is that of the entries, in batches or one by one", arguments: [1, 100, 520])
    func rootOfEntries(_ batch: Int) throws {
        let scratch = try ScratchLog()
        let signed = try scratch.fill(520, batch: batch)
        let leaves = try scratch.entries().map { TreeHash(leaf: $0) }
        #expect(signed.checkpoint.root == MerkleTree.root(520, MerkleTreeTests.subtree(leaves)))
    }

    @Test("entries are canonical, of this log, and chained by exhibit")
    func entriesSayWhatWasStated() throws {
        let scratch = try ScratchLog()
        try scratch.fill(25)
        let entries = try scratch.entries().map { try CustodyEntry(canonical: $0) }
        #expect(entries.map { $0.references["n"] } == (0..<25).map { "\($0)" })
        #expect(entries.allSatisfy { $0.origin == "test/custody/log" && $0.kind == .exhibitVerified })
        #expect(entries[3].previous == nil)
        let leaf = TreeHash(leaf: try scratch.entries()[3])
        #expect(entries[13].previous == CustodyLink(index: 3, leaf: leaf.hex))
        #expect(entries[0].at.microsecondText == "2026-11-21T22:26:40.123456Z")
        #expect(!entries[0].clock.boot.isEmpty)
    }

    @Test("chains go on across full bundles and starts, also without the files that remember them")
    func chainsSurvive() throws {
        let scratch = try ScratchLog()
        try scratch.fill(700)
        try scratch.fill(20, from: 700)
        #expect(try scratch.verdict().findings == [])
        try scratch.scratch.root.removeTree(Array("heads".utf8))
        try scratch.fill(20, from: 720)
        #expect(try scratch.verdict().findings == [])
    }

    @Test("a torn last entry goes, and nothing else does", arguments: [1, 2, 3, 40, 400])
    func tornEntry(_ lost: Int) throws {
        let scratch = try ScratchLog()
        try scratch.fill(261)
        let journal = try scratch.bytes("journal")
        try scratch.replace("journal", with: journal + journal.dropFirst(30).prefix(lost))
        try scratch.fill(1, from: 261)
        #expect(try scratch.entries().count == 262)
        #expect(try scratch.verdict().findings == [])
    }

    @Test("a last record that never reached the disk goes", arguments: [false, true])
    func emptyRecord(_ isZero: Bool) throws {
        let scratch = try ScratchLog()
        let signed = try scratch.fill(4)
        let log = try scratch.open()
        try log.append(ScratchLog.statement(4))
        var journal = try scratch.bytes("journal")
        for place in journal.count - 20..<journal.count { journal[place] = isZero ? 0 : journal[place] ^ 1 }
        _ = consume log
        try scratch.replace("journal", with: journal)
        try scratch.fill(1, from: 4)
        #expect(try scratch.entries().count == 5)
        #expect(try scratch.verdict(older: [signed]).findings == [])
    }

    @Test("a batch of which a record in the middle never reached the disk goes as a whole")
    func tornBatch() throws {
        let scratch = try ScratchLog()
        let signed = try scratch.fill(4)
        let log = try scratch.open()
        let before = try scratch.bytes("journal").count
        try log.append(contentsOf: (4..<9).map { ScratchLog.statement($0) })
        _ = consume log
        var journal = try scratch.bytes("journal")
        let middle = (before + journal.count) / 2
        for place in middle..<middle + 200 { journal[place] = 0 }
        try scratch.replace("journal", with: journal)
        #expect(try scratch.open().size == 4)
        try scratch.fill(5, from: 4)
        #expect(try scratch.verdict(older: [signed]) == CustodyVerifier.Verdict(signed: 9))
    }

    @Test("a damaged batch that whole ones follow is no crash's work", arguments: [3, 40])
    func damagedBatch(_ place: Int) throws {
        let scratch = try ScratchLog()
        try scratch.fill(4)
        let before = try scratch.bytes("journal").count
        let log = try scratch.open()
        for n in 4..<7 { try log.append(ScratchLog.statement(n)) }
        _ = consume log
        try scratch.scratch.change("journal") { $0[before + place] ^= 1 }
        #expect(throws: CustodyLogFault.damaged(file: "journal")) { try scratch.open() }
    }

    @Test("what is not what was signed is refused before the next signature", arguments: [4, 300, 600])
    func editedBelowTheCheckpoint(_ count: Int) throws {
        let scratch = try ScratchLog()
        try scratch.fill(count)
        var entries = try scratch.entries()
        entries[3] = TamperTests.edited(entries[3])
        try scratch.rewrite(entries)
        #expect(throws: CustodyLogFault.notWhatWasSigned(size: UInt64(count))) { try scratch.open() }
        // The same where bundles were filled since the signature.
        let other = try ScratchLog()
        let signed = try other.fill(count)
        let log = try other.open()
        try log.append(contentsOf: (count..<count + 600).map { ScratchLog.statement($0) })
        _ = consume log
        try other.fill(1, from: count + 600)
        #expect(try other.verdict(older: [signed]).findings == [])
    }

    @Test(
        "where a bundle cannot be put away, what is on the disk is said, and the rest is written later once"
    )
    func failedRoll() throws {
        let scratch = try ScratchLog()
        let log = try scratch.open()
        try scratch.replace("tile", with: [])
        var waiting = (0..<300).map { ScratchLog.statement($0) }
        for _ in 0..<2 {
            #expect(throws: CustodyLogFault.self) { try log.append(&waiting) }
            #expect(waiting.count == 44)
            #expect(log.size == 256)
        }
        try scratch.remove("tile")
        try log.append(&waiting)
        #expect(waiting.isEmpty)
        try log.publish()
        _ = consume log
        #expect(try scratch.verdict() == CustodyVerifier.Verdict(signed: 300))
    }

    @Test("a chain is read back from its end, across bundles")
    func chainOfExhibit() throws {
        let scratch = try ScratchLog()
        try scratch.fill(300)
        let log = try scratch.open()
        let chain = try log.chain(of: ScratchLog.exhibit(3))
        #expect(chain.map { $0.references["n"] } == stride(from: 293, through: 3, by: -10).map { "\($0)" })
        #expect(try log.newest()?.references["n"] == "299")
        #expect(try log.chain(of: ScratchLog.exhibit(11)).isEmpty)
    }

    @Test(
        "a kill between a full bundle and its tiles is mended at the next start",
        arguments: [["tile/0/000"], ["tile/entries/000"], ["tile/0/000", "tile/entries/000"]]
    )
    func halfRolled(_ missing: [String]) throws {
        let scratch = try ScratchLog()
        let log = try scratch.open()
        try log.append(contentsOf: (0..<256).map { ScratchLog.statement($0) })
        let journal = try scratch.bytes("journal")
        try log.append(ScratchLog.statement(256))
        _ = consume log
        // As it was before the journal of the next bundle took its place.
        let expected = try missing.map { try scratch.bytes($0) }
        try scratch.replace("journal", with: journal)
        for path in missing { try scratch.remove(path) }
        try scratch.fill(2, from: 256)
        #expect(try missing.map { try scratch.bytes($0) } == expected)
        #expect(try scratch.verdict() == CustodyVerifier.Verdict(signed: 258))
    }

    @Test("a damaged journal is never taken for an empty one")
    func damagedJournal() throws {
        let scratch = try ScratchLog()
        try scratch.fill(10)
        var journal = try scratch.bytes("journal")
        journal[60] ^= 1
        try scratch.replace("journal", with: journal)
        #expect(throws: CustodyLogFault.damaged(file: "journal")) { try scratch.open() }
        try scratch.remove("journal")
        #expect(throws: CustodyLogFault.damaged(file: "journal")) { try scratch.open() }
    }

    @Test("a journal that holds less than was signed is refused")
    func shortJournal() throws {
        let scratch = try ScratchLog()
        try scratch.fill(5)
        let journal = try scratch.bytes("journal")
        try scratch.fill(5, from: 5)
        try scratch.replace("journal", with: journal)
        #expect(throws: CustodyLogFault.damaged(file: "journal")) { try scratch.open() }
    }

    @Test("one process writes a log at a time, with its own key")
    func oneWriter() throws {
        let scratch = try ScratchLog()
        try scratch.fill(1)
        let log = try scratch.open()
        #expect(throws: CustodyLogFault.inUse) { try scratch.open() }
        #expect(log.size == 1)
        // Only root opens a file of mode 0440 for writing, and no daemon is root.
        #expect(try scratch.scratch.root.status(of: Array("journal".utf8)).mode == 0o640)
        _ = consume log
        #expect(throws: CustodyLogFault.otherKey) {
            try CustodyLog.open(in: scratch.scratch.root, key: LogKey(naming: "test/other"))
        }
    }

    @Test("an entry above the layout's limit is refused, and the next one is taken")
    func tooLong() throws {
        let scratch = try ScratchLog()
        let log = try scratch.open()
        let long = CustodyStatement(
            at: Timestamp(nanoseconds: 0),
            .caseNoted,
            by: .daemon,
            references: ["a": String(repeating: "x", count: 70_000)]
        )
        #expect {
            try log.append(long)
        } throws: {
            if case .tooLong(let bytes) = $0 as? CustodyLogFault { bytes > 70_000 } else { false }
        }
        #expect(try log.append(ScratchLog.statement(0)) == 0)
    }

    @Test("personal data is beside the log only, and can be forgotten")
    func details() throws {
        let scratch = try ScratchLog()
        let log = try scratch.open()
        let words = "somebody@mail.example"
        let statement = CustodyStatement(
            at: Timestamp(nanoseconds: 1),
            .caseNoted,
            by: .daemon,
            detail: ["note": .string(words)]
        )
        try log.append(statement)
        let bytes = try scratch.entries()[0]
        #expect(!String(decoding: bytes, as: UTF8.self).contains("mail"))
        let entry = try CustodyEntry(canonical: bytes)
        let detail = try #require(try log.detail(of: entry))
        #expect(detail.detail == ["note": .string(words)])
        #expect(detail.commitment == entry.commitment && detail.salt.count == 32)
        try scratch.scratch.change("details/\(statement.id).json") { $0[20] ^= 1 }
        #expect(try log.detail(of: entry) == nil)
        try log.forgetDetail(of: entry.id)
        try log.forgetDetail(of: entry.id)
        #expect(try log.detail(of: entry) == nil)
        try log.publish()
        #expect(try scratch.verdict().findings == [])
    }

    @Test("the key's file reads back, and is 0600")
    func keyFile() throws {
        let scratch = try ScratchLog()
        #expect(try LogKey.read(in: scratch.scratch.root) == nil)
        let key = try LogKey.make(naming: "example/custody/daemon", in: scratch.scratch.root)
        let again = try #require(try LogKey.read(in: scratch.scratch.root))
        #expect(again.origin == key.origin && again.origin.hasPrefix("example/custody/daemon-"))
        #expect("\(again.verifier)" == "\(key.verifier)")
        #expect(LogVerifier("\(key.verifier)")?.name == key.origin)
        #expect(LogVerifier("\(key.verifier)x") == nil)
        #expect(try scratch.scratch.root.status(of: Array("key".utf8)).mode == 0o600)
    }
}
