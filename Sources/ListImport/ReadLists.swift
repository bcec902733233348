import GenerationFormat
import UploadModel

/// The sources, read: their entries, and what there is to say of each.
struct ReadLists {
    private(set) var entries = EntriesWriter()
    private(set) var reports: [BuildReport.ListReport] = []
    private let sources: [ListSource]

    init(_ sources: [ListSource]) throws {
        guard !sources.isEmpty else { throw BuildFault.noLists }
        self.sources = sources
        for (place, source) in sources.enumerated() { try read(source, at: place) }
    }

    private mutating func read(_ source: ListSource, at place: Int) throws {
        guard !reports.contains(where: { $0.name == source.name }) else {
            throw BuildFault.repeatedName(source.name)
        }
        var report = BuildReport.ListReport(name: source.name)
        var kept: Set<ListedValue> = []
        report.read = try PlainListReader.read(source.file, as: source.format) { value in
            if let reason = BuildReport.Rejection(of: value) {
                report.rejected[reason, default: 0] += 1
            } else if kept.insert(value).inserted {
                report.kept += 1
                entries.add(value, at: EntryPlace(list: place, ordinal: report.kept))
            } else {
                report.duplicates += 1
            }
        }
        guard report.kept > 0 || source.synthetic else { throw BuildFault.emptyList(source.name) }
        reports.append(report)
    }

    func manifestLists(at time: Timestamp) -> [GenerationList] {
        zip(sources, reports).map { source, report in
            GenerationList(
                name: source.name,
                listClass: source.listClass,
                supplier: source.supplier,
                provenance: source.provenance,
                synthetic: source.synthetic,
                entryCount: report.kept,
                importedAt: time,
                maximumAge: source.maximumAge
            )
        }
    }
}

extension EntriesWriter {
    fileprivate mutating func add(_ value: ListedValue, at place: EntryPlace) {
        switch value {
        case .digest(let digest): add(digest, at: place)
        case .perceptual(let bits): add(perceptual: bits, at: place)
        }
    }
}

extension BuildReport.Rejection {
    fileprivate init?(of value: ListedValue) {
        switch value {
        case .digest(let digest):
            guard Self.ofEmptyFile.contains(digest) else { return nil }
            self = .emptyFile
        case .perceptual(let bits):
            if PerceptualHash.isBalanced(bits) { return nil }
            self = .unbalanced
        }
    }

    /// Of no bytes: RFC 1321, appendix A.5; FIPS 180-4 for the others.
    private static let ofEmptyFile: Set<Digest> = Set(
        [
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ].compactMap { Digest(hex: $0.utf8) }
    )
}
