import Foundation
import Testing
import UploadModel

@Suite struct MetricNamesTests {
    @Test("names are unique")
    func unique() {
        #expect(Set(MetricNames.allCases.map(\.rawValue)).count == MetricNames.allCases.count)
    }

    @Test("a name ends as its kind demands", arguments: MetricNames.allCases)
    func endings(metric: MetricNames) {
        let name = metric.rawValue
        #expect(name.hasPrefix("breakwater_") || name.hasPrefix("process_"))
        #expect(name.hasSuffix("_total") == (metric.kind == .counter))
        if metric.kind == .seconds { #expect(name.hasSuffix("_seconds")) }
        #expect(name.allSatisfy { $0.isLowercase || $0 == "_" })
    }

    @Test("a metric says what it is in one line", arguments: MetricNames.allCases)
    func help(metric: MetricNames) {
        #expect(metric.help.hasSuffix("."))
        #expect(!metric.help.contains("\n"))
        #expect(Set(metric.labels).count == metric.labels.count)
        #expect(metric.labels.allSatisfy { $0.allSatisfy(\.isLowercase) })
    }

    static let document = try? String(
        contentsOf: repository.appending(path: "docs/metrics.md"),
        encoding: .utf8
    )

    @Test("docs/metrics.md has each name, and no other", .enabled(if: document != nil))
    func contract() throws {
        let words = try #require(Self.document).split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(
            String.init
        )
        let written = Set(words.filter { $0.hasPrefix("breakwater_") && !$0.hasSuffix("_") })
        let ours = Set(MetricNames.allCases.map(\.rawValue))
        #expect(ours.subtracting(words).isEmpty)
        #expect(
            written.subtracting(ours.union(ours.flatMap { ["\($0)_bucket", "\($0)_sum", "\($0)_count"] }))
                .isEmpty
        )
    }

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
