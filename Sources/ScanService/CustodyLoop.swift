import CyberTip
import Exposition
import HashLists
import Intake
import LedgerStore
import LinuxIO
import Logging
import Synchronization
import UploadModel
import VaultStore

/// The custody loop: for uploads that have rows or need one, few at a time.
///
/// An effect is performed, then its row is made durable, then the next effect begins. A crash therefore repeats an
/// effect and skips none.
struct CustodyLoop: Sendable {
    let house: House
    let preservers: Preservers

    /// Uploads that are worked on at a time.
    static let width = 4

    /// Takes departures until there are no more, and finishes what it took.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var inHand = 0
            for await departure in house.departures.stream {
                if inHand == Self.width {
                    await group.next()
                    inHand -= 1
                }
                inHand += 1
                group.addTask { await self.take(departure) }
            }
        }
    }

    private func take(_ departure: Departures.Departure) async {
        switch departure {
        case .upload(let upload): await resume(upload)
        case .forget(let id):
            do {
                try await house.ledger.forget([id])
            } catch  where error.mayPass {
                // Its rows stay without a file; the next start drops them.
            } catch {
                house.stop(because: error)
            }
        }
    }

    /// Takes one upload as far as it goes: to its rest, or back to the lanes.
    func resume(_ upload: Upload) async {
        var upload = house.inItsSpool(upload)
        do {
            try house.places.check()
            try await makeDurable(&upload)
            while let event = try await perform(upload.next, on: upload) {
                try upload.record(event)
                try await makeDurable(&upload)
            }
            goOn(with: upload)
        } catch let error as LedgerFault where error.mayPass {
            tryAgain(upload, "\(error)", isRoom: error == .full)
        } catch let error as SyscallError {
            // One upload, or one spool, is in trouble; all others are served.
            tryAgain(upload, "\(error)", isRoom: error.isNoSpace)
        } catch let error as OrderRefused {
            // No list serves, so nothing can be compared: the exhibit stays where it is.
            tryAgain(upload, "\(error)", isRoom: false)
        } catch let error as DamagedBundle {
            tryAgain(upload, "\(error)", isRoom: false)
        } catch let error as RestoreFault {
            tryAgain(upload, "\(error)", isRoom: false)
        } catch let error as DamagedSeal {
            tryAgain(upload, "\(error)", isRoom: false)
        } catch let error as SealingFault {
            tryAgain(upload, "\(error)", isRoom: false)
        } catch let error as EvidenceRefused {
            // Settings were reloaded that cannot seal this one; it waits for others.
            tryAgain(upload, "\(error)", isRoom: false)
        } catch let error as SecondCopyRefused {
            // A person has to do something, maybe in weeks: said once a run.
            tryAgain(upload, "\(error); \(error.hint)", isRoom: false, saysAgain: false)
        } catch let error as PlaceLost {
            tryAgain(upload, "\(error)", isRoom: false)
        } catch CustodyFault.nothingToPreserve {
            // Somebody took it out of work/. The guarantee is broken for this one, and all others are served.
            house.unpreserved.add(1, ordering: .relaxed)
            house.log.critical("nothing-to-preserve", metadata: [LogKeys.upload: "\(upload.id)"])
            house.arrivals.finished()
        } catch {
            house.stop(because: error)
        }
    }

    private func goOn(with upload: Upload) {
        switch upload.next {
        case .digest, .decode, .compare, .retry: house.arrivals.park(upload, for: 0)
        default: house.arrivals.finished()
        }
    }

    /// Facts become rows; the context's bytes go with the first that lead to evidence.
    func makeDurable(_ upload: inout Upload) async throws {
        let facts = upload.facts
        if upload.leavesNoTrace {
            house.instruments[upload.spoolIndex].withdrawn.add(1)
            return upload.dropFacts()
        }
        guard !facts.isEmpty else { return }
        let needsContext = upload.hasContext && upload.leadsToEvidence
        let isLastTry = upload.tries.count + 1 >= Tries.most
        let context =
            needsContext
            ? try upload.spool.contextForEvidence(of: upload.place, orWithout: isLastTry) : nil
        try await house.ledger.append(
            LedgerEntry(
                id: upload.id,
                spool: upload.spool.name,
                path: upload.path,
                events: facts,
                context: context,
                hasContext: upload.hasContext
            )
        )
        upload.factsAreDurable()
        for fact in facts {
            count(fact.event, upload)
            house.record.note(
                fact,
                of: upload.id,
                state: house.stateRoot.descriptor,
                keepsPlainCopy: (try? house.vault.hasPlainCopy(of: BundleID(upload.id))) ?? true
            )
        }
    }

    // MARK: - Effects

    /// Carries out one effect.
    ///
    /// - Returns: What happened; `nil` when nothing is left to be done here.
    private func perform(_ effect: CustodyEffect, on upload: Upload) async throws -> CustodyEvent? {
        switch effect {
        case .digest, .decode, .compare, .nothing: return nil
        case .release: return try await release(upload)
        case .hold:
            if upload.hasFile { try upload.spool.hold(upload.place) }
            return .held
        case .bundle(let matches): return .bundled(try await preserve(upload, matches))
        case .removeSource(let bundle): return try await removeSource(upload, bundle)
        case .draft(let bundle): return .drafted(try await draft(upload, bundle))
        case .retry:
            try upload.spool.bringBack(upload.place)
            return nil
        case .restore(let order):
            let (known, _) = try await known(upload)
            return try await preservers.run { [house] in
                try SignedOrders(house: house).restore(order, upload, known)
            }
        case .destroy(let order):
            let (known, _) = try await known(upload)
            return try await preservers.run { [house] in
                try SignedOrders(house: house).destroy(order, known)
            }
        }
    }

    /// Lets an upload go whose rows say that it may. After a crash another one may have its path in work/: only the
    /// bytes that were compared are released.
    private func release(_ upload: Upload) async throws -> CustodyEvent {
        guard upload.hasFile else { return .released }
        if !upload.place.isSetAside {
            let compared = try house.ledger.upload(upload.id)?.digests
            let found = try await preservers.run { try upload.spool.digests(of: upload.place) }
            guard let found, found == compared else {
                if upload.spool.isThere(upload.place) { house.adoptStranger(at: upload) }
                return .released
            }
        }
        try upload.spool.release(upload.place)
        return .released
    }

    private func removeSource(_ upload: Upload, _ bundle: BundleID) async throws -> CustodyEvent {
        guard try house.vault.has(bundle) else { throw CustodyFault.bundleGone(bundle) }
        guard upload.hasFile else { return .sourceRemoved }
        try house.places.check()
        try house.vault.requireHeaders(of: bundle)
        let digests = try house.ledger.upload(upload.id)?.digests
        let preserved = PreservedSource(try house.vault.exhibit(of: bundle), digests)
        let context = try house.ledger.context(of: upload.id)
        let isStranger = try await preservers.run {
            try upload.spool.removeSource(upload.place, context: context) {
                status,
                file throws(SyscallError) in
                if upload.place.isSetAside { return true }
                return try preserved.isThe(status, file)
            }
        }
        if isStranger {
            house.adoptStranger(at: upload)
        } else if !upload.place.isSetAside, upload.hasContext, upload.spool.settings.context == .sidecar,
            try upload.spool.isInWork(upload.path.context)
        {
            // It could not be read, has outgrown a context, or is not what the ledger has: compared by itself, it is
            // not lost.
            house.adopt(upload.path.context, of: upload.spool, index: upload.spoolIndex)
        }
        return .sourceRemoved
    }

    private func preserve(_ upload: Upload, _ matches: [Match]) async throws -> BundleID {
        let (known, context) = try await known(upload)
        let exhibit = known.exhibit(matches, generation: house.lists.current?.name ?? "", house.configuration)
        let begin = Clocks.monotonic
        do {
            let bundle = try await preservers.run { [house, vault = house.vault] in
                guard upload.hasFile, let content = try upload.spool.openToPreserve(upload.place) else {
                    // A crash came after its removal and before the row.
                    if try vault.has(exhibit.bundle) { return exhibit.bundle }
                    throw CustodyFault.nothingToPreserve(upload.id)
                }
                let terms = try house.sealingTerms(for: matches)
                let bundle = try vault.preserve(exhibit, content: content, context: context, under: terms)
                // Replaced meanwhile, it went where nobody looks for it: there is no row that says it was preserved.
                try house.places.check()
                return bundle
            }
            house.instruments[upload.spoolIndex].custodySeconds.observe(
                Double(Clocks.monotonic - begin) / 1e9
            )
            return bundle
        } catch {
            house.instruments[upload.spoolIndex].bundleFailures.add(1)
            throw error
        }
    }

    private func draft(_ upload: Upload, _ bundle: BundleID) async throws -> DraftID {
        let (known, context) = try await known(upload)
        let id = DraftID(upload.id)
        guard let source = known.draftSource(bundle, context: context, house.configuration) else {
            throw CustodyFault.bundleGone(bundle)
        }
        let audiences = try house.keys.audiences()
        try await preservers.run { [vault = house.vault] in
            // Placed whole before a crash, maybe by another version or under other settings: it stays as it is.
            if try vault.hasDraft(id) { return }
            let report = DraftReport(from: source)
            try vault.placeDraft(
                id,
                files: [
                    DraftFile(name: "draft.json", bytes: report.json),
                    DraftFile(name: "draft.xml", bytes: report.xml),
                ],
                for: audiences
            )
        }
        return id
    }

    /// What the ledger has: evidence and drafts are made from rows alone.
    private func known(_ upload: Upload) async throws -> (LedgerUpload, context: [UInt8]?) {
        guard let known = try house.ledger.upload(upload.id) else { throw CustodyFault.rowsGone(upload.id) }
        return (known, try house.ledger.context(of: upload.id))
    }

    // MARK: - Trouble, and what is counted

    /// Again after a pause that grows; the source stays where it is. While one waits for room in the state nothing new
    /// is claimed, so that matches go first when room returns.
    private func tryAgain(_ upload: Upload, _ reason: String, isRoom: Bool, saysAgain: Bool = true) {
        var upload = upload
        let isNews = saysAgain || upload.tries.count == 0
        let pause = upload.tries.failed(now: Clocks.monotonic) ?? 300_000_000_000
        house.instruments[upload.spoolIndex].retries.add(1)
        if isNews {
            house.log.error(
                "custody-waits",
                metadata: [LogKeys.upload: "\(upload.id)", LogKeys.reason: "\(reason)"]
            )
        }
        if isRoom { house.waitingForRoom.add(1, ordering: .relaxed) }
        Task { [house, upload] in
            try? await Task.sleep(for: .nanoseconds(isRoom ? min(pause, 2_000_000_000) : pause))
            if isRoom { house.waitingForRoom.subtract(1, ordering: .relaxed) }
            house.departures.send(.upload(upload))
        }
    }

    private func count(_ event: CustodyEvent, _ upload: Upload) {
        let instruments = house.instruments[upload.spoolIndex]
        switch event {
        case .listed: instruments.matched.add(1)
        case .released: instruments.released.add(1)
        case .vanished: instruments.withdrawn.add(1)
        case .bundled: instruments.bundles.add(1)
        case .drafted: instruments.drafts.add(1)
        case .held:
            guard case .held(let obstacle) = upload.custody.stage else { return }
            instruments.held(because: obstacle)
            say("held", upload, [LogKeys.obstacle: "\(obstacle.rawValue)"])
        case .sourceRemoved: say("quarantined", upload, [LogKeys.bundle: "\(BundleID(upload.id))"])
        default: break
        }
    }

    private func say(_ event: Logger.Message, _ upload: Upload, _ more: Logger.Metadata) {
        let about: Logger.Metadata = [LogKeys.upload: "\(upload.id)", LogKeys.spool: "\(upload.spool.name)"]
        house.log.notice(event, metadata: about.merging(more) { $1 })
    }
}

/// What cannot be gone on from: rows and directories do not fit.
enum CustodyFault: Error, CustomStringConvertible {
    case bundleGone(BundleID)
    case rowsGone(UploadID)
    case nothingToPreserve(UploadID)

    var description: String {
        switch self {
        case .bundleGone(let bundle): "\(bundle): preserved by its rows, and not in the vault"
        case .rowsGone(let upload): "\(upload): in hand, and not in the ledger"
        case .nothingToPreserve(let upload):
            "\(upload): to be preserved, and neither its source nor its bundle is there"
        }
    }
}

extension Upload {
    /// Whether it is preserved next.
    fileprivate var leadsToEvidence: Bool { if case .bundle = next { true } else { false } }
}
