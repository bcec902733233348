import Synchronization

/// Every figure that the program shows: families declared up front, series added as they are asked for.
///
/// Asking for a series takes a lock and a look-up; callers ask once and keep the cell. What was not declared,
/// or is asked for as another kind or with other labels, gets a cell that nobody reads, and is counted in
/// ``undeclaredName``: a figure is never a reason to stop.
package final class MetricsRegistry: Sendable {
    /// Counts requests for series that no declared family has. Shown last, or where declared.
    package static let undeclaredName = "breakwater_undeclared_metrics_total"

    /// A series' values for its family's labels, in the family's order.
    private typealias LabelValues = [String]

    private enum Instrument {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)
        case collected(@Sendable () -> Double?)
    }

    private let families: [MetricFamily]
    private let places: [String: Int]
    private let series: Mutex<[[LabelValues: Instrument]]>
    private let undeclared = CounterCell()

    /// Counters and histograms without labels are shown at zero from the start, since a rate needs a first
    /// value; a gauge is shown once it is set.
    ///
    /// - Throws: ``MetricFamilyFault`` for the first family that cannot be shown.
    package init(families declared: [MetricFamily]) throws(MetricFamilyFault) {
        let families = Self.completed(declared)
        var places: [String: Int] = [:]
        for (place, family) in families.enumerated() {
            try family.check()
            guard places.updateValue(place, forKey: family.name) == nil else {
                throw .declaredTwice(family.name)
            }
        }
        var series = families.map(Self.firstSeries)
        if let own = places[Self.undeclaredName] { series[own] = [[]: .counter(undeclared)] }
        self.families = families
        self.places = places
        self.series = Mutex(series)
    }

    private static func completed(_ families: [MetricFamily]) -> [MetricFamily] {
        if families.contains(where: { $0.name == undeclaredName }) { return families }
        let help = "Requests for a metric that no declared family has; a mistake in the program."
        return families + [MetricFamily(name: undeclaredName, kind: .counter, help: help)]
    }

    private static func firstSeries(of family: MetricFamily) -> [LabelValues: Instrument] {
        guard family.labels.isEmpty, family.kind != .gauge else { return [:] }
        return [[]: fresh(family.kind)]
    }

    private static func fresh(_ kind: MetricFamily.Kind) -> Instrument {
        switch kind {
        case .counter: .counter(CounterCell())
        case .gauge: .gauge(GaugeCell())
        case .histogram(let buckets): .histogram(HistogramCell(buckets: buckets))
        }
    }
}

// MARK: - Asking for series

extension MetricsRegistry {
    /// - Parameter labels: In any order; each label of the family exactly once.
    package func counter(_ name: String, labels: [(String, String)] = []) -> CounterCell {
        declaredCounter(name, labels) ?? CounterCell()
    }

    /// - Parameter labels: In any order; each label of the family exactly once.
    package func gauge(_ name: String, labels: [(String, String)] = []) -> GaugeCell {
        declaredGauge(name, labels) ?? GaugeCell()
    }

    /// - Parameter labels: In any order; each label of the family exactly once.
    package func histogram(_ name: String, labels: [(String, String)] = []) -> HistogramCell {
        declaredHistogram(name, labels) ?? HistogramCell(buckets: [])
    }

    /// Shows a gauge or counter that is read when somebody looks; a later closure replaces an earlier one.
    ///
    /// - Parameter read: Called on each scrape, from any task, outside the registry's lock; it must not
    ///   block. nil leaves the series out.
    package func collect(
        _ name: String,
        labels: [(String, String)] = [],
        _ read: @escaping @Sendable () -> Double?
    ) {
        guard let (place, values) = find(name, labels), !families[place].isHistogram else {
            return undeclared.add(1)
        }
        series.withLock { $0[place][values] = .collected(read) }
    }

    func declaredCounter(_ name: String, _ labels: [(String, String)]) -> CounterCell? {
        if case .counter(let cell)? = instrument(name, labels, as: { $0 == .counter }) { return cell }
        return refused()
    }

    func declaredGauge(_ name: String, _ labels: [(String, String)]) -> GaugeCell? {
        if case .gauge(let cell)? = instrument(name, labels, as: { $0 == .gauge }) { return cell }
        return refused()
    }

    func declaredHistogram(_ name: String, _ labels: [(String, String)]) -> HistogramCell? {
        let isHistogram = { (kind: MetricFamily.Kind) in kind != .counter && kind != .gauge }
        if case .histogram(let cell)? = instrument(name, labels, as: isHistogram) { return cell }
        return refused()
    }

    private func refused<Cell>() -> Cell? {
        undeclared.add(1)
        return nil
    }

    private func instrument(
        _ name: String,
        _ labels: [(String, String)],
        as wanted: (MetricFamily.Kind) -> Bool
    ) -> Instrument? {
        guard let (place, values) = find(name, labels), wanted(families[place].kind) else { return nil }
        return series.withLock { series in
            if let known = series[place][values] { return known }
            let new = Self.fresh(families[place].kind)
            series[place][values] = new
            return new
        }
    }

    /// Puts the given labels into the family's order; nil unless they are exactly the family's.
    private func find(_ name: String, _ labels: [(String, String)]) -> (place: Int, values: LabelValues)? {
        guard let place = places[name], families[place].labels.count == labels.count else { return nil }
        var values: LabelValues = []
        for label in families[place].labels {
            guard let given = labels.first(where: { $0.0 == label }) else { return nil }
            values.append(given.1)
        }
        return (place, values)
    }
}

// MARK: - Reading

extension MetricsRegistry {
    /// All series as they are now: families as declared, series by their label values.
    package func read() -> [FamilyReading] {
        let series = series.withLock { $0 }
        return zip(families, series).map { family, instruments in
            let readings = instruments.compactMap { values, instrument in
                Self.read(instrument).map { SeriesReading(labelValues: values, value: $0) }
            }
            return FamilyReading(
                family: family,
                series: readings.sorted { $0.labelValues.lexicographicallyPrecedes($1.labelValues) }
            )
        }
    }

    private static func read(_ instrument: Instrument) -> SeriesReading.Value? {
        switch instrument {
        case .counter(let cell): cell.reading
        case .gauge(let cell): cell.reading
        case .histogram(let cell): cell.reading
        case .collected(let read): read().map { .real($0) }
        }
    }
}

extension MetricFamily {
    fileprivate var isHistogram: Bool { kind != .counter && kind != .gauge }
}
