import JSONText
import UploadModel

// Counts for a transparency report: how many, never what or whose.

extension CaseDesk {
    func figures(_ request: DeskRequest) throws -> DeskAnswer {
        let from = try request.value("from", "a day, 2026-01-31") { Timestamp("\($0)T00:00:00Z") }
        let to = try request.value("to", "a day, 2026-01-31") { Timestamp("\($0)T00:00:00Z") }
        let end = to.adding(days: 1)
        let counts = try book.read { tables in
            var counts = Figures()
            for known in try tables.cases() {
                for row in try tables.rows(of: known.id) where from <= row.at && row.at < end {
                    counts.count(row)
                }
            }
            return counts
        }
        let rows = counts.rows
        return DeskAnswer(
            .object(rows.reduce(into: JSONObject()) { $0[$1.name] = .integer($1.count) }),
            rows.map { "\($0.name)  \($0.count)" }
        )
    }
}

private struct Figures {
    private var counts: [String: Int] = [:]

    private static let names = [
        "cases opened", "cases opened by a person", "exhibits", "exhibits with a match that makes a report",
        "exhibits classified", "exhibits said not_csam", "viewings of a whole file", "escalations",
        "reports approved",
        "reports submitted",
    ]

    var rows: [(name: String, count: Int)] { Self.names.map { ($0, counts[$0] ?? 0) } }

    mutating func count(_ row: ReviewRow) {
        for name in Self.names(of: row.event) { counts[name, default: 0] += 1 }
    }

    private static func names(of event: ReviewEvent) -> [String] {
        switch event {
        case .opened(.match): ["cases opened"]
        case .opened: ["cases opened", "cases opened by a person"]
        case .joined(let exhibit):
            exhibit.warrantsDraft ? ["exhibits", "exhibits with a match that makes a report"] : ["exhibits"]
        case .classified: ["exhibits classified"]
        case .disposed(_, .notCSAM): ["exhibits said not_csam"]
        case .viewed(_, .completed(_, whole: true)): ["viewings of a whole file"]
        case .escalated: ["escalations"]
        case .approved: ["reports approved"]
        case .submitted: ["reports submitted"]
        default: []
        }
    }
}
