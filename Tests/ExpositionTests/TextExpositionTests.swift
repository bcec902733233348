import Testing

@testable import Exposition

@Suite struct TextExpositionTests {
    /// `promtool check metrics` has nothing to say about it.
    static let golden = #"""
        # HELP breakwater_uploads_total Uploads by verdict.
        # TYPE breakwater_uploads_total counter
        breakwater_uploads_total{spool="photos",verdict="held"} 1
        breakwater_uploads_total{spool="photos",verdict="released"} 41
        # HELP breakwater_oldest_waiting_seconds Age of the oldest upload that waits.
        # TYPE breakwater_oldest_waiting_seconds gauge
        breakwater_oldest_waiting_seconds 0.25
        # HELP breakwater_digest_seconds Time to digest one upload.
        # TYPE breakwater_digest_seconds histogram
        breakwater_digest_seconds_bucket{kind="small",le="0.005"} 1
        breakwater_digest_seconds_bucket{kind="small",le="1"} 2
        breakwater_digest_seconds_bucket{kind="small",le="+Inf"} 3
        breakwater_digest_seconds_sum{kind="small"} 4.5
        breakwater_digest_seconds_count{kind="small"} 3
        # HELP breakwater_undeclared_metrics_total Requests for a metric that no declared family has; a mistake in the program.
        # TYPE breakwater_undeclared_metrics_total counter
        breakwater_undeclared_metrics_total 0

        """#

    @Test func aRegistryReadsAsPrometheusExpects() throws {
        let registry = try MetricsRegistry(families: [
            MetricFamily(
                name: "breakwater_uploads_total",
                kind: .counter,
                help: "Uploads by verdict.",
                labels: ["spool", "verdict"]
            ),
            MetricFamily(
                name: "breakwater_oldest_waiting_seconds",
                kind: .gauge,
                help: "Age of the oldest upload that waits."
            ),
            MetricFamily(name: "breakwater_free_bytes", kind: .gauge, help: "Never set, so never shown."),
            MetricFamily(
                name: "breakwater_digest_seconds",
                kind: .histogram(buckets: [0.005, 1]),
                help: "Time to digest one upload.",
                labels: ["kind"]
            ),
        ])
        let spool = ("spool", "photos")
        registry.counter("breakwater_uploads_total", labels: [spool, ("verdict", "released")]).add(41)
        registry.counter("breakwater_uploads_total", labels: [spool, ("verdict", "held")]).add(1)
        registry.collect("breakwater_oldest_waiting_seconds") { 0.25 }
        let digest = registry.histogram("breakwater_digest_seconds", labels: [("kind", "small")])
        for seconds in [0.005, 0.495, 4] { digest.observe(seconds) }

        #expect(TextExposition.text(of: registry.read()) == Self.golden)
    }

    @Test func backslashesQuotesAndLineEndsStayInTheirLine() {
        let family = MetricFamily(
            name: "t",
            kind: .gauge,
            help: "one\\two\nthree \"four\"\r\nfive",
            labels: ["path"]
        )
        let series = SeriesReading(labelValues: ["a\\b\n\"c\"\r\nd é"], value: .real(1))
        let text = TextExposition.text(of: [FamilyReading(family: family, series: [series])])
        #expect(
            text == """
                # HELP t one\\\\two\\nthree "four"\r\\nfive
                # TYPE t gauge
                t{path="a\\\\b\\n\\"c\\"\r\\nd é"} 1

                """
        )
    }

    @Test func aFamilyWithoutSeriesIsLeftOut() {
        let family = MetricFamily(name: "t", kind: .gauge, help: "")
        #expect(TextExposition.text(of: [FamilyReading(family: family, series: [])]).isEmpty)
    }

    struct Number: CustomTestStringConvertible, Sendable {
        let value: Double
        let text: String
        var testDescription: String { text }
    }

    static let numbers = [
        Number(value: 0, text: "0"),
        Number(value: -0.0, text: "0"),
        Number(value: 1, text: "1"),
        Number(value: -17, text: "-17"),
        Number(value: 0.1, text: "0.1"),
        Number(value: 1e-5, text: "1e-05"),
        Number(value: 0x1p53 - 1, text: "9007199254740991"),
        Number(value: 1e300, text: "1e+300"),
        Number(value: .infinity, text: "+Inf"),
        Number(value: -.infinity, text: "-Inf"),
        Number(value: .nan, text: "NaN"),
    ]

    @Test("a number is written so that a scraper reads it back", arguments: numbers)
    func number(_ number: Number) {
        #expect(TextExposition.number(number.value) == number.text)
    }
}
