import UploadModel

// The sentences of a report. They say what software compared and what nobody has looked at, and no more: a digest
// that agrees makes material "apparent", and only a person can say what it shows.

extension DraftSource {
    /// Every sentence of the report's own `additionalInfo`, a line each.
    var discovery: [String] {
        var lines = [draftMatches.isEmpty ? unmatched : matched, Self.viewed]
        if environment != .production {
            lines.append("Environment \"\(environment.rawValue)\": not for the production service.")
        }
        return lines
    }

    /// One text for each match that a report may speak of, then what is true of the file in any case.
    var fileStatements: [String] {
        draftMatches.map { $0.statement(with: digests) } + [
            "The digests are of the bytes as the provider's application handed them to the scanner.",
            Self.viewed,
        ]
    }

    private var matched: String {
        "Found by software, \(program), at \(listedAt.wholeSeconds): an uploaded file equals an entry of a list of "
            + "apparent child sexual abuse material. The file's own information says which list and how."
    }

    private var unmatched: String {
        "Prepared by software, \(program). No list entry that the upload met makes a report by itself."
    }

    private static let viewed =
        "Software compared digests. It is not recorded that any person has viewed the file or its metadata."
}

extension Match {
    /// What agreed with which list, for the file's `additionalInfo`.
    fileprivate func statement(with digests: DigestSet) -> String {
        let provenance = entry.provenance
        var sentences = [
            "Apparent child sexual abuse material: \(subject) equals an entry of list \"\(entry.id.list)\" (entry "
                + "\(entry.id), class \(entry.listClass.rawValue)) of supplier \"\(provenance.supplier)\", "
                + "generation \"\(provenance.generation)\", by exact comparison of \(Self.titles(agreed)). "
                + "Grade \(grade.rawValue.uppercased())."
        ]
        if let doubt = doubt(digests) { sentences.append(doubt) }
        if let distance {
            sentences.append("Its PDQ perceptual hash is similar to the entry's, distance \(distance).")
        }
        if !provenance.text.isEmpty {
            sentences.append("The supplier says of the list: \"\(provenance.text)\".")
        }
        if provenance.synthetic { sentences.append("The list is synthetic: its values are invented.") }
        return sentences.joined(separator: " ")
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
