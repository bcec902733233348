import UploadModel

// What only the rows can tell; all else is for the readiness rules.

extension DraftSource {
    func judge(_ scribe: inout Scribe) {
        if !draftMatches.isEmpty, draftMatches.allSatisfy({ $0.part == .context }) {
            let problem = "the metadata file equals an entry, and the file itself does not"
            scribe.note(nil, .warning, .fileInfo, problem)
        }
        if matches.count > draftMatches.count {
            let count = matches.count - draftMatches.count
            let problem = "matches that make no report by themselves: \(count); see matches"
            scribe.note(nil, .advice, .fileInfo, problem)
        }
    }
}
