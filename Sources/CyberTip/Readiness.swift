import UploadModel

// Rules about a draft as a whole. Those about one value are noted where it is read.

extension DraftSource {
    /// The matches that a report may speak of; the others wait in the draft for a person.
    var draftMatches: [Match] { matches.filter(\.warrantsDraft) }

    func judge(_ report: Report, _ scribe: inout Scribe) {
        judgeContext(&scribe)
        judgeEnvironment(report, &scribe)
        judgeMatches(&scribe)
        for algorithm in DigestAlgorithm.allCases where digests[algorithm] == nil {
            scribe.note(.warning, .fileDigests, "no \(algorithm.title) digest")
        }
    }

    private func judgeContext(_ scribe: inout Scribe) {
        guard let found = scribe.context else {
            return scribe.note(
                .warning,
                .context,
                "nothing came with the upload",
                remedy: "NAME.meta.json, renamed into incoming/ before NAME"
            )
        }
        for problem in found.problems { scribe.note(.warning, .context, problem, remedy: "NAME.meta.json") }
    }

    private func judgeEnvironment(_ report: Report, _ scribe: inout Scribe) {
        if environment == .demonstration {
            scribe.note(.blocking, .environment, "a demonstration must not be sent")
        } else if draftMatches.contains(where: \.entry.provenance.synthetic) {
            scribe.note(
                .blocking,
                .fileInfo,
                "a matched entry is of a synthetic list",
                remedy: "[[list]] synthetic"
            )
        }
        if environment != .demonstration, report.reporter.person.emails.contains(where: \.isPlaceholder) {
            scribe.note(
                .blocking,
                .reporter("email"),
                "in a domain that is set aside for examples",
                remedy: "report.email in breakwater.toml"
            )
        }
    }

    private func judgeMatches(_ scribe: inout Scribe) {
        if draftMatches.isEmpty {
            scribe.note(
                .blocking,
                .fileInfo,
                "no match makes a report by itself; a person has to classify the file"
            )
        } else if draftMatches.allSatisfy({ $0.part == .context }) {
            scribe.note(
                .warning,
                .fileInfo,
                "the metadata file equals an entry, and the file itself does not"
            )
        }
        if !draftMatches.isEmpty, draftMatches.allSatisfy({ $0.grade == .g3 }) {
            scribe.note(
                .warning,
                .fileInfo,
                "only MD5 agreed; a person must review the file before it is reported"
            )
        }
        if matches.count > draftMatches.count {
            scribe.note(
                .advice,
                .fileInfo,
                "\(matches.count - draftMatches.count) further matches are not spoken of; see matches"
            )
        }
    }
}
