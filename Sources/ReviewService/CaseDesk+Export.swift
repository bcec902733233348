import JSONText
import LinuxIO
import UploadModel
import VaultStore

// Handing a case over to one recipient: its bundles as they lie in the vault, headers for that recipient alone, and what
// both custody logs say of them. It is built below the desk's root, sent over the socket, and removed.

extension CaseDesk {
    func exportEvidence(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let recipient = try Self.recipient(request)
        let all = try exportable(id)
        let name = "\(id)-r\(1 + all.exports)"
        try keep(all, .exported(name: name, recipient: recipient.text), by: staff, as: .custodian)
        let bundles = all.exhibits.map(\.exhibit)
        let stagingPath = "\(exportsPath)/\(name)"
        let staging = try emptyStaging(name)
        let unproved = try writeProofs(of: bundles, into: staging)
        try handOver(all.attachments, to: recipient, into: staging)
        let export = CaseExport(
            name: name,
            bundles: bundles,
            attachments: all.attachments.map(\.attachment),
            recipient: recipient,
            organization: configuration.settings.report.company,
            program: configuration.program,
            at: now
        )
        // The state's group may pass through the state and not look around in it.
        let state = try Descriptor.open(configuration.settings.state.root, [.directory, .pathOnly])
        do {
            try Vault.openForReading(state: state).write(
                export,
                into: staging,
                with: configuration.identity,
                custody: "\(stagingPath)/custody",
                attachments: "\(stagingPath)/attachments"
            )
        } catch let refused as ExportRefused {
            throw KeepingRefused.exportFailed("\(refused)")
        }
        try noteBuilt(name, all, id)
        var answer = DeskAnswer(
            [
                "case": .string("\(id)"), "export": .string(name),
                "exhibits": .array(bundles.map { .string("\($0)") }),
                "attachments": .array(all.attachments.map { .string("\($0.attachment)") }),
            ],
            [
                "\(name): \(bundles.count) exhibit\(bundles.count == 1 ? "" : "s") and \(all.attachments.count) "
                    + "attachment\(all.attachments.count == 1 ? "" : "s") for \(recipient.text)"
            ]
        )
        answer.lines += unproved.map {
            "data/custody/\($0) is missing: that log has signed nothing of these exhibits; it signs once a minute"
        }
        answer.payload = .tree(stagingPath, try Self.files(below: name, in: staging))
        return answer
    }

    private static func recipient(_ request: DeskRequest) throws -> AgeRecipient {
        guard let recipient = try? AgeRecipient(text: try request.text("recipient")) else {
            throw KeepingRefused.noRecipient
        }
        return recipient
    }

    /// The exhibits of a case that are there, on this node, and what is attached to its report.
    private func exportable(_ id: CaseID) throws -> KeptThings {
        let own = try book.read { try $0.exhibits(of: id) }
        if let other = own.first(where: { $0.shelf != configuration.settings.state.root }) {
            throw KeepingRefused.elsewhere(other.bundle)
        }
        let review = try review(of: id)
        let attached = Set(review.attachments.map(\.id)).union(review.told?.file.map { [$0.id] } ?? [])
        let all = KeptThings(
            exhibits: try keepings(of: id).filter { try !isDestroyed($0) },
            attachments: try attachmentKeepings(of: id).filter { attached.contains($0.attachment) }
        )
        guard !all.isEmpty else { throw KeepingRefused.nothingToExport(id) }
        return all
    }

    // MARK: - Where it is built

    private var exportsPath: String { "\(configuration.settings.desk.root)/exports" }

    /// A directory of this export's own, since another may be on its way to its reader.
    private func emptyStaging(_ name: String) throws -> Descriptor {
        let root = try Descriptor.directory(configuration.settings.desk.root)
        let exports = try root.ensureDirectory(Array("exports".utf8), mode: 0o700, subject: "exports")
        try exports.removeTree(Array(name.utf8), subject: "exports")
        return try exports.ensureDirectory(Array(name.utf8), mode: 0o700, subject: "exports")
    }

    /// Takes an export away that was sent, or whose reader has gone.
    func removeExport(at staging: String) throws {
        let name = staging.split(separator: "/").last ?? ""
        try Descriptor.directory(exportsPath).removeTree(Array(name.utf8), subject: "exports")
    }

    /// What a desk that was ended left of its exports.
    static func removeExports(below root: borrowing Descriptor) throws {
        try root.removeTree(Array("exports".utf8), subject: "exports")
    }

    /// What is under a signature now of the daemon's log, and of ours: `custody/daemon` and `custody/desk`.
    ///
    /// - Returns: The names of those that have nothing.
    private func writeProofs(of bundles: [BundleID], into staging: borrowing Descriptor) throws -> [String] {
        try log.publish()
        let custody = try staging.ensureDirectory(Array("custody".utf8), mode: 0o700, subject: "custody")
        let logs = [
            ("daemon", "\(configuration.settings.state.root)/custody"),
            ("desk", "\(configuration.settings.desk.root)/custody"),
        ]
        var unproved: [String] = []
        for (name, path) in logs {
            let reader = try LogReader(of: try Descriptor.directory(path))
            let goal = try custody.ensureDirectory(Array(name.utf8), mode: 0o700, subject: "custody")
            // The daemon's public key comes from the site, since the desk cannot know it.
            let verifier = name == "desk" ? log.verifier : nil
            let proofs = try reader.proofs(about: Set(bundles))
            if proofs.isEmpty { unproved.append(name) }
            try CustodyExtract.write(proofs, verifier, to: goal)
        }
        return bundles.isEmpty ? [] : unproved
    }

    private func noteBuilt(_ name: String, _ all: KeptThings, _ id: CaseID) throws {
        let at = now
        func built(_ bundle: BundleID?, _ more: [String: String] = [:]) -> CustodyStatement {
            CustodyStatement(
                at: at,
                .exportBuilt,
                by: .system,
                about: CustodySubject(exhibit: bundle, case: id),
                references: ["export": name].merging(more) { $1 }
            )
        }
        try log.append(
            all.exhibits.map { built($0.exhibit) }
                + all.attachments.map { built(nil, ["attachment": "\($0.attachment)"]) }
        )
    }

    /// The paths of all files below, in a fixed order.
    static func files(below path: String, in root: borrowing Descriptor) throws -> [String] {
        let directory = try root.open(Array(path.utf8), .directory, subject: "export")
        var found: [String] = []
        var entries = try DirectoryEntries(of: directory, subject: "export")
        while let entry = try entries.next() {
            let below = "\(path)/\(String(decoding: entry.name, as: UTF8.self))"
            found += try directory.kind(of: entry) == .directory ? files(below: below, in: root) : [below]
        }
        return found.sorted()
    }
}
