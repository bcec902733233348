import LinuxIO
import UploadModel

/// A place that holds bundles, and the headers that open them: the vault, or its second copy.
final class Shelf: Sendable {
    let root: Descriptor
    let exhibits: Descriptor
    let keys: Descriptor

    /// Makes what is missing, with the group of `root`.
    init(in root: borrowing Descriptor, group: UInt32?) throws(SyscallError) {
        self.root = try root.duplicate()
        exhibits = try root.vaultDirectory("exhibits", group: group)
        keys = try root.vaultDirectory("keys", group: group)
    }

    /// Opens what is there and changes nothing.
    init(reading root: borrowing Descriptor) throws(SyscallError) {
        self.root = try root.duplicate()
        exhibits = try root.open(Array("exhibits".utf8), .directory, subject: "exhibits")
        keys = try root.open(Array("keys".utf8), .directory, subject: "keys")
    }

    func has(_ bundle: BundleID) throws(SyscallError) -> Bool {
        try exhibits.statusIfThere(of: bundle.path, subject: "\(bundle)") != nil
    }

    func month(of bundle: BundleID) throws(SyscallError) -> Descriptor {
        try exhibits.vaultDirectory(bundle.year).vaultDirectory(bundle.month)
    }

    /// Reads the whole bundle from the disk and compares it with its manifests.
    func faults(of bundle: BundleID) throws(SyscallError) -> [BundleFault] {
        guard let found = try exhibits.statusIfThere(of: bundle.path, subject: "\(bundle)") else {
            return [.absent]
        }
        guard found.kind == .directory else { return [.notAFile("\(bundle)")] }
        let bag = try exhibits.open(bundle.path, .directory, subject: "\(bundle)")
        return try BagCheck(of: bag, subject: "\(bundle)").faults()
    }

    /// What is missing of a bundle's headers, is none, or is not what was written; nothing when custodians have one for
    /// each body.
    func headerFaults(of bundle: BundleID) throws(SyscallError) -> [BundleFault] {
        HeaderFolder.faults(of: try headers(of: bundle), "keys/\(bundle)")
    }

    /// Whether the record beside a bundle's headers has their digests; that of 0.1.0 had none.
    func hasHeaderDigests(of bundle: BundleID) throws(SyscallError) -> Bool {
        try recipients(of: bundle)?.digests != nil
    }

    /// The fingerprints that a bundle's custodian headers are for, as the record beside them says; none without headers.
    func custodians(of bundle: BundleID) throws(SyscallError) -> Set<String> {
        Set(try recipients(of: bundle)?[.custodians] ?? [])
    }

    private func recipients(of bundle: BundleID) throws(SyscallError) -> RecipientRecord? {
        try headers(of: bundle)[HeaderFolder.recipients].flatMap { RecipientRecord(reading: $0) }
    }

    func headers(of bundle: BundleID) throws(SyscallError) -> [String: [UInt8]] {
        try keys.headers(of: bundle)
    }

    func place(
        _ headers: [String: [UInt8]],
        of bundle: BundleID,
        check: (borrowing Descriptor) throws -> Void = { _ in }
    ) throws {
        try keys.placeHeaders(headers, of: bundle, check: check)
    }
}

extension Descriptor {
    /// The headers of a bundle and the record of whom they are for, by the name of their file; none when there are
    /// none, or no more.
    func headers(of bundle: BundleID) throws(SyscallError) -> [String: [UInt8]] {
        try headers(in: bundle.name, subject: "keys/\(bundle)")
    }

    private func headers(in name: [UInt8], subject: String) throws(SyscallError) -> [String: [UInt8]] {
        guard try statusIfThere(of: name, subject: "keys")?.kind == .directory else { return [:] }
        let directory = try open(name, .directory, subject: subject)
        var headers: [String: [UInt8]] = [:]
        var entries = try DirectoryEntries(of: directory, subject: subject)
        while let entry = try entries.next() {
            let file = try directory.open(entry.name, [.noFollow, .nonBlocking], subject: subject)
            file.dropCache()
            headers[String(decoding: entry.name, as: UTF8.self)] = try file.readAll(
                limit: AgeHeader.largest,
                subject: subject
            )
        }
        return headers
    }

    /// Writes the headers of a bundle whole, in place of what is there; durable when this returns. A kill at any moment
    /// leaves the old ones or the new ones under the bundle's name.
    func placeHeaders(
        _ headers: [String: [UInt8]],
        of bundle: BundleID,
        check: (borrowing Descriptor) throws -> Void = { _ in }
    ) throws {
        let subject = "keys/\(bundle)"
        try removeTree(bundle.name.hidden, subject: subject)
        do {
            try makeDirectory(bundle.name.hidden, mode: 0o700, subject: subject)
            let directory = try open(bundle.name.hidden, .directory, subject: subject)
            for (name, bytes) in headers.sorted(by: { $0.key < $1.key }) {
                try directory.writeNew(bytes, as: Array(name.utf8), mode: VaultModes.file, subject: subject)
            }
            try directory.setMode(VaultModes.directory, subject: subject)
            try directory.sync(subject: subject)
            try check(directory)
        } catch {
            try? removeTree(bundle.name.hidden, subject: subject)
            throw error
        }
        guard try statusIfThere(of: bundle.name, subject: subject) != nil else {
            try rename(bundle.name.hidden, to: self, bundle.name, subject: subject)
            return try sync(subject: subject)
        }
        try exchange(bundle.name.hidden, with: bundle.name, subject: subject)
        try sync(subject: subject)
        try removeTree(bundle.name.hidden, subject: subject)
        try sync(subject: subject)
    }

    /// Sets right what a killed run left of headers that it was placing.
    ///
    /// Beside headers under the bundle's name the hidden ones are the old ones, or half-written: they go. Where they are
    /// the only ones of an exhibit that is there, nothing else opens it: whole they get its name, and else they stay.
    func recoverHeaders(ifKept isKept: (BundleID) throws(SyscallError) -> Bool) throws(SyscallError) {
        for bundle in try hiddenHeaders() {
            let subject = "keys/\(bundle)"
            let isNamed = try statusIfThere(of: bundle.name, subject: subject) != nil
            let mayGo = isNamed ? true : try !isKept(bundle)
            if mayGo {
                try removeTree(bundle.name.hidden, subject: subject)
            } else if HeaderFolder.isWhole(try headers(in: bundle.name.hidden, subject: subject)) {
                try rename(bundle.name.hidden, to: self, bundle.name, subject: subject)
            }
            try sync(subject: subject)
        }
    }

    private func hiddenHeaders() throws(SyscallError) -> [BundleID] {
        var found: [BundleID] = []
        var entries = try DirectoryEntries(of: self, subject: "keys")
        while let entry = try entries.next() {
            guard entry.name.first == UInt8(ascii: ".") else { continue }
            if let bundle = BundleID(String(decoding: entry.name.dropFirst(), as: UTF8.self)) {
                found.append(bundle)
            }
        }
        return found
    }
}

// MARK: - The second copy

extension Shelf {
    /// Copies a bundle with its headers from another shelf; durable, read back and whole when this returns.
    ///
    /// - Parameter isShredded: Whether its headers were shredded, so that this copy has none either.
    /// - Throws: ``DamagedBundle`` when what is there already is another one or is damaged.
    func copy(_ bundle: BundleID, from source: Shelf, isShredded: Bool) throws {
        if try has(bundle) {
            guard try manifest(of: bundle) == source.manifest(of: bundle) else {
                throw DamagedBundle(bundle: bundle, faults: [.copiesDiffer("\(bundle)")])
            }
            let faults = try faults(of: bundle)
            if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
        }
        let headers = isShredded ? [:] : try source.headers(of: bundle)
        if isShredded {
            _ = try removeHeaders(of: bundle)
        } else if try self.headers(of: bundle) != headers {
            try place(headers, of: bundle)
        }
        if try !has(bundle) { try copyBag(bundle, from: source) }
        try month(of: bundle).sync(subject: "\(bundle)")
        guard try self.headers(of: bundle) == headers else {
            throw DamagedBundle(bundle: bundle, faults: [.copiesDiffer("keys/\(bundle)")])
        }
    }

    /// All else in a bag hangs from this manifest.
    func manifest(of bundle: BundleID) throws(SyscallError) -> [UInt8] {
        let path = bundle.path + Array("/\(BagManifest.Kind.sha512.tagName)".utf8)
        return try exhibits.open(path, subject: "\(bundle)").readAll(limit: 1 << 20, subject: "\(bundle)")
    }

    func copyBag(_ bundle: BundleID, from source: Shelf) throws {
        let subject = "second copy of \(bundle)"
        let bag = try source.exhibits.open(bundle.path, .directory, subject: subject)
        let month = try month(of: bundle)
        let root = BagManifest(.sha512, reading: try source.manifest(of: bundle))
        try month.placeWhole(bundle.name, subject: subject) { hidden in
            try month.makeDirectory(hidden, mode: 0o700, subject: subject)
            let copy = try month.open(hidden, .directory, subject: subject)
            try copy.copyFiles(of: bag, subject: subject)
            let faults = try BagCheck(of: copy, subject: subject, root: root).faults()
            if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
        }
    }
}

extension Descriptor {
    /// Copies files and directories into this directory, fsynced, with the vault's modes.
    func copyFiles(of source: borrowing Descriptor, subject: String) throws {
        var entries = try DirectoryEntries(of: source, subject: subject)
        while let entry = try entries.next() {
            if try source.kind(of: entry) == .directory {
                try makeDirectory(entry.name, mode: 0o700, subject: subject)
                try open(entry.name, .directory, subject: subject)
                    .copyFiles(of: source.open(entry.name, .directory, subject: subject), subject: subject)
            } else {
                let file = try source.open(entry.name, [.noFollow, .nonBlocking], subject: subject)
                try copyFile(file, as: entry.name, mode: VaultModes.file, subject: subject)
            }
        }
        try setMode(VaultModes.directory, subject: subject)
        try sync(subject: subject)
    }

    /// Copies one file to a new one of this directory, fsynced.
    func copyFile(
        _ source: borrowing Descriptor,
        as name: [UInt8],
        mode: UInt32,
        subject: String
    ) throws(SyscallError) {
        let file = try open(name, [.write, .create, .exclusive], mode: 0o600, subject: subject)
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: Int64 = 0
        while case let count = try source.read(into: &buffer, at: offset, subject: subject), count > 0 {
            try file.write(buffer.span.bytes.extracting(first: count), subject: subject)
            offset += Int64(count)
        }
        try file.setMode(mode, subject: subject)
        try file.sync(subject: subject)
        try file.close()
    }
}
