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
package enum SealedDraft {
    /// Of its body.
    package static let name = "draft"
    /// Bytes; ours stay far below.
    package static let largest = 64 << 20

    /// - Parameter id: Names it among drafts.
    package static func bytes(of files: [DraftFile], _ id: some CustomStringConvertible & Sendable) -> [UInt8]
    {
        var texts = JSONObject()
        for file in files { texts[file.name] = .string(String(decoding: file.bytes, as: UTF8.self)) }
        let draft: JSONValue = [
            "schema": "breakwater-draft-2", "draft": .string("\(id)"), "files": .object(texts),
        ]
        return draft.canonical
    }

    package static func files(in bytes: [UInt8]) throws -> [DraftFile] {
        let limits = JSONLimits(bytes: largest, depth: 8)
        let texts = try JSONValue(parsing: bytes, limits: limits)["files"]?.objectValue ?? [:]
        return texts.members.compactMap { name, value in
            value.stringValue.map { DraftFile(name: name, bytes: Array($0.utf8)) }
        }.sorted { $0.name < $1.name }
    }
}

extension Vault {
    private var sealedDrafts: SealedFolder {
        get throws(SyscallError) { try SealedFolder(drafts, subject: "draft", by: sealer) }
    }

    /// Seals a draft as `drafts/<uuid>/draft.age.body` with its headers beside it: durable, opened again and whole when
    /// this returns. One that is there stays as it is: sealed again it would have the same plaintext.
    ///
    /// - Throws: ``SyscallError``; ``SealingFault``; ``DamagedSeal`` when it does not open again.
    package func placeDraft(_ id: DraftID, files: [DraftFile], for audiences: Audiences) throws {
        precondition(
            files.allSatisfy { $0.name.utf8.isBagName },
            "a draft's file has a name that is not ours"
        )
        try sealedDrafts.place("\(id)", [SealedDraft.name: SealedDraft.bytes(of: files, id)], for: audiences)
    }

    package func hasDraft(_ id: DraftID) throws(SyscallError) -> Bool { try sealedDrafts.has("\(id)") }

    /// The files of a draft, by name; `nil` when there is no such draft.
    ///
    /// - Throws: ``SealingFault/notForThisIdentity``, among others.
    package func draft(_ id: DraftID, with identity: AgeIdentity) throws -> [DraftFile]? {
        guard try hasDraft(id) else { return nil }
        return try SealedDraft.files(
            in: sealedDrafts.bytes(
                SealedDraft.name,
                of: "\(id)",
                with: identity,
                limit: SealedDraft.largest
            )
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
