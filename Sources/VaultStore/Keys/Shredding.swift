import JSONText
package import LinuxIO
package import UploadModel

// Headers that custodians took away for good. `vault/shredded/ex-<uuid>.json` says so for ever, so that a copy that was
// away then, or an old backup, brings nothing back.

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
            "schema": "breakwater-shredded-1", "exhibit": .string("\(bundle)"), "order": .string("\(order)"),
        ]
        try root.vaultDirectory("shredded", group: root.status(subject: "vault").gid).writeDurably(
            record.canonical,
            as: bundle.shreddedName,
            mode: VaultModes.file,
            subject: "shredded"
        )
        let places: [(ShreddedHeaders.Place, Shelf?)] = [(.vault, shelf), (.secondCopy, second)]
        return try places.compactMap { place, shelf in
            try shelf.map { ShreddedHeaders(place: place, headers: try $0.removeHeaders(of: bundle)) }
        }
    }

    package func isShredded(_ bundle: BundleID) throws(SyscallError) -> Bool {
        try shelf.isShredded(bundle)
    }

    /// Removes the headers that a copy which was away, or a backup, has brought back.
    func removeShreddedHeaders() throws(SyscallError) {
        for bundle in try shelf.shredded() {
            for shelf in [shelf, second].compactMap(\.self) where try shelf.hasHeaders(of: bundle) {
                _ = try shelf.removeHeaders(of: bundle)
            }
        }
    }
}

extension Shelf {
    /// Of the vault's own shelf: a second copy does not say.
    func isShredded(_ bundle: BundleID) throws(SyscallError) -> Bool {
        let path = Array("shredded/".utf8) + bundle.shreddedName
        return try root.statusIfThere(of: path, subject: "shredded") != nil
    }

    fileprivate func shredded() throws(SyscallError) -> [BundleID] {
        let name = Array("shredded".utf8)
        guard try root.statusIfThere(of: name, subject: "shredded") != nil else { return [] }
        let directory = try root.open(name, .directory, subject: "shredded")
        var entries = try DirectoryEntries(of: directory, subject: "shredded")
        var found: [BundleID] = []
        while let entry = try entries.next() {
            let file = String(decoding: entry.name, as: UTF8.self)
            if file.hasSuffix(".json"), let bundle = BundleID(String(file.dropLast(5))) {
                found.append(bundle)
            }
        }
        return found
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
    fileprivate var shreddedName: [UInt8] { Array("\(self).json".utf8) }
}
