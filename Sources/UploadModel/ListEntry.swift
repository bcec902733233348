/// What a list is about, and so what meeting one of its entries may lead to.
package enum ListClass: String, CaseIterable, Sendable {
    /// Quarantine, case, draft.
    case csam
    /// Hashed by the child. Quarantine always; a case as configured; no draft by itself, as the next three.
    case minorReported = "minor-reported"
    case exploitative
    case ncii
    case watch
    /// Suppresses a match of an equal or weaker digest kind, except a `csam` entry's.
    case benign
}

/// Names one entry in messages and output, `<list>#<ordinal>`, never by its value.
package struct EntryID: Hashable, Sendable, CustomStringConvertible {
    package let list: String
    /// From 1, the entry's place among those that were taken from the list's file, duplicates counted.
    package let ordinal: UInt64

    package init(list: String, ordinal: UInt64) {
        self.list = list
        self.ordinal = ordinal
    }

    package var description: String { "\(list)#\(ordinal)" }
}

/// Where a list entry comes from, as a report and a court want to know it.
package struct Provenance: Hashable, Sendable {
    package let supplier: String
    /// The generation that was loaded when the entry was met.
    package let generation: String
    /// What the supplier says of the list, from the settings; may be empty.
    package let text: String
    /// A list of invented values, for demonstrations and tests.
    package let synthetic: Bool

    package init(supplier: String, generation: String, text: String, synthetic: Bool) {
        self.supplier = supplier
        self.generation = generation
        self.text = text
        self.synthetic = synthetic
    }
}

/// One entry of a hash list, whole: what it holds, what it is about, where it comes from.
package struct ListEntry: Hashable, Sendable {
    package let id: EntryID
    package let listClass: ListClass
    /// At least one digest, or a perceptual hash.
    package let digests: [Digest]
    package let perceptual: SIMD4<UInt64>?
    /// Size of the listed file in bytes, where the supplier gave it.
    package let size: UInt64?
    /// The supplier's own id of the entry; empty where it gave none.
    package let name: String
    /// Who contributed it to the supplier; may be empty.
    package let contributor: String
    /// In the supplier's words; may be empty. Never ours to repeat in a report.
    package let classification: String
    package let provenance: Provenance

    package init(
        id: EntryID,
        listClass: ListClass,
        digests: [Digest],
        perceptual: SIMD4<UInt64>? = nil,
        size: UInt64? = nil,
        name: String = "",
        contributor: String = "",
        classification: String = "",
        provenance: Provenance
    ) {
        self.id = id
        self.listClass = listClass
        self.digests = digests
        self.perceptual = perceptual
        self.size = size
        (self.name, self.contributor, self.classification) = (name, contributor, classification)
        self.provenance = provenance
    }
}
