import LinuxIO
package import UploadModel

/// A sealed part of a bundle.
package enum SealedPart: String, CaseIterable, Sendable {
    /// The upload, byte for byte.
    case content
    /// What may point to a person: the path, and the context's bytes; JSON.
    case subject
}

extension Shelf {
    /// Opens a part of a bundle and hands its bytes to `each`, chunk by chunk and none that is not authentic.
    ///
    /// - Throws: ``SealingFault/notForThisIdentity`` when no header of the bundle is for `identity`; another
    ///   ``SealingFault`` when what lies there was changed; `SyscallError`, or what `each` throws.
    func open(
        _ part: SealedPart,
        of bundle: BundleID,
        with identity: AgeIdentity,
        _ each: (RawSpan) throws -> Void
    ) throws {
        try stream(part, of: bundle, with: identity)
            .chunks(of: body(part, of: bundle), subject: "\(bundle)", each)
    }

    /// The whole of a part that is known to be small.
    ///
    /// - Throws: As ``open(_:of:with:_:)``; ``SealingFault/tooLarge(limit:)``.
    func bytes(
        of part: SealedPart,
        in bundle: BundleID,
        with identity: AgeIdentity,
        limit: Int
    ) throws -> [UInt8] {
        try stream(part, of: bundle, with: identity)
            .bytes(of: body(part, of: bundle), limit: limit, subject: "\(bundle)")
    }

    private func body(_ part: SealedPart, of bundle: BundleID) throws(SyscallError) -> Descriptor {
        let name = Array("/data/\(SealedFile.bodyName(part.rawValue))".utf8)
        return try exhibits.open(bundle.path + name, .noFollow, subject: "\(bundle)")
    }

    private func stream(
        _ part: SealedPart,
        of bundle: BundleID,
        with identity: AgeIdentity
    ) throws -> OpeningStream {
        OpeningStream(try headers(of: bundle).fileKey(of: part.rawValue, with: identity))
    }
}

extension Vault {
    /// As ``Shelf/open(_:of:with:_:)``.
    package func open(
        _ part: SealedPart,
        of bundle: BundleID,
        with identity: AgeIdentity,
        _ each: (RawSpan) throws -> Void
    ) throws { try shelf.open(part, of: bundle, with: identity, each) }

    /// As ``Shelf/bytes(of:in:with:limit:)``.
    package func bytes(
        of part: SealedPart,
        in bundle: BundleID,
        with identity: AgeIdentity,
        limit: Int
    ) throws -> [UInt8] { try shelf.bytes(of: part, in: bundle, with: identity, limit: limit) }
}

extension [String: [UInt8]] {
    /// The file key of a body, out of whichever of a bundle's headers is for `identity`.
    ///
    /// - Throws: ``SealingFault/notForThisIdentity`` when none is.
    func fileKey(of name: String, with identity: AgeIdentity) throws(SealingFault) -> FileKey {
        for audience in Audience.allCases {
            guard let bytes = self[SealedFile.headerName(name, audience)] else { continue }
            do {
                return try AgeHeader(reading: bytes).fileKey(with: identity)
            } catch {
                if error != .notForThisIdentity { throw error }
            }
        }
        throw .notForThisIdentity
    }
}
