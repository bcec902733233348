package import LinuxIO
package import UploadModel

/// Reads one configured list, whatever its format, to entries that may match.
package struct ListReading {
    private let source: ListSource
    private let hazards: Hazards
    private let latest: LatestEntries?
    /// How the list counts time.
    private var scale: ChangeTime.Scale?
    private var dating: ListDating
    private var pages = PagesSeen()
    private var report: BuildReport.ListReport

    /// Reads `source` to its end.
    ///
    /// Memory does not grow with the list: a few pieces of 256 KiB, one line or entry (64 KiB; 1 MiB for JSON), and for
    /// lists that change 64 MiB of a store in `workspace`.
    ///
    /// - Parameters:
    ///   - workspace: A directory of ours for lists that hold an entry more than once; without one their entries lie in
    ///     SQLite's place for temporary files. Nothing is left there.
    ///   - time: Now. The list's age counts from the latest time before it that the list or its files state.
    ///   - progress: Bytes read and in all, packed as the files are; in all 0 where that is not known.
    ///   - keep: Called for each entry that may match, in the order of the files, or of the keys for lists that change.
    ///     Answers `false` where it had all values of the entry before.
    /// - Throws: ``ListFault`` for a list that is not as its format says, after which nothing of it may be used;
    ///   ``WorkspaceFault``, `SyscallError`, or what `keep` throws.
    package static func read(
        _ source: ListSource,
        workspace: borrowing Descriptor?,
        at time: Timestamp = Timestamp(nanoseconds: Clocks.realtime),
        progress: (_ bytesRead: UInt64, _ total: UInt64) -> Void = { _, _ in },
        _ keep: (ImportedEntry) throws -> Bool
    ) throws -> BuildReport.ListReport {
        if source.format == .ncmec, !source.takesExploitative, namesExploitativeFeed(source.origin) {
            throw ListFault(file: source.file, place: .whole, reason: .exploitativeFeed)
        }
        let files = try ListFiles(source.file)
        let latest = source.changes ? try LatestEntries(workspace: workspace) : nil
        var reading = ListReading(source, latest, time)
        if let modified = files.modified { reading.dating.note(modified: modified) }
        try withoutActuallyEscaping(progress) { progress in
            var done: UInt64 = 0
            try reading.read(
                files,
                {
                    done += UInt64($0)
                    progress(done, files.byteCount)
                },
                keep
            )
        }
        try reading.finish(keep)
        return reading.report
    }

    /// The same for what a file may hold, in pieces of a size; for tests.
    package static func read(
        _ bytes: [UInt8],
        as source: ListSource,
        at time: Timestamp = Timestamp(nanoseconds: .max),
        pieceByteCount: Int = ByteSource.pieceByteCount,
        _ keep: (ImportedEntry) throws -> Bool
    ) throws -> BuildReport.ListReport {
        var reading = ListReading(source, source.changes ? try LatestEntries(workspace: nil) : nil, time)
        let file = ByteSource(
            bytes,
            inPiecesOf: pieceByteCount,
            name: source.file,
            isText: source.format != .ncmec
        )
        try reading.read(file, keep)
        try reading.finish(keep)
        return reading.report
    }

    private init(_ source: ListSource, _ latest: LatestEntries?, _ time: Timestamp) {
        self.source = source
        self.latest = latest
        dating = ListDating(until: time)
        hazards = Hazards(allowsSmall: source.allowSmall)
        report = BuildReport.ListReport(name: source.name)
    }

    private mutating func read(
        _ files: ListFiles,
        _ progress: @escaping (Int) -> Void,
        _ keep: (ImportedEntry) throws -> Bool
    ) throws {
        for path in files.paths {
            let bytes = ByteSource(
                try ListFiles.open(path),
                name: path,
                isText: source.format != .ncmec,
                progress: progress
            )
            try read(bytes, keep)
        }
        if source.format == .ncmec { try pages.check(source.file) }
    }

    /// Reads one file by its format.
    private mutating func read(_ bytes: ByteSource, _ keep: (ImportedEntry) throws -> Bool) throws {
        let mapping = source.mapping
        switch source.format {
        case .digests: try read(bytes, DigestLine(), keep)
        case .hashdeep: try read(bytes, HashdeepLine(), keep)
        case .csv: try read(bytes, DelimitedRow<CSV>(mapping), keep)
        case .tsv: try read(bytes, DelimitedRow<TSV>(mapping), keep)
        case .ndjson: try read(bytes, EntryLine(), keep)
        case .pdq: try read(bytes, PDQLine(), keep)
        case .threatexchange: try read(bytes, SignalLine(), keep)
        case .json:
            try JSONEntries(mapping).read(bytes) { record, place in
                try take(record, bytes.name, place, keep)
            }
        case .ncmec: try readPage(bytes, keep)
        }
    }

    private mutating func read(
        _ bytes: ByteSource,
        _ format: some LineFormat,
        _ keep: (ImportedEntry) throws -> Bool
    ) throws {
        var format = format
        try format.read(bytes) { record, place in try take(record, bytes.name, place, keep) }
        dating.note(stated: format.updated)
    }

    private mutating func readPage(_ bytes: ByteSource, _ keep: (ImportedEntry) throws -> Bool) throws {
        let page = XMLEvents(HashSharingPage(takesExploitative: source.takesExploitative), bytes)
        try page.read { page in
            for (record, line) in page.records { try take(record, bytes.name, .line(line), keep) }
            for name in page.unknown { report.note(unknown: name) }
            for time in page.stated { dating.note(stated: time) }
            page.records.removeAll(keepingCapacity: true)
            page.unknown.removeAll(keepingCapacity: true)
            page.stated.removeAll()
        }
        pages.note(page.listener.next, in: bytes.name)
    }

    // MARK: - Entries

    private mutating func take(
        _ record: ListRecord,
        _ file: String,
        _ place: ListFault.Place,
        _ keep: (ImportedEntry) throws -> Bool
    ) throws {
        report.read += 1
        var entry = record.entry
        var reasons = record.rejected
        if !record.isWithdrawn { reasons += hazards.screen(&entry, quality: record.quality) }
        if !record.isWithdrawn, entry.isEmpty, reasons.isEmpty, record.unmatchable.isEmpty {
            reasons = [.nothing]
        }
        for reason in reasons { report.reject(reason, file, place) }
        if let status = record.status { report.note(status: status) }
        dating.note(stated: record.changed)
        for type in record.unmatchable { report.note(unmatchable: type) }
        let state: LatestEntries.State =
            if record.isWithdrawn { .withdrawn } else if !entry.isEmpty {
                .standing
            } else if record.unmatchable
                .isEmpty
            { .rejected } else { .elsewhere }

        guard let latest else { return try count(state, entry, keep) }
        if let found = record.changed?.scale {
            guard scale == nil || scale == found else {
                throw ListFault(file: file, place: place, reason: .mixedTimes)
            }
            scale = found
        }
        try latest.note(state, entry.line, key: source.key(of: record), changed: record.changed?.value)
    }

    /// Counts what an entry came to, once no other state of it can follow.
    private mutating func count(
        _ state: LatestEntries.State,
        _ entry: @autoclosure () throws -> ImportedEntry?,
        _ keep: (ImportedEntry) throws -> Bool
    ) throws {
        switch state {
        case .withdrawn: report.withdrawn += 1
        case .rejected: break
        case .elsewhere: report.unmatchableEntries += 1
        case .standing:
            guard let entry = try entry() else { break }
            if try keep(entry) { report.kept += 1 } else { report.duplicates += 1 }
        }
    }

    /// Hands out what lies in the store.
    private mutating func finish(_ keep: (ImportedEntry) throws -> Bool) throws {
        report.dated = dating.date
        guard let latest else { return }
        var distinct: UInt64 = 0
        var lines = EntryLine()
        try latest.each { state, line in
            distinct += 1
            try count(state, try lines.record(in: line.text)?.entry, keep)
        }
        report.superseded = report.read - distinct
    }
}

/// Whether an address is one of the feeds that are exploitative and not known to be illegal.
func namesExploitativeFeed(_ address: String) -> Bool { address.lowercased().contains("exploitative") }

extension ListSource {
    /// Whether the list may hold an entry more than once, the latest state of which counts.
    fileprivate var changes: Bool {
        format == .ncmec || mapping.fields[.timestamp] != nil || mapping.fields[.status] != nil
    }

    /// What an exploitative feed holds is no reason for a report, and it must suppress nothing either.
    fileprivate var takesExploitative: Bool { listClass != .csam && listClass != .benign }

    /// Who contributed it and its id; without an id the values themselves, as in StopNCII's records.
    fileprivate func key(of record: ListRecord) -> [UInt8] {
        if !record.key.isEmpty { return record.key }
        if !record.entry.name.isEmpty {
            return Array(record.entry.contributor.utf8) + [0] + Array(record.entry.name.utf8)
        }
        return record.entry.valuesLine
    }
}
