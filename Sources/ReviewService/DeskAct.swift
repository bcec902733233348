import Synchronization
import UploadModel
import VaultStore

/// What the desk is doing now, and for whom: stands in the custody log wherever sealed context is opened for it.
final class DeskAct: Sendable {
    let actor: CustodyActor
    /// A word of ours: the request's verb, or `adoption`.
    let purpose: String
    /// Exhibits whose opening the log has already, for this act.
    private let said = Mutex(Set<BundleID>())

    init(_ actor: CustodyActor, _ purpose: String) { (self.actor, self.purpose) = (actor, purpose) }

    /// Those of `bundles` whose opening nobody has stated yet.
    func unsaid(_ bundles: [BundleID]) -> [BundleID] {
        said.withLock { said in bundles.filter { !said.contains($0) } }
    }

    func expects(_ bundles: [BundleID]) { said.withLock { $0.formUnion(bundles) } }

    /// What was opened is done with; what did not open is tried again under the entry that stands.
    func expects(only left: [BundleID]) { said.withLock { $0 = Set(left) } }
}

extension CaseDesk {
    /// States that something of a case that the desk keeps sealed, an answer or a draft, is about to be opened. It must
    /// not be opened where this throws.
    ///
    /// - Parameter references: Its kind and its id.
    func say(opening references: [String: String], of home: CaseID) throws(CustodyLogFault) {
        try log.append([
            CustodyStatement(
                at: now,
                .contextOpened,
                by: acting.actor,
                about: CustodySubject(case: home),
                reason: acting.purpose,
                references: references
            )
        ])
    }

    /// States that the sealed records of these exhibits are about to be opened for an act. They must not be opened where
    /// this throws.
    func say(opening bundles: [BundleID], of home: CaseID?, for act: DeskAct) throws(CustodyLogFault) {
        let news = act.unsaid(bundles)
        let at = now
        try log.append(
            news.map { bundle in
                CustodyStatement(
                    at: at,
                    .contextOpened,
                    by: act.actor,
                    about: CustodySubject(exhibit: bundle, case: home),
                    reason: act.purpose
                )
            }
        )
        act.expects(news)
    }
}
