import Decoding
import HashLists
import Intake
import LedgerStore
import LinuxIO
import UploadModel

// What a restore may release, and what keeps its bytes from being a match again.

extension SignedOrders {
    /// Holds the content against the lists that serve now, under the suppression that the order makes: the machine that
    /// releases an upload has to release it too. Persons decided on the entries that were met; one that came since then
    /// is in nobody's decision.
    ///
    /// - Throws: ``OrderRefused/noLists``, ``OrderRefused/noDecoderNow``, ``OrderRefused/meetsMore`` or
    ///   ``OrderRefused/notCompared(_:)``.
    func requireReleasable(_ order: Order, _ preserved: DigestSet, _ known: LedgerUpload) throws {
        guard let generation = house.lists.current else { throw OrderRefused.noLists }
        let file = try content(of: order)
        var (custody, finding) = (Custody(), PerceptualFinding.notAsked)
        let isPicture = try generation.asksForHashes(of: file)
        if try custody.record(.digested(preserved, picture: isPicture)) == .decode {
            let answer = house.pictures.read(file)
            if case .failure(let none) = answer, none.mayPass { throw OrderRefused.noDecoderNow }
            finding = answer.finding
            _ = try custody.record(.perceptual(finding))
        }
        let made = Suppression(order, digests: preserved, matches: known.matches)
        let judgement = Judgement(
            of: generation.matches(preserved, finding),
            digests: preserved,
            under: house.suppressions.about(preserved) + (made.map { [$0] } ?? [])
        )
        if try custody.record(judgement.event) == .release { return }
        if case .failed(let obstacle) = finding { throw OrderRefused.notCompared(obstacle) }
        throw OrderRefused.meetsMore
    }

    /// - Returns: What to answer.
    func suppress(_ order: Order, _ known: LedgerUpload) throws -> String {
        let digests = try preserved(by: order)
        guard let suppression = Suppression(order, digests: digests, matches: known.matches) else {
            throw OrderRefused.nothingToSuppress
        }
        switch try standing(of: order, .suppressionAdded) {
        case .done: break
        case .begun: try house.suppressions.add(suppression)
        case .new:
            try house.record.require([statement(order, .suppressionAdded)])
            try house.suppressions.add(suppression)
        }
        return "suppressed: these bytes, for the entries that were met"
    }

    /// - Returns: What to answer.
    func lift(_ order: Order, _ known: LedgerUpload) throws -> String {
        switch try standing(of: order, .suppressionRemoved) {
        case .done: break
        case .begun: try house.suppressions.remove(order.upload)
        case .new:
            guard try house.suppressions.isThere(order.upload) || isSuppressionLost(known) else {
                throw OrderRefused.nothingToSuppress
            }
            try house.record.require([statement(order, .suppressionRemoved)])
            try house.suppressions.remove(order.upload)
        }
        return "lifted: these bytes are a match again"
    }

    /// How far an order's change of a suppression came before a crash took its answer.
    private enum Standing {
        case new
        /// Its entry is the last word: the file may not follow it yet.
        case begun
        /// Another change came after it.
        case done
    }

    private func standing(of order: Order, _ kind: CustodyEntryKind) throws -> Standing {
        let changes = try changes(of: order.upload)
        guard
            let own = changes.lastIndex(where: { $0.kind == kind && $0.references["order"] == "\(order.id)" })
        else { return .new }
        return own == changes.indices.last ? .begun : .done
    }

    /// Whether the log or, where that was lost too, the rows tell of a suppression that nobody lifted. It is lifted by its
    /// entry alone, which ends the alarm.
    private func isSuppressionLost(_ known: LedgerUpload) throws -> Bool {
        switch try changes(of: known.id).last?.kind {
        case nil: try CustodyLoss.lacksSuppression(known, house.stateRoot.descriptor)
        case let kind?: kind == .suppressionAdded
        }
    }

    /// What the log says of an upload's suppression, oldest first.
    private func changes(of upload: UploadID) throws -> [CustodyEntry] {
        try house.record.chain(of: BundleID(upload)).reversed().filter {
            $0.kind == .suppressionAdded || $0.kind == .suppressionRemoved
        }
    }
}

extension LedgerUpload {
    /// Whether restoring it suppresses something: what its context met is not given back.
    func isSuppressed(by order: Order) -> Bool {
        Suppression(order, digests: digests, matches: matches) != nil
    }
}
