/// The holds of one exhibit as a custody log tells them: what forbids destruction also where the desk's book was lost.
extension [CustodyEntry] {
    /// - Returns: Every hold that was placed, with its renewal and release; the entries may come in any order.
    package var holds: [Hold] {
        var holds: [UploadID: Hold] = [:]
        for entry in sorted(by: { $0.id < $1.id }) {
            guard let id = entry.references["hold"].flatMap({ UploadID($0) }) else { continue }
            switch entry.kind {
            case .holdPlaced:
                // A renewal names no kind.
                if let kind = entry.reason.flatMap(Hold.Kind.init(rawValue:)) {
                    holds[id] = Hold(id, kind, entry)
                } else {
                    _ = holds[id]?.renew(at: entry.at)
                }
            case .holdReleased: _ = holds[id]?.release(at: entry.at)
            default: break
            }
        }
        return holds.values.sorted { $0.id < $1.id }
    }
}

extension Hold {
    fileprivate init(_ id: UploadID, _ kind: Kind, _ entry: CustodyEntry) {
        self.init(
            id: id,
            kind: kind,
            placedAt: entry.references["placed_at"].flatMap { Timestamp($0) } ?? entry.at,
            document: entry.references["document"] ?? "",
            isOfCase: entry.references["of"] == "case",
            renewedAt: entry.references["renewed_at"].flatMap { Timestamp($0) }
        )
    }
}
