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

    /// The whole generation whose files this one shares; `nil` for one that is whole itself.
    package let builtUpon: String?

    let base: Segment
    let delta: Delta?
    let numbers: EntryNumbers
    private let placeOfList: [String: Int]

    /// Opens `<lists>/<name>/` and checks what a look-up relies on: signature, manifest, counter, every header and
    /// length, and every byte of the directories. What lies behind them is mapped and not read;
    /// ``checkEveryByte()`` does.
    ///
    /// - Parameters:
    ///   - lists: `<state>/lists`.
    ///   - publicKey: Ed25519, 32 bytes.
    ///   - counter: The highest that was served before; an older generation is refused.
    ///   - former: One whose mappings are taken over where both have the same files.
    /// - Throws: ``GenerationFault`` for what is wrong with it, `SyscallError` for trouble with reading it.
    package static func open(
        _ name: String,
        in lists: borrowing Descriptor,
        publicKey: [UInt8],
        notBelow counter: UInt64,
        sharing former: Generation? = nil
    ) throws -> Generation {
        guard let wanted = GenerationName(name) else { throw GenerationFault.notAGenerationName }
        let manifest = try signedManifest(wanted, in: lists, publicKey: publicKey)
        guard wanted.counter >= counter else {
            throw GenerationFault.olderCounter(found: wanted.counter, highest: counter)
        }
        return try Generation(manifest, in: try lists.openIfThere(name, .directory), former)
    }

    private init(
        _ manifest: GenerationManifest,
        in directory: borrowing Descriptor,
        _ former: Generation?
    ) throws {
        for counts in [manifest.lists.map(\.recordCount), manifest.lists.map { $0.recordCount(in: .base) }] {
            guard counts.allSatisfy({ $0 <= EntryNumbers.most }),
                counts.reduce(0, +) <= EntryNumbers.most
            else {
                throw GenerationFault.damaged(
                    file: GenerationFile.manifest,
                    because: "more entries than a generation can hold"
                )
            }
        }
        name = "\(manifest.name)"
        counter = manifest.name.counter
        lists = manifest.lists
        builtUpon = manifest.base.map { "\($0)" }
        numbers = EntryNumbers(lists.map(\.recordCount))
        placeOfList = Dictionary(uniqueKeysWithValues: zip(lists.map(\.name), lists.indices))

        if let shared = former?.base, try shared.isBase(of: manifest, in: directory) {
            base = shared
        } else {
            base = try Segment(.base, of: manifest, in: directory)
        }
        delta = try Delta(of: manifest, in: directory)
        let tables = base.tables + (delta?.segment.tables ?? [])
        needs = DigestAlgorithms(tables.map(\.table.shape.algorithm))
    }

    private var files: [MappedFile] { base.files + (delta?.files ?? []) }

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
    package var asksForPictures: Bool { base.perceptual != nil || delta?.segment.perceptual != nil }

    /// Entries that a delta puts in and takes out of the generation that it builds upon.
    package var changes: (added: UInt64, withdrawn: UInt64) {
        lists.reduce((0, 0)) { ($0.0 + ($1.base?.added ?? 0), $0.1 + ($1.base?.withdrawn ?? 0)) }
    }

    /// What becomes of perceptual comparisons; all ways give the same answers.
    package enum PictureSearch: Sendable {
        case none, scan, index
        /// The index was found to be damaged.
        case scanForGood
    }

    package var pictureSearch: PictureSearch {
        guard asksForPictures else { return .none }
        guard let index = base.perceptual?.index else { return .scan }
        return index.isReady ? .index : index.isDamaged ? .scanForGood : .scan
    }

    /// Whether all that is read in before it is used has been, or was found to be damaged: filters, and the index of
    /// pictures.
    package var isReadIn: Bool {
        base.tables.allSatisfy(\.isReadIn)
            && (base.perceptual?.index.map { $0.isReady || $0.isDamaged } ?? true)
    }

    /// Whether a filter was found to be damaged: each digest is then looked up in the table itself.
    package var hasDamagedFilter: Bool { base.tables.contains(where: \.hasDamagedFilter) }

    /// Lists that were imported longer ago than the settings allow them to be used.
    package func staleLists(at time: Timestamp) -> [String] {
        lists.filter { $0.isStale(at: time) }.map(\.name)
    }

    /// What the settings of the entry's list want, as they were when the generation was built. What a list wants of its
    /// own entries is not asked for one that was met as another class's, since its record is damaged.
    package func actions(of entry: ListEntry) -> ListActions {
        guard let place = placeOfList[entry.id.list], lists[place].listClass == entry.listClass else {
            return ListActions()
        }
        return lists[place].actions
    }
}

// MARK: - Entries

extension Generation {
    /// Instead of a list's name where the files do not say which it is; no list can have it.
    private static let noList = "?"

    /// Where an entry stands that the base has under this number.
    ///
    /// The delta answers for every value of a withdrawn entry. So where it does not, and the base leads to one that is
    /// withdrawn or to none at all, the file is damaged, and the match stands as one of no list.
    func place(ofBase number: UInt32) -> EntryPlace {
        (delta.map { $0.place(ofBase: number) } ?? numbers.place(number)) ?? numbers.nowhere(number)
    }

    /// Where an entry stands that the delta has under this number; `nil` where it says that no entry holds the value.
    func place(ofDelta number: UInt32) -> EntryPlace? {
        number == EntryNumbers.withdrawn ? nil : numbers.place(number) ?? numbers.nowhere(number)
    }

    private func record(_ place: EntryPlace) -> EntryRecord? {
        guard lists.indices.contains(place.list) else { return nil }
        return if let delta {
            delta.record(place, base: base)
        } else {
            base.records[place.list]?.record(place.ordinal)
        }
    }

    /// An entry that was met by a digest or a hash of its own. Where its record does not confirm that, what was met
    /// counts and the record does not: damage must not make a match go away. Nor may it lead to a list that releases,
    /// so an entry that is not confirmed is of the strictest class.
    func listEntry(_ place: EntryPlace, by digest: Digest? = nil, or hash: SIMD4<UInt64>? = nil) -> ListEntry
    {
        var record = record(place) ?? EntryRecord()
        let confirms = digest.map(record.digests.contains) ?? (record.perceptual == hash)
        if !confirms {
            record = EntryRecord()
            record.digests = digest.map { [$0] } ?? []
            record.perceptual = hash
        }
        let list = lists.indices.contains(place.list) ? lists[place.list] : nil
        return ListEntry(
            id: EntryID(list: list?.name ?? Self.noList, ordinal: place.ordinal),
            listClass: list.flatMap { confirms ? $0.listClass : nil } ?? .csam,
            digests: record.digests,
            perceptual: record.perceptual,
            size: record.size,
            name: record.name,
            contributor: record.contributor,
            classification: record.classification,
            provenance: Provenance(
                supplier: list?.supplier ?? "",
                generation: name,
                text: list?.provenance ?? "the generation's files are damaged and do not say which list",
                synthetic: list?.synthetic ?? lists.allSatisfy(\.synthetic)
            )
        )
    }
}
