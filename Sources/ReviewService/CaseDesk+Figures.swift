import JSONText
import UploadModel

// Counts for a transparency report: how many, never what or whose.

extension CaseDesk {
    func figures(_ request: DeskRequest) throws -> DeskAnswer {
        let from = try request.value("from", "a day, 2026-01-31") { Timestamp("\($0)T00:00:00Z") }
        let to = try request.value("to", "a day, 2026-01-31") { Timestamp("\($0)T00:00:00Z") }
        guard from <= to else { throw DeskRefused.unusable("\"from\" lies after \"to\"") }
        let end = to.adding(days: 1)
        let figures = try book.read { tables in
            var figures = ReviewFigures(from: from, until: end)
            for known in try tables.cases() { try figures.count(try tables.rows(of: known.id)) }
            return figures
        }
        let counts = ReviewFigures.Figure.allCases.map { ($0.rawValue, figures[$0]) }
        return DeskAnswer(
            .object(counts.reduce(into: JSONObject()) { $0[$1.0] = .integer($1.1) }),
            counts.map { "\($0.0)  \($0.1)" }
        )
    }
}
