package import Exposition
import Intake
import LedgerStore
import LinuxIO
package import Logging
import ServiceLifecycle
import UploadModel
import VaultStore

/// The daemon's work: spools in, verdicts out, until it is asked to stop.
///
/// Opening it checks everything and touches nothing that belongs to another daemon; ``run()`` does the work. Services
/// that show how it stands ask ``ready`` and ``healthy``.
package final class ScanService: Service {
    private let house: House
    private let standing: Standing
    private let lanes: LaneLoop
    private let preservers = Preservers()
    private let custody: CustodyLoop
    private let housekeeper: Housekeeper
    private let state: StateDirectory

    /// Opens state, spools, ledger and vault.
    ///
    /// - Throws: ``StateRefused``, ``SpoolRefused``, `LedgerFault` or `SyscallError`, with the way out.
    package init(_ configuration: Configuration, registry: MetricsRegistry, log: Logger) throws {
        let settings = configuration.settings
        state = try StateDirectory(opening: settings.state.root)
        let spools = try settings.spools.map { try Spool(opening: $0) }
        house = try House(
            configuration,
            spools: spools,
            state: state,
            ledger: try Ledger(opening: state.ledgerPath),
            vault: try Vault.open(
                state: state.root,
                secondCopy: settings.evidence.secondCopy,
                environment: settings.environment
            ),
            registry: registry,
            log: log,
            onFailure: { [failed] in failed.say() }
        )
        standing = Standing(house)
        lanes = LaneLoop(house)
        custody = CustodyLoop(house: house, preservers: preservers)
        housekeeper = try Housekeeper(state, house: house, standing: standing, custody: custody)
        try house.setWatches(
            spools.enumerated().map { [house, standing] index, spool in
                try SpoolWatch(
                    spool,
                    index: index,
                    arrivals: house.arrivals,
                    interval: Int64(settings.scan.sweep) * 1_000_000_000,
                    report: { Self.heed($0, house, standing, index: index) },
                    reopened: { Self.recover($0, house, index: index) }
                )
            }
        )
        showFigures()
    }

    private let failed = Failed()

    /// One shot: the first failure ends the run.
    private final class Failed: Sendable {
        private let stream = AsyncStream<Void>.makeStream()
        func say() { stream.continuation.finish() }
        func wait() async { for await _ in stream.stream {} }
    }

    package static var metricFamilies: [MetricFamily] { Instruments.families }

    package var ready: Readiness { standing.ready }
    package var healthy: Readiness { standing.healthy }

    /// Takes other settings over. Spools, state, workers and the metrics' address stay as they are until a restart.
    package func reload(_ configuration: Configuration) {
        house.run(with: configuration)
        house.record.noteLoaded(configuration)
        house.pictures.reload(configuration.settings.decoder)
        house.lists.reconsider()
    }

    /// Works until asked to stop, then finishes what is in hand, `scan.drain` seconds at most.
    ///
    /// - Throws: What could not be gone on from; nothing is lost, and the next start goes on.
    package func run() async throws {
        let endedInOrder = try state.takeCleanEnd()
        house.record.noteStart(house.configuration, endedInOrder: endedInOrder)
        if !endedInOrder { house.record.complete(from: house.ledger, state: house.stateRoot.descriptor) }
        // Before the first match: from now on a log that is not there is a log that was lost.
        house.record.turn()
        try completeShreddings()
        sayLostSuppressions()
        housekeeper.turn()
        try house.pictures.begin(isAsked: house.lists.askForPictures)
        _ = preservers.start(CustodyLoop.width)
        try Recovery(house: house, endedInOrder: endedInOrder).run()
        let threads =
            house.watches.flatMap { $0.start() }
            + lanes.start(workers: workerCount, decoders: max(workerCount, house.live.decoder.workers))
        let custodyLoop = Task { await custody.run() }
        let keeping = [Task { await keepHouse() }, Task { await takeOrders() }]
        house.log.notice("started", metadata: [LogKeys.count: "\(house.spools.count)"])
        ThisProcess.notifyServiceManager("READY=1")

        await untilStopped()
        standing.setStopping()
        ThisProcess.notifyServiceManager("STOPPING=1")
        for task in keeping { task.cancel() }
        for watch in house.watches { watch.stop() }
        lanes.stop()
        await drain(threads, keeping, custodyLoop)
        if house.stopReason == nil { house.record.noteStop() }
        house.record.close()
        if let reason = house.stopReason { throw reason }
        try state.noteCleanEnd()
        house.log.notice("stopped")
    }

    /// Before anything is preserved: what was shredded is not written to another copy again.
    private func completeShreddings() throws {
        for unordered in try house.vault.completeShreddings(house.record.shreddings) {
            house.log.error(
                "shredding-not-ordered",
                metadata: [LogKeys.bundle: "\(unordered.bundle)", LogKeys.reason: "\(unordered)"]
            )
        }
    }

    private func sayLostSuppressions() {
        do {
            let lost = try CustodyLoss.lostSuppressions(state.root, house.ledger)
            if lost.isEmpty { return }
            house.log.error(
                "suppressions-lost",
                metadata: [
                    LogKeys.count: "\(lost.count)",
                    LogKeys.reason:
                        "bring suppressions/ back from a backup; \"breakwater spool check\" names them",
                ]
            )
        } catch {
            house.log.error("suppressions-lost", metadata: [LogKeys.reason: "\(error)"])
        }
    }

    private var workerCount: Int {
        switch house.live.scan.workers {
        case .cores: ThisProcess.cores
        case .count(let count): count
        }
    }

    // MARK: - Running

    private func keepHouse() async {
        while !Task.isCancelled {
            housekeeper.turn()
            house.record.turn()
            try? await Task.sleep(for: Housekeeper.pause)
        }
    }

    private func takeOrders() async {
        while !Task.isCancelled {
            await housekeeper.takeOrders()
            try? await preservers.run { [house] in
                house.drills.removePlainCopies(house.keys, house.record, house.log)
            }
            try? await Task.sleep(for: Housekeeper.pause)
        }
    }

    /// Waits for whatever ends the run first: a request, or a failure of our own.
    private func untilStopped() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await gracefulShutdown() }
            group.addTask { [failed] in await failed.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Lets lanes and custody finish what they have in hand, for as long as the settings allow. What is not finished
    /// then stays in work/ and goes on at the next start.
    private func drain(
        _ threads: [BlockingThread],
        _ keeping: [Task<Void, Never>],
        _ custodyLoop: Task<Void, Never>
    ) async {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let departures = house.departures
        _ = BlockingThread("drain") {
            for thread in threads { thread.join() }
            Task {
                for task in keeping { await task.value }  // an order may be in hand
                departures.finish()
                await custodyLoop.value
                end.yield(true)
            }
        }
        Task { [limit = house.live.scan.drain] in
            try? await Task.sleep(for: .seconds(limit))
            end.yield(false)
        }
        for await finished in ends {
            if !finished {
                house.log.notice(
                    "left-for-next-start",
                    metadata: [LogKeys.count: "\(house.arrivals.figures.claims)"]
                )
            }
            break
        }
        preservers.stop()
    }
}

// MARK: - What the watches tell

extension ScanService {
    private static func heed(_ report: WatchReport, _ house: House, _ standing: Standing, index: Int) {
        let instruments = house.instruments[index]
        let spool = house.spools[index].name
        switch report {
        case .hint: instruments.hints.add(1)
        case .overflow: instruments.overflows.add(1)
        case .sweepEnded(let reason, let seconds):
            instruments.swept(reason, seconds: seconds)
        case .left(let left):
            standing.set(left: left, spool: spool)
            instruments.set(left: left)
        case .watches(let count): instruments.watches.set(Double(count))
        case .isUp(let isUp):
            instruments.isUp.set(isUp ? 1 : 0)
            if isUp { standing.set(lost: nil, spool: spool) }
        case .unwatched(let reason): standing.set(unwatched: reason, spool: spool)
        case .lost(let reason): standing.set(lost: reason, spool: spool)
        }
    }

    /// Takes up what lies in the work/ of a spool that was replaced while we run.
    private static func recover(_ spool: Spool, _ house: House, index: Int) {
        guard !house.watches[index].spool.sharesWork(with: spool) else { return }
        do {
            try spool.removeUnfinishedCopies()
            var joined: Set<SpoolPath> = []
            try spool.forEachInWork { path in
                if try spool.uploadInWork(ofContext: path) != nil { return }
                guard let path = try spool.finishClaim(ofContext: path), joined.insert(path).inserted else {
                    return
                }
                house.adopt(path, of: spool, index: index)
            }
        } catch {
            house.log.error(
                "spool-not-recovered",
                metadata: [LogKeys.spool: "\(spool.name)", LogKeys.reason: "\(error)"]
            )
        }
    }
}

// MARK: - Figures read when somebody asks

extension ScanService {
    private func showFigures() {
        let house = house
        let standing = standing
        func show(_ name: MetricNames, _ read: @escaping @Sendable () -> Double?) {
            house.registry.collect(name.rawValue, read)
        }
        house.registry.gauge(MetricNames.buildInfo.rawValue, labels: [("version", house.program)]).set(1)
        show(.inHand) { Double(house.arrivals.figures.claims) }
        show(.parked) { Double(house.arrivals.figures.parked) }
        show(.oldestWaiting) {
            house.arrivals.figures.oldest.map { Double(Clocks.monotonic - $0) / 1e9 } ?? 0
        }
        show(.ledgerCommits) { Double(house.ledger.commits) }
        show(.custodiansDrilled) { house.drills.count(house.keys).map(Double.init) }
        show(.plainCopies) { (try? house.vault.plainCopies()).map { Double($0.count) } }
        show(.ready) { standing.ready.isReady ? 1 : 0 }
        show(.residentBytes) { Double(ThisProcess.residentBytes) }
        show(.cpuSeconds) { Double(Clocks.processCPU) / 1e9 }
        show(.openDescriptors) { Double(ThisProcess.openDescriptors) }
        let start = Double(Clocks.realtime) / 1e9
        show(.startTime) { start }
    }
}
