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

    let tables: [ServedTable]
    let perceptual: PerceptualSet?
    private let records: [ListRecords?]
    private let numbers: EntryNumbers
    private let placeOfList: [String: Int]

    /// Opens `<lists>/<name>/` and checks what a look-up relies on: signature, manifest, counter, every header and
    /// length, and every byte of the directories. What lies behind them is mapped and not read;
    /// ``checkEveryByte()`` does.
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
        let manifest = try signedManifest(wanted, in: lists, publicKey: publicKey)
        guard wanted.counter >= counter else {
            throw GenerationFault.olderCounter(found: wanted.counter, highest: counter)
        }
        return try Generation(manifest, in: try lists.openIfThere(name, .directory))
    }

    private init(_ manifest: GenerationManifest, in directory: borrowing Descriptor) throws {
        let counts = manifest.lists.map(\.recordCount)
        guard counts.allSatisfy({ $0 <= EntryNumbers.most }), counts.reduce(0, +) <= EntryNumbers.most else {
            throw GenerationFault.damaged(
                file: GenerationFile.manifest,
                because: "more entries than a generation can hold"
            )
        }
        name = "\(manifest.name)"
        counter = manifest.name.counter
        lists = manifest.lists
        numbers = EntryNumbers(counts)
        placeOfList = Dictionary(uniqueKeysWithValues: zip(lists.map(\.name), lists.indices))

        var tables: [ServedTable] = []
        for algorithm in DigestAlgorithm.allCases {
            if let table = try ServedTable(algorithm, of: manifest, in: directory) { tables.append(table) }
        }
        var records: [ListRecords?] = []
        for list in lists.indices { records.append(try ListRecords(list, of: manifest, in: directory)) }
        (self.tables, self.records) = (tables, records)
        needs = DigestAlgorithms(tables.map(\.table.shape.algorithm))
        perceptual = try PerceptualSet(of: manifest, in: directory)
    }

    /// Unmapping what is large takes longer than a lane may stand still, so a thread of its own does it, where
    /// there is one to be had.
    deinit {
        perceptual?.index?.cancel()
        let files = self.files
        guard files.reduce(0, { $0 + $1.byteCount }) > 64 << 20 else { return }
        _ = try? BlockingThread(ifPossible: "lists-unmap") { withExtendedLifetime(files) {} }
    }

    private var files: [MappedFile] {
        tables.flatMap(\.files) + records.compactMap { $0 }.flatMap(\.files) + (perceptual?.files ?? [])
    }

    /// Reads all of it and compares with the manifest.
    ///
    /// - Throws: ``GenerationFault`` for the first file that is not what was signed.
    package func checkEveryByte() throws(GenerationFault) {
        for file in files { try file.checkSHA256() }
    }

    /// Bytes mapped.
    package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }
    package var entryCount: UInt64 { lists.reduce(0) { $0 + $1.entryCount } }

    /// Whether some list holds perceptual hashes.
    package var asksForPictures: Bool { perceptual != nil }

    /// What becomes of perceptual comparisons; all ways give the same answers.
    package enum PictureSearch: Sendable {
        case none, scan, index
        /// The index was found to be damaged.
        case scanForGood
    }

    package var pictureSearch: PictureSearch {
        guard let perceptual else { return .none }
        guard let index = perceptual.index else { return .scan }
        return index.isReady ? .index : index.isDamaged ? .scanForGood : .scan
    }

    /// Lists that were imported longer ago than the settings allow them to be used.
    package func staleLists(at time: Timestamp) -> [String] {
        lists.filter { $0.isStale(at: time) }.map(\.name)
    }

    /// What the settings of the entry's list want, as they were when the generation was built.
    package func actions(of entry: ListEntry) -> ListActions {
        placeOfList[entry.id.list].map { lists[$0].actions } ?? ListActions()
    }
}

// MARK: - Entries

extension Generation {
    func listName(_ number: UInt32) -> String? { numbers.place(number).map { lists[$0.list].name } }

    /// The entry of a number; `nil` for one that is no entry's, which only damage can bring about.
    func entry(_ number: UInt32) -> (place: EntryPlace, record: EntryRecord?)? {
        guard let place = numbers.place(number) else { return nil }
        return (place, records[place.list]?.record(place.ordinal))
    }

    /// An entry that was met by a digest or a hash of its own. Where its record does not confirm that, what was met
    /// counts and the record does not: damage must not make a match go away.
    func listEntry(_ number: UInt32, by digest: Digest? = nil, or hash: SIMD4<UInt64>? = nil) -> ListEntry? {
        guard let (place, found) = entry(number) else { return nil }
        var record = found ?? EntryRecord()
        let confirms = digest.map(record.digests.contains) ?? (record.perceptual == hash)
        if !confirms {
            record = EntryRecord()
            record.digests = digest.map { [$0] } ?? []
            record.perceptual = hash
        }
        let list = lists[place.list]
        return ListEntry(
            id: EntryID(list: list.name, ordinal: place.ordinal),
            listClass: list.listClass,
            digests: record.digests,
            perceptual: record.perceptual,
            size: record.size,
            name: record.name,
            contributor: record.contributor,
            classification: record.classification,
            provenance: Provenance(
                supplier: list.supplier,
                generation: name,
                text: list.provenance,
                synthetic: list.synthetic
            )
        )
    }
}
