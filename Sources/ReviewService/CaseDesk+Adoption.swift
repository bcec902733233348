import CyberTip
import JSONText
import Synchronization
import UploadModel
import VaultStore

// New exhibits become cases. Done again it changes nothing: an exhibit that the book has is passed over.

extension CaseDesk {
    /// Takes in what the daemon's vault has and the book does not.
    ///
    /// - Returns: How many were taken in.
    @discardableResult
    package func adopt() throws -> Int {
        try alone { try adoptAll(on: configuration.settings.state.root, for: adoption) }
    }

    /// The same for another node's exhibits, a state directory or a copy of its vault.
    func adopt(from directory: String) throws -> DeskAnswer {
        guard directory.utf8.first == UInt8(ascii: "/") else {
            throw DeskRefused.malformed("\"directory\" is not an absolute path")
        }
        let count = try adoptAll(on: directory, for: acting)
        let left = unopened.withLock { $0.on(directory) }
        return DeskAnswer(
            ["adopted": .integer(count), "unopened": .array(left.map(\.json))],
            ["\(count) exhibit\(count == 1 ? "" : "s") taken in from \(directory)"] + left.map(\.text)
        )
    }

    private func adoptAll(on path: String, for act: DeskAct) throws -> Int {
        let shelf = try shelf(path)
        var news: [BundleID] = []
        try shelf.bundles { bundle in
            if try book.read({ try $0.exhibit(bundle) }) == nil { news.append(bundle) }
        }
        news.sort { $0.upload < $1.upload }
        // One that does not open must not keep the others out of sight; it is tried again every time.
        var left: [UnopenedExhibit] = []
        defer { act.expects(only: left.map(\.bundle)) }
        for start in stride(from: 0, to: news.count, by: Arrival.most) {
            var exhibits: [ShelvedExhibit] = []
            let some = news[start..<min(start + Arrival.most, news.count)]
            try say(opening: Array(some), of: nil, for: act)
            for bundle in some {
                do {
                    exhibits.append(try ShelvedExhibit(bundle, on: shelf))
                } catch {
                    left.append(UnopenedExhibit(bundle: bundle, why: "\(error)"))
                }
            }
            try book.write { tables in try take(exhibits, from: path, tables) }
        }
        unopened.withLock { $0.keep(left, on: path) }
        return news.count - left.count
    }

    /// Within one transaction: the exhibits, their cases, and the rows that say so. A case's rows are replayed once,
    /// however many join it.
    private func take(_ exhibits: [ShelvedExhibit], from shelf: String, _ tables: DeskTables) throws {
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
                isUrgent: false
            )
            arrivals[id, default: Arrival(isNew: home == nil, standing: standing)].add(exhibit, standing)
        }
        for (id, arrival) in arrivals {
            _ = try write(arrival.events, on: id, by: .desk, arrival.standing, tables)
            for exhibit in arrival.exhibits { try tables.add(exhibit.booked(in: id, on: shelf)) }
        }
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

    var events: [ReviewEvent] {
        (isNew ? [.opened(.match)] : [])
            + exhibits.map {
                .joined(JoinedExhibit($0.bundle, meeting: $0.matches, sha256: $0.digests.sha256?.hex))
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
        let isOpen = stage != .approved && stage != .submitted
        return CaseWindow.Standing(id: id, account: account, first: first, last: last, isOpen: isOpen)
    }
}
