import JSONText
package import LinuxIO
package import UploadModel

/// Headers made anew for other recipients, by somebody who has one of the old ones' private keys. Bodies are not touched.
///
/// An old header opens any copy of its body for ever: taking a key away means that no copy of the header stays.
package struct Rewrapping: Sendable {
    private let identity: AgeIdentity
    private let audiences: Audiences

    package init(with identity: AgeIdentity, for audiences: Audiences) {
        (self.identity, self.audiences) = (identity, audiences)
    }

    /// What came of a folder of headers.
    package struct Outcome: Equatable, Sendable {
        package var rewrapped: [BundleID] = []
        /// Their headers are not for this identity; they stay as they were.
        package var closed: [BundleID] = []
        package init() {}
    }

    /// Rewraps every `ex-<uuid>/` in `folder`, which is `vault/keys` or a copy of it on a custodian's machine. Each
    /// bundle's headers are replaced whole, or not at all.
    package func all(in folder: borrowing Descriptor) throws -> Outcome {
        var outcome = Outcome()
        // On a custodian's machine nothing but the headers tells what is kept.
        try folder.recoverHeaders { _ in true }
        for bundle in try Self.bundles(in: folder) {
            if try one(bundle, in: folder) {
                outcome.rewrapped.append(bundle)
            } else {
                outcome.closed.append(bundle)
            }
        }
        return outcome
    }

    /// - Returns: `false` when its headers are not for this identity.
    package func one(_ bundle: BundleID, in folder: borrowing Descriptor) throws -> Bool {
        let old = try folder.headers(of: bundle)
        do {
            try place(wrapped("content", old), wrapped("subject", old), of: bundle, in: folder)
            return true
        } catch SealingFault.notForThisIdentity {
            return false
        }
    }

    private func wrapped(_ name: String, _ old: [String: [UInt8]]) throws(SealingFault) -> WrappedKey {
        try WrappedKey(old.fileKey(of: name, with: identity), of: name, for: audiences)
    }

    /// The old headers stay until the new ones were read back and open both bodies.
    private func place(
        _ content: borrowing WrappedKey,
        _ subject: borrowing WrappedKey,
        of bundle: BundleID,
        in folder: borrowing Descriptor
    ) throws {
        let headers = content.headerFiles + subject.headerFiles
        var files = [HeaderFolder.recipients: RecipientRecord(of: audiences, headers).bytes]
        for (name, bytes) in headers { files[name] = bytes }
        try folder.placeHeaders(files, of: bundle) { directory in
            let faults = [
                try content.faultOfHeaders(in: directory, subject: "keys/\(bundle)"),
                try subject.faultOfHeaders(in: directory, subject: "keys/\(bundle)"),
            ].compactMap(\.self)
            if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
        }
    }

    /// Whether a bundle's headers are for these audiences already, as the record beside them says, and are sound.
    func isDone(_ bundle: BundleID, in folder: borrowing Descriptor) throws -> Bool {
        let headers = try folder.headers(of: bundle)
        guard let record = headers[HeaderFolder.recipients].flatMap({ RecipientRecord(reading: $0) }) else {
            return false
        }
        return record.isFor(audiences) && HeaderFolder.isWhole(headers)
    }

    private static func bundles(in folder: borrowing Descriptor) throws -> [BundleID] {
        var found: [BundleID] = []
        var entries = try DirectoryEntries(of: folder, subject: "keys")
        while let entry = try entries.next() {
            if let bundle = BundleID(String(decoding: entry.name, as: UTF8.self)) { found.append(bundle) }
        }
        return found.sorted { $0.upload < $1.upload }
    }
}

extension Vault {
    /// Deletes the headers of one audience in every copy: how a review ends.
    package func withdrawHeaders(_ audience: Audience, of bundle: BundleID) throws {
        for shelf in [shelf, second].compactMap(\.self) {
            var headers = try shelf.headers(of: bundle)
            guard let bytes = headers[HeaderFolder.recipients] else { continue }
            for name in HeaderFolder.bodies { headers[SealedFile.headerName(name, audience)] = nil }
            // A record that does not read stays as it is, and says so.
            let record = RecipientRecord(reading: bytes)?.without(audience)
            headers[HeaderFolder.recipients] = record?.bytes ?? bytes
            try shelf.place(headers, of: bundle)
        }
    }

    /// The fingerprints that a bundle's custodian headers are for, as the record beside them says.
    package func custodians(of bundle: BundleID) throws -> Set<String> {
        try shelf.custodians(of: bundle)
    }

    /// Makes a bundle's headers anew, in both copies.
    ///
    /// - Returns: `false` when they are not for the rewrapping's identity.
    package func rewrap(_ bundle: BundleID, by rewrapping: Rewrapping) throws -> Bool {
        // A run that was killed between the copies has done the first one, for which its key may be none any more.
        guard try rewrapping.one(bundle, in: shelf.keys) || rewrapping.isDone(bundle, in: shelf.keys) else {
            return false
        }
        try recordSecondCopy(of: bundle)
        if let second { try second.place(shelf.headers(of: bundle), of: bundle) }
        return true
    }
}
