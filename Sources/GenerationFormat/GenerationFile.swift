/// The files of a generation's directory, and what names the installed one.
package enum GenerationFile {
    package static let current = "current"
    package static let manifest = "manifest.json"
    /// Ed25519 over the manifest's bytes, 64 raw bytes.
    package static let signature = "manifest.sig"

    package static func directory(_ kind: EntryKind) -> String { "\(kind.name).directory" }
    package static func suffixes(_ kind: EntryKind) -> String { "\(kind.name).suffixes" }
    package static func places(_ kind: EntryKind) -> String { "\(kind.name).places" }
    package static func filter(_ kind: EntryKind) -> String { "\(kind.name).filter" }
    package static let planes = "pdq.planes"
    package static let rest = "pdq.rest"
    package static let chunkDirectory = "pdq.directory"
    package static let chunks = "pdq.chunks"

    /// What a delta takes out of the base's entries and puts in.
    package static let changes = "delta.changes"

    /// Of the list in this place of the manifest.
    package static func records(_ list: Int) -> String { "list-\(list).records" }
    package static func recordIndex(_ list: Int) -> String { "list-\(list).index" }

    /// Bytes; a manifest says a few hundred for each list and file.
    package static let largestManifest = 16 << 20
    package static let signatureByteCount = 64

    /// Whether a manifest may name a file so: no path, nothing hidden, and none of the two that it cannot speak of.
    static func isName(_ text: String) -> Bool {
        let first = text.utf8.first ?? 0
        return text.utf8.count <= 64 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
            && text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8.contains($0) }
            && text != manifest && text != signature
    }

    /// Whether a file belongs to the base, and so to every generation that builds upon it.
    package static func isOfBase(_ name: String) -> Bool { !name.hasPrefix("delta") }

    static func check(_ found: some BinaryInteger, of name: String, is wanted: Int) throws(GenerationFault) {
        guard found >= wanted else {
            throw .cutShort(file: name, found: UInt64(found), needed: UInt64(wanted))
        }
        guard found == wanted else { throw .damaged(file: name, because: "longer than it should be") }
    }
}

/// The two sets of files that a generation is looked up in. What the delta says of a digest or hash is all that there is
/// to say of it; of any other the base says it.
package enum GenerationPart: Sendable {
    case base, delta

    /// What a file is called in this part that has this name in the base.
    package func name(_ file: String) -> String { self == .base ? file : "delta-" + file }
}
