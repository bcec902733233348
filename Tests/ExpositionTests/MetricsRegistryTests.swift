import Exposition
import Metrics
import Synchronization
import Testing

@Suite struct MetricsRegistryTests {
    static let families = [
        MetricFamily(name: "t_uploads_total", kind: .counter, help: "Uploads.", labels: ["verdict"]),
        MetricFamily(name: "t_bytes_total", kind: .counter, help: "Bytes."),
        MetricFamily(name: "t_free_bytes", kind: .gauge, help: "Room.", labels: ["area", "disk"]),
        MetricFamily(name: "t_age_seconds", kind: .gauge, help: "Age."),
        MetricFamily(name: "t_wait_seconds", kind: .histogram(buckets: [0.1, 1, 10]), help: "Wait."),
    ]

    let registry: MetricsRegistry

    init() throws {
        registry = try MetricsRegistry(families: Self.families)
    }

    func series(_ name: String) -> [SeriesReading] {
        registry.read().first { $0.family.name == name }?.series ?? []
    }

    var refusals: [SeriesReading] { series(MetricsRegistry.undeclaredName) }

    func unlabelled(_ value: SeriesReading.Value) -> [SeriesReading] {
        [SeriesReading(labelValues: [], value: value)]
    }

    // MARK: Series

    @Test func aSeriesAskedForTwiceIsOne() {
        registry.counter("t_uploads_total", labels: [("verdict", "held")]).add(2)
        registry.counter("t_uploads_total", labels: [("verdict", "held")]).add(3)
        #expect(series("t_uploads_total") == [SeriesReading(labelValues: ["held"], value: .whole(5))])
    }

    @Test func labelsComeInAnyOrder() {
        registry.gauge("t_free_bytes", labels: [("disk", "a"), ("area", "spool")]).set(1)
        registry.gauge("t_free_bytes", labels: [("area", "spool"), ("disk", "a")]).set(2)
        #expect(series("t_free_bytes") == [SeriesReading(labelValues: ["spool", "a"], value: .real(2))])
    }

    @Test func seriesAreReadInOrderOfTheirLabels() {
        for verdict in ["withdrawn", "held", "released", "match"] {
            registry.counter("t_uploads_total", labels: [("verdict", verdict)]).add(1)
        }
        let verdicts = series("t_uploads_total").map(\.labelValues)
        #expect(verdicts == [["held"], ["match"], ["released"], ["withdrawn"]])
        #expect(registry.read().map(\.family.name).dropLast() == Self.families.map(\.name)[...])
    }

    @Test func countsBeginAtZeroAndGaugesWithTheirFirstValue() {
        let gauge = registry.gauge("t_age_seconds")
        #expect(series("t_bytes_total") == unlabelled(.whole(0)))
        #expect(series("t_wait_seconds") == unlabelled(.histogram(cumulative: [0, 0, 0, 0], sum: 0)))
        #expect(series("t_age_seconds").isEmpty)
        gauge.add(2)
        #expect(series("t_age_seconds") == unlabelled(.real(2)))
    }

    @Test func aCounterNeverFalls() {
        let counter = registry.counter("t_bytes_total")
        counter.add(7)
        counter.add(-3)
        counter.add(partial: -1)
        counter.add(partial: .nan)
        #expect(series("t_bytes_total") == unlabelled(.whole(7)))
        counter.add(partial: 0.5)
        #expect(series("t_bytes_total") == unlabelled(.real(7.5)))
    }

    @Test func aHistogramCountsEachValueInEveryBucketAboveIt() {
        let histogram = registry.histogram("t_wait_seconds")
        for value in [0.05, 0.1, 0.5, 10, 11, .infinity, .nan] { histogram.observe(value) }
        #expect(series("t_wait_seconds") == unlabelled(.histogram(cumulative: [2, 3, 4, 5], sum: 21.65)))
    }

    // MARK: Collected

    @Test func aCollectedValueIsReadWhenSomebodyLooks() {
        let room = Mutex<Double?>(nil)
        registry.collect("t_free_bytes", labels: [("area", "vault"), ("disk", "b")]) { room.withLock { $0 } }
        #expect(series("t_free_bytes").isEmpty)
        room.withLock { $0 = 4 }
        #expect(series("t_free_bytes") == [SeriesReading(labelValues: ["vault", "b"], value: .real(4))])
    }

    @Test func aLaterCollectorReplacesAnEarlierOne() {
        registry.collect("t_age_seconds") { 1 }
        registry.collect("t_age_seconds") { 2 }
        #expect(series("t_age_seconds") == unlabelled(.real(2)))
    }

    @Test func aCollectorMayAskTheRegistry() {
        let registry = registry
        registry.collect("t_age_seconds") {
            registry.counter("t_bytes_total").add(1)
            return 1
        }
        #expect(series("t_age_seconds") == unlabelled(.real(1)))
        #expect(series("t_bytes_total") == unlabelled(.whole(1)))
    }

    // MARK: Refusals

    @Test func whatWasNotDeclaredIsCountedAndNotShown() {
        registry.counter("t_other_total").add(1)
        registry.gauge("t_other").set(1)
        registry.histogram("t_other_seconds").observe(1)
        registry.collect("t_other") { 1 }
        #expect(refusals == unlabelled(.whole(4)))
        #expect(!TextExposition.text(of: registry.read()).contains("t_other"))
    }

    @Test func anotherKindOrOtherLabelsAreRefused() {
        registry.gauge("t_bytes_total").set(1)
        registry.counter("t_age_seconds").add(1)
        registry.histogram("t_age_seconds").observe(1)
        registry.collect("t_wait_seconds") { 1 }
        registry.counter("t_uploads_total").add(1)
        registry.counter("t_uploads_total", labels: [("grade", "G1")]).add(1)
        registry.counter("t_uploads_total", labels: [("verdict", "held"), ("spool", "a")]).add(1)
        registry.gauge("t_free_bytes", labels: [("area", "a"), ("area", "b")]).set(1)
        #expect(refusals == unlabelled(.whole(8)))
        #expect(series("t_uploads_total").isEmpty)
    }

    @Test func theCountOfRefusalsMayBeDeclaredElsewhere() throws {
        let own = MetricFamily(name: MetricsRegistry.undeclaredName, kind: .counter, help: "Ours.")
        let registry = try MetricsRegistry(families: [own] + Self.families)
        registry.counter("t_other_total").add(1)
        #expect(registry.read()[0] == FamilyReading(family: own, series: unlabelled(.whole(1))))
    }

    // MARK: swift-metrics

    @Test func librariesCountThroughSwiftMetrics() {
        let held = [("verdict", "held")]
        Counter(label: "t_uploads_total", dimensions: held, factory: registry).increment(by: 3)
        FloatingPointCounter(label: "t_bytes_total", dimensions: [], factory: registry).increment(by: 1.5)
        Gauge(label: "t_age_seconds", dimensions: [], factory: registry).record(9)
        let room = [("area", "spool"), ("disk", "a")]
        Meter(label: "t_free_bytes", dimensions: room, factory: registry).set(12)
        Timer(label: "t_wait_seconds", dimensions: [], factory: registry).recordMilliseconds(500)
        Recorder(label: "t_wait_seconds", dimensions: [], aggregate: true, factory: registry).record(2)

        #expect(series("t_uploads_total") == [SeriesReading(labelValues: ["held"], value: .whole(3))])
        #expect(series("t_bytes_total") == unlabelled(.real(1.5)))
        #expect(series("t_age_seconds") == unlabelled(.real(9)))
        #expect(series("t_free_bytes") == [SeriesReading(labelValues: ["spool", "a"], value: .real(12))])
        #expect(series("t_wait_seconds") == unlabelled(.histogram(cumulative: [0, 1, 2, 2], sum: 2.5)))
        #expect(refusals == unlabelled(.whole(0)))
    }

    @Test func undeclaredNamesOfLibrariesDoNothing() {
        Counter(label: "hb.requests", dimensions: [], factory: registry).increment()
        Meter(label: "hb.connections", dimensions: [], factory: registry).set(1)
        Timer(label: "http.server.request.duration", dimensions: [], factory: registry).recordSeconds(1)
        Gauge(label: "t_wait_seconds", dimensions: [], factory: registry).record(1)
        #expect(refusals == unlabelled(.whole(4)))
    }

    // MARK: Many at once

    @Test func nothingIsLostWhenManyCountAtOnce() async {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { countMany(task, registry) }
            }
        }
        #expect(series("t_bytes_total") == unlabelled(.real(24_000)))
        #expect(series("t_uploads_total").map(\.value) == [.whole(4000), .whole(4000)])
        let waits = SeriesReading.Value.histogram(
            cumulative: [0, 4000, 8000, 8000],
            sum: 4000 * 0.5 + 4000 * 2
        )
        #expect(series("t_wait_seconds") == unlabelled(waits))
    }

    /// Asks for its cells again each time, so that first requests race as well.
    private func countMany(_ task: Int, _ registry: MetricsRegistry) {
        for _ in 0..<1000 {
            let verdict = task.isMultiple(of: 2) ? "held" : "released"
            registry.counter("t_uploads_total", labels: [("verdict", verdict)]).add(1)
            registry.counter("t_bytes_total").add(2)
            registry.counter("t_bytes_total").add(partial: 1)
            registry.histogram("t_wait_seconds").observe(task.isMultiple(of: 2) ? 0.5 : 2)
        }
    }
}
