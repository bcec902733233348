package import CoreMetrics

/// The registry as the back end of swift-metrics, for libraries that count through it.
///
/// A timer is a histogram in seconds. An undeclared name gets the library's own handler that does nothing.
extension MetricsRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        declaredCounter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        declaredCounter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        declaredGauge(label, dimensions).map(GaugeHandler.init) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        let handler: (any RecorderHandler)? =
            aggregate
            ? declaredHistogram(label, dimensions)
            : declaredGauge(label, dimensions).map(GaugeHandler.init)
        return handler ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        declaredHistogram(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    // A series outlives the handles that feed it: one that goes between two scrapes loses what it counted.
    package func destroyCounter(_: any CounterHandler) {}
    package func destroyFloatingPointCounter(_: any FloatingPointCounterHandler) {}
    package func destroyMeter(_: any MeterHandler) {}
    package func destroyRecorder(_: any RecorderHandler) {}
    package func destroyTimer(_: any TimerHandler) {}
}

extension CounterCell: CounterHandler, FloatingPointCounterHandler {
    package func increment(by amount: Int64) {
        add(amount)
    }

    package func increment(by amount: Double) {
        add(partial: amount)
    }
}

/// Stands between, since `set(1)` on a cell that had both of these would be ambiguous.
private final class GaugeHandler: MeterHandler, RecorderHandler {
    private let cell: GaugeCell

    init(_ cell: GaugeCell) {
        self.cell = cell
    }

    func set(_ value: Int64) {
        cell.set(Double(value))
    }

    func set(_ value: Double) {
        cell.set(value)
    }

    func increment(by amount: Double) {
        cell.add(amount)
    }

    func decrement(by amount: Double) {
        cell.add(-amount)
    }

    func record(_ value: Int64) {
        cell.set(Double(value))
    }

    func record(_ value: Double) {
        cell.set(value)
    }
}

extension HistogramCell: RecorderHandler, TimerHandler {
    package func record(_ value: Int64) {
        observe(Double(value))
    }

    package func record(_ value: Double) {
        observe(value)
    }

    package func recordNanoseconds(_ duration: Int64) {
        observe(Double(duration) / 1e9)
    }
}
