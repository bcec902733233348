import Crypto
import JSONText
package import LinuxIO
package import UploadModel

/// Destroys one exhibit wherever it lies, and keeps what proves it.
///
/// What is there is written down first, durably, so that a try after a crash does not call absent what the one before it
/// removed. Key headers go before all else: from then on nobody can open what a crash may leave of the rest. Blocks.
package struct Destroyer: ~Copyable {
    private let state: Descriptor
    private let second: Descriptor?
    private let copies: [String]

    /// - Parameters:
    ///   - second: The second copy's directory, laid out as the vault is.
    ///   - copies: The paths that it was written below, for the certificate.
    /// - Throws: ``SecondCopyRefused`` where that directory holds no shelf: its disk is not mounted.
    package init(
        state: borrowing Descriptor,
        secondCopy second: consuming Descriptor? = nil,
        at copies: [String] = []
    )
        throws
    {
        try Self.check(second)
        self.state = try state.duplicate()
        self.second = second
        self.copies = copies
    }

    private static func check(_ second: borrowing Descriptor?) throws {
        switch second {
        case .some(let second):
            for name in ["exhibits", "keys"] {
                guard try second.statusIfThere(of: Array(name.utf8), subject: "second copy") != nil else {
                    throw SecondCopyRefused.notLaidOut
                }
            }
        case .none: break
        }
    }

    /// Destroys, and writes the certificate to `vault/certificates/ex-<uuid>.json` and `.txt`.
    ///
    /// - Parameter content: SHA-256 of the content, hexadecimal.
    /// - Returns: The certificate; the one that is there already where a crash came after it.
    /// - Throws: `SyscallError`; nothing says then that it was destroyed, and it is tried again.
    package func destroy(
        _ bundle: BundleID,
        basis: DestructionBasis,
        approvals: [Approval],
        content: String?,
        at time: Timestamp
    ) throws -> [UInt8] {
        let folder = try certificates()
        if let done = try certificate(of: bundle) {
            try folder.forget(bundle.begun)
            try state.forgetReplicas(of: bundle)
            return done
        }
        let targets = try targets(of: bundle)
        let begun = try BegunDestruction(of: bundle, in: folder)
        let certificate = DestructionCertificate(
            exhibit: bundle,
            basis: basis,
            approvals: approvals,
            executedAt: time,
            content: content,
            tagManifest: try Self.tagManifest(of: bundle, state: state) ?? begun.tagManifest,
            secondCopies: copies,
            places: begun.places(with: try places(of: targets))
        )
        let bytes = certificate.json.canonical
        try folder.keep(bytes, as: bundle.begun)
        for target in targets { try remove(target) }
        try folder.keep(Array(certificate.text.utf8), as: Array("\(bundle).txt".utf8))
        try folder.keep(bytes, as: Array("\(bundle).json".utf8))
        try folder.forget(bundle.begun)
        try state.forgetReplicas(of: bundle)
        return bytes
    }

    /// The certificate as it was written; `nil` where there is none.
    package func certificate(of bundle: BundleID) throws -> [UInt8]? {
        let path = Array("vault/certificates/\(bundle).json".utf8)
        guard try state.statusIfThere(of: path, subject: "certificate") != nil else { return nil }
        return try state.open(path, [.noFollow], subject: "certificate")
            .readAll(limit: 1 << 20, subject: "certificate")
    }

    /// SHA-256 of a bundle's tag manifest, which all else of it hangs from; `nil` where it is not there.
    package static func tagManifest(of bundle: BundleID, state: borrowing Descriptor) throws -> String? {
        let path = Array("vault/exhibits/".utf8) + bundle.path + Array("/tagmanifest-sha256.txt".utf8)
        guard try state.statusIfThere(of: path, subject: "\(bundle)") != nil else { return nil }
        let bytes = try state.open(path, [.noFollow], subject: "\(bundle)")
            .readAll(limit: 1 << 20, subject: "\(bundle)")
        return Hex.text(SHA256.hash(data: bytes))
    }

    // MARK: - Place by place

    private struct Target {
        let isInSecondCopy: Bool
        let path: String
        let what: String
    }

    /// Everything to remove, key headers first.
    private func targets(of bundle: BundleID) throws -> [Target] {
        var (headers, bodies) = (
            try Self.headers(of: bundle, in: state, "vault/", "vault", false), [Target]()
        )
        bodies += try Self.bodies(of: bundle, in: state, "vault/", "vault", false)
        switch second {
        case .some(let second):
            headers += try Self.headers(of: bundle, in: second, "", "second copy", true)
            bodies += try Self.bodies(of: bundle, in: second, "", "second copy", true)
        case .none: break
        }
        let plain = ["plain/\(bundle)", "plain/\(bundle).subject.json"].map {
            Target(isInSecondCopy: false, path: "vault/\($0)", what: "unsealed copy")
        }
        let drafts = try drafts(of: bundle.upload).map {
            Target(isInSecondCopy: false, path: "drafts/\($0)", what: "draft report")
        }
        return headers + bodies + plain + drafts
    }

    private static func headers(
        of bundle: BundleID,
        in root: borrowing Descriptor,
        _ below: String,
        _ copy: String,
        _ isSecond: Bool
    ) throws(SyscallError) -> [Target] {
        let hidden = "\(below)keys/.\(bundle)"
        let isThere = try root.statusIfThere(of: Array(hidden.utf8), subject: "exhibit") != nil
        return ((isThere ? [hidden] : []) + ["\(below)keys/\(bundle)"]).map {
            Target(isInSecondCopy: isSecond, path: $0, what: "key headers, \(copy)")
        }
    }

    /// The bundle, and what a killed writer or a repair left of it beside.
    private static func bodies(
        of bundle: BundleID,
        in root: borrowing Descriptor,
        _ below: String,
        _ copy: String,
        _ isSecond: Bool
    ) throws(SyscallError) -> [Target] {
        let month = "\(below)exhibits/\(bundle.year)/\(bundle.month)"
        return try ([bundle.name] + root.remains(of: bundle, in: month)).map { name in
            Target(
                isInSecondCopy: isSecond,
                path: "\(month)/" + String(decoding: name, as: UTF8.self),
                what: "sealed bodies and records, \(copy)"
            )
        }
    }

    private func places(of targets: [Target]) throws(SyscallError) -> [DestroyedPlace] {
        var places: [DestroyedPlace] = []
        for target in targets {
            let isThere = try status(of: target) != nil
            places.append(
                DestroyedPlace(path: target.path, what: target.what, method: isThere ? .unlinked : .absent)
            )
        }
        return places
    }

    private func status(of target: Target) throws(SyscallError) -> FileStatus? {
        let path = Array(target.path.utf8)
        guard target.isInSecondCopy else { return try state.statusIfThere(of: path, subject: "exhibit") }
        switch second {
        case .some(let second): return try second.statusIfThere(of: path, subject: "exhibit")
        case .none: return nil
        }
    }

    private func remove(_ target: Target) throws(SyscallError) {
        guard target.isInSecondCopy else { return try Self.remove(target.path, in: state) }
        switch second {
        case .some(let second): try Self.remove(target.path, in: second)
        case .none: break
        }
    }

    /// Removes a file or a directory with all that it holds, durably.
    private static func remove(_ path: String, in root: borrowing Descriptor) throws(SyscallError) {
        guard let found = try root.statusIfThere(of: Array(path.utf8), subject: "exhibit") else { return }
        let cut = path.lastIndex(of: "/")!
        let (parent, name) = (Array(path[..<cut].utf8), Array(path[path.index(after: cut)...].utf8))
        let directory = try root.open(parent, .directory, subject: "exhibit")
        if found.kind == .directory {
            try directory.removeTree(name, subject: "exhibit")
        } else {
            try directory.unlink(name, subject: "exhibit")
        }
        try directory.sync(subject: "exhibit")
    }

    /// A draft is a directory, or sealed files, that begin with the upload's id.
    private func drafts(of upload: UploadID) throws(SyscallError) -> [String] {
        guard try state.statusIfThere(of: Array("drafts".utf8), subject: "drafts") != nil else { return [] }
        var entries = try DirectoryEntries(of: try state.open(Array("drafts".utf8), .directory))
        var names: [String] = []
        while let entry = try entries.next() {
            let name = String(decoding: entry.name, as: UTF8.self)
            if name.hasPrefix("\(upload)") { names.append(name) }
        }
        return names.sorted()
    }

    private func certificates() throws(SyscallError) -> Descriptor {
        let vault = try state.open(Array("vault".utf8), .directory, subject: "vault")
        let folder = try vault.ensureDirectory(
            Array("certificates".utf8),
            mode: VaultModes.directory,
            subject: "vault/certificates"
        )
        try vault.sync(subject: "vault")
        return folder
    }
}

/// What a destruction that a crash interrupted had written down before it removed anything.
private struct BegunDestruction {
    var tagManifest: String?
    private var removed: [DestroyedPlace] = []

    /// Empty where none was begun.
    init(of bundle: BundleID, in folder: borrowing Descriptor) throws {
        guard try folder.statusIfThere(of: bundle.begun, subject: "certificate") != nil else { return }
        let bytes = try folder.open(bundle.begun, [.noFollow], subject: "certificate")
            .readAll(limit: 1 << 20, subject: "certificate")
        let json = try JSONValue(parsing: bytes)
        tagManifest = json["tagmanifest_sha256"]?.stringValue
        removed = (json["places"]?.arrayValue ?? []).compactMap { place in
            guard let path = place["path"]?.stringValue, let what = place["what"]?.stringValue,
                place["method"]?.stringValue == DestroyedPlace.Method.unlinked.rawValue
            else { return nil }
            return DestroyedPlace(path: path, what: what, method: .unlinked)
        }
    }

    /// What both tries removed, and what neither found.
    func places(with found: [DestroyedPlace]) -> [DestroyedPlace] {
        let known = Set(removed.map(\.path))
        return removed + found.filter { !known.contains($0.path) }
    }
}

extension BundleID {
    /// Beside the certificates, while a destruction is under way.
    fileprivate var begun: [UInt8] { Array(".\(self).begun".utf8) }
}

extension Descriptor {
    fileprivate func keep(_ bytes: [UInt8], as name: [UInt8]) throws(SyscallError) {
        try writeDurably(bytes, as: name, mode: VaultModes.file, subject: "certificate")
    }

    fileprivate func forget(_ name: [UInt8]) throws(SyscallError) {
        guard try statusIfThere(of: name, subject: "certificate") != nil else { return }
        try unlink(name, subject: "certificate")
        try sync(subject: "certificate")
    }

    /// What lies of a bundle in a month under names that no reader takes for a bundle's: half-written, or set aside.
    func remains(of bundle: BundleID, in month: String) throws(SyscallError) -> [[UInt8]] {
        guard try statusIfThere(of: Array(month.utf8), subject: "exhibits") != nil else { return [] }
        var entries = try DirectoryEntries(of: try open(Array(month.utf8), .directory, subject: "exhibits"))
        var names: [[UInt8]] = []
        while let entry = try entries.next() {
            let isDamaged = entry.name.starts(with: Array(".damaged-\(bundle)".utf8))
            if isDamaged || entry.name == bundle.name.hidden { names.append(entry.name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
