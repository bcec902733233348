import JSONText
package import LinuxIO
package import UploadModel

// Headers that custodians took away for good. `shredded/ex-<uuid>.json`, in the vault and its second copy, says so for
// ever, so that a copy that was away then, or an old backup, brings nothing back.

/// Where headers were shredded, and how many.
package struct ShreddedHeaders: Equatable, Sendable {
    package enum Place: String, Sendable {
        case vault
        case secondCopy = "second-copy"
    }

    package let place: Place
    package let headers: Int
}

extension Vault {
    /// Deletes every header of a bundle in every copy that this vault knows. What is sealed opens for nobody after that,
    /// unless somebody kept a header elsewhere. The caller has asked ``KeyRules``. That it was ordered is durable before the
    /// first header goes, so that a copy that comes late loses its headers too; again is no error.
    ///
    /// - Returns: A place each, also where nothing was left.
    package func shredHeaders(of bundle: BundleID, by order: UploadID) throws -> [ShreddedHeaders] {
        let record: JSONValue = [
            "schema": .string(KeyRecords.shredded.schema), "exhibit": .string("\(bundle)"),
            "order": .string("\(order)"),
        ]
        try write(record, as: "\(bundle)", in: .shredded)
        let here = ShreddedHeaders(place: .vault, headers: try shelf.removeHeaders(of: bundle))
        // Last: where that disk is away, the vault's are gone already.
        try copyRecords()
        guard let second else { return [here] }
        return [here, ShreddedHeaders(place: .secondCopy, headers: try second.removeHeaders(of: bundle))]
    }

    package func isShredded(_ bundle: BundleID) throws(SyscallError) -> Bool {
        if try shelf.isShredded(bundle) { return true }
        return try second?.has("\(bundle)", in: .shredded) ?? false
    }

    /// Removes the headers that a copy which was away, or a backup, has brought back.
    func removeShreddedHeaders() throws(SyscallError) {
        for bundle in try names(in: .shredded).compactMap({ BundleID($0) }) {
            for shelf in [shelf, second].compactMap(\.self) where try shelf.hasHeaders(of: bundle) {
                _ = try shelf.removeHeaders(of: bundle)
            }
        }
    }
}

extension Shelf {
    /// Of the vault's own shelf; a second copy's files are looked into first, ``has(_:in:)``.
    func isShredded(_ bundle: BundleID) throws(SyscallError) -> Bool {
        let path = Array(bundle.shredded.utf8)
        return try root.statusIfThere(of: path, subject: "shredded") != nil
    }

    func hasHeaders(of bundle: BundleID) throws(SyscallError) -> Bool {
        if try keys.statusIfThere(of: bundle.name, subject: "keys") != nil { return true }
        return try keys.statusIfThere(of: bundle.name.hidden, subject: "keys") != nil
    }

    /// - Returns: How many there were.
    func removeHeaders(of bundle: BundleID) throws(SyscallError) -> Int {
        let count = try headers(of: bundle).keys.count { $0.hasSuffix(".age.hdr") }
        try keys.removeTree(bundle.name.hidden, subject: "keys/\(bundle)")
        try keys.removeTree(bundle.name, subject: "keys/\(bundle)")
        try keys.sync(subject: "keys")
        return count
    }
}

extension BundleID {
    /// The record's path in either copy.
    var shredded: String { "\(KeyRecords.shredded.rawValue)/\(self).json" }
}
