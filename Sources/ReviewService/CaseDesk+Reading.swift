import JSONText
import UploadModel

// What a person reads of a draft before they sign it: the documents as an export would write them, to the byte. That
// somebody was shown a draft is a row, in the custody log before anything is opened.

extension CaseDesk {
    /// The newest draft of a case: the text summary, or its page, or all its XML.
    func showDraft(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let form = try request.textIfThere("form") ?? "text"
        guard ["text", "html", "xml"].contains(form) else {
            throw DeskRefused.malformed("\"form\" is none of text, html, xml")
        }
        guard let draft = try review(of: id).draft else { throw ReviewRefused.noCurrentDraft }
        let review = try record([.shown(draft.sha256)], on: id, by: staff)
        let files = try documents(of: draft.sha256, id)
        let mark = "draft \(draft.text(isCurrent: review.isDraftCurrent))"
        var answer = DeskAnswer(
            ["case": .string("\(id)"), "draft": draft.json(isCurrent: review.isDraftCurrent)],
            [mark]
        )
        switch form {
        case "html": answer.payload = .files(files.filter { $0.name == "summary.html" })
        case "xml": answer.add(files.filter { $0.name.hasSuffix(".xml") }, isNamed: true)
        default: answer.add(files.filter { $0.name == "summary.txt" }, isNamed: false)
        }
        return answer
    }

    /// What the XML of the newest draft says otherwise than the last one that the asker saw, or that was approved; all of
    /// it where there is none, since a difference to what nobody read says too little to sign.
    func diff(_ id: CaseID, _ staff: Staff) throws -> DeskAnswer {
        let rows = try book.read { try $0.rows(of: id) }
        guard let last = try Review(replaying: rows).draft?.sha256 else { throw ReviewRefused.noCurrentDraft }
        let known = rows.last { $0.isKnowing(to: staff.id, before: last) }?.event.draft
        try record([.shown(last)], on: id, by: staff)
        let before = try known.map { try written(in: $0, id) } ?? []
        let lines = LineDifference(from: before, to: try written(in: last, id)).lines
        return DeskAnswer(
            [
                "case": .string("\(id)"), "since": .optional(known),
                "lines": .array(lines.map { .string($0) }),
            ],
            [
                known.map { "since draft \($0.prefix(12))" }
                    ?? "all of it; you saw no other, and none was approved"
            ]
                + lines
        )
    }

    private func written(in draft: String, _ id: CaseID) throws -> [String] {
        try say(opening: ["draft": draft], of: id)
        return try documents(of: draft, id).filter { $0.name.hasSuffix(".xml") }.flatMap(\.lines)
    }

    /// - Throws: ``DeskFileChanged`` where they are not those that the draft's row names.
    private func documents(of draft: String, _ id: CaseID) throws -> [NamedFile] {
        let files = try files.documents(of: draft, id)
        guard files.draftDigest == draft else { throw DeskFileChanged(what: "draft \(draft.prefix(12))") }
        return files
    }
}

extension ReviewRow {
    /// Whether the person saw another draft than `last` then, or somebody approved it.
    fileprivate func isKnowing(to person: StaffID, before last: String) -> Bool {
        switch event {
        case .shown(let draft): draft != last && by == person
        case .approved(let draft): draft != last
        default: false
        }
    }
}

extension ReviewEvent {
    fileprivate var draft: String? {
        switch self {
        case .shown(let draft), .approved(let draft): draft
        default: nil
        }
    }
}

extension NamedFile {
    fileprivate var lines: [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }
}

extension DeskAnswer {
    /// The texts of files, for a person and, under their names, for a program.
    fileprivate mutating func add(_ files: [NamedFile], isNamed: Bool) {
        lines += files.flatMap { (isNamed ? ["", "\($0.name):"] : [""]) + $0.lines }
        var texts = JSONObject()
        for file in files { texts[file.name] = .string(String(decoding: file.bytes, as: UTF8.self)) }
        var object = value.objectValue ?? [:]
        object["documents"] = .object(texts)
        value = .object(object)
    }
}

/// Two texts as what left and what came, in their order.
struct LineDifference {
    let lines: [String]

    init(from old: [String], to new: [String]) {
        let change = new.difference(from: old)
        var lines: [String] = []
        for step in change {
            switch step {
            case .remove(_, let line, _): lines.append("- \(line)")
            case .insert(_, let line, _): lines.append("+ \(line)")
            }
        }
        self.lines = lines
    }
}
