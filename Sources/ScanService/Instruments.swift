import Exposition
import Intake
import UploadModel

/// The figures that the loops keep, asked for once; docs/metrics.md says what each means.
struct Instruments: Sendable {
    private let registry: MetricsRegistry
    let digestBytes: CounterCell
    let released, withdrawn, matched, held: CounterCell
    let uploadSeconds, custodySeconds: HistogramCell
    let bundles, bundleFailures, drafts, vanished: CounterCell

    init(_ registry: MetricsRegistry, spool: String) {
        self.registry = registry
        let label = [("spool", spool)]
        func counter(_ name: MetricNames, _ more: [(String, String)] = []) -> CounterCell {
            registry.counter(name.rawValue, labels: label + more)
        }
        digestBytes = counter(.digestBytes)
        released = counter(.uploads, [("verdict", "released")])
        withdrawn = counter(.uploads, [("verdict", "withdrawn")])
        matched = counter(.uploads, [("verdict", "match")])
        held = counter(.uploads, [("verdict", "held")])
        uploadSeconds = registry.histogram(MetricNames.uploadSeconds.rawValue, labels: label)
        custodySeconds = registry.histogram(MetricNames.custodySeconds.rawValue, labels: label)
        bundles = counter(.bundles)
        bundleFailures = counter(.bundleFailures)
        drafts = counter(.drafts)
        vanished = counter(.vanished)
        self.spool = spool
        prime()
    }

    private let spool: String

    /// Every series is there from the start, at zero: a rate needs a first value.
    private func prime() {
        for obstacle in Obstacle.allCases { held(obstacle).add(0) }
        for reason in SweepReason.allCases {
            sweeps(reason).add(0)
            sweepFound(reason).add(0)
        }
        for reason in LeftReason.allCases { left(reason).set(0) }
        for posture in SettlePosture.allCases { settlePosture(posture).set(0) }
        _ = (hints, overflows, retries)
    }

    private func counter(_ name: MetricNames, _ key: String, _ value: String) -> CounterCell {
        registry.counter(name.rawValue, labels: [("spool", spool), (key, value)])
    }

    private func gauge(_ name: MetricNames, _ key: String, _ value: String) -> GaugeCell {
        registry.gauge(name.rawValue, labels: [("spool", spool), (key, value)])
    }

    func held(_ reason: Obstacle) -> CounterCell { counter(.heldReasons, "reason", reason.rawValue) }
    func sweeps(_ reason: SweepReason) -> CounterCell { counter(.sweeps, "reason", reason.rawValue) }
    func sweepFound(_ reason: SweepReason) -> CounterCell { counter(.sweepFound, "reason", reason.rawValue) }
    func left(_ reason: LeftReason) -> GaugeCell { gauge(.leftBehind, "reason", reason.rawValue) }
    func settlePosture(_ posture: SettlePosture) -> GaugeCell { gauge(.settlePosture, "posture", posture.rawValue) }

    func settled(by posture: SettlePosture) {
        for other in SettlePosture.allCases { settlePosture(other).set(other == posture ? 1 : 0) }
    }

    var hints: CounterCell { registry.counter(MetricNames.hints.rawValue, labels: [("spool", spool)]) }
    var overflows: CounterCell { registry.counter(MetricNames.hintOverflows.rawValue, labels: [("spool", spool)]) }
    var retries: CounterCell { registry.counter(MetricNames.retries.rawValue, labels: [("spool", spool)]) }
    var sweepSeconds: GaugeCell { registry.gauge(MetricNames.sweepSeconds.rawValue, labels: [("spool", spool)]) }
    var watches: GaugeCell { registry.gauge(MetricNames.watches.rawValue, labels: [("spool", spool)]) }
    var isUp: GaugeCell { registry.gauge(MetricNames.spoolUp.rawValue, labels: [("spool", spool)]) }
}

extension Instruments {
    /// The families that the daemon's registry declares, in the order that docs/metrics.md lists them.
    static var families: [MetricFamily] {
        MetricNames.allCases.map { name in
            MetricFamily(name: name.rawValue, kind: kind(name), help: name.help, labels: name.labels)
        }
    }

    private static func kind(_ name: MetricNames) -> MetricFamily.Kind {
        switch name.kind {
        case .counter: .counter
        case .gauge: .gauge
        case .seconds: .histogram(buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1_800])
        }
    }
}
