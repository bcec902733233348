import Digests
import LedgerStore
import LinuxIO
import UploadModel
import VaultStore

// A run that was killed leaves rows whose entries only waited to be written. The rows have all of them, so the next run
// enters what an exhibit's chain lacks, before anything new is said of it.

extension Record {
    /// Notes what the log lacks and the ledger has, each with its row's time. Blocks.
    ///
    /// Looked at is what is not at rest, and what has a row that is not much older than the newest entry: entries are
    /// written in the order of what happened, so all before are there.
    func complete(from ledger: Ledger, state: borrowing Descriptor) {
        do {
            let since = try beginOfWhatMayLack()
            var last: UploadID?
            // A turn writes a page: no more waits than there is room for.
            while case let page = try ledger.uploads(in: Custody.Stage.names, after: last, limit: 64),
                let end = page.last
            {
                for known in page where !known.rests || known.rows.contains(where: { $0.at >= since }) {
                    note(try lacking(of: known, state: state))
                }
                last = end.id
                turn()
            }
        } catch {
            report(error)
        }
    }

    /// What an exhibit's chain lacks of what its rows say.
    private func lacking(of known: LedgerUpload, state: borrowing Descriptor) throws -> [CustodyStatement] {
        let stated = known.statements(state: state)
        if stated.isEmpty { return [] }
        let chain = try chain(of: BundleID(known.id))
        // Nothing that needs its content is said of what was destroyed.
        if chain.contains(where: { $0.kind == .destroyExecuted }) { return [] }
        // In a log that was begun anew a lift may stand alone: a suppression entered after it would undo it.
        let isLifted = chain.contains { $0.kind == .suppressionRemoved }
        return stated.filter { statement in
            if isLifted, statement.kind == .suppressionAdded { return false }
            return !chain.contains {
                $0.kind == statement.kind && $0.reason == statement.reason
                    && $0.references["order"] == statement.references["order"]
            }
        }
    }
}

extension LedgerUpload {
    /// Whether nothing is due; what cannot be replayed is looked at.
    fileprivate var rests: Bool {
        (try? Custody.replaying(rows.map(\.event)))?.custody.stage.rests ?? false
    }

    /// All that the log says of an upload with these rows, in their order.
    fileprivate func statements(state: borrowing Descriptor) -> [CustodyStatement] {
        let copy = Array("vault/plain/\(BundleID(id))".utf8)
        let keepsPlainCopy = ((try? state.statusIfThere(of: copy, subject: "vault/plain")) ?? nil) != nil
        var order: Order?
        var stated: [CustodyStatement] = []
        for row in rows {
            switch (row.event, order) {
            case (.ordered(let received), _):
                order = received
                stated.append(SignedOrders.statement(received, .orderReceived, at: row.at))
            case (.restored, let order?):
                let why = matches.isExact ? "exact" : "similar"
                stated.append(SignedOrders.statement(order, .restoreDone, why: why, at: row.at))
                if isSuppressed(by: order) {
                    stated.append(SignedOrders.statement(order, .suppressionAdded, at: row.at))
                }
            case (.refused, let order?):
                stated.append(SignedOrders.statement(order, .orderRefused, at: row.at))
            case (.destroyed, let order?): stated.append(destroyed(order, at: row.at, state: state))
            default:
                stated += Record.statements(row, of: id, state: state, keepsPlainCopy: keepsPlainCopy)
            }
        }
        return stated
    }

    private func destroyed(_ order: Order, at time: Timestamp, state: borrowing Descriptor)
        -> CustodyStatement
    {
        let certificate = (try? Destroyer(state: state).certificate(of: BundleID(id))) ?? nil
        let digest = certificate.flatMap { DigestSet(of: $0).sha256?.hex }
        return SignedOrders.statement(
            order,
            .destroyExecuted,
            why: order.basis?.name,
            ["certificate": digest ?? ""],
            at: time
        )
    }
}
