import Exposition
import Testing

@Suite struct MetricFamilyTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let family: MetricFamily
        let fault: MetricFamilyFault
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "no name", family: gauge(""), fault: .unusableName("")),
        Row(name: "a digit first", family: gauge("9_lives"), fault: .unusableName("9_lives")),
        Row(name: "a dot", family: gauge("http.requests"), fault: .unusableName("http.requests")),
        Row(name: "a letter of another script", family: gauge("größe"), fault: .unusableName("größe")),
        Row(
            name: "a counter without _total",
            family: MetricFamily(name: "uploads", kind: .counter, help: ""),
            fault: .misleadingSuffix("uploads")
        ),
        Row(
            name: "a gauge with _total",
            family: gauge("uploads_total"),
            fault: .misleadingSuffix("uploads_total")
        ),
        Row(
            name: "a gauge like a histogram's part",
            family: gauge("wait_seconds_sum"),
            fault: .misleadingSuffix("wait_seconds_sum")
        ),
        Row(
            name: "a label that histograms add",
            family: gauge("size_bytes", labels: ["le"]),
            fault: .unusableLabel(family: "size_bytes", label: "le")
        ),
        Row(
            name: "a label kept for Prometheus",
            family: gauge("size_bytes", labels: ["__name__"]),
            fault: .unusableLabel(family: "size_bytes", label: "__name__")
        ),
        Row(
            name: "a label twice",
            family: gauge("size_bytes", labels: ["spool", "spool"]),
            fault: .unusableLabel(family: "size_bytes", label: "spool")
        ),
        Row(name: "no buckets", family: histogram([]), fault: .unusableBuckets("wait_seconds")),
        Row(name: "falling buckets", family: histogram([2, 1]), fault: .unusableBuckets("wait_seconds")),
        Row(name: "a bucket twice", family: histogram([1, 1]), fault: .unusableBuckets("wait_seconds")),
        Row(
            name: "an infinite bucket",
            family: histogram([1, .infinity]),
            fault: .unusableBuckets("wait_seconds")
        ),
        Row(
            name: "a bucket that is no number",
            family: histogram([.nan]),
            fault: .unusableBuckets("wait_seconds")
        ),
    ]

    static func gauge(_ name: String, labels: [String] = []) -> MetricFamily {
        MetricFamily(name: name, kind: .gauge, help: "", labels: labels)
    }

    static func histogram(_ buckets: [Double]) -> MetricFamily {
        MetricFamily(name: "wait_seconds", kind: .histogram(buckets: buckets), help: "")
    }

    @Test("a family that no scraper could read is refused at the start", arguments: rows)
    func refused(_ row: Row) {
        #expect(throws: row.fault) { try MetricsRegistry(families: [row.family]) }
    }

    @Test func aFamilyIsDeclaredOnce() {
        let family = Self.gauge("free_bytes")
        #expect(throws: MetricFamilyFault.declaredTwice("free_bytes")) {
            try MetricsRegistry(families: [family, family])
        }
    }
}
