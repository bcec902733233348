import Digests
package import LinuxIO
package import UploadModel

/// Unsealed copies of evidence, `vault/plain/ex-<uuid>`, 0600, kept until two custodians have shown that they can
/// open what is sealed: a key that nobody has must not be the only way to evidence.
///
/// Beside each lies `ex-<uuid>.subject.json`, the sealed subject record in plain.
struct PlainCopy: ~Copyable {
    private let directory: Descriptor
    private let file: Descriptor
    private let bundle: BundleID

    init(in vault: borrowing Descriptor, of bundle: BundleID) throws(SyscallError) {
        let directory = try vault.plainDirectory()
        try? directory.unlink(bundle.name.hidden)
        let file = try directory.open(
            bundle.name.hidden,
            [.readWrite, .create, .exclusive],
            mode: 0o600,
            subject: "plain/\(bundle)"
        )
        self.directory = directory
        self.file = file
        self.bundle = bundle
    }

    func take(_ bytes: RawSpan) throws(SyscallError) { try file.write(bytes, subject: "plain/\(bundle)") }

    /// Makes it durable, reads it back from the disk and gives it its name.
    consuming func finish(_ digests: DigestSet, subject record: [UInt8]) throws {
        let subject = "plain/\(bundle)"
        try file.sync(subject: subject)
        guard try FileDigests(rereading: file, subject: subject).listed.sha256 == digests.sha256 else {
            throw DamagedBundle(bundle: bundle, faults: [.doesNotOpen(subject)])
        }
        try directory.rename(
            bundle.name.hidden,
            to: directory,
            bundle.name,
            replacing: true,
            subject: subject
        )
        try directory.writeDurably(record, as: bundle.subjectName, mode: 0o600, subject: subject)
    }
}

extension BundleID {
    fileprivate var subjectName: [UInt8] { name + Array(".subject.json".utf8) }
}

extension Descriptor {
    fileprivate func plainDirectory() throws(SyscallError) -> Descriptor {
        let plain = try ensureDirectory(Array("plain".utf8), mode: 0o700, subject: "vault/plain")
        try sync(subject: "vault")
        return plain
    }
}

/// One unsealed copy that is about to be removed.
package struct PlainCopyRemoval: Equatable, Sendable {
    package let bundle: BundleID
    package let byteCount: UInt64
}

extension Vault {
    /// The bundles that an unsealed copy lies beside.
    package func plainCopies() throws(SyscallError) -> [BundleID] {
        guard try root.statusIfThere(of: Array("plain".utf8), subject: "vault/plain") != nil else {
            return []
        }
        var found: [BundleID] = []
        let plain = try root.open(Array("plain".utf8), .directory, subject: "vault/plain")
        var entries = try DirectoryEntries(of: plain, subject: "vault/plain")
        while let entry = try entries.next() {
            if let bundle = BundleID(String(decoding: entry.name, as: UTF8.self)) { found.append(bundle) }
        }
        return found.sorted { $0.upload < $1.upload }
    }

    /// Removes every unsealed copy whose bundle is whole and is sealed to two custodians whose drills are valid.
    ///
    /// - Parameters:
    ///   - keys: Whose drills count.
    ///   - recording: Called for each before it goes, and makes its custody entry durable; when it throws the copy stays.
    /// - Returns: What was removed. A copy whose bundle or headers are not sound stays, and so does one beside headers of
    ///   0.1.0, whose digests nobody wrote down, until they are made anew.
    package func removePlainCopies(
        _ keys: SealingKeys,
        at time: Timestamp,
        recording: (PlainCopyRemoval) throws -> Void
    ) throws -> [BundleID] {
        var removed: [BundleID] = []
        let drilled = try drilledFingerprints(keys, at: time)
        for bundle in try plainCopies() {
            // Others may have answered than those that this one was sealed to.
            guard try custodians(of: bundle).intersection(drilled).count >= 2, try isSound(bundle) else {
                continue
            }
            guard let removal = try plainCopyRemoval(of: bundle) else { continue }
            try recording(removal)
            try removePlainCopy(of: bundle)
            removed.append(bundle)
        }
        return removed
    }

    /// What removing a bundle's unsealed copy will take; `nil` where there is none.
    package func plainCopyRemoval(of bundle: BundleID) throws(SyscallError) -> PlainCopyRemoval? {
        let path = Array("plain/\(bundle)".utf8)
        return try root.statusIfThere(of: path, subject: "plain/\(bundle)")
            .map { PlainCopyRemoval(bundle: bundle, byteCount: $0.size) }
    }

    /// Removes one unsealed copy; none is no error.
    package func removePlainCopy(of bundle: BundleID) throws(SyscallError) {
        let plain = try root.plainDirectory()
        for name in [bundle.name, bundle.subjectName] {
            if try plain.statusIfThere(of: name) != nil { try plain.unlink(name, subject: "plain/\(bundle)") }
        }
        try plain.sync(subject: "vault/plain")
    }

    /// Removes what killed runs left of copies that they were writing.
    func removeUnfinishedPlainCopies() throws(SyscallError) {
        guard try root.statusIfThere(of: Array("plain".utf8), subject: "vault/plain") != nil else { return }
        let plain = try root.open(Array("plain".utf8), .directory, subject: "vault/plain")
        var entries = try DirectoryEntries(of: plain, subject: "vault/plain")
        while let entry = try entries.next() {
            if entry.name.first == UInt8(ascii: ".") { try plain.unlink(entry.name, subject: "vault/plain") }
        }
    }

    package func hasPlainCopy(of bundle: BundleID) throws(SyscallError) -> Bool {
        try root.statusIfThere(of: Array("plain/".utf8) + bundle.subjectName, subject: "vault/plain") != nil
    }

    private func isSound(_ bundle: BundleID) throws(SyscallError) -> Bool {
        guard try shelf.headerFaults(of: bundle).isEmpty, try shelf.hasHeaderDigests(of: bundle) else {
            return false
        }
        return try shelf.faults(of: bundle).isEmpty
    }
}
