import Crypto
import Digests
import JSONText
package import LinuxIO
import UploadModel

/// The digests of one file of a bundle.
package struct FileDigests: Equatable, Sendable {
    /// Those that hash lists know; at least SHA-256.
    let listed: DigestSet
    /// Hexadecimal.
    let sha512: String

    init(of bytes: [UInt8]) {
        var running = Running(.init(.sha256))
        running.update(bytes.span.bytes)
        self = running.finish()
    }

    /// Digests a file as it is on the disk: what the page cache holds of it is dropped first.
    package init(rereading file: borrowing Descriptor, subject: String) throws(SyscallError) {
        file.dropCache()
        file.willReadInOrder()
        var running = Running(.init(.sha256))
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: Int64 = 0
        while case let count = try file.read(into: &buffer, at: offset, subject: subject), count > 0 {
            running.update(buffer.span.bytes.extracting(first: count))
            offset += Int64(count)
        }
        self = running.finish()
    }

    private init(listed: DigestSet, sha512: String) {
        self.listed = listed
        self.sha512 = sha512
    }

    /// As a manifest of this kind writes it.
    subscript(kind: BagManifest.Kind) -> String {
        switch kind {
        case .sha256: listed.sha256?.hex ?? ""
        case .sha512: sha512
        }
    }

    var json: JSONValue {
        var object = listed.json.objectValue ?? [:]
        object["sha512"] = .string(sha512)
        return .object(object)
    }

    /// Digests on their way.
    struct Running: ~Copyable {
        private var listed: RunningDigest
        private var sha512 = SHA512()

        init(_ algorithms: DigestAlgorithms) { listed = RunningDigest(algorithms) }

        mutating func update(_ bytes: RawSpan) {
            listed.update(bytes)
            bytes.withUnsafeBytes { sha512.update(bufferPointer: $0) }
        }

        consuming func finish() -> FileDigests {
            let sha512 = Hex.text(sha512.finalize())
            return FileDigests(listed: listed.finish(), sha512: sha512)
        }
    }
}
