import CyberTip
import JSONText
import UploadModel
import VaultStore

/// What a bundle says of its upload, read for the desk.
struct ShelvedExhibit: Sendable {
    let bundle: BundleID
    let spool: String
    let path: SpoolPath
    let claimedAt: Timestamp
    let listedAt: Timestamp
    /// Of the bytes as they are preserved.
    let digests: DigestSet
    let matches: [Match]
    let environment: Environment
    let program: String
    let context: [UInt8]?
    /// SHA-256 of the manifest that all of the bundle hangs from, hexadecimal.
    let manifest: String

    /// Opens what is sealed of it, but not its content; say so in the custody log before.
    ///
    /// - Throws: What the shelf or JSON says, ``TextFault`` for a record that lacks something or is another bundle's.
    init(_ bundle: BundleID, on shelf: ExhibitShelf) throws {
        let record = try shelf.record(of: bundle)
        let subject = try shelf.subject(of: bundle)
        for record in [record, subject] where record["exhibit"]?.stringValue != "\(bundle)" {
            throw TextFault(member: "exhibit")
        }
        self.bundle = bundle
        manifest = try shelf.manifestSHA256(of: bundle)
        spool = try record.parsed("spool") { $0 }
        path = try (subject["path"] ?? .null).parsed("base64") { Base64.bytes($0).flatMap { SpoolPath($0) } }
        claimedAt = try record.time("claimed_at_ns")
        listedAt = try record.time("listed_at_ns")
        digests = try DigestSet(record["digests"]?["preserved"] ?? .null)
        matches = try record.matches
        environment = try record.parsed("environment", Environment.init(rawValue:))
        program = try record.parsed("program") { $0 }
        let said = subject["context"] ?? .null
        context = said == .null ? nil : try said.parsed("base64") { Base64.bytes($0) }
    }

    /// What it met, which is not sealed: nothing is opened.
    static func matches(of bundle: BundleID, on shelf: ExhibitShelf) throws -> [Match] {
        try shelf.record(of: bundle).matches
    }

    func source(_ report: ReportSettings) -> DraftSource {
        DraftSource(
            upload: bundle.upload,
            bundle: bundle,
            spool: spool,
            path: path,
            claimedAt: claimedAt,
            listedAt: listedAt,
            digests: digests,
            matches: matches,
            context: context,
            report: report,
            environment: environment,
            program: program
        )
    }
}

extension JSONValue {
    fileprivate var matches: [Match] {
        get throws(TextFault) { try list("matches") { value throws(TextFault) in try Match(value) } }
    }

    fileprivate func time(_ member: String) throws(TextFault) -> Timestamp {
        Timestamp(nanoseconds: try parsed(member) { Int64($0) })
    }
}
