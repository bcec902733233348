import JSONText
package import LinuxIO
package import UploadModel

// Keys that custodians took away: a file each in `vault/retired/`, by fingerprint. Nothing is sealed to them any more,
// whatever the settings name, and their drills count for nothing. A retired key never comes back: make a new one.

extension Vault {
    /// Durable in the vault when this returns; ``copyRecords()`` follows. Again for the same key is no error.
    package func retire(_ key: String, by order: KeyOrder, at time: Timestamp) throws {
        let record: JSONValue = [
            "schema": .string(KeyRecords.retired.schema), "key": .string(key),
            "order": .string("\(order.id)"), "retired_at": .string("\(time)"),
            "approvals": .array(order.approvals.map(\.json)),
        ]
        try write(record, as: key, in: .retired)
    }

    /// The id of the order that took a key away; `nil` where none did.
    package func retirement(of key: String) throws -> String? {
        let records = try root.records(in: KeyRecords.retired.rawValue)
        return try records[key].map { try JSONValue(parsing: $0)["order"]?.stringValue ?? "" }
    }

    /// Fingerprints, those of the second copy too.
    package func retiredKeys() throws -> Set<String> {
        let there = try second?.records(.retired) ?? [:]
        return Set(try root.records(in: KeyRecords.retired.rawValue).keys).union(there.keys)
    }
}

extension SealingKeys {
    /// The fingerprints of the keys that were taken away in a deployment, before its vault is open.
    ///
    /// - Parameter path: The state's root. Where there is none yet, nothing is retired.
    /// - Throws: Also where this user may not look: whoever seals has to know.
    package static func retired(inState path: String) throws(SyscallError) -> Set<String> {
        do {
            return try Descriptor.open(path, [.directory, .pathOnly])
                .open(Array("vault".utf8), .directory, subject: "vault").retiredKeys()
        } catch {
            if error.isNotThere { return [] }
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
        Set(try records(in: KeyRecords.retired.rawValue).keys)
    }
}
