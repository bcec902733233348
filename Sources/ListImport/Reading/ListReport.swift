package import GenerationFormat

extension BuildReport {
    /// One list, read. Numbers and types only: list values appear in no output.
    package struct ListReport: Equatable, Sendable {
        package let name: String
        /// Entries that the files hold.
        package var read: UInt64 = 0
        package var kept: UInt64 = 0
        /// Entries whose values the list had before.
        package internal(set) var duplicates: UInt64 = 0
        /// Entries that the supplier took back.
        package internal(set) var withdrawn: UInt64 = 0
        /// Older states of entries that the files hold more than once.
        package internal(set) var superseded: UInt64 = 0
        /// Values that are kept out, by reason; an entry none of whose values is left is kept out with them.
        package internal(set) var rejected: [Rejection: UInt64] = [:]
        /// Where the first of them stand.
        package internal(set) var firstRejected: [Rejection: [RejectedPlace]] = [:]
        /// Values of types that need a hasher which this build does not have, by the supplier's word for the type.
        package internal(set) var unmatchable: [String: UInt64] = [:]
        /// Entries that hold nothing but such values.
        package internal(set) var unmatchableEntries: UInt64 = 0
        /// Elements that the format does not have, by name; they were left out.
        package internal(set) var unknown: [String: UInt64] = [:]
        /// What the field "status" says of entries, apart from the words that withdraw one: whether a word is missing
        /// in the settings is for a person to see.
        package internal(set) var statuses: [String: UInt64] = [:]
        /// What its age counts from; `nil` where neither the list nor its files say.
        package internal(set) var dated: ListDate?
        /// Entries of ``read`` that came to nothing since each of their values is ``Rejection/crowded``.
        var leftOut: UInt64 = 0

        package init(name: String) { self.name = name }

        /// Whether the supplier gave nothing that could ever match; a list for another hasher is not empty.
        package var isEmpty: Bool { kept + unmatchableEntries == 0 }

        static let firstCount = 5
    }

    /// Where a value stands that is kept out.
    package struct RejectedPlace: Equatable, Sendable, CustomStringConvertible {
        package let file: String
        package let place: ListFault.Place

        package var description: String { "\(file): \(place.name)" }
    }

    /// Why a value is kept out although the list holds it.
    package enum Rejection: String, CaseIterable, Sendable {
        /// It would meet every upload without content; such entries are on real lists.
        case emptyFile = "the empty file"
        /// It would meet uploads that say nothing; see ``KnownFiles``.
        case wellKnownFile = "a file that everybody has"
        case allAlike = "digests with all bits alike"
        case small = "files under 64 bytes"
        /// The first is kept.
        case secondValue = "second, different values of a kind in one entry"
        case wrongLength = "digests of another length than their kind has"
        case flatPicture = "PDQ hashes of one colour, or near to them"
        /// Of a picture that says too little; it would meet many others like it.
        case unbalanced = "PDQ hashes with fewer than 120 or more than 136 bits set"
        case lowQuality = "PDQ hashes of a quality under 50"
        case classification = "classifications that the settings leave out"
        case nothing = "entries without a value"
        /// The first 256 of them are kept; see ``GenerationBuild/mostAlike``.
        case crowded = "values that 256 entries before hold too"
    }
}

extension BuildReport.ListReport {
    mutating func reject(_ reason: BuildReport.Rejection, _ file: String, _ place: ListFault.Place) {
        rejected[reason, default: 0] += 1
        if firstRejected[reason, default: []].count < Self.firstCount {
            firstRejected[reason, default: []].append(.init(file: file, place: place))
        }
    }

    mutating func note(unmatchable type: String) { Self.count(type, in: &unmatchable) }
    mutating func note(status word: String) { Self.count(word, in: &statuses) }
    mutating func note(unknown element: String) { Self.count(element, in: &unknown) }

    /// A hostile file could write listed values as names, and as many as there is memory for.
    private static func count(_ name: String, in counts: inout [String: UInt64]) {
        let isName =
            name.utf8.count <= 24
            && name.utf8.allSatisfy {
                ("a"..."z").contains(Unicode.Scalar($0)) || ("0"..."9").contains(Unicode.Scalar($0))
                    || $0 == 0x5F || $0 == 0x2D
            }
        let counted = isName && !name.isEmpty && (counts[name] != nil || counts.count < 32) ? name : "other"
        counts[counted, default: 0] += 1
    }
}
