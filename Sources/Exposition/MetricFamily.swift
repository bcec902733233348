/// All series of one name: what `# HELP` and `# TYPE` say once for all of them.
package struct MetricFamily: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case counter
        case gauge
        /// Upper bounds, finite and increasing, in the unit of the name; `+Inf` is added by itself.
        case histogram(buckets: [Double])
    }

    package let name: String
    package let kind: Kind
    package let help: String
    /// Label names in the order in which they are shown. Every series has a value for each.
    package let labels: [String]

    package init(name: String, kind: Kind, help: String, labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}

extension MetricFamily {
    /// Refuses what a scraper could not parse or `promtool check metrics` would complain about.
    func check() throws(MetricFamilyFault) {
        guard Self.isName(name, colons: true) else { throw .unusableName(name) }
        try checkSuffix()
        try checkLabels()
        if case .histogram(let buckets) = kind { try check(buckets: buckets) }
    }

    /// `_count`, `_sum` and `_bucket` are added by histograms; a counter says `_total`, nothing else does.
    private func checkSuffix() throws(MetricFamilyFault) {
        let misleading = ["_bucket", "_count", "_sum"].contains(where: name.hasSuffix)
        guard !misleading, name.hasSuffix("_total") == (kind == .counter) else {
            throw .misleadingSuffix(name)
        }
    }

    private func checkLabels() throws(MetricFamilyFault) {
        var seen: Set<String> = []
        for label in labels {
            let reserved = label.hasPrefix("__") || label == "le" || label == "quantile"
            guard Self.isName(label, colons: false), !reserved, seen.insert(label).inserted else {
                throw .unusableLabel(family: name, label: label)
            }
        }
    }

    private func check(buckets: [Double]) throws(MetricFamilyFault) {
        let increasing = zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }
        guard !buckets.isEmpty, increasing, buckets.allSatisfy(\.isFinite) else {
            throw .unusableBuckets(name)
        }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || (colons && $0 == UInt8(ascii: ":")) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let folded = byte | 0x20
        return byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(folded)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What is wrong with the declaration of a metric family: a mistake in the program, found when it starts.
package enum MetricFamilyFault: Error, Equatable, CustomStringConvertible {
    case unusableName(String)
    case misleadingSuffix(String)
    case unusableLabel(family: String, label: String)
    case unusableBuckets(String)
    case declaredTwice(String)

    package var description: String {
        switch self {
        case .unusableName(let name):
            "metric \(name): not a name of letters, digits and underscores"
        case .misleadingSuffix(let name):
            "metric \(name): counters, and only they, end in _total; _bucket, _count, _sum are histograms'"
        case .unusableLabel(let family, let label):
            "metric \(family): label \(label) is not a name, is reserved, or is there twice"
        case .unusableBuckets(let name):
            "metric \(name): buckets must be finite and increasing"
        case .declaredTwice(let name):
            "metric \(name): declared twice"
        }
    }
}
