import Crypto
import JSONText
package import LinuxIO
package import UploadModel

/// What a custody log says of exhibits, as far as bundles and certificates can be held against it.
package struct LoggedEvidence: Sendable {
    /// SHA-256 of tag manifests, hexadecimal, as they were sealed.
    private var sealed: [BundleID: String] = [:]
    private var destroyed: [BundleID: CustodyEntry] = [:]
    private var shredded: Set<BundleID> = []
    private var shreddings: [BundleID: Set<UploadID>] = [:]

    /// Reads the whole log once. That it is what was signed, `custody verify` says.
    package init(_ log: LogReader) throws {
        try log.bundles { _, entries in
            for bytes in entries { if let entry = try? CustodyEntry(canonical: bytes) { take(entry) } }
            return true
        }
    }

    /// Reads the log of a state's daemon; `nil` where there is none.
    package init?(inState state: borrowing Descriptor) throws {
        let name = Array("custody".utf8)
        guard try state.statusIfThere(of: name, subject: "custody") != nil else { return nil }
        try self.init(LogReader(of: try state.open(name, .directory, subject: "custody")))
    }

    private mutating func take(_ entry: CustodyEntry) {
        guard let bundle = entry.subject.exhibit else { return }
        if let order = entry.shredding { shreddings[bundle, default: []].insert(order) }
        switch entry.kind {
        // One without it says nothing that a bundle could be held against; it hides no entry that does.
        case .exhibitSealed: if let digest = entry.references["tagmanifest"] { sealed[bundle] = digest }
        case .keyShredded: shredded.insert(bundle)
        case .destroyExecuted: destroyed[bundle] = entry
        default: break
        }
    }

    /// Every exhibit that was sealed.
    package var bundles: Set<BundleID> { Set(sealed.keys) }

    func isShredded(_ bundle: BundleID) -> Bool { shredded.contains(bundle) }

    /// The orders to shred its headers that were taken.
    package func shreddings(of bundle: BundleID) -> Set<UploadID> { shreddings[bundle] ?? [] }

    /// - Parameter tagManifest: SHA-256 of the bundle's, hexadecimal.
    fileprivate func faults(of bundle: BundleID, tagManifest: String?) -> [BundleFault] {
        if destroyed[bundle] != nil { return [.destroyed("\(bundle)")] }
        guard let known = sealed[bundle] else { return [.notInLog] }
        return tagManifest == nil || tagManifest == known ? [] : [.sealedOtherwise]
    }

    /// - Parameter certificate: The certificate of destruction, as it lies there.
    fileprivate func faults(of bundle: BundleID, certificate: [UInt8]) -> [BundleFault] {
        guard let entry = destroyed[bundle] else { return [.notInLog] }
        guard entry.references["certificate"] == Hex.text(SHA256.hash(data: certificate)) else {
            return [.certificateDiffers]
        }
        guard let json = try? JSONValue(parsing: certificate),
            let executed = json["executed_at"]?.stringValue.flatMap({ Timestamp($0) }),
            let basis = json["basis"]?.stringValue
        else { return [.certificateDiffers] }
        let since = entry.references["since"].flatMap { Timestamp($0) }
        return Retention.isOver(for: basis, since: since, at: executed) ? [] : [.destroyedTooEarly]
    }
}

extension Vault {
    /// Holds a bundle, or what is left of one, against the daemon's custody log. Needs no key.
    package func faults(of bundle: BundleID, against log: LoggedEvidence) throws -> [BundleFault] {
        let path = Array("certificates/\(bundle).json".utf8)
        if try root.statusIfThere(of: path, subject: "certificates") != nil {
            let certificate = try root.open(path, .noFollow, subject: "certificates")
                .readAll(limit: 1 << 20, subject: "certificates")
            return log.faults(of: bundle, certificate: certificate)
        }
        return log.faults(of: bundle, tagManifest: try tagManifest(of: bundle))
    }

    private func tagManifest(of bundle: BundleID) throws(SyscallError) -> String? {
        let path = bundle.path + Array("/\(BagManifest.Kind.sha256.tagName)".utf8)
        guard try shelf.exhibits.statusIfThere(of: path, subject: "\(bundle)") != nil else { return nil }
        let bytes = try shelf.exhibits.open(path, .noFollow, subject: "\(bundle)")
            .readAll(limit: 1 << 20, subject: "\(bundle)")
        return Hex.text(SHA256.hash(data: bytes))
    }
}
