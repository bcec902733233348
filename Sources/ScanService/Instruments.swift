import Exposition
import Intake
import UploadModel

/// One spool's figures, asked for once; docs/metrics.md says what each means.
final class Instruments: Sendable {
    let digestBytes, retries, hints, overflows, vanished: CounterCell
    let released, withdrawn, matched, held: CounterCell
    let bundles, bundleFailures, drafts: CounterCell
    let uploadSeconds, custodySeconds: HistogramCell
    let sweepSeconds, watches, isUp: GaugeCell

    private let heldReasons: [Obstacle: CounterCell]
    private let sweeps, sweepFound: [SweepReason: CounterCell]
    private let leftBehind: [LeftReason: GaugeCell]
    private let postures: [(posture: SettlePosture, cell: GaugeCell)]

    /// Every series is there from the start, counters at zero: a rate needs a first value.
    init(_ registry: MetricsRegistry, spool: String) {
        func counter(_ name: MetricNames, _ key: String? = nil, _ value: String = "") -> CounterCell {
            registry.counter(name.rawValue, labels: [("spool", spool)] + (key.map { [($0, value)] } ?? []))
        }
        func gauge(_ name: MetricNames, _ key: String? = nil, _ value: String = "") -> GaugeCell {
            let cell = registry.gauge(
                name.rawValue,
                labels: [("spool", spool)] + (key.map { [($0, value)] } ?? [])
            )
            cell.set(0)
            return cell
        }
        func histogram(_ name: MetricNames) -> HistogramCell {
            registry.histogram(name.rawValue, labels: [("spool", spool)])
        }
        func each<Value: CaseIterable & Hashable, Cell>(_ make: (Value) -> Cell) -> [Value: Cell] {
            Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0, make($0)) })
        }
        digestBytes = counter(.digestBytes)
        retries = counter(.retries)
        hints = counter(.hints)
        overflows = counter(.hintOverflows)
        vanished = counter(.vanished)
        released = counter(.uploads, "verdict", "released")
        withdrawn = counter(.uploads, "verdict", "withdrawn")
        matched = counter(.uploads, "verdict", "match")
        held = counter(.uploads, "verdict", "held")
        bundles = counter(.bundles)
        bundleFailures = counter(.bundleFailures)
        drafts = counter(.drafts)
        uploadSeconds = histogram(.uploadSeconds)
        custodySeconds = histogram(.custodySeconds)
        sweepSeconds = gauge(.sweepSeconds)
        watches = gauge(.watches)
        isUp = gauge(.spoolUp)
        heldReasons = each { counter(.heldReasons, "reason", $0.rawValue) }
        sweeps = each { counter(.sweeps, "reason", $0.rawValue) }
        sweepFound = each { counter(.sweepFound, "reason", $0.rawValue) }
        leftBehind = each { gauge(.leftBehind, "reason", $0.rawValue) }
        postures = SettlePosture.allCases.map { ($0, gauge(.settlePosture, "posture", $0.rawValue)) }
    }

    func held(because reason: Obstacle) {
        held.add(1)
        heldReasons[reason]?.add(1)
    }

    func swept(_ reason: SweepReason, seconds: Double) {
        sweeps[reason]?.add(1)
        sweepSeconds.set(seconds)
    }

    func foundBySweep(_ reason: SweepReason) { sweepFound[reason]?.add(1) }

    func set(left: [LeftReason: Int]) {
        for (reason, cell) in leftBehind { cell.set(Double(left[reason] ?? 0)) }
    }

    func settled(by posture: SettlePosture) {
        for (other, cell) in postures { cell.set(other == posture ? 1 : 0) }
    }

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
