import Synchronization

/// A count that only grows. `add(_: Int64)` is one relaxed atomic addition, so keep the cell.
///
/// Two parts, shown as their sum, so that whole counts never pay for a compare-and-swap loop.
package final class CounterCell: Sendable {
    private let whole = Atomic<Int64>(0)
    private let partial = Atomic<Double>(0)

    package init() {}

    /// Adds whole units. What is below zero is ignored: a counter that falls reads as a restart.
    package func add(_ amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Adds parts of a unit, such as seconds. What is below zero, infinite or not a number is ignored.
    package func add(partial amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        partial.add(amount)
    }

    package func reset() {
        whole.store(0, ordering: .relaxed)
        partial.store(0, ordering: .relaxed)
    }

    var units: Int64 { whole.load(ordering: .relaxed) }

    var reading: SeriesReading.Value {
        let parts = partial.load(ordering: .relaxed)
        return parts == 0 ? .whole(units) : .real(Double(units) + parts)
    }
}

/// A value that goes up and down; the last one set is shown.
///
/// Until the first one, and after "not a number", nothing is shown: zero would be a claim.
package final class GaugeCell: Sendable {
    private let value = Atomic<Double>(.nan)

    package init() {}

    package func set(_ value: Double) {
        self.value.store(value, ordering: .relaxed)
    }

    /// Begins at zero if nothing was set.
    package func add(_ amount: Double) {
        value.add(amount)
    }

    var reading: SeriesReading.Value? {
        let value = value.load(ordering: .relaxed)
        return value.isNaN ? nil : .real(value)
    }
}

/// How often a value fell into each range, and the sum of all values.
package final class HistogramCell: Sendable {
    private let bounds: [Double]
    /// One for each bound and one for what is above the last; not cumulative, so a value touches one.
    private let counts: [CounterCell]
    private let sum = Atomic<Double>(0)

    /// - Parameter buckets: Upper bounds, inclusive, increasing.
    package init(buckets: [Double]) {
        bounds = buckets
        counts = (0...buckets.count).map { _ in CounterCell() }
    }

    /// Counts one value. What is infinite or not a number is ignored: it would spoil the sum for good.
    package func observe(_ value: Double) {
        guard value.isFinite else { return }
        counts[place(of: value)].add(1)
        sum.add(value)
    }

    /// Bounds are few and most values are small, so the first that fits is found sooner than by halving.
    private func place(of value: Double) -> Int {
        bounds.firstIndex { value <= $0 } ?? bounds.count
    }

    /// The total is the last cumulative count and not a number of its own, so the two agree while values come
    /// in; the sum may lag behind by those.
    var reading: SeriesReading.Value {
        var total: Int64 = 0
        let cumulative = counts.map { count in
            total += count.units
            return total
        }
        return .histogram(cumulative: cumulative, sum: sum.load(ordering: .relaxed))
    }
}

extension Atomic where Value == Double {
    fileprivate func add(_ amount: Double) {
        var current = load(ordering: .relaxed)
        while true {
            let (done, found) = weakCompareExchange(
                expected: current,
                desired: current.isNaN ? amount : current + amount,
                ordering: .relaxed
            )
            if done { return }
            current = found
        }
    }
}
