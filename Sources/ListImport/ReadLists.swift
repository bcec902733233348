import LinuxIO
import UploadModel

/// Reads every configured list into a build.
enum ReadLists {
    static func read(
        _ sources: [ListSource],
        into build: inout GenerationBuild,
        at time: Timestamp,
        progress: (_ list: String, _ bytesRead: UInt64, _ total: UInt64) -> Void
    ) throws -> [BuildReport.ListReport] {
        let scratch: Descriptor? = try build.scratch()
        var reports: [BuildReport.ListReport] = []
        for (place, source) in sources.enumerated() {
            func show(_ bytesRead: UInt64, _ total: UInt64) { progress(source.name, bytesRead, total) }
            let report = try ListReading.read(source, workspace: scratch, at: time, progress: show) { entry in
                try build.add(entry, list: place)
            }
            guard !report.isEmpty || source.synthetic else { throw BuildFault.emptyList(source.name) }
            reports.append(report)
        }
        return reports
    }
}
