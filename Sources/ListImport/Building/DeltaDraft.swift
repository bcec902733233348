import GenerationFormat
import LinuxIO
import UploadModel

/// A build that so far differs little from the generation that is installed.
///
/// Every entry is compared with the base's as it comes in. Where they come to differ by more than a delta may, all that
/// came so far is handed out again, from the base and from what is kept here, and the build goes on as a whole one.
final class DeltaDraft {
    private let installed: GenerationManifest
    private let folder: Descriptor
    private let bases: [BaseRecords?]
    private let lists: [ListAlignment]
    private let most: Int
    private var changeCount = 0
    private var record: [UInt8] = []

    /// Of the base's records one in so many may be added or withdrawn.
    private static let share: UInt64 = 50
    /// What is added and withdrawn is in memory until it is written.
    private static let mostChanges: UInt64 = 1_000_000

    /// - Parameters:
    ///   - installed: Verified, every byte; itself a delta or not.
    ///   - folder: Its directory.
    ///   - resident: As for ``GenerationBuild``.
    /// - Throws: ``BuildExtent/Reason`` where no delta can be built upon it, `SyscallError`.
    init(
        upon installed: GenerationManifest,
        in folder: borrowing Descriptor,
        for sources: [ListSource],
        resident: UInt64 = .max
    ) throws {
        guard installed.lists.map(\.name) == sources.map(\.name) else { throw BuildExtent.Reason.otherLists }
        // A delta could not say what was left out of its base, and would report it as duplicates.
        guard installed.lists.allSatisfy({ $0.crowded == 0 }) else { throw BuildExtent.Reason.baseCrowded }
        guard installed.hasFilters(for: resident) else { throw BuildExtent.Reason.otherFilters }
        var bases: [BaseRecords?] = []
        for (place, list) in installed.lists.enumerated() {
            let count = list.recordCount(in: .base)
            bases.append(count > 0 ? try BaseRecords(place, count: count, in: folder) : nil)
        }
        self.folder = try folder.duplicate()
        self.installed = installed
        self.bases = bases
        lists = bases.map(ListAlignment.init)
        let records = installed.lists.reduce(0) { $0 + $1.recordCount(in: .base) }
        most = Int(min(Self.mostChanges, records / Self.share))
    }

    /// Takes one entry.
    ///
    /// - Returns: As ``GenerationBuild/add(_:list:)``.
    func add(_ entry: ImportedEntry, list: Int) -> Bool {
        record.removeAll(keepingCapacity: true)
        entry.appendRecord(to: &record)
        let before = lists[list].changeCount
        defer { changeCount += lists[list].changeCount - before }
        return lists[list].take(record)
    }

    /// Why it can be a delta no more; `nil` while it can.
    var whyWhole: BuildExtent.Reason? { changeCount > most ? .tooManyChanges(most: UInt64(most)) : nil }

    /// Hands out all that came of a list, in order.
    func forEachEntry(of list: Int, _ body: (ImportedEntry) throws -> Void) throws {
        try lists[list].forEachRecord { record in
            guard let record = EntryRecord(record.span.bytes, at: 0) else {
                throw GenerationFault.damaged(
                    file: GenerationFile.records(list),
                    because: "an entry cannot be read"
                )
            }
            try body(ImportedEntry(record))
        }
    }

    // MARK: - All came in

    /// Writes the delta's files and links the base's into `workspace`.
    ///
    /// - Parameter describe: Makes what the manifest says of a list of its counts.
    /// - Throws: ``BuildExtent/Reason`` before anything is written, if it must be a whole build after all.
    func finish(
        as name: GenerationName,
        at time: Timestamp,
        in workspace: borrowing Descriptor,
        _ describe: (_ list: Int, _ entries: UInt64, _ records: UInt64, ListBase) -> GenerationList
    ) throws -> GenerationManifest {
        let areWhole = lists.map { $0.finish() }
        guard !areWhole.contains(false) else { throw BuildExtent.Reason.unusable("an entry cannot be read") }
        changeCount = lists.reduce(0) { $0 + $1.changeCount }
        if let reason = whyWhole { throw reason }
        guard lists.reduce(0, { $0 + $1.count }) <= EntryNumbers.most else { throw BuildFault.tooManyEntries }
        let touched = try self.touched()
        if let reason = whyWhole(touched) { throw reason }

        let more = touched.moreDuplicates(lists: lists.count)
        let described = lists.indices.map { place in
            let (base, list) = (self.base(of: place), lists[place])
            let entries = Int(base.entryCount) + list.added.count - list.withdrawn.count - more[place]
            return describe(place, UInt64(entries), list.count, base)
        }
        var files = installed.files.filter { GenerationFile.isOfBase($0.name) }
        try link(files, into: workspace)
        files += try DeltaWriter(lists, in: workspace).write(touched)
        return GenerationManifest(
            name: name,
            createdAt: time,
            base: installed.base ?? installed.name,
            lists: described,
            files: files
        )
    }

    /// Not every file system and not every owner of the files allows a second name; what came of it goes again then.
    private func link(_ files: [GenerationManifest.File], into workspace: borrowing Descriptor) throws {
        for (place, file) in files.enumerated() {
            let bytes = Array(file.name.utf8)
            do throws(SyscallError) {
                try folder.link(bytes, to: workspace, bytes, subject: file.name)
            } catch {
                for file in files[..<place] {
                    try workspace.unlink(Array(file.name.utf8), subject: file.name)
                }
                throw BuildExtent.Reason.cannotLink("\(error)")
            }
        }
    }

    private func base(of place: Int) -> ListBase {
        let list = installed.lists[place]
        return ListBase(
            recordCount: list.recordCount(in: .base),
            entryCount: list.base?.entryCount ?? list.entryCount,
            withdrawn: UInt64(lists[place].withdrawn.count),
            added: UInt64(lists[place].added.count)
        )
    }

    private func touched() throws -> TouchedValues {
        var touched = TouchedValues(lists: lists.count)
        let changes = lists.map(\.changes)
        for (place, list) in lists.enumerated() {
            for added in list.added { touched.touch(added.record.span.bytes, at: 0) }
            var rest = list.withdrawn[...]
            guard !rest.isEmpty else { continue }
            try bases[place]?.walk { ordinal, bytes, range in
                guard rest.first.map(UInt64.init) == ordinal else { return }
                rest.removeFirst()
                touched.touch(bytes, at: range.lowerBound)
            }
        }
        for (place, list) in lists.enumerated() {
            try bases[place]?.walk { ordinal, bytes, range in
                try touched.hold(bytes, range, list: place, before: ordinal) {
                    changes[place].ordinal(ofBase: ordinal) ?? 0
                }
            }
            for added in list.added {
                let bytes = added.record.span.bytes
                try touched.hold(bytes, 0..<bytes.byteCount, list: place, before: 0) { UInt64(added.ordinal) }
            }
        }
        return touched
    }

    private func whyWhole(_ touched: TouchedValues) -> BuildExtent.Reason? {
        if touched.areCrowded { return .crowded }
        let isGone = EntryKind.allCases.contains { kind in
            installed.file(GenerationFile.places(kind)) != nil
                && touched.kinds & (1 << UInt8(kind.rawValue)) == 0
        }
        return isGone ? .kindGone : nil
    }
}

extension GenerationManifest {
    /// Whether the base has the filters that a build with this setting would give it. How many digests a build had before
    /// it left out those that are there twice is not known; where that decides, what is there stays.
    fileprivate func hasFilters(for resident: UInt64) -> Bool {
        let kinds = EntryKind.allCases.filter {
            $0.algorithm != nil && file(GenerationFile.places($0)) != nil
        }
        let records = lists.reduce(0) { $0 + $1.recordCount(in: .base) }
        if kinds.contains(where: { file(GenerationFile.filter($0)) != nil }) {
            return kinds.reduce(0) { $0 + records * UInt64($1.keyByteCount) } > resident
        }
        return kinds.reduce(0) { $0 + digestCount($1) * UInt64($1.keyByteCount) } <= resident
    }

    private func digestCount(_ kind: EntryKind) -> UInt64 {
        let bytes = file(GenerationFile.places(kind))?.byteCount ?? 0
        return (max(bytes, UInt64(FileHeader.byteCount)) - UInt64(FileHeader.byteCount)) / 4
    }
}
