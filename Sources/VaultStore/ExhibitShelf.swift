package import JSONText
package import LinuxIO
package import UploadModel

/// Exhibits of any node, to be read with one private key: those of the daemon on this machine, or copies from another
/// one. Changes nothing.
package final class ExhibitShelf: Sendable {
    let shelf: Shelf
    private let identity: AgeIdentity

    /// - Parameter path: A state directory, or its `vault` alone: `exhibits` and `keys` beside each other.
    package init(at path: String, with identity: AgeIdentity) throws(SyscallError) {
        // The state's group may pass through the state and not look around in it.
        let root = try Descriptor.open(path, [.directory, .pathOnly])
        let isState = try root.statusIfThere(of: Array("vault".utf8), subject: path)?.kind == .directory
        let vault = try root.open(Array((isState ? "vault" : ".").utf8), .directory, subject: path)
        shelf = try Shelf(reading: vault)
        self.identity = identity
    }

    /// Visits every complete bundle, oldest month first.
    package func bundles(_ visit: (BundleID) throws -> Void) throws { try shelf.bundles(visit) }

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
        let bytes = try opening("subject", of: bundle)
            .bytes(of: try body("subject", of: bundle), limit: JSONLimits.own.bytes, subject: "\(bundle)")
        return try JSONValue(parsing: bytes)
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
        try opening("content", of: bundle)
            .chunks(of: try body("content", of: bundle), subject: "\(bundle)", each)
    }

    private func body(_ name: String, of bundle: BundleID) throws(SyscallError) -> Descriptor {
        let path = Array("/data/\(SealedFile.bodyName(name))".utf8)
        return try shelf.exhibits.open(bundle.path + path, .noFollow, subject: "\(bundle)")
    }

    private func opening(_ name: String, of bundle: BundleID) throws -> OpeningStream {
        OpeningStream(try shelf.headers(of: bundle).fileKey(of: name, with: identity))
    }
}
