import LinuxIO
package import UploadModel

/// A file of a draft report.
package struct DraftFile: Equatable, Sendable {
    /// `[0-9a-z._-]`, no dot at its start.
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Bytes; ours stay far below.
    fileprivate static let largest = 64 << 20
}

/// Another draft has this name: it is never overwritten.
package struct DraftDiffers: Error, Equatable, CustomStringConvertible {
    package let draft: DraftID

    package var description: String {
        "draft \(draft) is there with other contents; move it away to have it written again"
    }
}

extension Vault {
    /// Writes a draft, `drafts/<uuid>/`: durable when this returns, whole or absent. The same draft again is no
    /// error.
    ///
    /// - Throws: ``DraftDiffers`` when a draft of this name holds other bytes.
    package func placeDraft(_ id: DraftID, files: [DraftFile]) throws {
        precondition(
            files.allSatisfy { $0.name.utf8.isBagName },
            "a draft's file has a name that is not ours"
        )
        if let there = try draft(id) {
            guard there == files.sorted(by: { $0.name < $1.name }) else { throw DraftDiffers(draft: id) }
        } else {
            try drafts.placeWhole(Array("\(id)".utf8), subject: "draft \(id)") { hidden in
                try drafts.makeDirectory(hidden, mode: 0o700, subject: "draft \(id)")
                let directory = try drafts.open(hidden, .directory, subject: "draft \(id)")
                for file in files {
                    let name = Array(file.name.utf8)
                    try directory.writeNew(
                        file.bytes,
                        as: name,
                        mode: VaultModes.file,
                        subject: "draft \(id)"
                    )
                }
                try directory.setMode(VaultModes.directory, subject: "draft \(id)")
                try directory.sync(subject: "draft \(id)")
            }
        }
        try drafts.sync(subject: "drafts")
    }

    /// The files of a draft, by name; `nil` when there is no such draft.
    package func draft(_ id: DraftID) throws -> [DraftFile]? {
        let name = Array("\(id)".utf8)
        guard try drafts.statusIfThere(of: name, subject: "draft \(id)") != nil else { return nil }
        let directory = try drafts.open(name, .directory, subject: "draft \(id)")
        var files: [DraftFile] = []
        var entries = try DirectoryEntries(of: directory, subject: "draft \(id)")
        while let entry = try entries.next() {
            let file = try directory.open(entry.name, [.noFollow, .nonBlocking], subject: "draft \(id)")
            let bytes = try file.readAll(limit: DraftFile.largest, subject: "draft \(id)")
            files.append(DraftFile(name: String(decoding: entry.name, as: UTF8.self), bytes: bytes))
        }
        return files.sorted { $0.name < $1.name }
    }

    /// Visits every complete draft.
    package func drafts(_ visit: (DraftID) throws -> Void) throws {
        var entries = try DirectoryEntries(of: drafts, subject: "drafts")
        while let entry = try entries.next() {
            if let id = UploadID(String(decoding: entry.name, as: UTF8.self)) { try visit(DraftID(id)) }
        }
    }
}
