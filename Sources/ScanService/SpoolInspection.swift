import Digesting
import Intake
package import LedgerStore
import LinuxIO
package import UploadModel
package import VaultStore

/// Gathers what ``SpoolCheck`` judges: each upload with rows, each bundle, and what lies in held/. Changes nothing.
package final class SpoolInspection {
    private let spools: [String: SpoolView]
    private let ledger: Ledger
    private let vault: Vault
    private let state: SharedDirectory
    /// What the custody log says; read where it is asked, since it is long.
    private lazy var log = Result { try LoggedEvidence(inState: state.descriptor) }

    package init(_ settings: Settings, ledger: Ledger, vault: Vault) throws {
        (self.ledger, self.vault) = (ledger, vault)
        state = SharedDirectory(try Descriptor.directory(settings.state.root))
        var spools: [String: SpoolView] = [:]
        for spool in settings.spools { spools[spool.name] = try SpoolView(spool) }
        self.spools = spools
    }

    /// All that is wrong.
    package func findings() throws -> [SpoolCheck.Finding] {
        try ofRows() + ofBundles() + ofHeld() + ofLosses() + ofShreddings()
    }

    /// Records of shredded headers behind which no order stands.
    private func ofShreddings() throws -> [SpoolCheck.Finding] {
        try vault.recordedShreddings().flatMap { bundle in
            let log = try log.get()
            if try vault.isShredded(bundle, by: log) { return [SpoolCheck.Finding]() }
            let orders = log?.shreddings(of: bundle) ?? []
            return try vault.unorderedShreddings(of: bundle, orders).map {
                SpoolCheck.Finding(about: "\(bundle)", problem: "\($0.place.rawValue): \($0.fault)")
            }
        }
    }

    private func ofLosses() throws -> [SpoolCheck.Finding] {
        let suppressions = try CustodyLoss.lostSuppressions(state.descriptor, ledger).map {
            SpoolCheck.Finding(
                about: "\($0)",
                problem: "it was restored, and nothing in suppressions/ keeps it from being quarantined again"
            )
        }
        guard try CustodyLoss.lacksLog(state.descriptor, ledger) else { return suppressions }
        return suppressions + [
            SpoolCheck.Finding(about: "custody", problem: "uploads have matched, and there is no custody log")
        ]
    }

    private func ofRows() throws -> [SpoolCheck.Finding] {
        var findings: [SpoolCheck.Finding] = []
        var last: UploadID?
        while true {
            let page = try ledger.uploads(in: Custody.Stage.names, after: last, limit: 256)
            for upload in page { findings += try judge(upload) }
            guard let end = page.last else { return findings }
            last = end.id
        }
    }

    private func judge(_ upload: LedgerUpload) throws -> [SpoolCheck.Finding] {
        let custody: Custody
        do {
            custody = try Custody.replaying(upload.rows.map(\.event)).custody
        } catch {
            return [SpoolCheck.Finding(about: "\(upload.id)", problem: "its rows are out of order: \(error)")]
        }
        let bundle = BundleID(upload.id)
        let spool = spools[upload.spool]
        let faults = try vault.has(bundle) ? try bundleFaults(bundle, custody.stage).map { "\($0)" } : nil
        return SpoolCheck.judge(
            SpoolCheck.Found(
                id: upload.id,
                stage: custody.stage,
                isSetAside: custody.isSetAside,
                inWork: spool?.isInWork(upload.path) ?? false,
                inHeld: spool?.isHeld(upload.id) ?? false,
                bundleFaults: faults,
                hasDraft: try vault.hasDraft(DraftID(upload.id)),
                isInReleased: try isReleased(upload, in: spool),
                warrantsDraft: upload.matches.contains(where: \.warrantsDraft)
            )
        )
    }

    /// Of the bag, and of the headers without which nobody opens it; those of what was destroyed, or shredded while its
    /// destruction waits for a copy, are gone by right.
    private func bundleFaults(_ bundle: BundleID, _ stage: Custody.Stage) throws -> [BundleFault] {
        switch stage {
        case .destroying, .closed: return try vault.verify(bundle)
        default:
            var headers = try vault.headerFaults(of: bundle)
            if !headers.isEmpty, try vault.isShredded(bundle, by: log.get()) { headers = [] }
            return try vault.verify(bundle) + headers
        }
    }

    /// Whether released/ holds the matched bytes under this upload's name. Reads files, so only for open matches.
    private func isReleased(_ upload: LedgerUpload, in spool: SpoolView?) throws -> Bool {
        guard !upload.matches.isEmpty, let digests = upload.digests, let spool else { return false }
        var found = false
        try spool.forEachReleased(upload.path, upload.id) { file in
            if try file.status(subject: "released upload").size != digests.byteCount { return }
            found = try digests == DigestSet.reading(file) || found
        }
        return found
    }

    /// Guarantee 4: a bundle without a leading dot is complete, and an upload that preserved it is known.
    private func ofBundles() throws -> [SpoolCheck.Finding] {
        var findings: [SpoolCheck.Finding] = []
        try vault.bundles { bundle in
            if try ledger.upload(bundle.upload) == nil {
                findings.append(
                    SpoolCheck.Finding(
                        about: "\(bundle)",
                        problem: "no row tells where this bundle comes from"
                    )
                )
            }
        }
        return findings
    }

    private func ofHeld() throws -> [SpoolCheck.Finding] {
        var findings: [SpoolCheck.Finding] = []
        for spool in spools.values {
            try spool.forEachHeld { id in
                if try ledger.upload(id) == nil {
                    findings.append(
                        SpoolCheck.Finding(about: "\(id)", problem: "lies in held/, and no row says why")
                    )
                }
            }
        }
        return findings
    }
}
