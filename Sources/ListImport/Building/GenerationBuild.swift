package import GenerationFormat
package import LinuxIO
package import UploadModel

/// One generation while it is built: entries in, in any order of lists, files out.
///
/// Entries go to disk as they come, and so do their digests, parted by their first bytes; each part is then sorted in
/// memory. What is in memory does not grow with the lists.
package struct GenerationBuild: ~Copyable {
    private let lists: [ListSource]
    private let workspace: Descriptor
    private let memory: Int
    private let indexFrom: Int
    private let resident: UInt64
    private var records: [RecordsWriter?]
    private var spills: [Spill?]
    private var total: UInt64 = 0
    /// `nil` for a whole build.
    private var draft: DeltaDraft?
    private(set) var whyWhole = BuildExtent.Reason.asked

    /// Of one list, with the same digest or hash: the others are left out, since every upload that has it would meet them
    /// all.
    package static let mostAlike = 256
    /// Lists that an entry's place can name.
    private static let mostLists = 1 << 16

    /// - Parameters:
    ///   - workspace: An empty directory on the file system of `<state>/lists`; the generation's files are written into
    ///     it under their own names.
    ///   - memory: Bytes that sorting may take.
    ///   - indexFrom: Perceptual hashes from which on an index is worth its size.
    ///   - resident: Bytes of digests that stay in memory where the lists are served; where there are more, each table
    ///     gets a filter.
    package init(
        lists: [ListSource],
        workspace: borrowing Descriptor,
        memory: Int = 1 << 30,
        indexFrom: Int = 10_000,
        resident: UInt64 = .max
    ) throws {
        guard !lists.isEmpty else { throw BuildFault.noLists }
        guard lists.count <= Self.mostLists else { throw BuildFault.tooManyEntries }
        for (place, list) in lists.enumerated()
        where lists[..<place].contains(where: { $0.name == list.name }) {
            throw BuildFault.repeatedName(list.name)
        }
        let workspace = try workspace.duplicate()
        self.lists = lists
        self.workspace = workspace
        self.memory = memory
        self.indexFrom = indexFrom
        self.resident = resident
        records = Array(repeating: nil, count: lists.count)
        spills = Array(repeating: nil, count: EntryKind.allCases.count)
    }

    /// Compares what comes in with what is installed, for a delta if that is enough.
    mutating func build(upon draft: DeltaDraft) { self.draft = draft }

    /// Says why this is a whole build from the beginning.
    mutating func build(wholeSince reason: BuildExtent.Reason) { whyWhole = reason }

    /// Writes all that came so far.
    private mutating func goOn(wholeSince reason: BuildExtent.Reason, with draft: DeltaDraft) throws {
        (self.draft, whyWhole) = (nil, reason)
        for list in lists.indices {
            try draft.forEachEntry(of: list) { entry in _ = try write(entry, list: list) }
        }
    }

    /// The workspace again, for what a reader must put down meanwhile.
    func scratch() throws -> Descriptor { try workspace.duplicate() }

    /// Takes one entry of the list in this place. It must hold a digest or a perceptual hash.
    ///
    /// - Returns: False where it is the same as the list's entry before it, and so is not taken. Those that stand
    ///   elsewhere in the list are found when all are sorted, and left out then.
    @discardableResult
    package mutating func add(_ entry: ImportedEntry, list: Int) throws -> Bool {
        guard entry.md5 != nil || entry.sha1 != nil || entry.sha256 != nil || entry.perceptual != nil else {
            throw BuildFault.nothingToCompare(lists[list].name)
        }
        if let draft {
            let isNew = draft.add(entry, list: list)
            if let reason = draft.whyWhole { try goOn(wholeSince: reason, with: draft) }
            return isNew
        }
        return try write(entry, list: list)
    }

    private mutating func write(_ entry: ImportedEntry, list: Int) throws -> Bool {
        guard let ordinal = try writer(of: list).add(entry) else { return false }
        total += 1
        guard total <= EntryNumbers.most else { throw BuildFault.tooManyEntries }
        let place = UInt64(list) << 48 | ordinal
        if let md5 = entry.md5 { try spill(.md5).add(md5.words, place: place) }
        if let sha1 = entry.sha1 { try spill(.sha1).add(sha1.words, place: place) }
        if let sha256 = entry.sha256 { try spill(.sha256).add(sha256.words, place: place) }
        if let perceptual = entry.perceptual { try spill(.perceptual).add(perceptual, place: place) }
        return true
    }

    private mutating func writer(of list: Int) throws -> RecordsWriter {
        if let writer = records[list] { return writer }
        let writer = try RecordsWriter(list, in: workspace)
        records[list] = writer
        return writer
    }

    private mutating func spill(_ kind: EntryKind) throws -> Spill {
        if let spill = spills[kind.rawValue] { return spill }
        let spill = try Spill(keyByteCount: kind.keyByteCount, in: workspace)
        spills[kind.rawValue] = spill
        return spill
    }

    /// Sorts all that came in and writes the other files, each fsynced. Manifest and signature are left to the shelf.
    ///
    /// - Parameters:
    ///   - reports: What reading each list came to, in the order of the lists.
    ///   - crowded: Told of each value that is left out.
    ///   - extent: Told how much is written, and why.
    package consuming func finish(
        as name: GenerationName,
        at time: Timestamp,
        reports: [BuildReport.ListReport]? = nil,
        crowded: @escaping (Crowded) -> Void = { _ in },
        extent: (BuildExtent) -> Void = { _ in }
    ) throws -> GenerationManifest {
        if let draft {
            do {
                let manifest = try draft.finish(as: name, at: time, in: workspace) {
                    manifestList($0, time, reports?[$0], entries: $1, records: $2, $3)
                }
                extent(BuildExtent(manifest))
                return manifest
            } catch let reason as BuildExtent.Reason {
                try goOn(wholeSince: reason, with: draft)
            }
        }
        extent(.whole(whyWhole))
        var files: [GenerationManifest.File] = []
        for writer in records { if let writer { files += try writer.finish() } }
        let alike = try Alike(records, workspace, crowded)
        let isLarge = digestBytes > resident
        for kind in EntryKind.allCases {
            guard let spill = spills[kind.rawValue] else { continue }
            spills[kind.rawValue] = nil
            files += try table(of: kind, spill, alike, filtered: isLarge)
        }
        return GenerationManifest(
            name: name,
            createdAt: time,
            lists: lists.indices.map { place in
                let writer = records[place]
                let count = writer?.count ?? 0
                let entries = count - (writer?.duplicates ?? 0) - (writer?.leftOut ?? 0)
                return manifestList(
                    place,
                    time,
                    reports?[place],
                    entries: entries,
                    records: count,
                    crowded: writer?.crowded ?? 0
                )
            },
            files: files
        )
    }

    private var digestBytes: UInt64 {
        EntryKind.allCases.filter { $0.algorithm != nil }.reduce(0) { sum, kind in
            sum + (spills[kind.rawValue]?.count ?? 0) * UInt64(kind.keyByteCount)
        }
    }

    private func table(of kind: EntryKind, _ spill: Spill, _ alike: Alike, filtered: Bool) throws
        -> [GenerationManifest.File]
    {
        guard let algorithm = kind.algorithm else { return try pictures(spill, alike) }
        var writer = try DigestTableWriter(algorithm, count: spill.count, filtered: filtered, in: workspace)
        try alike.forEachOnce(kind, spill, memory) { try writer.add($0, number: $1) }
        return try writer.finish()
    }

    private func pictures(_ spill: Spill, _ alike: Alike) throws -> [GenerationManifest.File] {
        var writer = try PlanesWriter(in: workspace)
        try alike.forEachOnce(.perceptual, spill, memory) { try writer.add($0, number: $1) }
        let files = try writer.finish()
        guard writer.count >= indexFrom else { return files }
        return files + (try ChunkIndexWriter(count: writer.count, in: workspace).write(memory: memory))
    }

    private func manifestList(
        _ place: Int,
        _ time: Timestamp,
        _ report: BuildReport.ListReport?,
        entries: UInt64,
        records: UInt64,
        _ base: ListBase? = nil,
        crowded: UInt64 = 0
    ) -> GenerationList {
        let source = lists[place]
        return GenerationList(
            name: source.name,
            listClass: source.listClass,
            supplier: source.supplier,
            provenance: source.provenance,
            synthetic: source.synthetic,
            actions: source.actions,
            entryCount: entries,
            recordCount: records,
            elsewhere: report?.unmatchableEntries ?? 0,
            importedAt: time,
            dated: report?.dated,
            maximumAge: source.maximumAge,
            base: base,
            crowded: crowded
        )
    }
}
