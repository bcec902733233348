import UploadModel

// What a row says to a person: the words that were typed as well as what was done, as `--json` has them. Whoever prints it
// escapes what a terminal would take for a command.

extension ReviewRow {
    var line: String {
        let words = [event.object, event.words].compactMap(\.self)
        return "row         \(at)  \(by)  \(event.name)" + (words.isEmpty ? "" : ": ")
            + words.joined(separator: ", ")
    }
}

extension ReviewEvent {
    /// The exhibit or the attachment that it is about.
    fileprivate var object: String? {
        switch self {
        case .attached(let attachment): "\(attachment.id)"
        case .attachmentWithdrawn(let attachment, _): "\(attachment)"
        default: bundle.map { "\($0)" }
        }
    }

    fileprivate var words: String? {
        switch self {
        case .opened(let opening): opening.words
        case .noted(let text), .escalated(let text), .escalationWithdrawn(let text), .returned(let text): text
        case .attached(let attachment): attachment.name
        case .attachmentWithdrawn(_, let reason): reason
        case .told(let context):
            [context.incidentAt.map { "at \($0)" }, context.file?.name].compactMap(\.self)
                .joined(separator: ", ")
        case .marked(let marks):
            marks.isEmpty ? "nothing" : marks.map(\.rawValue).sorted().joined(separator: " ")
        case .lookedUp(let lookup): lookup.word
        case .classified(_, let found): found.rawValue
        case .annotated(_, let flags):
            flags.isEmpty ? "no flag" : flags.map(\.rawValue).sorted().joined(separator: " ")
        case .viewed(_, let step): step.words
        case .disposed(_, let found): found.words
        case .drafted(let mark): "\(mark.sha256.prefix(12))"
        case .shown(let draft), .approved(let draft), .exported(let draft): "\(draft.prefix(12))"
        case .submitted(let submission): "report \(submission.report)"
        case .supplemented(let other): "\(other)"
        case .joined(let exhibit): exhibit.from.map { "from \($0)" }
        case .claimed, .released: nil
        }
    }
}

extension CaseOpening {
    fileprivate var words: String {
        switch self {
        case .match: "a match"
        case .person(let type, let reason): "\(type.rawValue), \(reason)"
        case .supplement(let other): "supplements \(other)"
        }
    }
}

extension ViewStep {
    fileprivate var words: String {
        let said: String =
            switch self {
            case .started(_, let purpose): purpose
            case .delivered(_, let bytes): bytes.map { "\($0) bytes" } ?? "every byte"
            case .cut(_, let bytes): "\(bytes) bytes"
            case .completed(_, let whole): whole ? "whole" : "a part"
            case .aborted: "broken off"
            }
        return "\(said), grant \(grant)"
    }
}

extension Disposition {
    fileprivate var words: String {
        switch self {
        case .confirmed, .undetermined: name
        case .notCSAM(let reason): "\(name), \(reason)"
        case .duplicateOf(let other): "\(name) \(other)"
        }
    }
}
