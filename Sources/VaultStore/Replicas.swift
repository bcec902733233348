import JSONText
package import LinuxIO
package import UploadModel

// Where second copies of an exhibit lie: `vault/replicas/ex-<uuid>.json`, from before its first byte goes there until it
// is destroyed in all of them. Settings that name no second copy any more, or another one, forget none.

extension Vault {
    /// Paths that a second copy of this bundle was, or may have been, written below, as the settings had them.
    package func secondCopies(of bundle: BundleID) throws -> [String] { try root.replicas(of: bundle) }

    /// The same, of a state whose vault is not open.
    package static func secondCopies(of bundle: BundleID, state: borrowing Descriptor) throws -> [String] {
        try state.open(Array("vault".utf8), .directory, subject: "vault").replicas(of: bundle)
    }

    /// Of these the ones that this vault has not open. A path counts as open where it leads to the directory that is.
    package func closedCopies(of bundle: BundleID) throws -> [String] {
        try secondCopies(of: bundle).filter { path in
            guard let second else { return true }
            if path == secondPath { return false }
            guard let there = try? Descriptor.directory(path).status(subject: path) else { return true }
            let open = try second.root.status(subject: secondPath)
            return (there.device, there.inode) != (open.device, open.inode)
        }
    }

    /// Writes down that the second copy has, or is about to get, this bundle; durable when this returns.
    func recordSecondCopy(of bundle: BundleID) throws {
        let known = try secondCopies(of: bundle)
        guard second != nil, !known.contains(secondPath) else { return }
        let record: JSONValue = [
            "schema": "breakwater-replicas-1", "exhibit": .string("\(bundle)"),
            "paths": .array((known + [secondPath]).map { .string($0) }),
        ]
        try root.vaultDirectory("replicas", group: root.status(subject: "vault").gid).writeDurably(
            record.canonical,
            as: bundle.replicasName,
            mode: VaultModes.file,
            subject: "replicas"
        )
    }

    /// Writes down what lies in the second copy and was copied there before that was done.
    func recordSecondCopies() throws {
        try second?.bundles { bundle in
            if try has(bundle) { try recordSecondCopy(of: bundle) }
        }
    }
}

extension BundleID {
    fileprivate var replicasName: [UInt8] { Array("\(self).json".utf8) }
}

extension Descriptor {
    /// In a vault's directory.
    fileprivate func replicas(of bundle: BundleID) throws -> [String] {
        let path = Array("replicas/".utf8) + bundle.replicasName
        guard try statusIfThere(of: path, subject: "replicas") != nil else { return [] }
        let bytes = try open(path, .noFollow, subject: "replicas").readAll(
            limit: 64 * 1_024,
            subject: "replicas"
        )
        return try JSONValue(parsing: bytes)["paths"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// In a state's directory: after a destruction no copy is left to know of.
    func forgetReplicas(of bundle: BundleID) throws(SyscallError) {
        let path = Array("vault/replicas/".utf8) + bundle.replicasName
        guard try statusIfThere(of: path, subject: "replicas") != nil else { return }
        let folder = try open(Array("vault/replicas".utf8), .directory, subject: "replicas")
        try folder.unlink(bundle.replicasName, subject: "replicas")
        try folder.sync(subject: "replicas")
    }
}
