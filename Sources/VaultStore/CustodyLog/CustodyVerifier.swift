package import LinuxIO
import UploadModel

/// Judges a custody log, or an extract of one, by its public key alone: no deployment is needed.
package struct CustodyVerifier: Sendable {
    private let verifier: LogVerifier
    /// What the log had signed before, as somebody else kept it.
    private let older: [SignedCheckpoint]

    package init(_ verifier: LogVerifier, older: [SignedCheckpoint] = []) {
        (self.verifier, self.older) = (verifier, older)
    }

    /// What a log is found to be.
    package struct Verdict: Equatable, Sendable {
        /// Entries under the newest signature.
        package var signed: UInt64 = 0
        /// Entries that no checkpoint speaks for yet.
        package var unsigned: UInt64 = 0
        package var findings: [LogFinding] = []
    }

    /// Reads the whole log: signatures, tree, consistency with older checkpoints, chains, and the legality of each step.
    ///
    /// - Parameter progress: Called with the number of entries read so far.
    /// - Throws: `SyscallError` or ``CustodyLogFault`` where it cannot be judged.
    package func verdict(
        on directory: borrowing Descriptor,
        progress: (UInt64) -> Void = { _ in }
    ) throws -> Verdict {
        let log = try LogReader(of: directory)
        var verdict = Verdict()
        verdict.signed = log.checkpoint?.checkpoint.size ?? 0
        verdict.unsigned = log.size - min(log.size, verdict.signed)
        verdict.findings = signatures(of: log.checkpoint, entries: log.size)
        var reading = LogReading(origin: verifier.name, marks: marks(log.checkpoint))
        try log.bundles { first, entries in
            let tile = try log.tile(0, first / LogTiles.width, of: max(verdict.signed, 1))
            reading.take(entries, from: first, against: tile, signed: verdict.signed)
            progress(first + UInt64(entries.count))
            return true
        }
        verdict.findings += reading.findings
        verdict.findings += try upperTiles(of: log, size: verdict.signed)
        if log.size < verdict.signed {
            verdict.findings.append(.truncated(promised: verdict.signed, found: log.size))
        } else {
            verdict.findings += compare(reading.roots, with: log.checkpoint)
        }
        return verdict
    }

    /// Judges entries that were taken out of a log, each with its proof: signatures, proofs, chains and legality.
    package func verdict(on proofs: [CustodyProof]) -> Verdict {
        var verdict = Verdict()
        verdict.findings = signatures(of: proofs)
        var reading = LogReading(origin: verifier.name, marks: [])
        for proof in proofs.sorted(by: { $0.index < $1.index }) {
            verdict.signed = max(verdict.signed, proof.checkpoint.checkpoint.size)
            if !proof.holds(for: verifier) { verdict.findings.append(.proofFails(index: proof.index)) }
            reading.judge(proof.entry, TreeHash(leaf: proof.entry), at: proof.index)
        }
        verdict.findings += reading.findings
        return verdict
    }

    // MARK: - Signatures

    private func signatures(of checkpoint: SignedCheckpoint?, entries: UInt64) -> [LogFinding] {
        guard let checkpoint else { return nothingSigned(entries == 0 ? .noEntries : .noCheckpoint) }
        return older.flatMap { signature(of: $0) } + signature(of: checkpoint)
            + rolledBack(to: checkpoint.checkpoint.size)
    }

    /// Of an extract: without the tree between, two checkpoints can be compared only where their sizes are the same.
    private func signatures(of proofs: [CustodyProof]) -> [LogFinding] {
        guard let newest = proofs.map(\.checkpoint.checkpoint.size).max() else {
            return nothingSigned(.noEntries)
        }
        var roots = [UInt64: TreeHash]()
        for checkpoint in older.map(\.checkpoint) { roots[checkpoint.size] = checkpoint.root }
        var forks = Set<UInt64>()
        for checkpoint in proofs.map(\.checkpoint.checkpoint) {
            let root = roots[checkpoint.size] ?? checkpoint.root
            roots[checkpoint.size] = root
            if root != checkpoint.root { forks.insert(checkpoint.size) }
        }
        return older.flatMap { signature(of: $0) } + rolledBack(to: newest)
            + forks.sorted().map { .forked(size: $0) }
    }

    /// Where somebody has an older checkpoint, what it spoke for is gone.
    private func nothingSigned(_ finding: LogFinding) -> [LogFinding] {
        older.isEmpty ? [finding] : older.flatMap { signature(of: $0) } + rolledBack(to: 0)
    }

    private func rolledBack(to size: UInt64) -> [LogFinding] {
        older.map(\.checkpoint.size).filter { $0 > size }.map { .rolledBack(from: $0, to: size) }
    }

    private func signature(of note: SignedCheckpoint) -> [LogFinding] {
        if note.checkpoint.origin != verifier.name { return [.otherOrigin(note.checkpoint.origin)] }
        return verifier.hasSigned(note) ? [] : [.badSignature(size: note.checkpoint.size)]
    }

    /// The sizes at which a root is known.
    private func marks(_ checkpoint: SignedCheckpoint?) -> Set<UInt64> {
        Set((older + [checkpoint].compactMap { $0 }).map(\.checkpoint.size))
    }

    private func compare(_ roots: [UInt64: TreeHash], with newest: SignedCheckpoint?) -> [LogFinding] {
        var findings: [LogFinding] = []
        if let newest = newest?.checkpoint, roots[newest.size] != newest.root {
            findings.append(.rootDiffers(size: newest.size))
        }
        for old in older.map(\.checkpoint) {
            if let root = roots[old.size], root != old.root { findings.append(.forked(size: old.size)) }
        }
        return findings
    }

    // MARK: - Tiles above the entries

    private func upperTiles(of log: LogReader, size: UInt64) throws -> [LogFinding] {
        var findings: [LogFinding] = []
        var level = 1
        while size >> UInt64(8 * level) > 0 {
            let count = size >> UInt64(8 * level)
            for number in 0...((count - 1) / LogTiles.width) {
                let path = String(decoding: LogTiles.path(level, number), as: UTF8.self)
                guard let tile = try log.tile(level, number, of: size) else {
                    findings.append(.missing(file: path))
                    continue
                }
                for place in 0..<LogTiles.width(level, number, of: size) {
                    let below = try log.tile(level - 1, number * LogTiles.width + place, of: size)
                    guard let below, LogTiles.root(of: below[...]) != tile[Int(place)] else { continue }
                    findings.append(.tileDiffers(file: path))
                    break
                }
            }
            level += 1
        }
        return findings
    }
}
