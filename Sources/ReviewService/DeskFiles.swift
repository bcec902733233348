import Digests
import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// What the desk keeps below its root beside its book: `drafts/`, `attachments/`, `receipts/` and `lookups/`, all of it
/// sealed to the custodians and to the desk itself, and opened again before it counts.
final class DeskFiles: Sendable {
    private let attachments, receipts, lookups: SealedFolder
    private let drafts: Descriptor
    private let settings: EvidenceSettings
    private let state: String
    private let identity: AgeIdentity

    private static let content = "content"
    private static let record = "record"
    private static let receipt = "receipt"
    private static let answer = "answer"

    init(in root: borrowing Descriptor, _ settings: EvidenceSettings, state: String, _ identity: AgeIdentity)
        throws
    {
        attachments = try root.sealedFolder("attachments")
        receipts = try root.sealedFolder("receipts")
        lookups = try root.sealedFolder("lookups")
        drafts = try root.ensureDirectory(Array("drafts".utf8), mode: 0o700, subject: "drafts")
        (self.settings, self.state, self.identity) = (settings, state, identity)
    }

    /// Asked at every sealing, since a key may have been retired meanwhile.
    private func audiences() throws -> Audiences {
        let retired: Set<String>
        do { retired = try SealingKeys.retired(inState: state) } catch {
            throw RetiredKeysUnknown(state: state, error)
        }
        return try SealingKeys.audiences(ofDesk: identity, settings, without: retired)
    }

    // MARK: - Attachments, receipts, answers

    /// Context files under the ids that their rows will have, their names in a sealed record beside the content.
    func keep(_ files: [NamedFile], as named: [Attachment]) throws {
        for (file, attachment) in zip(files, named) {
            let record: JSONValue = ["name": .string(file.name), "digests": attachment.digests.json]
            let bodies = [Self.content: file.bytes, Self.record: record.canonical]
            try attachments.place("\(attachment.id)", bodies, for: audiences())
        }
    }

    /// - Throws: ``DeskFileChanged`` when it is not what was attached.
    func content(of attachment: Attachment) throws -> [UInt8] {
        let bytes = try open(Self.content, of: "\(attachment.id)", in: attachments)
        guard DigestSet(of: bytes) == attachment.digests else {
            throw DeskFileChanged(what: "attachment \(attachment.id)")
        }
        return bytes
    }

    /// - Throws: ``DamagedSeal`` where it would not open; it is not what was attached, or its headers are gone.
    func handOver(_ attachment: UploadID, to recipient: AgeRecipient, into directory: borrowing Descriptor)
        throws
    {
        try attachments.handOver("\(attachment)", to: recipient, into: directory, with: identity)
    }

    /// - Parameter digest: SHA-256 of the receipt, its name.
    func keep(receipt bytes: [UInt8], as digest: String) throws {
        try receipts.place(digest, [Self.receipt: bytes], for: audiences())
    }

    /// - Parameter digest: That the row has of it.
    func receipt(_ digest: String) throws -> [UInt8] {
        let bytes = try open(Self.receipt, of: digest, in: receipts)
        guard DigestSet(of: bytes).sha256?.hex == digest else {
            throw DeskFileChanged(what: "receipt \(digest)")
        }
        return bytes
    }

    func keep(answer bytes: [UInt8], as id: UploadID) throws {
        try lookups.place("\(id)", [Self.answer: bytes], for: audiences())
    }

    /// Takes an answer away that no row names.
    func remove(answer id: UploadID) throws { try lookups.remove("\(id)") }

    /// - Parameter sha256: That the row has of it.
    func answer(_ id: UploadID, sha256: String) throws -> [UInt8] {
        let bytes = try open(Self.answer, of: "\(id)", in: lookups)
        guard DigestSet(of: bytes).sha256?.hex == sha256 else { throw DeskFileChanged(what: "answer \(id)") }
        return bytes
    }

    private func open(_ body: String, of name: String, in folder: SealedFolder) throws -> [UInt8] {
        do {
            return try folder.bytes(body, of: name, with: identity, limit: SealedDraft.largest)
        } catch is SealingFault {
            throw DeskFileChanged(what: "\(body) \(name)")
        }
    }

    // MARK: - Drafts

    /// A draft of this name that somebody changed is replaced; one that is whole is left as it is.
    ///
    /// - Parameter opening: States that the one that lies there is about to be opened; it is not where this throws.
    func keep(_ documents: [NamedFile], asDraft draft: String, of id: CaseID, opening: () throws -> Void)
        throws
    {
        let folder = try drafts.sealedFolder("\(id)")
        if try folder.has(draft) {
            try opening()
            if (try? self.documents(of: draft, id).draftDigest) != draft { try folder.remove(draft) }
        }
        let texts = documents.map { DraftFile(name: $0.name, bytes: $0.bytes) }
        try folder.place(draft, [SealedDraft.name: SealedDraft.bytes(of: texts, draft)], for: audiences())
    }

    /// The documents of a draft, by name, to the byte as they were written.
    func documents(of draft: String, _ id: CaseID) throws -> [NamedFile] {
        let folder = try drafts.sealedFolder("\(id)")
        let bytes = try open(SealedDraft.name, of: draft, in: folder)
        return try SealedDraft.files(in: bytes).map { NamedFile(name: $0.name, bytes: $0.bytes) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

extension Descriptor {
    fileprivate func sealedFolder(_ name: String) throws -> SealedFolder {
        let directory = try ensureDirectory(Array(name.utf8), mode: 0o700, subject: name)
        return try SealedFolder(directory, subject: name)
    }
}

extension [NamedFile] {
    /// Names a draft by all its documents: SHA-256, hexadecimal, of the lines that `sha256sum *` prints in the directory
    /// that they are exported to, in the C locale.
    var draftDigest: String {
        let inOrder = sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let lines = inOrder.map { "\(DigestSet(of: $0.bytes).sha256?.hex ?? "")  \($0.name)\n" }
        return DigestSet(of: [UInt8](lines.joined().utf8)).sha256?.hex ?? ""
    }
}

/// A file of the desk's own that is not what its row says.
struct DeskFileChanged: WayOut, Equatable {
    let what: String

    var description: String { "\(what) is not what its row states, or does not open" }
    var hint: String { "compare the desk's directory with a backup" }
    var exitCode: ExitCode { .guaranteeBroken }
}

/// The desk cannot tell which keys were taken away, and seals nothing until it can: to a key that its custodian lost it
/// would be sealed for whoever found it.
struct RetiredKeysUnknown: WayOut, Equatable {
    let state: String
    let error: SyscallError

    init(state: String, _ error: SyscallError) { (self.state, self.error) = (state, error) }

    var description: String {
        "\(state)/vault/retired, the keys that were taken away, cannot be read: \(error)"
    }
    var hint: String {
        error.isForbidden
            ? "nothing was kept; make the desk's user a member of the group of \(state), and restart breakwater-review"
            : "nothing was kept; check the disk of \(state)"
    }
    var exitCode: ExitCode { .failed }
}
