import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// Each way to tamper with a log, and the findings that must name it. Whoever tampers has every file and not the key,
/// unless the row says so.
@Suite struct TamperTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let findings: [LogFinding]
        let tamper: @Sendable (ScratchLog) throws -> Void

        init(
            _ name: String,
            _ findings: [LogFinding],
            _ tamper: @escaping @Sendable (ScratchLog) throws -> Void
        ) {
            testDescription = name
            self.findings = findings
            self.tamper = tamper
        }
    }

    /// Entries that the log holds: two full bundles and 88 in the journal.
    static let count = 600

    static func change(_ log: ScratchLog, _ number: Int, _ body: (inout [[UInt8]]) -> Void) throws {
        let path = "tile/entries/00\(number)"
        var entries = LogTiles.entries(of: try log.bytes(path)).entries
        body(&entries)
        try log.replace(path, with: LogTiles.bundle(entries))
    }

    static func edited(_ entry: [UInt8]) -> [UInt8] {
        Array(
            String(decoding: entry, as: UTF8.self).replacing("exhibit.verified", with: "exhibit.attached")
                .utf8
        )
    }

    static let inPlace = [
        Row("an entry edited", [.edited(index: 300), .rootDiffers(size: 600)]) { log in
            try change(log, 1) { $0[44] = edited($0[44]) }
        },
        Row("an entry dropped from a bundle", [.dropped(index: 300), .rootDiffers(size: 600)]) { log in
            try change(log, 1) { $0.remove(at: 44) }
        },
        Row("the last entry of a bundle dropped", [.dropped(index: 511), .rootDiffers(size: 600)]) { log in
            try change(log, 1) { $0.removeLast() }
        },
        Row("two entries swapped", [.reordered(index: 300), .rootDiffers(size: 600)]) { log in
            try change(log, 1) { $0.swapAt(44, 46) }
        },
        Row("an entry of the journal edited", [.edited(index: 520), .rootDiffers(size: 600)]) { log in
            var entries = try log.entries()
            entries[520] = edited(entries[520])
            _ = try LogJournal(
                replacingIn: LogFiles(log.scratch.root),
                number: 2,
                entries: Array(entries[512...])
            )
        },
        Row("the journal cut short", [.truncated(promised: 600, found: 590)]) { log in
            let entries = try log.entries()[512..<590]
            _ = try LogJournal(replacingIn: LogFiles(log.scratch.root), number: 2, entries: Array(entries))
        },
        Row("a bundle gone", [.rootDiffers(size: 600)]) { log in try log.remove("tile/entries/001") },
        Row("a tile gone", [.missing(file: "tile/0/001")]) { log in try log.remove("tile/0/001") },
        Row("an upper tile edited", [.tileDiffers(file: "tile/1/000")]) { log in
            try log.scratch.change("tile/1/000.p/2") { $0[40] ^= 1 }
        },
        Row("a byte of the signed root changed", [.badSignature(size: 600), .rootDiffers(size: 600)]) { log in
            let text = try log.scratch.text("checkpoint")
            let other = TreeHash(leaf: []).base64
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let changed = (lines[..<2] + [Substring(other)] + lines[3...]).joined(separator: "\n")
            try log.replace("checkpoint", with: Array(changed.utf8))
        },
        Row("the checkpoint gone", [.noCheckpoint]) { log in try log.remove("checkpoint") },
    ]

    @Test("what is done to the files is named", arguments: inPlace)
    func files(_ row: Row) throws {
        let log = try ScratchLog()
        try log.fill(Self.count)
        #expect(try log.verdict().findings == [])
        try row.tamper(log)
        let found = try log.verdict().findings
        #expect(row.findings.allSatisfy(found.contains), "\(found)")
    }

    struct Rewriting: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let change: @Sendable (inout [[UInt8]]) -> Void
    }

    static let rewritings = [
        Rewriting(testDescription: "an entry dropped") { $0.remove(at: 300) },
        Rewriting(testDescription: "two entries swapped") { $0.swapAt(300, 302) },
        Rewriting(testDescription: "an entry edited") { $0[300] = TamperTests.edited($0[300]) },
        Rewriting(testDescription: "an entry put in") { $0.insert($0[5], at: 300) },
    ]

    @Test(
        "whoever rewrites all hashes too is caught by the signature, and by the chains",
        arguments: rewritings
    )
    func everythingButTheKey(_ row: Rewriting) throws {
        let log = try ScratchLog()
        try log.fill(Self.count)
        var entries = try log.entries()
        row.change(&entries)
        try log.rewrite(entries)
        let found = try log.verdict().findings
        let isShort = entries.count < Self.count
        #expect(
            found.contains(isShort ? .truncated(promised: 600, found: 599) : .rootDiffers(size: 600)),
            "\(found)"
        )
        #expect(
            found.contains { if case .chainBroken = $0 { true } else { false } },
            "\(found)"
        )
    }

    @Test("an old checkpoint that is put back is rolled back, for whoever kept the newer one")
    func replayed() throws {
        let log = try ScratchLog()
        try log.fill(300)
        let old = try log.bytes("checkpoint")
        let newer = try log.fill(300, from: 300)
        try log.rewrite(Array(try log.entries()[..<300]))
        try log.replace("checkpoint", with: old)
        // By itself it is a sound log of 300 entries.
        #expect(try log.verdict().findings == [])
        #expect(try log.verdict(older: [newer]).findings == [.rolledBack(from: 600, to: 300)])
    }

    @Test("a second history under the stolen key is a fork, for whoever kept a checkpoint")
    func forked() throws {
        let log = try ScratchLog()
        let kept = try log.fill(300)
        let other = try ScratchLog()
        try other.fill(290)
        try other.fill(40, from: 600)
        #expect(try other.verdict().findings == [])
        #expect(try other.verdict(older: [kept]).findings == [.forked(size: 300)])
        let signed = try other.key.signed(
            Checkpoint(origin: other.key.origin, size: 330, root: TreeHash(leaf: []))
        )
        #expect(try other.verdict(older: [signed]).findings == [.forked(size: 330)])
    }

    @Test("checkpoints of another log or key are named")
    func otherCheckpoints() throws {
        let log = try ScratchLog()
        let mine = try log.fill(3)
        let stranger = LogKey(naming: "test/stranger")
        let theirs = try stranger.signed(mine.checkpoint)
        #expect(try log.verdict(older: [theirs]).findings == [.badSignature(size: 3)])
        let other = try ScratchLog("test/other").fill(2)
        #expect(try log.verdict(older: [other]).findings.contains(.otherOrigin("test/other")))
    }

    // MARK: - Extracts

    @Test("an extract verifies without the log, and each thing left out or changed is named")
    func extract() throws {
        let log = try ScratchLog()
        try log.fill(Self.count)
        let exhibits: Set = [ScratchLog.exhibit(3), ScratchLog.exhibit(4)]
        let proofs = try LogReader(of: log.scratch.root).proofs(about: exhibits)
        #expect(proofs.count == 120)
        // As it is carried: text, and read again.
        let read = try proofs.map { try #require(CustodyProof($0.text, entry: $0.entry)) }
        #expect(read == proofs)
        let verifier = CustodyVerifier(log.key.verifier)
        #expect(verifier.verdict(on: read) == CustodyVerifier.Verdict(signed: 600))

        var short = read
        short.remove(at: 60)
        #expect(verifier.verdict(on: short).findings == [.chainBroken(index: read[62].index)])

        var changed = read
        let proof = read[7]
        changed[7] = try #require(CustodyProof(proof.text, entry: Self.edited(proof.entry)))
        #expect(verifier.verdict(on: changed).findings.contains(.proofFails(index: proof.index)))

        let stranger = CustodyVerifier(LogKey(naming: "test/stranger").verifier)
        #expect(stranger.verdict(on: read).findings.count >= 120)
    }

    @Test("where there is nothing to judge nothing is sound, and an older checkpoint shows what is gone")
    func nothingThere() throws {
        let log = try ScratchLog()
        #expect(try log.verdict().findings == [.noEntries])
        let old = try ScratchLog().fill(3)
        #expect(try log.verdict(older: [old]).findings == [.rolledBack(from: 3, to: 0)])
        #expect(CustodyVerifier(log.key.verifier).verdict(on: []).findings == [.noEntries])
        let since = CustodyVerifier(log.key.verifier, older: [old])
        #expect(since.verdict(on: []).findings == [.rolledBack(from: 3, to: 0)])
    }

    @Test("an older checkpoint counts for an extract too")
    func extractSince() throws {
        let log = try ScratchLog()
        let old = try log.fill(30)
        let proofs = try LogReader(of: log.scratch.root).proofs(about: [ScratchLog.exhibit(3)])
        let newer = try log.fill(3, from: 30)
        func findings(_ older: SignedCheckpoint) -> [LogFinding] {
            CustodyVerifier(log.key.verifier, older: [older]).verdict(on: proofs).findings
        }
        #expect(findings(old) == [])
        #expect(findings(newer) == [.rolledBack(from: 33, to: 30)])
        let fork = Checkpoint(origin: log.key.origin, size: 30, root: TreeHash(leaf: []))
        #expect(findings(try log.key.signed(fork)) == [.forked(size: 30)])
        #expect(findings(try LogKey(naming: "test/stranger").signed(fork)).contains(.badSignature(size: 30)))
    }

    @Test("a proof of consistency holds between two checkpoints")
    func consistency() throws {
        let log = try ScratchLog()
        let old = try log.fill(300).checkpoint
        let new = try log.fill(300, from: 300).checkpoint
        let proof = try LogReader(of: log.scratch.root).consistency(from: 300)
        #expect(MerkleTree.isConsistent((old.size, old.root), (new.size, new.root), by: proof))
    }
}
