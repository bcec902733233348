import Exposition
import LinuxIO
import Synchronization
import UploadModel

/// The desk's figures, in a file for the collector of text files that scrapes this machine: how many cases wait, for how
/// long, and what their drafts lack. Counts alone; docs/review.md is the contract.
struct DeskMetrics: Equatable {
    var stages: [Review.Stage: Int] = [:]
    /// Of the cases that a person still has to do something about.
    var alarms: [CaseAlarm: Int] = [:]
    /// Since the first match of the case that has waited longest; 0 where none waits.
    var oldestSeconds: Int64 = 0
    /// Of waiting cases: whether their newest draft still says what the case says.
    var drafts: [Draft: Int] = [:]
    /// Findings of waiting cases' current drafts. A case without one is in ``drafts`` alone: making its report would open
    /// sealed context, which needs somebody who asks.
    var blocking = 0
    var warnings = 0
    var advice = 0
    /// As ``CaseDesk/noteExpiries()`` last counted them.
    var retention = RetentionFigures()

    mutating func count(_ known: BookedCase, at now: Timestamp) {
        stages[known.stage, default: 0] += 1
        guard known.waits else { return }
        alarms[known.alarm(at: now), default: 0] += 1
        oldestSeconds = max(oldestSeconds, (now.nanoseconds - known.first.nanoseconds) / 1_000_000_000)
    }

    enum Draft: String, CaseIterable { case missing, outdated, current }

    /// - Parameter review: Of a case that waits.
    mutating func count(_ review: Review) {
        drafts[review.draft == nil ? .missing : review.isDraftCurrent ? .current : .outdated, default: 0] += 1
        guard let draft = review.draft, review.isDraftCurrent else { return }
        blocking += draft.blocking
        warnings += draft.warnings
        advice += draft.advice
    }

    var text: String {
        TextExposition.text(of: families + retention.readings)
    }

    private var families: [FamilyReading] {
        [
            Self.gauge(
                "breakwater_desk_cases",
                "Cases at the desk, by stage.",
                "stage",
                Review.Stage.allCases.map { ($0.rawValue, stages[$0] ?? 0) }
            ),
            Self.gauge(
                "breakwater_desk_alarms",
                "Cases that wait for a person, by alarm: 4 h, 24 h, urgent or none.",
                "alarm",
                CaseAlarm.allCases.map { ($0.rawValue, alarms[$0] ?? 0) }
            ),
            Self.gauge(
                "breakwater_desk_drafts",
                "Cases that wait for a person, by their newest draft: missing, outdated or current.",
                "draft",
                Draft.allCases.map { ($0.rawValue, drafts[$0] ?? 0) }
            ),
            Self.gauge(
                "breakwater_desk_findings",
                "What the current drafts of waiting cases lack, by severity.",
                "severity",
                [("blocking", blocking), ("warning", warnings), ("advice", advice)]
            ),
            FamilyReading(
                family: MetricFamily(
                    name: "breakwater_desk_oldest_seconds",
                    kind: .gauge,
                    help: "Time since the first match of the case that has waited longest."
                ),
                series: [SeriesReading(labelValues: [], value: .whole(oldestSeconds))]
            ),
        ]
    }

    static func gauge(_ name: String, _ help: String, _ label: String, _ values: [(String, Int)])
        -> FamilyReading
    {
        FamilyReading(
            family: MetricFamily(name: name, kind: .gauge, help: help, labels: [label]),
            series: values.map { SeriesReading(labelValues: [$0.0], value: .whole(Int64($0.1))) }
        )
    }
}

extension CaseDesk {
    /// A scraper's usual pause.
    static let metricsPause: Int64 = 15_000_000_000

    func metrics() throws -> DeskMetrics {
        let now = now
        var metrics = DeskMetrics()
        metrics.retention = retentionFigures.withLock { $0 }
        for known in try book.read({ try $0.cases() }) {
            metrics.count(known, at: now)
            if known.waits { metrics.count(try review(of: known.id)) }
        }
        return metrics
    }

    /// Replaces the file that `desk.metrics` names; does nothing where it names none.
    func writeMetrics() throws {
        let path = configuration.settings.desk.metrics
        guard !path.isEmpty, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
        let place = slash == path.startIndex ? "/" : String(path[..<slash])
        try Descriptor.directory(place).writeDurably(
            Array(try metrics().text.utf8),
            as: Array(path.utf8[path.utf8.index(after: slash)...]),
            mode: 0o644,
            subject: path
        )
    }
}

extension BookedCase {
    /// For a person to do something about it.
    fileprivate var waits: Bool { stage != .submitted && stage != .closed }
}
