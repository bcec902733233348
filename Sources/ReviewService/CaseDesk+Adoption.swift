import CyberTip
import JSONText
import UploadModel
import VaultStore

// New exhibits become cases. Done again it changes nothing: an exhibit that the book has is passed over.

extension CaseDesk {
    /// Takes in what the daemon's vault has and the book does not.
    ///
    /// - Returns: How many were taken in.
    @discardableResult
    package func adopt() throws -> Int { try alone { try adoptAll(on: configuration.settings.state.root) } }

    /// The same for another node's exhibits, a state directory or a copy of its vault.
    func adopt(from directory: String) throws -> DeskAnswer {
        guard directory.utf8.first == UInt8(ascii: "/") else {
            throw DeskRefused.malformed("\"directory\" is not an absolute path")
        }
        let count = try adoptAll(on: directory)
        return DeskAnswer(
            ["adopted": .integer(count)],
            ["\(count) exhibit\(count == 1 ? "" : "s") taken in from \(directory)"]
        )
    }

    private func adoptAll(on path: String) throws -> Int {
        let shelf = try shelf(path)
        var news: [BundleID] = []
        try shelf.bundles { bundle in
            if try book.read({ try $0.exhibit(bundle) }) == nil { news.append(bundle) }
        }
        for bundle in news.sorted(by: { $0.upload < $1.upload }) {
            try take(try ShelvedExhibit(bundle, on: shelf), from: path)
        }
        return news.count
    }

    /// One transaction: the exhibit, its case, and the rows that say so.
    private func take(_ exhibit: ShelvedExhibit, from shelf: String) throws {
        let account = exhibit.source(configuration.settings.report).account
        try book.write { tables in
            let known = try account.map { try tables.cases(of: $0) } ?? []
            let home = CaseWindow.home(
                account: account,
                at: exhibit.claimedAt,
                among: known.compactMap { $0.standing }
            )
            let joined = ReviewEvent.joined(JoinedExhibit(exhibit.bundle, meeting: exhibit.matches))
            let id = home ?? CaseID(exhibit.bundle.upload)
            let events = home == nil ? [.opened(.match), joined] : [joined]
            let before = known.first { $0.id == id }
            let standing = BookedCase(
                id: id,
                account: account,
                first: min(before?.first ?? exhibit.claimedAt, exhibit.claimedAt),
                last: max(before?.last ?? exhibit.claimedAt, exhibit.claimedAt),
                stage: .open,
                isUrgent: false
            )
            _ = try write(events, on: id, by: .desk, standing, tables)
            try tables.add(
                BookedExhibit(
                    bundle: exhibit.bundle,
                    case: id,
                    shelf: shelf,
                    sha256: exhibit.digests.sha256?.hex ?? "",
                    claimedAt: exhibit.claimedAt
                )
            )
        }
    }
}

extension BookedCase {
    /// As the choice of a case needs it; `nil` without an account.
    fileprivate var standing: CaseWindow.Standing? {
        guard let account else { return nil }
        let isOpen = stage != .approved && stage != .submitted
        return CaseWindow.Standing(id: id, account: account, first: first, last: last, isOpen: isOpen)
    }
}
