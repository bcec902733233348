import LinuxIO
import Logging
import Synchronization
import UploadModel
import VaultStore

/// Watches how many custodians have lately shown that they can open evidence, and says when they become too few.
final class DrillWatch: Sendable {
    /// Below it an unsealed copy is kept of whatever is preserved.
    static let enough = 2

    /// Nanoseconds until copies that could not be removed are looked at again: each is read whole for it.
    private static let pause: Int64 = 3_600_000_000_000

    private let vault: Vault
    private let known = Mutex<Int?>(nil)
    private let lookAgainAt = Mutex<Int64>(0)
    /// What kept an answer from the log last, so that it is said once.
    private let saidOf = Mutex("")
    /// Answers that the custody log has, by fingerprint, also where the note of it could not be written.
    private let entered = Mutex<[String: Timestamp]>([:])

    init(_ vault: Vault) { self.vault = vault }

    /// Looks again; one line in the log for each change, an error when a drill has lapsed, and for each answer an entry in
    /// the custody log.
    func turn(_ keys: SealingKeys, _ record: Record, _ log: Logger) {
        noteAnswers(keys, record, log)
        guard let count = count(keys) else { return }
        let before = known.withLock { known in
            defer { known = count }
            return known
        }
        guard count != before else { return }
        let about: Logger.Metadata = [LogKeys.count: "\(count)"]
        if count < min(before ?? 0, Self.enough) {
            log.error("drill-lapsed", metadata: about)
        } else {
            log.notice("custodians-drilled", metadata: about)
        }
    }

    /// Killed between the entry and its note, it is entered once more.
    private func noteAnswers(_ keys: SealingKeys, _ record: Record, _ log: Logger) {
        for custodian in keys.custodians {
            do {
                guard let drill = try vault.drill(custodian.recipient), let answered = drill.answeredAt,
                    answered != drill.loggedAt
                else { continue }
                let key = custodian.recipient.fingerprint
                if entered.withLock({ $0[key] }) != answered {
                    try record.require([Record.drilled(key, at: answered)])
                    entered.withLock { $0[key] = answered }
                }
                try vault.noteLogged(drill)
            } catch {
                let isNews = saidOf.withLock { known in
                    defer { known = "\(error)" }
                    return known != "\(error)"
                }
                if isNews { log.error("drill-not-logged", metadata: [LogKeys.reason: "\(error)"]) }
            }
        }
    }

    /// `nil` when the vault cannot be looked at.
    func count(_ keys: SealingKeys) -> Int? {
        try? vault.drilledCount(keys, at: Timestamp(nanoseconds: Clocks.realtime))
    }

    /// Removes the unsealed copies once enough custodians have answered, each with its entry in the custody log first.
    /// Blocks for as long as it takes to read the bundles.
    func removePlainCopies(_ keys: SealingKeys, _ record: Record, _ log: Logger) {
        guard known.withLock({ $0 ?? 0 }) >= Self.enough else { return lookAgainAt.withLock { $0 = 0 } }
        do {
            guard lookAgainAt.withLock({ Clocks.monotonic >= $0 }) else { return }
            guard try !vault.plainCopies().isEmpty else { return }
            lookAgainAt.withLock { $0 = Clocks.monotonic + Self.pause }
            let now = Timestamp(nanoseconds: Clocks.realtime)
            let removed = try vault.removePlainCopies(keys, at: now) {
                try record.require([Record.removed($0)])
            }
            if !removed.isEmpty {
                log.notice("plain-copies-removed", metadata: [LogKeys.count: "\(removed.count)"])
            }
        } catch {
            log.error("plain-copies", metadata: [LogKeys.reason: "\(error)"])
        }
    }

    /// What the posture says; `nil` while enough are drilled, and in a demonstration, which has no custodians.
    func note(_ keys: SealingKeys) -> String? {
        guard !keys.custodians.isEmpty else { return nil }
        guard let count = known.withLock({ $0 }), count < Self.enough else { return nil }
        return
            "unsealed copies of evidence are kept: \(count) of \(Self.enough) custodian keys answered a drill "
            + "within 90 days; run \"breakwater keys drill\""
    }
}
