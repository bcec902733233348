package import UploadModel

/// What a table of entries is looked up by, in the order of the tables.
package enum EntryKind: Int, CaseIterable, Sendable {
    case md5, sha1, sha256, perceptual

    package init(_ algorithm: DigestAlgorithm) {
        self =
            switch algorithm {
            case .md5: .md5
            case .sha1: .sha1
            case .sha256: .sha256
            }
    }

    /// `nil` for perceptual hashes.
    package var algorithm: DigestAlgorithm? {
        switch self {
        case .md5: .md5
        case .sha1: .sha1
        case .sha256: .sha256
        case .perceptual: nil
        }
    }

    package var keyByteCount: Int { algorithm?.byteCount ?? 32 }

    /// As file names begin.
    package var name: String { algorithm?.name ?? "pdq" }
}

/// Where an entry stands.
package struct EntryPlace: Hashable, Comparable, Sendable {
    /// The list's place in the manifest, from 0.
    package let list: Int
    /// From 1, within its list.
    package let ordinal: UInt64

    package init(list: Int, ordinal: UInt64) {
        self.list = list
        self.ordinal = ordinal
    }

    package static func < (a: EntryPlace, b: EntryPlace) -> Bool { (a.list, a.ordinal) < (b.list, b.ordinal) }
}

/// Places as one number each, 32 bits: the lists' entries counted through in the manifest's order.
package struct EntryNumbers: Sendable {
    /// The number before each list's first, and that of the last entry.
    private let bases: [UInt64]

    /// The most entries that a generation can hold.
    package static let most = UInt64(UInt32.max)
    /// In a delta instead of a number: no entry holds the digest or hash any more.
    package static let withdrawn = UInt32.max

    /// - Parameter recordCounts: Of the lists, in the manifest's order. Together at most ``most``.
    package init(_ recordCounts: [UInt64]) {
        bases = recordCounts.reduce(into: [0]) { $0.append($0.last! &+ $1) }
    }

    package func number(of place: EntryPlace) -> UInt32 {
        UInt32(truncatingIfNeeded: bases[place.list] + place.ordinal - 1)
    }

    /// Behind all lists: where a number leads that is no entry's, which only damage can bring about.
    package func nowhere(_ number: UInt32) -> EntryPlace {
        EntryPlace(list: bases.count - 1, ordinal: UInt64(number) + 1)
    }

    /// `nil` for a number that is no entry's.
    package func place(_ number: UInt32) -> EntryPlace? {
        let number = UInt64(number)
        guard number < bases.last! else { return nil }
        var (low, high) = (0, bases.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if bases[middle] <= number { low = middle } else { high = middle }
        }
        return EntryPlace(list: low, ordinal: number - bases[low] + 1)
    }
}
