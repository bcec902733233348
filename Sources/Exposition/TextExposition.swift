/// One family as it was when somebody looked.
package struct FamilyReading: Equatable, Sendable {
    package let family: MetricFamily
    package let series: [SeriesReading]

    package init(family: MetricFamily, series: [SeriesReading]) {
        self.family = family
        self.series = series
    }
}

/// One series as it was when somebody looked.
package struct SeriesReading: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case whole(Int64)
        case real(Double)
        /// One count for each bucket of the family and one for `+Inf`, each including those before it.
        case histogram(cumulative: [Int64], sum: Double)
    }

    /// In the order of the family's labels.
    package let labelValues: [String]
    package let value: Value

    package init(labelValues: [String], value: Value) {
        self.labelValues = labelValues
        self.value = value
    }
}

/// Readings as text that Prometheus scrapes.
///
/// Pure: the same readings give the same bytes. A family without series is left out, since a scraper learns
/// nothing from its head alone.
///
/// - Source: Prometheus, "Exposition formats", text format 0.0.4.
package enum TextExposition {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package static func text(of readings: [FamilyReading]) -> String {
        var text = ""
        for reading in readings where !reading.series.isEmpty {
            write(reading, to: &text)
        }
        return text
    }

    private static func write(_ reading: FamilyReading, to text: inout String) {
        let family = reading.family
        text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(typeName(family.kind))\n"
        for series in reading.series {
            let labels = zip(family.labels, series.labelValues).map { label($0, $1) }
            switch series.value {
            case .whole(let value):
                writeSample(family.name, labels, String(value), to: &text)
            case .real(let value):
                writeSample(family.name, labels, number(value), to: &text)
            case .histogram(let cumulative, let sum):
                writeBuckets(family, labels, cumulative, to: &text)
                writeSample(family.name + "_sum", labels, number(sum), to: &text)
                writeSample(family.name + "_count", labels, String(cumulative.last ?? 0), to: &text)
            }
        }
    }

    private static func writeBuckets(
        _ family: MetricFamily,
        _ labels: [String],
        _ cumulative: [Int64],
        to text: inout String
    ) {
        guard case .histogram(let buckets) = family.kind else { return }
        for (bound, count) in zip(buckets + [.infinity], cumulative) {
            let bounded = labels + [label("le", number(bound))]
            writeSample(family.name + "_bucket", bounded, String(count), to: &text)
        }
    }

    private static func writeSample(
        _ name: String,
        _ labels: [String],
        _ value: String,
        to text: inout String
    ) {
        text += name
        if !labels.isEmpty { text += "{\(labels.joined(separator: ","))}" }
        text += " \(value)\n"
    }

    private static func typeName(_ kind: MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    private static func label(_ name: String, _ value: String) -> String {
        "\(name)=\"\(escaped(value, quotes: true))\""
    }

    /// Scalars and not characters: Swift counts CR LF as one character, and the LF in it would end the line.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: #"\\"#.unicodeScalars)
            case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: #"\""#.unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Whole numbers without a fraction, so that a gauge of bytes reads as one; up to 2^53, where a Double
    /// still counts in ones.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        let isWhole = value == value.rounded(.towardZero) && value.magnitude < 0x1p53
        return isWhole ? String(Int64(value)) : value.description
    }
}
