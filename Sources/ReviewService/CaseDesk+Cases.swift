import CyberTip
import JSONText
import Synchronization
import UploadModel

// Looking at cases.

extension CaseDesk {
    func list() throws -> DeskAnswer {
        let (cases, counts) = try book.read { tables in
            let cases = try tables.cases()
            return (cases, try cases.map { try tables.exhibits(of: $0.id).count })
        }
        let now = now
        let entries = zip(cases, counts).map { CaseLine($0, exhibits: $1, now: now) }
        let unopened = unopened.withLock { $0.all }
        return DeskAnswer(
            .array(entries.map(\.json) + unopened.map(\.json)),
            entries.map(\.text) + unopened.map(\.text)
        )
    }

    func show(_ id: CaseID) throws -> DeskAnswer {
        let (known, rows) = try book.read { (try $0.case(id), try $0.rows(of: id)) }
        guard let known else { throw DeskRefused.noSuch("\(id)") }
        let review = try Review(replaying: rows)
        let shelf = try shelved(id)
        let exhibits = shelf.exhibits
        let made = Result { try self.report(of: id, review, shelf) }
        let report = try? made.get()
        let linked = try linked(known)
        let missing = shelf.missing.map(\.finding).filter { report?.findings.contains($0) != true }
        let line = CaseLine(known, exhibits: exhibits.count, now: now)
        var object = line.json.objectValue ?? [:]
        object["account"] = .optional(known.account?.ref)
        object["service"] = .optional(known.account?.service)
        object["holder"] = .optional(review.holder.map { "\($0)" })
        object["escalation"] = .optional(review.escalation)
        object["linked"] = .array(linked.map { .string("\($0)") })
        object["exhibits"] = .array(
            exhibits.map { $0.json(review, equal: $0.copies(among: exhibits)) }
        )
        object["marks"] = .array(review.marks.map(\.rawValue).sorted().map { .string($0) })
        object["attachments"] = .array(review.attachments.map { .string("\($0.id)") })
        object["withdrawn"] = .array(review.withdrawn.map { .string("\($0.id)") })
        object["draft"] = review.draft.map { $0.json(isCurrent: review.isDraftCurrent) } ?? .null
        object["approved_by"] = .optional(review.approval.map { "\($0.by)" })
        object["approved_alone"] = review.approval.map { .bool($0.isAlone) } ?? .null
        object["report"] = .optional(review.submission.map { "\($0.report)" })
        object["findings"] =
            report == nil && missing.isEmpty
            ? .null : .array(((report?.findings ?? []) + missing).map(\.deskJSON))
        object["lookup"] = .optional(review.lookup?.word)
        object["completeness"] = report.map { .integer($0.completeness.score) } ?? .null
        object["rows"] = .array(rows.map(\.json))
        let orders = try keepings(of: id).flatMap { try orderLines($0) }
        object["orders"] = .array(orders.map(\.json))
        return DeskAnswer(
            .object(object),
            ["case        \(id)", "stage       \(review.stage.rawValue)", "first       \(line.sinceFirst)"]
                + linked.map { "linked      \($0), of the same account" }
                + lines(known, review, exhibits, made, rows) + missing.map(\.line) + orders.map(\.line)
        )
    }

    private func lines(
        _ known: BookedCase,
        _ review: Review,
        _ exhibits: [ShelvedExhibit],
        _ report: Result<DraftReport, any Error>,
        _ rows: [ReviewRow]
    ) -> [String] {
        var lines = ["account     \(known.account?.text ?? "not named by the application")"]
        if let holder = review.holder { lines.append("claimed by  \(holder)") }
        if let lookup = review.lookup { lines.append("looked up   \(lookup.word)") }
        if let escalation = review.escalation { lines.append("urgent      \(escalation)") }
        if !review.marks.isEmpty {
            lines.append("marked      \(review.marks.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        lines += exhibits.flatMap { $0.lines(review, equal: $0.copies(among: exhibits)) }
        lines += review.attachments.map { "attached    \($0.id) \($0.name)" }
        if let draft = review.draft {
            lines.append("draft       \(draft.text(isCurrent: review.isDraftCurrent))")
        }
        if let approval = review.approval {
            lines.append("approved    by \(approval.by)\(approval.isAlone ? ", alone" : "")")
        }
        if let submission = review.submission { lines.append("submitted   report \(submission.report)") }
        switch report {
        case .success(let report):
            lines += ["complete    \(report.completeness.score) of 100"] + report.findings.map(\.line)
        case .failure(let why): lines.append("report      none: \(why)")
        }
        return lines + rows.map(\.line)
    }

    /// Other cases of the account.
    private func linked(_ known: BookedCase) throws -> [CaseID] {
        guard let account = known.account else { return [] }
        return try book.read { tables in
            try tables.cases(named: account.ref)
                .filter { $0.id != known.id && ($0.account == account || $0.isPerhaps(of: account)) }.map(
                    \.id
                )
        }
    }
}

extension AccountKey {
    fileprivate var text: String { service.map { "\(ref) of \($0)" } ?? ref }
}

/// A case in a list.
struct CaseLine {
    private let known: BookedCase
    private let exhibits: Int
    private let alarm: CaseAlarm
    private let age: Int64

    init(_ known: BookedCase, exhibits: Int, now: Timestamp) {
        (self.known, self.exhibits) = (known, exhibits)
        alarm = known.alarm(at: now)
        age = max(0, (now.nanoseconds - known.first.nanoseconds) / 1_000_000_000)
    }

    var json: JSONValue {
        [
            "case": .string("\(known.id)"), "stage": .string(known.stage.rawValue),
            "exhibits": .integer(exhibits), "first_match": .string("\(known.first)"),
            "age_seconds": .integer(age), "alarm": .string(alarm.rawValue), "urgent": .bool(known.isUrgent),
        ]
    }

    /// When the first match was, how long that is ago, and the alarm.
    var sinceFirst: String { "\(known.first), \(waited)" }

    private var waited: String {
        let mark = alarm == .none ? "" : "  alarm: \(alarm.rawValue)"
        return "\(age / 3_600) h \(age / 60 % 60) min\(mark)"
    }

    var text: String {
        "\(known.id)  \(known.stage.rawValue)  \(exhibits) exhibit\(exhibits == 1 ? "" : "s")  \(waited)"
    }
}

extension ReviewRow {
    var json: JSONValue {
        [
            "at": .string("\(at)"), "by": .string("\(by)"), "roles": .string(rolesText),
            "event": .string(event.name),
            "detail": event.json,
        ]
    }
}

extension DraftMark {
    func json(isCurrent: Bool) -> JSONValue {
        [
            "sha256": .string(sha256), "blocking": .integer(blocking), "warnings": .integer(warnings),
            "advice": .integer(advice), "completeness": .integer(score), "current": .bool(isCurrent),
        ]
    }

    func text(isCurrent: Bool) -> String {
        "\(sha256.prefix(12)), \(blocking) blocking, \(warnings) warning, \(advice) advice, completeness \(score)"
            + (isCurrent ? "" : "; something has changed since")
    }
}

extension Finding {
    var deskJSON: JSONValue {
        [
            "rule": .optional(rule), "severity": .string(severity.rawValue), "field": .string("\(field)"),
            "problem": .string(problem), "remedy": .optional(remedy),
        ]
    }

    var line: String {
        "finding     \(severity.rawValue): \(field): \(problem)" + (remedy.map { "; from \($0)" } ?? "")
    }
}

extension ShelvedExhibit {
    /// The others of a case with the same bytes: linked, and none of them dropped.
    func copies(among exhibits: [ShelvedExhibit]) -> [BundleID] {
        exhibits.filter { $0.bundle != bundle && $0.digests == digests }.map(\.bundle)
    }

    func json(_ review: Review, equal: [BundleID]) -> JSONValue {
        let found = review[bundle]
        return [
            "exhibit": .string("\(bundle)"), "spool": .string(spool),
            "matches": .array(matches.map(\.deskJSON)), "sha256": .optional(digests.sha256?.hex),
            "classification": .optional(found?.classification?.rawValue),
            "flags": found?.flags.map { .array($0.map(\.rawValue).sorted().map { .string($0) }) } ?? .null,
            "disposition": .optional(found?.disposition?.name),
            "waits_for_second": .bool(found?.waitsForSecond != nil), "viewed": .bool(found?.isViewed == true),
            "in_report": .bool(found?.isReportable == true),
            "same_bytes": .array(equal.map { .string("\($0)") }),
        ]
    }

    func lines(_ review: Review, equal: [BundleID]) -> [String] {
        let found = review[bundle]
        let parts = [
            found?.classification.map { "class \($0.rawValue)" },
            found?.flags.map { "flags \($0.map(\.rawValue).sorted().joined(separator: " "))" },
            found?.disposition?.name,
            found?.waitsForSecond.map { "proposed by \($0), waits for a second person" },
            found?.isViewed == true ? "viewed whole" : "not viewed",
            found?.isReportable == true ? "in the report" : "not in the report",
        ]
        return ["exhibit     \(bundle)  \(parts.compactMap { $0 }.joined(separator: ", "))"]
            + (digests.sha256.map { ["            SHA-256 \($0.hex)"] } ?? [])
            + matches.map { "match       \($0.sentence)" }
            + equal.map { "            the same bytes as \($0)" }
    }
}

extension Match {
    fileprivate var deskJSON: JSONValue {
        [
            "entry": .string("\(entry.id)"), "class": .string(entry.listClass.rawValue),
            "grade": .string(grade.rawValue), "distance": distance.map { .integer($0) } ?? .null,
        ]
    }

    fileprivate var sentence: String {
        let kinds = agreed.members.map(\.name).joined(separator: ", ")
        let says =
            agreed.isEmpty
            ? "is similar to an entry of list \(entry.id.list), distance \(distance ?? 0)"
            : "equals an entry of list \(entry.id.list) (\(kinds))"
        return
            "the \(part.rawValue) \(says), \(entry.id), \(grade.rawValue), class \(entry.listClass.rawValue)"
    }
}
