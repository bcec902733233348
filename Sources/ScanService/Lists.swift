import Exposition
import GenerationFormat
import HashLists
import LedgerStore
import LinuxIO
import Logging
import Synchronization
package import UploadModel
import VaultStore

/// The generation that serves, kept up with what is installed: what is taken over or refused is counted, logged and
/// recorded. A worker keeps its reference until its lanes are empty.
final class Lists: Sendable {
    private let directory: Descriptor
    private let ledger: Ledger
    private let record: Record
    private let registry: MetricsRegistry
    private let log: Logger
    private let serving = ServingGeneration()
    /// Lists past their age, as the custody log has them in this run.
    private let expired = Mutex<Set<String>>([])
    /// What was refused last, so that it is said once, and tried again only where that may help.
    private let refused = Mutex<(name: String, reason: String, mayPass: Bool)?>(nil)

    init(_ state: StateDirectory, ledger: Ledger, record: Record, registry: MetricsRegistry, log: Logger)
        throws
    {
        directory = try state.lists.duplicate()
        (self.ledger, self.record, self.registry, self.log) = (ledger, record, registry, log)
    }

    var current: Generation? { serving.current }

    /// Whether a list that serves holds perceptual hashes.
    var askForPictures: Bool { current?.asksForPictures == true }

    /// Why no list can be compared with; `nil` while one serves.
    var whyNone: String? {
        if current != nil { return nil }
        return refused.withLock { $0?.reason } ?? "no generation is installed; run \"breakwater list build\""
    }

    /// What is wrong although a generation serves: a newer one was refused, or a list is past its age.
    func notes(at time: Timestamp) -> [String] {
        var stale = current?.staleLists(at: time).map { "list \($0) is past its maximum age" } ?? []
        for list in current?.lists ?? [] where list.isDatedAhead(of: time) {
            stale.append("list \(list.name) is dated after the clock's time, and its age is not known")
        }
        if current?.pictureSearch == .scanForGood {
            stale.append("the index of pictures is damaged; each is compared with every entry, and slower")
        }
        if current?.hasDamagedFilter == true {
            stale.append("a filter of digests is damaged; each is looked up without it, and slower")
        }
        guard current != nil, let reason = refused.withLock({ $0?.reason }) else { return stale }
        return stale + ["the newest generation was refused: \(reason)"]
    }

    /// Enters each list of the serving generation once when it passes its maximum age.
    func noteExpired(at time: Timestamp) {
        let stale = Set(current?.staleLists(at: time) ?? [])
        let news = expired.withLock { known in
            defer { known = stale }
            return stale.subtracting(known)
        }
        record.note(news.sorted().map { Record.expired($0, at: time) })
    }

    /// Looks at `lists/current` and takes over what it names, if that is another generation than the one serving.
    func refresh(_ settings: ListSettings, _ keys: SealingKeys) {
        do {
            guard let name = try Generation.currentName(in: directory), name != current?.name else { return }
            if refused.withLock({ $0?.name == name && $0?.mayPass == false }) { return }
            do {
                try take(name, settings, keys)
            } catch {
                refuse(name, "\(error)", mayPass: Self.mayPass(error))
            }
        } catch {
            refuse("current", "\(error)", mayPass: true)
        }
    }

    /// Forgets a refusal, so that the next refresh tries again: the settings may name another key now.
    func reconsider() { refused.withLock { $0 = nil } }

    private func take(_ name: String, _ settings: ListSettings, _ keys: SealingKeys) throws {
        let former = current?.lists ?? []
        let generation = try serving.take(
            name,
            in: directory,
            publicKey: try Configuration.publicKey(settings),
            notBelow: try ledger.highestCounter()
        ) { generation in
            if let real = generation.lists.first(where: { !$0.synthetic }), !keys.mayServeRealLists {
                throw ListsRefused.cannotSeal(list: real.name)
            }
            try ledger.raiseCounter(to: generation.counter)
        }
        for list in former {  // of lists that are gone: not shown
            entries(of: list).set(.nan)
            date(of: list).set(.nan)
        }
        refused.withLock { $0 = nil }
        count("ok")
        record.note(generation.lists.map { Record.imported($0.name, generation: "\(name)") })
        log.info(
            "lists-loaded",
            metadata: [LogKeys.generation: "\(name)", LogKeys.count: "\(generation.entryCount)"]
        )
        registry.gauge(MetricNames.listLoaded.rawValue).set(Double(Clocks.realtime) / 1e9)
        for list in generation.lists {
            entries(of: list).set(Double(list.entryCount))
            date(of: list).set(Double(list.ageCountsFrom.nanoseconds) / 1e9)
        }
    }

    private func entries(of list: GenerationList) -> GaugeCell {
        registry.gauge(MetricNames.listEntries.rawValue, labels: [("list", list.name)])
    }

    private func date(of list: GenerationList) -> GaugeCell {
        let labels = [("list", list.name), ("by", list.dated?.by.rawValue ?? "build")]
        return registry.gauge(MetricNames.listDated.rawValue, labels: labels)
    }

    private func refuse(_ name: String, _ reason: String, mayPass: Bool) {
        let isNews = refused.withLock { known in
            defer { known = (name, reason, mayPass) }
            return known?.name != name || known?.reason != reason
        }
        guard isNews else { return }
        count("refused")
        record.note(Record.rejected(generation: name))
        log.error("lists-refused", metadata: [LogKeys.generation: "\(name)", LogKeys.reason: "\(reason)"])
    }

    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as SyscallError: error.mayPass || error.isForbidden
        case let error as LedgerFault: error.mayPass
        default: false
        }
    }

    private func count(_ result: String) {
        registry.counter(MetricNames.reloads.rawValue, labels: [("what", "lists"), ("result", result)]).add(1)
    }

}

extension Configuration {
    /// The key that generations must be signed by.
    ///
    /// - Throws: `SyscallError`, or an error that says what the file must hold.
    package static func publicKey(_ settings: ListSettings) throws -> [UInt8] {
        let file = try Descriptor.open(settings.publicKey)
        let text = try file.readAll(limit: 1_024, subject: settings.publicKey)
        let digits = text.prefix { $0.hexDigit != nil }
        guard digits.count == 64, let key = Hex.bytes(digits) else {
            throw ListsRefused.unusableKey(file: settings.publicKey)
        }
        return key
    }
}

/// Why lists are not served that are sound in themselves.
enum ListsRefused: Error, CustomStringConvertible {
    case cannotSeal(list: String)
    case unusableKey(file: String)

    var description: String {
        switch self {
        case .cannotSeal(let list):
            "list \(list) is not marked synthetic, and evidence cannot be sealed to two custodians"
                + " whose keys are not the demonstration's"
        case .unusableKey(let file): "\(file): not a public key, 64 hexadecimal digits"
        }
    }
}
