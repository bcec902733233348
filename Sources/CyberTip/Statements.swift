import UploadModel

// The sentences of a report. They say what software compared and what nobody has looked at, and no more: a digest
// that agrees makes material "apparent", and only a person can say what it shows.

extension DraftSource {
    /// The matches that a report may speak of by themselves; the others wait in the draft for a person.
    var draftMatches: [Match] { matches.filter(\.warrantsDraft) }

    /// Every sentence of the report's own `additionalInfo`, a line each; `sources` are all uploads of the report.
    func discovery(of sources: [DraftSource], _ decided: Decisions) -> [String?] {
        let uploads = sources.filter(\.isUpload)
        let files = uploads.count { $0.draftMatches.contains { $0.part == .content } }
        let sidecars = uploads.count {
            !$0.draftMatches.isEmpty && $0.draftMatches.allSatisfy { $0.part == .context }
        }
        let isViewed = uploads.contains { decided.files[$0.upload]?.isViewed == true }
        return [
            files + sidecars == 0 ? unmatched : matched(files, sidecars, of: uploads.count),
            decided.openedBecause.map { "Opened by a person of the provider: \($0)" },
            uploads.isEmpty ? nil : isViewed ? Self.someViewed : Self.notViewed,
            environment == .production
                ? nil : "Environment \"\(environment.rawValue)\": not for the production service.",
        ]
    }

    /// One text for each match that a report may speak of, then what is true of the file in any case.
    func fileStatements(_ decision: FileDecision) -> [String] {
        decision.spoken(of: matches).map { $0.statement(with: digests) }
            + [
                decision.classification.map {
                    "A person of the provider classified the file as \($0.rawValue); this stands over the list's class."
                },
                "The digests are of the bytes as the provider's application handed them to the scanner.",
                decision.isViewed ? Self.viewed : Self.notViewed,
            ].compactMap { $0 }
    }

    /// - Parameter sidecars: Uploads of which the metadata file alone met an entry.
    private func matched(_ files: Int, _ sidecars: Int, of all: Int) -> String {
        let what = [
            files == 0
                ? nil
                : all == 1 ? "an uploaded file equals" : "\(files) of \(all) uploaded files each equal",
            sidecars == 0
                ? nil
                : all == 1
                    ? "the metadata file that came with an upload, and not the file itself, equals"
                    : "of \(sidecars) of \(all) uploads the metadata file, and not the file itself, equals",
        ].compactMap { $0 }.joined(separator: " an entry, and ")
        return "Found by software, \(program), at \(listedAt.wholeSeconds): \(what) an entry of a list of "
            + "apparent child sexual abuse material. The file's own information says which list and how."
    }

    private var unmatched: String {
        "Prepared by software, \(program). "
            + (isUpload
                ? "No list entry that the upload met makes a report by itself."
                : "No upload was compared with a list for it.")
    }

    private static let notViewed =
        "Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded."
    private static let viewed = "A person of the provider has viewed the entire contents of the file."
    private static let someViewed =
        "Software compared digests. Each file's own information says whether a person has viewed it."
}

extension Match {
    /// What agreed with which list, for the file's `additionalInfo`.
    fileprivate func statement(with digests: DigestSet) -> String {
        let provenance = entry.provenance
        var sentences = [
            "\(meeting) an entry of list \"\(entry.id.list)\" (entry "
                + "\(entry.id), class \(entry.listClass.rawValue)) of supplier \"\(provenance.supplier)\", "
                + "generation \"\(provenance.generation)\", by \(comparison). "
                + "Grade \(grade.rawValue.uppercased())."
        ]
        if let doubt = doubt(digests) { sentences.append(doubt) }
        if let distance, !agreed.isEmpty {
            sentences.append("Its PDQ perceptual hash is similar to the entry's, distance \(distance).")
        }
        if !provenance.text.isEmpty {
            sentences.append("The supplier says of the list: \"\(provenance.text)\".")
        }
        if provenance.synthetic { sentences.append("The list is synthetic: its values are invented.") }
        return sentences.joined(separator: " ")
    }

    private var meeting: String {
        let prefix = entry.listClass == .csam ? "Apparent child sexual abuse material: " : "Of this upload, "
        return prefix + subject + (agreed.isEmpty ? " is similar to" : " equals")
    }

    private var comparison: String {
        if !agreed.isEmpty { return "exact comparison of \(Self.titles(agreed))" }
        return "PDQ perceptual hash, distance \(distance ?? 0) of 256 bits, at most 31 taken"
    }

    private var subject: String {
        switch part {
        case .content: "the file"
        case .context: "the metadata file that came with the upload, and not the file itself,"
        }
    }

    private func doubt(_ digests: DigestSet) -> String? {
        if grade == .g3 {
            return "Only MD5 agreed, and different files with one MD5 can be made; it needs review."
        }
        let disagreed = Agreement(of: entry, with: digests).disagreed
        guard part == .content, !disagreed.isEmpty else { return nil }
        return "The entry's \(Self.titles(disagreed)), which is weaker, differs from the file's."
    }

    private static func titles(_ algorithms: DigestAlgorithms) -> String {
        algorithms.members.reversed().map(\.title).joined(separator: " and ")
    }
}

extension DigestAlgorithm {
    var title: String {
        switch self {
        case .md5: "MD5"
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        }
    }
}
