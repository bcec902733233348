package import LinuxIO
package import UploadModel

/// What is handed to one recipient: the bundles of a case as they lie in the vault, headers that open them for that
/// recipient alone, custody proofs, and how to check and open it all without any program of ours.
///
/// The export is itself a bag, and holds the bundles as bags in it.
package struct CaseExport: Sendable {
    /// `case-<uuid>-r<n>`.
    package let name: String
    package let bundles: [BundleID]
    /// Files that persons attached to the case.
    package let attachments: [UploadID]
    package let recipient: AgeRecipient
    /// The provider's name; may be empty.
    package let organization: String
    /// Name and version of the program.
    package let program: String
    package let at: Timestamp

    package init(
        name: String,
        bundles: [BundleID],
        attachments: [UploadID] = [],
        recipient: AgeRecipient,
        organization: String,
        program: String,
        at: Timestamp
    ) {
        (self.name, self.bundles, self.attachments) = (name, bundles, attachments)
        self.recipient = recipient
        (self.organization, self.program, self.at) = (organization, program, at)
    }
}

/// Why nothing was exported; nothing of it is left.
package enum ExportRefused: Error, Equatable, CustomStringConvertible {
    /// A bundle that does not verify where it lies, or did not after it was copied.
    case damaged(DamagedBundle)
    /// A custody file whose name is none of ours.
    case strangeName

    package var description: String {
        switch self {
        case .damaged(let damaged): "\(damaged)"
        case .strangeName:
            "a custody file has a name with other characters than 0-9, a-z, dot, dash and underscore"
        }
    }
}

extension Vault {
    /// Writes an export into `directory`, which is no part of the state; whole under its name, or not at all.
    ///
    /// The caller has made the custody entry durable before.
    ///
    /// - Parameters:
    ///   - identity: Opens the bundles' headers; used to wrap their file keys for the recipient.
    ///   - custody: Absolute path of a directory whose files become `data/custody/`; `nil` for none.
    ///   - attachments: The same for `data/attachments/`: what ``SealedFolder`` handed over to this recipient.
    /// - Throws: ``ExportRefused``, ``SealingFault``, `SyscallError`.
    package func write(
        _ export: CaseExport,
        into directory: borrowing Descriptor,
        with identity: AgeIdentity,
        custody: String?,
        attachments: String? = nil
    ) throws {
        try directory.placeWhole(Array(export.name.utf8), subject: export.name) { hidden in
            try directory.makeDirectory(hidden, mode: 0o700, subject: export.name)
            let bag = try directory.open(hidden, .directory, subject: export.name)
            let data = try bag.exportDirectory("data")
            try writeBundles(of: export, into: data, with: identity)
            for (name, path) in [("custody", custody), ("attachments", attachments)] {
                guard let path else { continue }
                try data.exportDirectory(name).copyFiles(of: Descriptor.directory(path), subject: export.name)
            }
            for (name, bytes) in [("readme.txt", export.readme), (LogCheckScript.name, LogCheckScript.bytes)]
            {
                try data.writeNew(bytes, as: Array(name.utf8), mode: 0o440, subject: export.name)
            }
            try bag.finishExport(export)
        }
        try directory.sync(subject: export.name)
    }

    private func writeBundles(
        of export: CaseExport,
        into data: borrowing Descriptor,
        with identity: AgeIdentity
    ) throws {
        let exhibits = try data.exportDirectory("exhibits")
        let keys = try data.exportDirectory("keys")
        for bundle in export.bundles {
            try refuse(bundle, if: verify(bundle))
            try exhibits.makeDirectory(bundle.name, mode: 0o700, subject: "\(bundle)")
            let copy = try exhibits.open(bundle.name, .directory, subject: "\(bundle)")
            try copy.copyFiles(
                of: shelf.exhibits.open(bundle.path, .directory, subject: "\(bundle)"),
                subject: "\(bundle)"
            )
            let root = BagManifest(.sha512, reading: try shelf.manifest(of: bundle))
            try refuse(bundle, if: BagCheck(of: copy, subject: "\(bundle)", root: root).faults())
            try writeHeaders(of: bundle, for: export.recipient, into: keys, with: identity)
        }
    }

    private func writeHeaders(
        of bundle: BundleID,
        for recipient: AgeRecipient,
        into keys: borrowing Descriptor,
        with identity: AgeIdentity
    ) throws {
        let directory = try keys.exportDirectory("\(bundle)")
        let headers = try shelf.headers(of: bundle)
        for part in SealedPart.allCases {
            let key = try headers.fileKey(of: part.rawValue, with: identity)
            let written = try WrittenHeader(key, for: [recipient])
            let name = Array("\(part.rawValue).age.hdr".utf8)
            try directory.writeNew(written.header.bytes, as: name, mode: 0o440, subject: "\(bundle)")
            let back = try directory.open(name, subject: "\(bundle)")
                .readAll(limit: AgeHeader.largest, subject: "\(bundle)")
            if !written.opens(back, for: [recipient], key) {
                try refuse(bundle, if: [.headerDoesNotOpen("keys/\(bundle)/\(part.rawValue).age.hdr")])
            }
        }
        try directory.sync(subject: "\(bundle)")
    }

    private func refuse(_ bundle: BundleID, if faults: [BundleFault]) throws(ExportRefused) {
        if !faults.isEmpty { throw .damaged(DamagedBundle(bundle: bundle, faults: faults)) }
    }
}

extension Descriptor {
    fileprivate func exportDirectory(_ name: String) throws(SyscallError) -> Descriptor {
        try ensureDirectory(Array(name.utf8), mode: 0o750, subject: name)
    }

    /// Writes the outer bag's tag files, from what lies in `data/` on the disk.
    fileprivate func finishExport(_ export: CaseExport) throws {
        var payload: [String: FileDigests] = [:]
        try open(Array("data".utf8), .directory, subject: export.name).digestAll("data", into: &payload)
        let oxum = PayloadOxum(payload.values.map(\.listed.byteCount))
        var tags: [(name: String, bytes: [UInt8])] = [
            (BagInfo.declarationName, BagInfo.declaration),
            (BagInfo.name, BagInfo.bytes(of: export, oxum: oxum)),
        ]
        for kind in BagManifest.Kind.allCases {
            tags.append((kind.payloadName, BagManifest(kind, of: payload).bytes))
        }
        let listed = Dictionary(uniqueKeysWithValues: tags.map { ($0.name, FileDigests(of: $0.bytes)) })
        for kind in BagManifest.Kind.allCases {
            tags.append((kind.tagName, BagManifest(kind, of: listed).bytes))
        }
        for (name, bytes) in tags {
            try writeNew(bytes, as: Array(name.utf8), mode: 0o440, subject: export.name)
        }
        try setMode(0o750, subject: export.name)
        try sync(subject: export.name)
    }

    /// The digests of every file below, by its path in the bag, read from the disk.
    private func digestAll(_ path: String, into digests: inout [String: FileDigests]) throws {
        var entries = try DirectoryEntries(of: self, subject: "export")
        while let entry = try entries.next() {
            guard entry.name.isBagName else { throw ExportRefused.strangeName }
            let below = "\(path)/\(String(decoding: entry.name, as: UTF8.self))"
            if try kind(of: entry) == .directory {
                try open(entry.name, .directory, subject: "export").digestAll(below, into: &digests)
            } else {
                let file = try open(entry.name, [.noFollow, .nonBlocking], subject: "export")
                digests[below] = try FileDigests(rereading: file, subject: "export")
            }
        }
        try sync(subject: "export")
    }
}

extension BagInfo {
    fileprivate static func bytes(of export: CaseExport, oxum: PayloadOxum) -> [UInt8] {
        var lines: [(label: String, value: String)] = []
        let organization = export.organization.onOneLine
        if !organization.isEmpty { lines.append(("Source-Organization", organization)) }
        lines.append(("Bagging-Date", export.at.day))
        lines.append(("External-Identifier", export.name))
        lines.append(("Bag-Software-Agent", export.program.onOneLine))
        lines.append(("BagIt-Profile-Identifier", exportProfile))
        lines.append((PayloadOxum.label, oxum.description))
        return lines.flatMap { Array("\($0.label): \($0.value)\n".utf8) }
    }
}

extension CaseExport {
    private var openingsOfAttachments: [String] {
        attachments.map { id in
            let place = "data/attachments/\(id)"
            return """
                  cat \(place)/content.age.hdr \(place)/content.age.body | age -d -i KEY > \(id).content
                  cat \(place)/record.age.hdr \(place)/record.age.body | age -d -i KEY > \(id).record.json
                """
        }
    }

    /// `data/readme.txt`.
    fileprivate var readme: [UInt8] {
        let openings = bundles.map { bundle in
            """
              cat data/keys/\(bundle)/content.age.hdr data/exhibits/\(bundle)/data/content.age.body |
                  age -d -i KEY > \(bundle).content
              cat data/keys/\(bundle)/subject.age.hdr data/exhibits/\(bundle)/data/subject.age.body |
                  age -d -i KEY > \(bundle).subject.json
            """
        }
        return Array(
            """
            \(name)

            Evidence bundles, as they were sealed when they were preserved, and what persons attached to the case in
            data/attachments/ (the record has its name and digests), with key headers for one recipient alone:
              \(recipient.text)

            WARNING: the content may be unlawful to possess or view except by those whom the law allows. Open it only
            where you may.

            All commands are typed in this bag's own directory, the one that holds bagit.txt.

            1. Check that nothing was changed, with coreutils or with any BagIt program; no key is needed.
              sha512sum --check --strict --quiet tagmanifest-sha512.txt
              sha512sum --check --strict --quiet manifest-sha512.txt
              bagit.py --validate .

            2. Check each bundle by itself.
              for bag in data/exhibits/ex-*; do [ ! -d "$bag" ] || (cd "$bag" && sha512sum --check --strict --quiet manifest-sha512.txt); done

            3. Open it. KEY is the file of the recipient's private key; age is at https://age-encryption.org, and any
            other program that reads age version 1 does as well.
            \((openings + openingsOfAttachments).joined(separator: "\n"))

            4. Compare the content with what matched: "digests" in data/exhibits/NAME/data/exhibit.json holds its MD5,
            SHA-1 and SHA-256 at the match ("at_match") and when it was sealed ("preserved").
              sha256sum NAME.content

            5. Check that the custody logs have what data/custody/ says of these bundles, with python3 and openssl. Take the
            logs' public keys from the site that sent this; a key that lies beside what it signed proves nothing.
              python3 data/check-log.py data/custody/daemon DAEMON.vkey
              python3 data/check-log.py data/custody/desk DESK.vkey

            """.utf8
        )
    }
}
