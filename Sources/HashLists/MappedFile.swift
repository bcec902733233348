import Crypto
import GenerationFormat
import LinuxIO
import UploadModel

/// A file of a generation, mapped, of the length that the signed manifest promises.
final class MappedFile: Sendable {
    let name: String
    private let mapping: Mapping
    private let promised: GenerationManifest.File
    private let status: FileStatus

    /// - Throws: ``GenerationFault`` where it is missing, no regular file, or of another length.
    init(_ name: String, of manifest: GenerationManifest, in directory: borrowing Descriptor) throws {
        guard let promised = manifest.file(name) else {
            throw GenerationFault.damaged(file: GenerationFile.manifest, because: "names no \(name)")
        }
        let file = try directory.regularFile(name)
        let status = try file.status(subject: name)
        let mapping = try Mapping.of(file, subject: name)
        let found = UInt64(mapping.byteCount)
        guard found >= promised.byteCount else {
            throw GenerationFault.cutShort(file: name, found: found, needed: promised.byteCount)
        }
        guard found == promised.byteCount else {
            throw GenerationFault.damaged(file: name, because: "longer than its manifest says")
        }
        self.name = name
        self.mapping = mapping
        self.promised = promised
        self.status = status
    }

    /// Whether it is the very file that another generation promises under this name: a second link to it.
    func isSame(asIn manifest: GenerationManifest, _ directory: borrowing Descriptor) throws -> Bool {
        guard manifest.file(name) == promised else { return false }
        return try directory.regularFile(name).status(subject: name).isSameFile(as: status)
    }

    var byteCount: Int { mapping.byteCount }

    @inline(__always)
    func withBytes<Result, Failure>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
        try mapping.withBytes(body)
    }

    func willReadAtRandom() { mapping.willReadAtRandom() }

    func populate(while goOn: () -> Bool = { true }) { mapping.populate(while: goOn) }

    /// What its first page says.
    func header() throws(GenerationFault) -> FileHeader {
        try mapping.withBytes { bytes throws(GenerationFault) in try FileHeader(of: bytes, named: name) }
    }

    func checkHeader(_ header: FileHeader) throws(GenerationFault) {
        try mapping.withBytes { bytes throws(GenerationFault) in try header.check(bytes, named: name) }
    }

    /// Reads every byte.
    func checkSHA256() throws(GenerationFault) {
        let found = mapping.withBytes { bytes in
            var digester = SHA256()
            bytes.withUnsafeBytes { digester.update(bufferPointer: $0) }
            return UploadModel.Digest(.sha256, Array(digester.finalize()))
        }
        guard found == promised.sha256 else {
            throw .damaged(file: name, because: "its SHA-256 is not the manifest's")
        }
    }
}
