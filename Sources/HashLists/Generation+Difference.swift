import GenerationFormat
import UploadModel

/// What two generations hold in one list, in values: digests and perceptual hashes, not entries.
package struct ListDifference: Equatable, Sendable {
    package let list: String
    package var added: UInt64 = 0
    package var removed: UInt64 = 0
    package var kept: UInt64 = 0
}

extension Generation {
    /// What this generation holds that `former` did not, and the other way round, list by list. Asks one generation
    /// for each value of the other, so it takes as long as that many look-ups.
    package func difference(from former: Generation) throws -> [ListDifference] {
        let names = Set(lists.map(\.name)).union(former.lists.map(\.name)).sorted()
        var found = Dictionary(uniqueKeysWithValues: names.map { ($0, ListDifference(list: $0)) })
        try forEachValue { list, isThere in
            if isThere(former) { found[list]?.kept += 1 } else { found[list]?.added += 1 }
        }
        try former.forEachValue { list, isThere in
            if !isThere(self) { found[list]?.removed += 1 }
        }
        return names.compactMap { found[$0] }
    }

    /// Calls `body` for each value with its list, and a way to ask whether another generation's list of that name
    /// holds it too.
    private func forEachValue(_ body: (String, (Generation) -> Bool) throws -> Void) throws {
        try walk(base, place: place(ofBase:), leavingOut: delta, body)
        if let delta { try walk(delta.segment, place: place(ofDelta:), leavingOut: nil, body) }
    }

    private func walk(
        _ segment: Segment,
        place: (UInt32) -> EntryPlace?,
        leavingOut newer: Delta?,
        _ body: (String, (Generation) -> Bool) throws -> Void
    ) throws {
        for table in segment.tables {
            try table.walk { digest, number in
                guard let place = place(number), newer?.tells(of: digest) != true else { return }
                guard let list = nameOfList(place) else { return }
                try body(list) { $0.holds(digest, in: list) }
            }
        }
        try segment.perceptual?.walk { hash, number in
            guard let place = place(number), newer?.tells(of: hash) != true else { return }
            guard let list = nameOfList(place) else { return }
            try body(list) { $0.holds(hash, in: list) }
        }
    }

    /// `nil` for an entry of no list, which is damage and no difference.
    private func nameOfList(_ place: EntryPlace) -> String? {
        lists.indices.contains(place.list) ? lists[place.list].name : nil
    }

    private func holds(_ digest: Digest, in list: String) -> Bool {
        var isThere = false
        let one: InlineArray<1, Digest> = [digest]
        forEachPlace(of: one.span) { _, place in isThere = isThere || nameOfList(place) == list }
        return isThere
    }

    private func holds(_ hash: SIMD4<UInt64>, in list: String) -> Bool {
        let newer = delta?.segment.perceptual?.numbers(of: hash) ?? []
        let places =
            newer.isEmpty
            ? (base.perceptual?.numbers(of: hash) ?? []).map(place(ofBase:)) : newer.map(place(ofDelta:))
        return places.contains { $0.flatMap(nameOfList) == list }
    }
}
