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
    /// - Throws: ``BuildExtent/Reason`` where no delta can be built upon it, `SyscallError`.
    init(upon installed: GenerationManifest, in folder: borrowing Descriptor, for sources: [ListSource])
        throws
    {
        guard installed.lists.map(\.name) == sources.map(\.name) else { throw BuildExtent.Reason.otherLists }
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
    func forEachEntry(of list: Int, _ body: (ImportedEntry) throws -> Void) rethrows {
        try lists[list].forEachRecord { record in
            guard let record = EntryRecord(record.span.bytes, at: 0) else { return }
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
        let touched = self.touched()
        if let reason = whyWhole(touched) { throw reason }

        let more = touched.moreDuplicates(lists: lists.count)
        let described = lists.indices.map { place in
            let (base, list) = (self.base(of: place), lists[place])
            let entries = Int(base.entryCount) + list.added.count - list.withdrawn.count - more[place]
            return describe(place, UInt64(entries), list.count, base)
        }
        var files = installed.files.filter { GenerationFile.isOfBase($0.name) }
        for file in files {
            let bytes = Array(file.name.utf8)
            try folder.link(bytes, to: workspace, bytes, subject: file.name)
        }
        files += try DeltaWriter(lists, in: workspace).write(touched)
        return GenerationManifest(
            name: name,
            createdAt: time,
            base: installed.base ?? installed.name,
            lists: described,
            files: files
        )
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

    private func touched() -> TouchedValues {
        var touched = TouchedValues()
        let changes = lists.map(\.changes)
        for (place, list) in lists.enumerated() {
            for added in list.added { touched.touch(added.record.span.bytes, at: 0) }
            var rest = list.withdrawn[...]
            guard !rest.isEmpty else { continue }
            bases[place]?.walk { ordinal, bytes, range in
                guard rest.first.map(UInt64.init) == ordinal else { return }
                rest.removeFirst()
                touched.touch(bytes, at: range.lowerBound)
            }
        }
        for (place, list) in lists.enumerated() {
            bases[place]?.walk { ordinal, bytes, range in
                touched.hold(bytes, range, list: place, before: ordinal) {
                    changes[place].ordinal(ofBase: ordinal) ?? 0
                }
            }
            for added in list.added {
                let bytes = added.record.span.bytes
                touched.hold(bytes, 0..<bytes.byteCount, list: place, before: 0) { UInt64(added.ordinal) }
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
