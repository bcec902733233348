import CHammingKernels
package import GenerationFormat
package import LinuxIO
package import UploadModel

/// One checked generation of all hash lists, mapped, for as long as somebody holds it.
///
/// Immutable, so that any number of threads look up at once; a newer generation is another value. Its files may be
/// removed meanwhile: the mapping keeps them until the last holder lets go.
package final class Generation: Sendable {
    package let name: String
    package let counter: UInt64
    package let lists: [GenerationList]
    /// Digests that some list holds, and so those that an upload must be compared by.
    package let needs: DigestAlgorithms
    /// Whether some list holds perceptual hashes.
    package let asksForPictures: Bool

    private let table: EntriesTable
    private let mapping: Mapping

    /// Opens `<lists>/<name>/` and checks all of it before anything is looked up: signature, manifest, counter, the
    /// size and SHA-256 of the entries, their order. Reads every byte once.
    ///
    /// - Parameters:
    ///   - lists: `<state>/lists`.
    ///   - publicKey: Ed25519, 32 bytes.
    ///   - counter: The highest that was served before; an older generation is refused.
    /// - Throws: ``GenerationFault`` for what is wrong with it, `SyscallError` for trouble with reading it.
    package static func open(
        _ name: String,
        in lists: borrowing Descriptor,
        publicKey: [UInt8],
        notBelow counter: UInt64
    ) throws -> Generation {
        guard let wanted = GenerationName(name) else { throw GenerationFault.notAGenerationName }
        let directory = try lists.openIfThere(name, .directory)
        let manifest = try directory.signedManifest(publicKey)
        guard manifest.name == wanted else {
            throw GenerationFault.damaged(
                file: GenerationFile.manifest,
                because: "it is another generation's"
            )
        }
        guard wanted.counter >= counter else {
            throw GenerationFault.olderCounter(found: wanted.counter, highest: counter)
        }
        return try Generation(manifest, mapping: try directory.checkedEntries(manifest.entries))
    }

    private init(_ manifest: GenerationManifest, mapping: consuming Mapping) throws(GenerationFault) {
        let table = try mapping.withBytes { bytes throws(GenerationFault) in
            try EntriesTable(bytes, listSizes: manifest.lists.map(\.entryCount))
        }
        name = "\(manifest.name)"
        counter = manifest.name.counter
        lists = manifest.lists
        needs = DigestAlgorithms(DigestAlgorithm.allCases.filter { table.count(of: EntryKind($0)) > 0 })
        asksForPictures = table.count(of: .perceptual) > 0
        self.table = table
        self.mapping = mapping
    }

    package var entryCount: UInt64 { lists.reduce(0) { $0 + $1.entryCount } }

    /// Lists that were imported longer ago than the settings allow them to be used.
    package func staleLists(at time: Timestamp) -> [String] {
        lists.filter { $0.isStale(at: time) }.map(\.name)
    }
}

// MARK: - Looking up

/// An entry whose perceptual hash is similar, with the Hamming distance in bits.
package struct Neighbour: Equatable, Sendable {
    package let entry: ListEntry
    package let distance: Int
}

extension Generation {
    /// Every entry of every list that shares a digest with `digests`; what that is worth is for `Grade` to say.
    package func entries(meeting digests: DigestSet) -> [ListEntry] {
        mapping.withBytes { bytes in
            var found: [ListEntry] = []
            collect(digests.md5, into: &found, from: bytes)
            collect(digests.sha1, into: &found, from: bytes)
            collect(digests.sha256, into: &found, from: bytes)
            return found
        }
    }

    private func collect(_ digest: Digest?, into found: inout [ListEntry], from bytes: RawSpan) {
        guard let digest else { return }
        for record in table.records(of: digest, in: bytes) {
            let place = table.place(of: record, EntryKind(digest.algorithm), in: bytes)
            found.append(entry(at: place, digests: [digest]))
        }
    }

    /// For each hash, in order, every entry within ``PerceptualHash/farthest`` of it.
    ///
    /// One pass over all perceptual entries, whatever the number of hashes.
    package func neighbours(of hashes: [PerceptualHash]) -> [[Neighbour]] {
        // As the file has them: the most significant byte first.
        let wanted = hashes.map { hash in (0..<4).map { hash.bits[$0].bigEndian } }
        return mapping.withBytes { bytes in
            bytes.extracting(table.perceptualBytes).withUnsafeBytes { keys in
                var found = [[Neighbour]](repeating: [], count: hashes.count)
                let listed = keys.bindMemory(to: UInt64.self)
                for record in 0..<table.count(of: .perceptual) {
                    for (index, words) in wanted.enumerated() {
                        let distance = Int(bw_hamming256(words, listed.baseAddress! + 4 * record))
                        guard distance <= PerceptualHash.farthest else { continue }
                        found[index].append(neighbour(record, distance, in: bytes))
                    }
                }
                return found
            }
        }
    }

    private func neighbour(_ record: Int, _ distance: Int, in bytes: RawSpan) -> Neighbour {
        let place = table.place(of: record, .perceptual, in: bytes)
        let perceptual = table.perceptual(of: record, in: bytes)
        return Neighbour(entry: entry(at: place, perceptual: perceptual), distance: distance)
    }

    private func entry(
        at place: EntryPlace,
        digests: [Digest] = [],
        perceptual: SIMD4<UInt64>? = nil
    ) -> ListEntry {
        let list = lists[place.list]
        return ListEntry(
            id: EntryID(list: list.name, ordinal: place.ordinal),
            listClass: list.listClass,
            digests: digests,
            perceptual: perceptual,
            provenance: Provenance(
                supplier: list.supplier,
                generation: name,
                text: list.provenance,
                synthetic: list.synthetic
            )
        )
    }
}
