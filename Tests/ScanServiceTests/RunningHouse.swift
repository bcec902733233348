import Exposition
import Intake
import LinuxIO
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import UploadModel

@testable import ScanService

extension ScratchHouse {
    /// How a run of the daemon before this one is to have ended.
    enum LastEnd { case inOrder, crashed }

    /// Runs the daemon until `happened`, and until nothing is in hand, then stops it in order.
    ///
    /// - Parameters:
    ///   - patience: Seconds; many, since a thousand other tests want the same two cores.
    ///   - happened: Asked again and again; what is not yet so, `nil` when all is.
    /// - Throws: What the run ends with, or ``NotWithin`` when `happened` never comes.
    func run(
        after last: LastEnd = .crashed,
        patience: Int64 = 600,
        until happened: @escaping @Sendable () throws -> String? = { nil }
    ) async throws {
        if last == .crashed, try exists("state/run/ended-in-order") { try remove("state/run/ended-in-order") }
        let scan = try await openWhenFree()
        defer { scan.letGo() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: scan)],
                logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        let hasBegun = Atomic(false)
        let hasEnded = Atomic(false)
        let running = Task {
            defer { hasEnded.store(true, ordering: .releasing) }
            hasBegun.store(true, ordering: .releasing)
            try await group.run()
        }
        // A group that is told to end before it begins throws that, and nothing was tried.
        while !hasBegun.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(5)) }
        var trouble: (any Error)?
        do {
            try await wait(for: happened, scan, seconds: patience) { hasEnded.load(ordering: .acquiring) }
        } catch {
            trouble = error
        }
        await group.triggerGracefulShutdown()
        try await running.value
        if let trouble { throw trouble }
    }

    /// What a daemon works with that is opened and not run.
    func withHouse<Answer>(_ body: (House) throws -> Answer) async throws -> Answer {
        let scan = try await openWhenFree()
        defer { scan.letGo() }
        return try body(try #require(scan.inside))
    }

    private func opened() throws -> ScanService {
        let registry = try MetricsRegistry(families: ScanService.metricFamilies)
        let log = Logger(label: "scan") { _ in SwiftLogNoOpLogHandler() }
        return try ScanService(configuration, registry: registry, log: log)
    }

    /// The run before has ended and may still be on its way out of memory, its locks with it.
    private func openWhenFree() async throws -> ScanService {
        let deadline = Clocks.monotonic + 600_000_000_000
        while true {
            do { return try opened() } catch let refused as any WayOut where refused.exitCode == .inUse {
                if Clocks.monotonic > deadline { throw refused }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func wait(
        for happened: () throws -> String?,
        _ scan: ScanService,
        seconds: Int64,
        hasEnded: () -> Bool
    ) async throws {
        let deadline = Clocks.monotonic + seconds * 1_000_000_000
        while true {
            if let reason = scan.inside?.stopReason { throw reason }
            let missing = try happened() ?? scan.notAtRest
            guard let missing, !hasEnded() else { return }
            if Clocks.monotonic > deadline { throw NotWithin(what: missing) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// What did not happen in time.
struct NotWithin: Error, CustomStringConvertible {
    let what: String
    var description: String { "not in time: \(what)" }
}

extension ScanService {
    /// What the service works with; tests look at it, and take it apart at the end.
    fileprivate var inside: House? {
        Mirror(reflecting: self).children.lazy.compactMap { $0.value as? House }.first
    }

    fileprivate var notAtRest: String? {
        guard ready.isReady else { return "ready: \(ready.reasons)" }
        let claims = inside?.arrivals.figures.claims ?? 0
        let waiting = inside?.arrivals.figures.waiting ?? 0
        return claims == 0 && waiting == 0 ? nil : "\(claims) claims in hand, \(waiting) waiting"
    }

    /// A process's end would free what the service's figures and watches hold of it; a test's process goes on.
    fileprivate func letGo() {
        guard let house = inside else { return }
        house.setWatches([])
        for name in MetricNames.allCases { house.registry.collect(name.rawValue) { nil } }
    }
}
