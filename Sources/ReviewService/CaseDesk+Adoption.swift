import CyberTip
import JSONText
import LinuxIO
import Synchronization
import UploadModel
import VaultStore

// New exhibits become cases. Done again it changes nothing: an exhibit that the book has is passed over.

extension CaseDesk {
    /// Takes in what the daemon's vault has and the book does not. The daemon read every bundle back when it wrote it.
    ///
    /// - Returns: How many were taken in.
    @discardableResult
    package func adopt() throws -> Int { try adopt(ownAdoption).count }

    private var ownAdoption: Adoption {
        Adoption(path: configuration.settings.state.root, by: .desk, act: adoption)
    }

    /// The same for another node's exhibits, a state directory or a copy of its vault. Each is verified from its first
    /// byte to its last; what is not sound is left where it is and keeps no other out.
    ///
    /// - Throws: ``AdoptionRefused`` where others could change what is read.
    func adopt(from directory: String, _ staff: Staff) throws -> DeskAnswer {
        let isOwn = directory == configuration.settings.state.root
        if !isOwn { try checkPlace(directory, for: staff) }
        let (count, left) = try adopt(
            isOwn
                ? ownAdoption
                : Adoption(
                    path: directory,
                    by: staff,
                    act: DeskAct(actor(staff), DeskRequest.Verb.adopt.rawValue),
                    isElsewhere: true
                )
        )
        return DeskAnswer(
            ["adopted": .integer(count), "unopened": .array(left.map(\.json))],
            ["\(count) exhibit\(count == 1 ? "" : "s") taken in from \(directory)"] + left.map(\.text),
            code: left.isEmpty ? .done : .no
        )
    }

    private func checkPlace(_ directory: String, for staff: Staff) throws {
        let place = try AdoptionPlace(directory)
        let trusted = Set([0, ThisProcess.user, user(of: staff.id)].compactMap { $0 })
        do {
            try place.check(trusting: trusted)
            if let open = try exhibits(in: directory).openToOthers(than: trusted) {
                throw AdoptionRefused.openToOthers(directory, "\(directory)/\(open)")
            }
        } catch let error as SyscallError {
            throw AdoptionRefused.unreadable(directory, "\(error)")
        }
    }

    /// - Throws: ``AdoptionRefused/noVault(_:)`` for a directory that is something else.
    private func exhibits(in directory: String) throws -> ExhibitShelf {
        do throws(SyscallError) { return try shelf(directory) } catch {
            guard error.isNotThere || error.isNotDirectory || error.isLink else { throw error }
            throw AdoptionRefused.noVault(directory)
        }
    }

    private func adopt(_ adoption: Adoption) throws -> (count: Int, left: [UnopenedExhibit]) {
        let shelf = try shelf(adoption.path)
        var news: [BundleID] = []
        try shelf.bundles { bundle in
            if try book.read({ try $0.exhibit(bundle) }) == nil { news.append(bundle) }
        }
        news.sort { $0.upload < $1.upload }
        // One that does not open must not keep the others out of sight; it is tried again every time.
        var left: [UnopenedExhibit] = []
        var count = 0
        defer { adoption.act.expects(only: left.map(\.bundle)) }
        for start in stride(from: 0, to: news.count, by: Arrival.most) {
            var exhibits: [ShelvedExhibit] = []
            let some = news[start..<min(start + Arrival.most, news.count)]
            try say(opening: Array(some), of: nil, for: adoption.act)
            for bundle in some {
                do {
                    exhibits.append(try adoption.exhibit(bundle, on: shelf))
                } catch {
                    left.append(UnopenedExhibit(bundle, isElsewhere: adoption.isElsewhere, error))
                }
            }
            count += try alone(for: adoption.staff) {
                try book.write { tables in try take(exhibits, adoption, tables) }
            }
        }
        unopened.withLock { $0.keep(left, on: adoption.path) }
        return (count, left)
    }

    /// Within one transaction: the exhibits, their cases, and the rows that say so. A case's rows are replayed once,
    /// however many join it.
    private func take(_ found: [ShelvedExhibit], _ adoption: Adoption, _ tables: DeskTables) throws -> Int {
        // Somebody else may have taken one in since.
        let exhibits = try found.filter { try tables.exhibit($0.bundle) == nil }
        var arrivals: [CaseID: Arrival] = [:]
        for exhibit in exhibits {
            let account = exhibit.source(configuration.settings.report).account
            let booked = try account.map { try tables.cases(of: $0) } ?? []
            let known =
                booked.map { arrivals[$0.id]?.standing ?? $0 }
                + arrivals.values.filter { $0.isNew && $0.standing.account == account }.map(\.standing)
            let home = CaseWindow.home(
                account: account,
                at: exhibit.claimedAt,
                among: known.compactMap(\.window)
            )
            let id = home ?? CaseID(exhibit.bundle.upload)
            let before = known.first { $0.id == id }
            let standing = BookedCase(
                id: id,
                account: account,
                first: min(before?.first ?? exhibit.claimedAt, exhibit.claimedAt),
                last: max(before?.last ?? exhibit.claimedAt, exhibit.claimedAt),
                stage: before?.stage ?? .open,
                isUrgent: false,
                isOfMatch: true
            )
            arrivals[id, default: Arrival(isNew: home == nil, standing: standing)].add(exhibit, standing)
        }
        for (id, arrival) in arrivals {
            let events = arrival.events(from: adoption.isElsewhere ? adoption.path : nil)
            _ = try write(events, on: id, by: adoption.staff, arrival.standing, tables)
            for exhibit in arrival.exhibits { try tables.add(exhibit.booked(in: id, on: adoption.path)) }
            if !arrival.isNew { try holdJoining(arrival.exhibits.map(\.bundle), in: id, tables) }
        }
        return exhibits.count
    }
}

/// Where exhibits are taken in from, and who asked for it.
private struct Adoption {
    let path: String
    let staff: Staff
    /// Whom the custody log names for what is opened.
    let act: DeskAct
    let isElsewhere: Bool

    init(path: String, by staff: Staff, act: DeskAct, isElsewhere: Bool = false) {
        (self.path, self.staff, self.act, self.isElsewhere) = (path, staff, act, isElsewhere)
    }

    func exhibit(_ bundle: BundleID, on shelf: ExhibitShelf) throws -> ShelvedExhibit {
        if isElsewhere {
            let faults = try shelf.faults(of: bundle)
            if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
        }
        return try ShelvedExhibit(bundle, on: shelf)
    }
}

/// What joins one case at a time.
private struct Arrival {
    /// Exhibits of one transaction.
    static let most = 256

    let isNew: Bool
    private(set) var standing: BookedCase
    private(set) var exhibits: [ShelvedExhibit] = []

    init(isNew: Bool, standing: BookedCase) { (self.isNew, self.standing) = (isNew, standing) }

    mutating func add(_ exhibit: ShelvedExhibit, _ standing: BookedCase) {
        self.standing = standing
        exhibits.append(exhibit)
    }

    func events(from directory: String?) -> [ReviewEvent] {
        (isNew ? [.opened(.match)] : [])
            + exhibits.map {
                .joined(
                    JoinedExhibit(
                        $0.bundle,
                        meeting: $0.matches,
                        sha256: $0.digests.sha256?.hex,
                        manifest: $0.manifest,
                        from: directory
                    )
                )
            }
    }
}

extension ShelvedExhibit {
    fileprivate func booked(in home: CaseID, on shelf: String) -> BookedExhibit {
        BookedExhibit(
            bundle: bundle,
            case: home,
            shelf: shelf,
            sha256: digests.sha256?.hex ?? "",
            claimedAt: claimedAt
        )
    }
}

extension BookedCase {
    /// As the choice of a case needs it; `nil` without an account.
    fileprivate var window: CaseWindow.Standing? {
        guard let account else { return nil }
        let isOpen = isOfMatch && stage != .approved && stage != .submitted
        return CaseWindow.Standing(id: id, account: account, first: first, last: last, isOpen: isOpen)
    }
}
