import JSONText
package import LinuxIO
package import UploadModel

/// A file of a draft report.
package struct DraftFile: Equatable, Sendable {
    /// `[0-9a-z._-]`, no dot at its start.
    package let name: String
    /// UTF-8 text.
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A draft as it is sealed: one JSON object whose `files` are the texts of its files.
enum SealedDraft {
    static let name = "draft"
    /// Bytes; ours stay far below.
    static let largest = 64 << 20

    static func bytes(of files: [DraftFile], _ id: DraftID) -> [UInt8] {
        var texts = JSONObject()
        for file in files { texts[file.name] = .string(String(decoding: file.bytes, as: UTF8.self)) }
        let draft: JSONValue = [
            "schema": "breakwater-draft-2", "draft": .string("\(id)"), "files": .object(texts),
        ]
        return draft.canonical
    }

    static func files(in bytes: [UInt8]) throws -> [DraftFile] {
        let limits = JSONLimits(bytes: largest, depth: 8)
        let texts = try JSONValue(parsing: bytes, limits: limits)["files"]?.objectValue ?? [:]
        return texts.members.compactMap { name, value in
            value.stringValue.map { DraftFile(name: name, bytes: Array($0.utf8)) }
        }.sorted { $0.name < $1.name }
    }
}

extension Vault {
    /// Seals a draft as `drafts/<uuid>/draft.age.body` with its headers beside it: durable, opened again and whole when
    /// this returns. One that is there stays as it is: sealed again it would have the same plaintext.
    ///
    /// - Throws: ``SyscallError``; ``SealingFault``; ``DamagedDraft`` when it does not open again.
    package func placeDraft(_ id: DraftID, files: [DraftFile], for audiences: Audiences) throws {
        precondition(
            files.allSatisfy { $0.name.utf8.isBagName },
            "a draft's file has a name that is not ours"
        )
        let subject = "draft \(id)"
        if try !hasDraft(id) {
            try drafts.placeWhole(Array("\(id)".utf8), subject: subject) { hidden in
                try drafts.makeDirectory(hidden, mode: 0o700, subject: subject)
                let directory = try drafts.open(hidden, .directory, subject: subject)
                let bytes = SealedDraft.bytes(of: files, id)
                let sealed = try SealedFile(
                    SealedDraft.name,
                    bytes,
                    in: directory,
                    for: audiences,
                    by: sealer,
                    subject: subject
                )
                for (name, bytes) in sealed.headerFiles {
                    let name = Array(name.utf8)
                    try directory.writeNew(bytes, as: name, mode: VaultModes.file, subject: subject)
                }
                try directory.setMode(VaultModes.directory, subject: subject)
                try directory.sync(subject: subject)
                let fault = try sealed.faultOfBody(in: directory, subject: subject)
                if let fault = try fault ?? sealed.faultOfHeaders(in: directory, subject: subject) {
                    throw DamagedDraft(draft: id, fault: fault)
                }
            }
        }
        try drafts.sync(subject: "drafts")
    }

    package func hasDraft(_ id: DraftID) throws(SyscallError) -> Bool {
        try drafts.statusIfThere(of: Array("\(id)".utf8), subject: "draft \(id)") != nil
    }

    /// The files of a draft, by name; `nil` when there is no such draft.
    ///
    /// - Throws: ``SealingFault/notForThisIdentity``, among others.
    package func draft(_ id: DraftID, with identity: AgeIdentity) throws -> [DraftFile]? {
        let subject = "draft \(id)"
        guard try hasDraft(id) else { return nil }
        let directory = try drafts.open(Array("\(id)".utf8), .directory, subject: subject)
        for audience in Audience.allCases {
            let name = Array(SealedFile.headerName(SealedDraft.name, audience).utf8)
            guard try directory.statusIfThere(of: name, subject: subject) != nil else { continue }
            let header = try directory.open(name, .noFollow, subject: subject)
                .readAll(limit: AgeHeader.largest, subject: subject)
            do {
                let stream = try OpeningStream(header: header, identity: identity)
                return try open(stream, in: directory, subject: subject)
            } catch SealingFault.notForThisIdentity {
                continue  // it may be the other audience's
            }
        }
        throw SealingFault.notForThisIdentity
    }

    private func open(
        _ stream: borrowing OpeningStream,
        in directory: borrowing Descriptor,
        subject: String
    ) throws -> [DraftFile] {
        let name = Array(SealedFile.bodyName(SealedDraft.name).utf8)
        let body = try directory.open(name, .noFollow, subject: subject)
        return try SealedDraft.files(
            in: stream.bytes(of: body, limit: SealedDraft.largest, subject: subject)
        )
    }

    /// Visits every complete draft.
    package func drafts(_ visit: (DraftID) throws -> Void) throws {
        var entries = try DirectoryEntries(of: drafts, subject: "drafts")
        while let entry = try entries.next() {
            if let id = UploadID(String(decoding: entry.name, as: UTF8.self)) { try visit(DraftID(id)) }
        }
    }
}

/// A draft that did not open again right after it was sealed; nothing of it is left.
package struct DamagedDraft: Error, Equatable, CustomStringConvertible {
    package let draft: DraftID
    package let fault: BundleFault

    package var description: String { "draft \(draft): \(fault); check the disk and the keys of [evidence]" }
}
