import JSONText
import LinuxIO
import Synchronization
package import UploadModel

// Headers that custodians took away for good. `shredded/ex-<uuid>.json`, in the vault and its second copy, says so for
// ever, and by which order, so that a copy that was away then, or an old backup, brings nothing back.

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
    /// unless somebody kept a header elsewhere. The caller has checked the order and entered it in the custody log: without that
    /// entry nobody believes the record that is durable here before the first header goes, so that a copy that comes late
    /// loses its headers too. Again is no error.
    ///
    /// - Returns: A place each, also where nothing was left.
    package func shredHeaders(of bundle: BundleID, by order: UploadID) throws -> [ShreddedHeaders] {
        let record: JSONValue = [
            "schema": .string(KeyRecords.shredded.schema), "exhibit": .string("\(bundle)"),
            "order": .string("\(order)"),
        ]
        try write(record, as: "\(bundle)", in: .shredded)
        shredded.withLock { $0[bundle] = record.canonical }
        let here = ShreddedHeaders(place: .vault, headers: try shelf.removeHeaders(of: bundle))
        // Last: where that disk is away, the vault's are gone already.
        try copyRecords()
        guard let second else { return [here] }
        return [here, ShreddedHeaders(place: .secondCopy, headers: try second.removeHeaders(of: bundle))]
    }

}

extension Shelf {
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
