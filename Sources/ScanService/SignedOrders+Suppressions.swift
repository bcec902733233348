import HashLists
import Intake
import LedgerStore
import LinuxIO
import UploadModel

// What a restore may release.

extension SignedOrders {
    /// Holds the content against the lists that serve now, under the suppression that the order makes: the machine that
    /// releases an upload has to release it too. Persons decided on the entries that were met; one that came since then
    /// is in nobody's decision.
    ///
    /// - Throws: ``OrderRefused/noLists``, ``OrderRefused/meetsMore`` or ``OrderRefused/notCompared(_:)``.
    func requireReleasable(_ order: Order, _ preserved: DigestSet, _ known: LedgerUpload) throws {
        guard let generation = house.lists.current else { throw OrderRefused.noLists }
        let file = try content(of: order)
        var (custody, finding) = (Custody(), PerceptualFinding.notAsked)
        let isPicture = try generation.asksForHashes(of: file)
        if try custody.record(.digested(preserved, picture: isPicture)) == .decode {
            finding = house.pictures.perceptual(of: file)
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
}
