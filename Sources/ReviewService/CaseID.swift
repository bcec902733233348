package import UploadModel

/// Names a case. One match is one case for now, so a case carries its first upload's id.
package struct CaseID: Hashable, Sendable, CustomStringConvertible {
    package let first: UploadID

    package init(_ first: UploadID) { self.first = first }

    package var description: String { "case-\(first)" }
}
