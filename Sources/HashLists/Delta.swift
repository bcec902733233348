import GenerationFormat
import LinuxIO
import UploadModel

/// What is asked before the base: all that there is to say of the digests and hashes that its changes touch.
struct Delta: Sendable {
    let segment: Segment
    private let changes: [EntryChanges]
    /// Of entries of the base.
    private let numbers: EntryNumbers
    private let file: MappedFile

    /// `nil` for a whole generation.
    init?(of manifest: GenerationManifest, in folder: borrowing Descriptor) throws {
        guard manifest.base != nil else { return nil }
        file = try MappedFile(GenerationFile.changes, of: manifest, in: folder)
        try file.checkSHA256()
        changes = try file.withBytes { bytes throws(GenerationFault) in
            try EntryChanges.read(bytes, manifest.lists)
        }
        numbers = EntryNumbers(manifest.lists.map { $0.recordCount(in: .base) })
        segment = try Segment(.delta, of: manifest, in: folder)
        // What it says counts instead of the base's word, and it is small: nothing of it serves unread.
        for file in segment.files { try file.checkSHA256() }
    }

    var files: [MappedFile] { segment.files + [file] }

    /// Where an entry stands that the base has under this number; `nil` for one that is withdrawn, and for a number that
    /// is no entry's.
    func place(ofBase number: UInt32) -> EntryPlace? {
        guard let place = numbers.place(number) else { return nil }
        return changes[place.list].ordinal(ofBase: place.ordinal).map {
            EntryPlace(list: place.list, ordinal: $0)
        }
    }

    func record(_ place: EntryPlace, base: Segment) -> EntryRecord? {
        switch changes[place.list].origin(of: place.ordinal) {
        case .base(let ordinal): base.records[place.list]?.record(ordinal)
        case .delta(let ordinal): segment.records[place.list]?.record(ordinal)
        }
    }

    /// Whether it is the delta that says which entries hold this hash.
    func tells(of hash: SIMD4<UInt64>) -> Bool { segment.perceptual?.numbers(of: hash).isEmpty == false }

    /// Whether it is the delta that says which entries hold this digest.
    func tells(of digest: Digest) -> Bool {
        var isThere = false
        let one: InlineArray<1, Digest> = [digest]
        segment.table(digest.algorithm)?.look(for: one.span) { _, _ in isThere = true }
        return isThere
    }
}

extension Segment {
    func table(_ algorithm: DigestAlgorithm) -> ServedTable? {
        tables.first { $0.table.shape.algorithm == algorithm }
    }
}
