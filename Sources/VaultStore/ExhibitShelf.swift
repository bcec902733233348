import Digests
package import JSONText
package import LinuxIO
package import UploadModel

/// Exhibits of any node, to be read with one private key: those of the daemon on this machine, or copies from another
/// one. Changes nothing.
package final class ExhibitShelf: Sendable {
    let shelf: Shelf
    private let identity: AgeIdentity
    /// From the path that was given to the vault: empty where it is the vault.
    private let way: String

    /// - Parameter path: A state directory, or its `vault` alone: `exhibits` and `keys` beside each other.
    package init(at path: String, with identity: AgeIdentity) throws(SyscallError) {
        // The state's group may pass through the state and not look around in it.
        let root = try Descriptor.open(path, [.directory, .pathOnly])
        let isState = try root.statusIfThere(of: Array("vault".utf8), subject: path)?.kind == .directory
        let vault = try root.open(Array((isState ? "vault" : ".").utf8), .directory, subject: path)
        shelf = try Shelf(reading: vault)
        way = isState ? "vault/" : ""
        self.identity = identity
    }

    /// Visits every complete bundle, oldest month first.
    package func bundles(_ visit: (BundleID) throws -> Void) throws { try shelf.bundles(visit) }

    /// Reads the whole bundle from the disk and compares it with its manifests, as ``Vault/verify(_:)`` does, and looks
    /// whether its headers are there and open both bodies for this key.
    ///
    /// - Returns: All that is wrong with the bundle; nothing when it is sound.
    /// - Throws: ``SealingFault/notForThisIdentity`` among others when it is sound and not for this key; `SyscallError`.
    package func faults(of bundle: BundleID) throws -> [BundleFault] {
        let faults = try shelf.faults(of: bundle) + shelf.headerFaults(of: bundle)
        guard faults.isEmpty else { return faults }
        let headers = try shelf.headers(of: bundle)
        for part in SealedPart.allCases { _ = try headers.fileKey(of: part.rawValue, with: identity) }
        return []
    }

    /// Whoever else than `users` could change a bundle while it is read, or its headers.
    ///
    /// - Returns: A path, from the one that the shelf was opened by, that others may write to; `nil` when there is none.
    package func openToOthers(than users: Set<UInt32>) throws(SyscallError) -> String? {
        if try !shelf.root.status(subject: "vault").isClosed(toOthersThan: users) { return "\(way)." }
        if let found = try shelf.exhibits.openToOthers(than: users, at: "\(way)exhibits") { return found }
        return try shelf.keys.openToOthers(than: users, at: "\(way)keys")
    }

    /// SHA-256 of `tagmanifest-sha512.txt`, from which all else in a bundle hangs, hexadecimal.
    package func manifestSHA256(of bundle: BundleID) throws(SyscallError) -> String {
        DigestSet(of: try shelf.manifest(of: bundle), .init(.sha256)).sha256?.hex ?? ""
    }

    /// `data/exhibit.json`, which is not sealed; not verified.
    package func record(of bundle: BundleID) throws -> JSONValue {
        let file = try shelf.exhibits.open(
            bundle.path + Array("/data/exhibit.json".utf8),
            subject: "\(bundle)"
        )
        return try JSONValue(parsing: try file.readAll(limit: JSONLimits.own.bytes, subject: "\(bundle)"))
    }

    /// What may point to a person: the path and the context.
    ///
    /// - Throws: ``SealingFault``, `SyscallError`.
    package func subject(of bundle: BundleID) throws -> JSONValue {
        try JSONValue(
            parsing: shelf.bytes(of: .subject, in: bundle, with: identity, limit: JSONLimits.own.bytes)
        )
    }

    /// The extended attributes as the subject record has them, RFC 8785; `nil` where there were none. The technical
    /// record holds the SHA-256 of these bytes.
    package func attributes(of bundle: BundleID) throws -> [UInt8]? {
        let list = try subject(of: bundle)["extended_attributes"] ?? .array([])
        return list.arrayValue?.isEmpty == false ? list.canonical : nil
    }

    /// The upload itself, chunk by chunk and none that is not authentic.
    ///
    /// - Throws: ``SealingFault``, `SyscallError`, or what `each` throws: what was given out is not all of it.
    package func content(of bundle: BundleID, _ each: (RawSpan) throws -> Void) throws {
        try shelf.open(.content, of: bundle, with: identity, each)
    }
}

extension Descriptor {
    /// The first of this directory and all below it that other users than these could write to.
    fileprivate func openToOthers(than users: Set<UInt32>, at path: String) throws(SyscallError) -> String? {
        if try !status(subject: path).isClosed(toOthersThan: users) { return path }
        var entries = try DirectoryEntries(of: self, subject: path)
        while let entry = try entries.next() {
            let below = "\(path)/\(String(decoding: entry.name, as: UTF8.self))"
            if try kind(of: entry) == .directory {
                let directory = try open(entry.name, .directory, subject: path)
                if let found = try directory.openToOthers(than: users, at: below) { return found }
            } else if let found = try statusIfThere(of: entry.name, subject: path), found.kind == .regular,
                !found.isClosed(toOthersThan: users)
            {
                return below
            }
        }
        return nil
    }
}
