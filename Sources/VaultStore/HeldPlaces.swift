package import LinuxIO
package import UploadModel

extension Vault {
    /// The directories that this vault holds open, by the paths that they were opened by.
    ///
    /// - Parameters:
    ///   - state: The state's root, absolute.
    ///   - secondCopy: As the vault was opened with.
    package func held(
        state: String,
        secondCopy: String
    ) throws(SyscallError) -> [HeldDirectory] {
        let held = try [HeldDirectory(drafts, at: "\(state)/drafts")] + shelf.held(at: "\(state)/vault")
        guard let second else { return held }
        return try held + second.held(at: secondCopy)
    }
}

extension Vault {
    /// - Throws: ``DamagedBundle`` where nobody could open the bundle: its source must stay.
    package func requireHeaders(of bundle: BundleID) throws {
        let faults = try headerFaults(of: bundle)
        if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
    }
}

extension Shelf {
    fileprivate func held(at path: String) throws(SyscallError) -> [HeldDirectory] {
        [
            try HeldDirectory(root, at: path), try HeldDirectory(exhibits, at: "\(path)/exhibits"),
            try HeldDirectory(keys, at: "\(path)/keys"),
        ]
    }
}
