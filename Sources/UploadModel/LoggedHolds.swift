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
                    let document = entry.references["document"] ?? ""
                    holds[id] = Hold(id: id, kind: kind, placedAt: entry.at, document: document)
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
