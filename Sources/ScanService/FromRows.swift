import CyberTip
import Digests
import Intake
import JSONText
package import LedgerStore
import LinuxIO
package import UploadModel
import VaultStore

// What the rows of one upload say to evidence and drafts. No clock is asked, so that what is made twice is the same.

extension LedgerUpload {
    func exhibit(_ matches: [Match], generation: String, _ configuration: Configuration) -> Exhibit {
        let settings = configuration.settings
        return Exhibit(
            upload: id,
            spool: spool,
            path: path,
            claimedAt: id.claimedAt,
            listedAt: turningPoint,
            digests: digests,
            perceptual: finding,
            matches: matches,
            order: order,
            program: configuration.program,
            configurationSHA256: configuration.sha256,
            programSHA256: configuration.programSHA256,
            generation: matches.first?.entry.provenance.generation ?? generation,
            organization: settings.report.company,
            environment: settings.environment,
            timeline: rows.map { TimelineEvent(at: $0.at, name: $0.event.name) }
        )
    }

    /// `nil` when the rows hold no digests, which a match always has.
    func draftSource(_ bundle: BundleID, context: [UInt8]?, _ configuration: Configuration) -> DraftSource? {
        guard let digests else { return nil }
        return DraftSource(
            upload: id,
            bundle: bundle,
            spool: spool,
            path: path,
            claimedAt: id.claimedAt,
            listedAt: turningPoint,
            digests: digests,
            matches: matches,
            context: context,
            report: configuration.settings.report,
            environment: configuration.settings.environment,
            program: configuration.program
        )
    }

    package var matches: [Match] {
        for row in rows.reversed() { if case .listed(let matches) = row.event { return matches } }
        return []
    }

    /// When it was preserved; `nil` where it never was.
    var preservedAt: Timestamp? {
        rows.last { if case .bundled = $0.event { true } else { false } }?.at
    }

    var digests: DigestSet? {
        for row in rows.reversed() { if case .digested(let digests, _) = row.event { return digests } }
        return nil
    }

    private var finding: PerceptualFinding? {
        for row in rows.reversed() { if case .perceptual(let finding) = row.event { return finding } }
        return nil
    }

    private var order: Order? {
        for row in rows.reversed() { if case .ordered(let order) = row.event { return order } }
        return nil
    }

    /// When the row was written that made this evidence: the match, or a person's order.
    private var turningPoint: Timestamp {
        let row = rows.last { row in
            switch row.event {
            case .listed, .ordered: true
            default: false
            }
        }
        return row?.at ?? id.claimedAt
    }
}

/// The source of a bundle as its exhibit describes it.
struct PreservedSource: Sendable {
    private let file: JSONValue?
    private let digests: DigestSet?

    init(_ exhibit: JSONValue, _ digests: DigestSet?) { (file, self.digests) = (exhibit["file"], digests) }

    /// Whether an open file is the source. A change of mode or owner moves ctime alone, and then the bytes tell.
    func isThe(_ found: FileStatus, _ open: borrowing Descriptor) throws(SyscallError) -> Bool {
        guard says("device", found.device), says("inode", found.inode) else { return false }
        if says("modified_ns", found.modified), says("changed_ns", found.changed) { return true }
        // The time of its birth, so that another file that got the inode since does not pass for it.
        guard found.born != 0, says("born_ns", found.born), let digests else { return false }
        guard try DigestSet.reading(open) == digests else { return false }
        return try open.status(subject: "upload").hasSameContent(as: found)
    }

    private func says(_ member: String, _ value: some BinaryInteger) -> Bool {
        file?[member]?.stringValue == "\(value)"
    }
}

extension Spool {
    /// The digests of an upload as it lies there now, read once more; `nil` when it is gone.
    func digests(of place: Place) throws(SyscallError) -> DigestSet? {
        guard let file = try openToPreserve(place) else { return nil }
        return try DigestSet.reading(file)
    }
}

extension DigestSet {
    /// The digests of one file, read to its end. Needs no further descriptor.
    static func reading(_ file: borrowing Descriptor) throws(SyscallError) -> DigestSet {
        var digest = RunningDigest()
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: Int64 = 0
        while case let count = try file.read(into: &buffer, at: offset, subject: "upload"), count > 0 {
            digest.update(buffer.span.bytes.extracting(first: count))
            offset += Int64(count)
        }
        return digest.finish()
    }
}
