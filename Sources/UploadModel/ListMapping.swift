/// A part of a list entry that a mapped format (`csv`, `tsv`, `json`) is told the place of.
package enum ListField: String, CaseIterable, Sendable {
    case md5, sha1, sha256, pdq
    /// Hashes that this build cannot compute: noticed, so that coverage is known, and not kept.
    case pdna, tmk
    /// One value whose kind `type` says, or its length.
    case value, type
    /// Bytes of the listed file.
    case size
    /// The supplier's id of the entry.
    case id
    case contributor, classification
    /// When the entry last changed. Of an entry that is there several times the latest counts.
    case timestamp
    /// Whether the entry still stands; see ``ListMapping/removed``.
    case status
    /// Of the PDQ hash, 0 to 100.
    case quality
}

/// Where a mapped format has the parts of an entry, and which entries are wanted.
package struct ListMapping: Equatable, Sendable {
    /// For `csv` and `tsv` a column's name in the first row or its number from 1; for `json` a pointer (RFC 6901) into
    /// the entry.
    package var fields: [ListField: String] = [:]
    /// For `json`, the pointer to the array of entries, `*` standing for each element of an array on the way; empty
    /// where the text is that array, or entry after entry.
    package var entries = ""
    /// Whether the first row of `csv` and `tsv` has names and no entry.
    package var header = true
    /// Between columns of `csv`; one ASCII character.
    package var separator: UInt8 = 0x2C
    /// The classifications that are taken; empty takes all.
    package var classifications: [String] = []
    /// What `status` says of an entry that was withdrawn.
    package var removed: [String] = []

    package init() {}
}
