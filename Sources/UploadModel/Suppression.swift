package import JSONText

/// Persons have decided that certain bytes are no match of certain entries: the exact digest together with each entry,
/// never wider. Another upload with the same bytes meets the same entries and is released; other bytes, or another
/// entry, are a match as before.
package struct Suppression: Equatable, Sendable {
    /// The upload that was restored.
    package let upload: UploadID
    /// The order that made it.
    package let order: UploadID
    package let content: Digest
    /// The entries as they were met; a generation may give one another ordinal.
    package let entries: [ListEntry]
    /// When it is to be looked at again. It goes on until somebody lifts it.
    package let reviewBy: Timestamp

    /// - Returns: `nil` where the content was never digested, or nothing was met.
    package init?(_ order: Order, digests: DigestSet?, matches: [Match]) {
        let entries = matches.filter { $0.part == .content }.map(\.entry)
        guard let content = digests?.sha256, let reviewBy = order.reviewBy, !entries.isEmpty else {
            return nil
        }
        (upload, self.order, self.content) = (order.upload, order.id, content)
        (self.entries, self.reviewBy) = (entries, reviewBy)
    }

    /// Whether a match of content with these digests is one of those that were decided on.
    package func covers(_ match: Match, of digests: DigestSet) -> Bool {
        match.part == .content && digests.sha256 == content
            && entries.contains { $0.isSame(as: match.entry) }
    }

    package var json: JSONValue {
        [
            "schema": "breakwater-suppression-1", "upload": .string("\(upload)"),
            "order": .string("\(order)"),
            "content": .string(content.hex), "entries": .array(entries.map(\.json)),
            "review_by": .string("\(reviewBy)"),
        ]
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    package init(_ json: JSONValue) throws(TextFault) {
        upload = try json.parsed("upload") { UploadID($0) }
        order = try json.parsed("order") { UploadID($0) }
        content = try json.parsed("content") { Digest(hex: $0.utf8) }
        entries = try json.list("entries") { value throws(TextFault) in try ListEntry(value) }
        reviewBy = try json.parsed("review_by") { Timestamp($0) }
    }
}

extension ListEntry {
    /// Whether both are one entry of one list, in whatever generation.
    fileprivate func isSame(as other: ListEntry) -> Bool {
        id.list == other.id.list && listClass == other.listClass && digests == other.digests
            && perceptual == other.perceptual && size == other.size
    }
}

extension Judgement {
    /// Weighs matches as ``init(of:)`` does, once persons' own decisions are taken into account: what is covered by a
    /// suppression is suppressed, and what is left counts.
    package init(of matches: [Match], digests: DigestSet, under suppressions: [Suppression]) {
        let isCovered = { (match: Match) in suppressions.contains { $0.covers(match, of: digests) } }
        let rest = matches.filter { !isCovered($0) }
        switch Judgement(of: rest) {
        case .unlisted where rest.count < matches.count: self = .suppressed(matches)
        case .suppressed: self = .suppressed(matches)
        case let other: self = other
        }
    }
}
