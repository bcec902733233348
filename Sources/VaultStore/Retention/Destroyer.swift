import Crypto
import JSONText
package import LinuxIO
package import UploadModel

/// Destroys one exhibit wherever it lies, and keeps what proves it.
///
/// Key headers go first: from then on nobody can open what a crash may leave of the rest. Each step may be repeated; what
/// is gone is said to be absent. Blocks.
package struct Destroyer: ~Copyable {
    private let state: Descriptor
    private let second: Descriptor?

    /// - Parameter second: The second copy's directory, laid out as the vault is.
    package init(state: borrowing Descriptor, secondCopy second: consuming Descriptor? = nil)
        throws(SyscallError)
    {
        self.state = try state.duplicate()
        self.second = second
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
        if let done = try certificate(of: bundle) { return done }
        let manifest = try Self.tagManifest(of: bundle, state: state)
        var places: [DestroyedPlace] = []
        try destroy(bundle, in: state, below: "vault/", as: "vault", into: &places)
        switch second {
        case .some(let second):
            try destroy(bundle, in: second, below: "", as: "second copy", into: &places)
        case .none: break
        }
        for name in ["plain/\(bundle)", "plain/\(bundle).subject.json"] {
            places.append(try remove("vault/\(name)", in: state, "unsealed copy", .deleted))
        }
        for name in try drafts(of: bundle.upload) {
            places.append(try remove("drafts/\(name)", in: state, "draft report", .deleted))
        }
        let certificate = DestructionCertificate(
            exhibit: bundle,
            basis: basis,
            approvals: approvals,
            executedAt: time,
            content: content,
            tagManifest: manifest,
            places: places
        )
        let folder = try certificates()
        try folder.writeDurably(
            Array(certificate.text.utf8),
            as: Array("\(bundle).txt".utf8),
            mode: VaultModes.file,
            subject: "certificate"
        )
        let bytes = certificate.json.canonical
        try folder.writeDurably(
            bytes,
            as: Array("\(bundle).json".utf8),
            mode: VaultModes.file,
            subject: "certificate"
        )
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

    private func destroy(
        _ bundle: BundleID,
        in root: borrowing Descriptor,
        below: String,
        as copy: String,
        into places: inout [DestroyedPlace]
    ) throws(SyscallError) {
        let exhibit = "\(below)exhibits/" + String(decoding: bundle.path, as: UTF8.self)
        places.append(
            try remove("\(below)keys/\(bundle)", in: root, "key headers, \(copy)", .cryptographicErase)
        )
        places.append(try remove(exhibit, in: root, "sealed bodies and records, \(copy)", .deleted))
    }

    /// Removes a file or a directory with all that it holds, durably.
    private func remove(
        _ path: String,
        in root: borrowing Descriptor,
        _ what: String,
        _ method: DestroyedPlace.Method
    ) throws(SyscallError) -> DestroyedPlace {
        let cut = path.lastIndex(of: "/")!
        let (parent, name) = (Array(path[..<cut].utf8), Array(path[path.index(after: cut)...].utf8))
        guard let found = try root.statusIfThere(of: Array(path.utf8), subject: "exhibit") else {
            return DestroyedPlace(path: path, what: what, method: .absent)
        }
        let directory = try root.open(parent, .directory, subject: "exhibit")
        if found.kind == .directory {
            try directory.removeTree(name, subject: "exhibit")
        } else {
            try directory.unlink(name, subject: "exhibit")
        }
        try directory.sync(subject: "exhibit")
        return DestroyedPlace(path: path, what: what, method: method)
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
