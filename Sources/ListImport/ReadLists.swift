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
        var seen = SeenValues()
        var ordinal: UInt64 = 0
        let report = try ListReading.read(source, workspace: nil) { entry in
            let new = seen.newValues(of: entry)
            if new.isEmpty { return false }
            ordinal += 1
            for value in new { entries.add(value, at: EntryPlace(list: place, ordinal: ordinal)) }
            return true
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
    fileprivate mutating func add(_ value: SeenValues.Value, at place: EntryPlace) {
        switch value {
        case .digest(let digest): add(digest, at: place)
        case .perceptual(let bits): add(perceptual: bits, at: place)
        }
    }
}
