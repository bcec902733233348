import JSONText
import UploadModel

/// What a list of a delta has in the base, and how many of its entries changed.
package struct ListBase: Equatable, Sendable {
    /// Entries in the base's file of the list, duplicates counted.
    package let recordCount: UInt64
    /// Those of them that an upload could meet.
    package let entryCount: UInt64
    /// Records of the base that the list has no more.
    package let withdrawn: UInt64
    /// Records that the base does not have.
    package let added: UInt64

    package init(recordCount: UInt64, entryCount: UInt64, withdrawn: UInt64, added: UInt64) {
        self.recordCount = recordCount
        self.entryCount = entryCount
        self.withdrawn = withdrawn
        self.added = added
    }
}

extension ListBase {
    var json: JSONValue {
        [
            "records": .integer(recordCount), "entries": .integer(entryCount),
            "withdrawn": .integer(withdrawn), "added": .integer(added),
        ]
    }

    init(_ json: JSONValue) throws(TextFault) {
        self.init(
            recordCount: try json.count("records"),
            entryCount: try json.count("entries"),
            withdrawn: try json.count("withdrawn"),
            added: try json.count("added")
        )
    }
}

extension GenerationList {
    /// Records in a part's file of the list.
    package func recordCount(in part: GenerationPart) -> UInt64 {
        switch part {
        case .base: base?.recordCount ?? recordCount
        case .delta: base?.added ?? 0
        }
    }

    /// Whether what is said of the base adds up to what is said of the list.
    var hasSoundCounts: Bool {
        guard let base else { return true }
        guard [base.recordCount, base.added].allSatisfy({ $0 <= EntryNumbers.most }) else { return false }
        return base.withdrawn <= base.recordCount
            && base.recordCount - base.withdrawn + base.added == recordCount
    }
}
