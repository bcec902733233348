import Testing
import UploadModel

@testable import CyberTip

@Suite struct ReadinessTests {
    /// One change to a complete case.
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let change: @Sendable (inout Dossier) -> Void

        init(_ rule: String, _ change: @escaping @Sendable (inout Dossier) -> Void) {
            self.rule = rule
            self.change = change
        }

        var testDescription: String { rule }
    }

    @Test("a complete case has no finding and lacks nothing")
    func complete() {
        #expect(Dossier.complete.findings == [])
        #expect(Completeness(of: .complete).lacks == [])
        #expect(Completeness(of: .complete).score == 100)
    }

    @Test("there are forty-five rules, and each has a row of both kinds")
    func all() {
        let names = (1...45).map { $0 < 10 ? "RL0\($0)" : "RL\($0)" }
        #expect(Set(ReadinessRule.all.map(\.id)) == Set(names))
        #expect(Set(Self.breaking.map(\.rule)) == Set(names))
        #expect(Set(Self.keeping.map(\.rule)) == Set(names))
    }

    @Test("a rule finds what breaks it", arguments: breaking)
    func breaks(_ row: Row) {
        var dossier = Dossier.complete
        row.change(&dossier)
        #expect(dossier.findings.contains { $0.rule == row.rule }, "\(dossier.findings)")
    }

    @Test("a rule finds nothing in what comes close", arguments: keeping)
    func keeps(_ row: Row) {
        var dossier = Dossier.complete
        row.change(&dossier)
        #expect(!dossier.findings.contains { $0.rule == row.rule }, "\(dossier.findings)")
    }

    @Test("every finding of a rule says where, and none says now")
    func fields() {
        for row in Self.breaking {
            var dossier = Dossier.complete
            row.change(&dossier)
            for finding in dossier.findings where finding.rule == row.rule {
                #expect(
                    finding.field == .environment || finding.field.shape != nil,
                    "\(row.rule) \(finding.field)"
                )
            }
        }
    }

    @Test("findings are counted by severity")
    func counts() {
        let findings = DraftReport(from: source(nil, settings: ReportSettings())).findings
        #expect(findings.counts.values.reduce(0, +) == findings.count)
        #expect(findings.counts[.blocking] == findings.count { $0.severity == .blocking })
    }

    @Test("an honest flag costs no completeness, and an untrue one does")
    func meter() {
        var dossier = Dossier.complete
        dossier.files[0].details.isViewed = true
        #expect(Completeness(of: dossier).score == 86)
        dossier.files[0].decision.isViewed = true
        #expect(Completeness(of: dossier).score == 100)
        let bare = DraftReport(from: source(nil, settings: ReportSettings()))
        #expect(bare.completeness.score == 40)
        #expect(bare.completeness.lacks.first == "identity")
    }
}
