import Digests
import JSONText
import LinuxIO
import UploadModel

/// A body on the disk, sealed, with its file key still in memory: what is needed to prove that it opens.
struct SealedFile: ~Copyable {
    let body: SealedBody
    private let wrapped: WrappedKey
    /// Size and SHA-256 of what went in.
    private let plain: DigestSet

    static func bodyName(_ name: String) -> String { "\(name).age.body" }
    static func headerName(_ name: String, _ audience: Audience) -> String {
        "\(name).\(audience.rawValue).age.hdr"
    }

    /// Writes `NAME.age.body` into `directory`, 0440, and fsyncs it.
    ///
    /// - Parameter fill: Gives the stream the plaintext and answers its digests, SHA-256 among them.
    init(
        _ name: String,
        in directory: borrowing Descriptor,
        for audiences: Audiences,
        by sealer: Sealer,
        subject: String,
        fill: (inout SealingStream) throws -> DigestSet
    ) throws {
        let wrapped = try WrappedKey(FileKey(), of: name, for: audiences, by: sealer)
        let flags: OpenFlags = [.write, .create, .exclusive]
        let file = try directory.open(Array(Self.bodyName(name).utf8), flags, mode: 0o600, subject: subject)
        var stream = try SealingStream(wrapped.key, to: file, subject: subject, by: sealer)
        let plain = try fill(&stream)
        let body = try stream.finish()
        try file.setMode(VaultModes.file, subject: subject)
        try file.sync(subject: subject)
        try file.close()
        (self.plain, self.body) = (plain, body)
        self.wrapped = wrapped
    }

    /// The same for bytes in memory.
    init(
        _ name: String,
        _ bytes: [UInt8],
        in directory: borrowing Descriptor,
        for audiences: Audiences,
        by sealer: Sealer,
        subject: String
    ) throws {
        try self.init(name, in: directory, for: audiences, by: sealer, subject: subject) { stream in
            try stream.update(bytes.span.bytes)
            return DigestSet(of: bytes, .init(.sha256))
        }
    }

    /// The headers, by the name of their file.
    var headerFiles: [(name: String, bytes: [UInt8])] { wrapped.headerFiles }

    /// Opens the body as it is on the disk, past the page cache, and compares what comes out with what went in.
    ///
    /// - Returns: The fault; none when the body is proven to open to the same bytes.
    func faultOfBody(in directory: borrowing Descriptor, subject: String) throws -> BundleFault? {
        let path = Self.bodyName(wrapped.name)
        let file = try directory.open(Array(path.utf8), [.noFollow, .nonBlocking], subject: subject)
        file.dropCache()
        file.willReadInOrder()
        var running = RunningDigest(.init(.sha256))
        do {
            try OpeningStream.chunks(of: file, with: wrapped.key, subject: subject) { running.update($0) }
        } catch is SealingFault {
            return .doesNotOpen(path)
        }
        let found = running.finish()
        let isSame = found.byteCount == plain.byteCount && found.sha256 == plain.sha256
        return isSame ? nil : .doesNotOpen(path)
    }

    /// Compares each header as it is on the disk with those it was to be for.
    func faultOfHeaders(in directory: borrowing Descriptor, subject: String) throws -> BundleFault? {
        try wrapped.faultOfHeaders(in: directory, subject: subject)
    }

    /// What a technical record says of it.
    var record: JSONValue {
        [
            "scheme": "age-v1", "chunk_bytes": .integer(ChunkCipher.chunk),
            "body_bytes": .integer(body.byteCount), "body_sha256": .string(body.sha256),
            "body_sha512": .string(body.sha512),
        ]
    }
}
