import Crypto
import GenerationFormat
package import LinuxIO
package import UploadModel

/// Builds a signed generation of all lists and installs it.
package enum GenerationBuilder {
    /// Reads every list, writes `<lists>/<generation>/` and then names it in `<lists>/current`.
    ///
    /// Whatever stops it, and wherever, the generation that was installed before still is and still verifies. What a
    /// build left behind that was killed goes at the start of the next. Afterwards the new generation and the one
    /// before it are there, and no other.
    ///
    /// - Parameters:
    ///   - lists: `<state>/lists`.
    ///   - counter: Above every one in `lists`; by default the highest and one.
    /// - Throws: ``BuildFault``, ``BadLine``, `SyscallError`.
    package static func build(
        sources: [ListSource],
        into lists: borrowing Descriptor,
        signingKey: SigningKey,
        at time: Timestamp,
        counter: UInt64? = nil
    ) throws -> BuildReport {
        let shelf = try GenerationShelf(lists)
        let counter = try shelf.next(counter)
        let read = try ReadLists(sources)

        let entries = read.entries.written()
        let sha256 = UploadModel.Digest(.sha256, Array(SHA256.hash(data: entries)))!
        let name = GenerationName(counter: counter, tag: .random(in: 0...(.max)))
        let manifest = GenerationManifest(
            name: name,
            createdAt: time,
            lists: read.manifestLists(at: time),
            entries: GenerationManifest.FileDigest(byteCount: UInt64(entries.count), sha256: sha256)
        )
        try shelf.install(
            name,
            files: [
                (GenerationFile.entries, entries),
                (GenerationFile.manifest, manifest.bytes),
                (GenerationFile.signature, try signingKey.signature(of: manifest.bytes)),
            ]
        )
        return BuildReport(generation: "\(name)", counter: counter, lists: read.reports)
    }
}
