import JSONText
import LinuxIO
package import UploadModel

// Keys that custodians took away: a file each in `vault/retired/`, by fingerprint. Nothing is sealed to them any more,
// whatever the settings name, and their drills count for nothing. A retired key never comes back: make a new one.

extension Vault {
    /// Durable when this returns; again for the same key is no error.
    package func retire(_ key: String, by order: KeyOrder, at time: Timestamp) throws {
        let group = try root.status(subject: "vault").gid
        let record: JSONValue = [
            "schema": "breakwater-retired-key-1", "key": .string(key), "order": .string("\(order.id)"),
            "retired_at": .string("\(time)"), "approvals": .array(order.approvals.map(\.json)),
        ]
        try root.vaultDirectory("retired", group: group).writeDurably(
            record.canonical,
            as: Array("\(key).json".utf8),
            mode: VaultModes.file,
            subject: "retired key"
        )
    }

    /// Fingerprints.
    package func retiredKeys() throws -> Set<String> { try shelf.root.retiredKeys() }
}

extension SealingKeys {
    /// The fingerprints of the keys that were taken away in a deployment, before its vault is open.
    ///
    /// - Parameter path: The state's root. Where there is none yet, or this user may not look, nothing is retired.
    package static func retired(inState path: String) throws -> Set<String> {
        do throws(SyscallError) {
            return try Descriptor.open(path, [.directory, .pathOnly])
                .open(Array("vault".utf8), .directory, subject: "vault").retiredKeys()
        } catch {
            if error.isNotThere || error.isForbidden { return [] }
            throw error
        }
    }
}

extension ExhibitShelf {
    /// The fingerprints that a bundle's custodian headers are for, as the record beside them says; none without headers.
    package func custodians(of bundle: BundleID) throws -> Set<String> {
        try shelf.custodians(of: bundle)
    }

    /// The fingerprints of the keys whose drill is valid, and that are not retired.
    package func drilledKeys(at time: Timestamp) throws -> Set<String> {
        var found: Set<String> = []
        for (key, bytes) in try shelf.root.records(in: "drills") {
            guard let json = try? JSONValue(parsing: bytes),
                let recipient = json["recipient"]?.stringValue.flatMap({ try? AgeRecipient(text: $0) }),
                recipient.fingerprint == key, Drill(json, recipient)?.isValid(at: time) == true
            else { continue }
            found.insert(key)
        }
        return try found.subtracting(retiredKeys())
    }

    /// Fingerprints.
    package func retiredKeys() throws -> Set<String> { try shelf.root.retiredKeys() }
}

extension SealingKeys {
    /// These keys as if the settings did not name those.
    package func without(_ retired: Set<String>) -> SealingKeys {
        SealingKeys(
            custodians: custodians.filter { !retired.contains($0.recipient.fingerprint) },
            review: review,
            demonstration: demonstration
        )
    }
}

extension Descriptor {
    fileprivate func retiredKeys() throws(SyscallError) -> Set<String> {
        Set(try records(in: "retired").keys)
    }

    /// The files `NAME.json` of a directory of the vault, by NAME; none where the directory is not there.
    fileprivate func records(in name: String) throws(SyscallError) -> [String: [UInt8]] {
        guard try statusIfThere(of: Array(name.utf8), subject: name) != nil else { return [:] }
        let directory = try open(Array(name.utf8), .directory, subject: name)
        var found: [String: [UInt8]] = [:]
        var entries = try DirectoryEntries(of: directory, subject: name)
        while let entry = try entries.next() {
            let file = String(decoding: entry.name, as: UTF8.self)
            guard file.hasSuffix(".json"), !file.hasPrefix(".") else { continue }
            found[String(file.dropLast(5))] = try directory.open(entry.name, .noFollow, subject: name)
                .readAll(limit: 64 * 1_024, subject: name)
        }
        return found
    }
}
