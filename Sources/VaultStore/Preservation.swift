import JSONText
package import LinuxIO
package import UploadModel

extension Vault {
    /// Preserves one upload. When this returns the bundle is on the disk, was read back from it, and has its
    /// name; when it throws nothing of it is left, and it may be called again from the start.
    ///
    /// Called again for a bundle that is there (a crash before its row was written) it reads that one through and
    /// answers its id. The content and its attributes are left as they are.
    ///
    /// - Parameters:
    ///   - content: Open for reading; read from offset 0 whatever its own position.
    ///   - context: The sidecar's bytes, kept exactly; `nil` where there was none.
    /// - Throws: ``SyscallError``; ``DamagedBundle`` when what is read back, or what has the name already, does
    ///   not verify. A damaged bundle under its own name is never overwritten.
    package func preserve(
        _ exhibit: Exhibit,
        content: borrowing Descriptor,
        context: [UInt8]?
    ) throws -> BundleID {
        let bundle = exhibit.bundle
        let month = try exhibits.vaultDirectory(bundle.year).vaultDirectory(bundle.month)
        if try has(bundle) {
            try refuse(bundle, if: verify(bundle))
        } else {
            try month.placeWhole(bundle.name, subject: "\(bundle)") { hidden in
                var bag = try BagWriter(in: month, hidden, subject: "\(bundle)")
                let copy = try bag.addContent(content)
                try bag.addPayload("exhibit.json", exhibit.technicalRecord(of: copy).canonical)
                try bag.addPayload("subject.json", exhibit.subjectRecord(context: context).canonical)
                if let context { try bag.addPayload("context", context) }
                try refuse(bundle, if: bag.finish(exhibit))
            }
        }
        try month.sync(subject: "\(bundle)")
        return bundle
    }

    private func refuse(_ bundle: BundleID, if faults: [BundleFault]) throws(DamagedBundle) {
        if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
    }
}

extension Descriptor {
    /// Has `write` fill a hidden directory, then gives it its name; whatever fails, nothing hidden is left.
    ///
    /// Makes nothing durable by itself: `write` fsyncs what it wrote, the caller this directory.
    func placeWhole(_ name: [UInt8], subject: String, _ write: (_ hidden: [UInt8]) throws -> Void) throws {
        try removeTree(name.hidden, subject: subject)
        do {
            try write(name.hidden)
            try rename(name.hidden, to: self, name, subject: subject)
        } catch {
            try? removeTree(name.hidden, subject: subject)
            throw error
        }
    }
}
