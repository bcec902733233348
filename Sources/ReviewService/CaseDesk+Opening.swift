import CyberTip
import JSONText
import UploadModel

// A case that a person opens, and what persons tell of one.

extension CaseDesk {
    private static let types =
        "one of " + IncidentType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")

    /// A case that a person opens, with what it is about.
    func open(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let type = try request.value("type", Self.types) { IncidentType(rawValue: $0) }
        let reason = try request.text("reason")
        let at = now
        let id = CaseID(.fresh(at: at))
        let told = try Telling(request, at: at)
        let account = try told.account(of: try request.textIfThere("account").map { AccountKey($0) })
        let attached = Array(request.files.dropFirst(told.file == nil ? 0 : 1))
        let named = attachments(of: attached)
        let context = attachments(of: told.files)
        var events: [ReviewEvent] = [.opened(.person(type, because: reason))]
        if !told.isEmpty { events.append(.told(told.event(context.first))) }
        events += named.map { .attached($0) }
        try rehearse(events, after: Review(), by: staff)
        try files.keep(told.files + attached, as: context + named)
        let review = try book.write { tables in
            let known = BookedCase(
                id: id,
                account: account,
                first: at,
                last: at,
                stage: .open,
                isUrgent: false,
                isOfMatch: false
            )
            return try write(events, on: id, by: staff, known, tables)
        }
        return said(id, review, "\(id): opened, \(type.rawValue)")
    }

    /// `case context`: what is known of the account and the incident of a case without an upload.
    func tell(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        guard let known = try book.read({ try $0.case(id) }) else { throw DeskRefused.noSuch("\(id)") }
        let told = try Telling(request, at: now)
        guard !told.isEmpty else { throw DeskRefused.unusable("neither a time nor a context") }
        let context = attachments(of: told.files)
        let event = ReviewEvent.told(told.event(context.first))
        try rehearse([event], after: try review(of: id), by: staff)
        let account = try told.account(of: known.account)
        try files.keep(told.files, as: context)
        let review = try book.write { tables in
            try write([event], on: id, by: staff, known.named(account), tables)
        }
        return said(id, review, "\(id): noted; \"report lint\" says what it adds")
    }

    /// `case mark`: the flags of a report and what else holds for the case as such; none says that none does.
    func mark(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        let names = try request.list("marks")
        let marks = names.compactMap(CaseMark.init(rawValue:))
        guard marks.count == names.count else {
            let known = CaseMark.allCases.map(\.rawValue).joined(separator: ", ")
            throw DeskRefused.unusable("a mark has to be one of \(known)")
        }
        if let problem = MarkRefused(marks, configuration.settings.report.profile) { throw problem }
        let review = try record([.marked(Set(marks))], on: id, by: staff)
        let said = names.isEmpty ? "no mark applies" : names.joined(separator: ", ")
        return self.said(id, review, "\(id): \(said)")
    }

    /// What a case without an upload is drafted from.
    func openedSource(_ id: CaseID, _ review: Review) throws -> DraftSource? {
        guard let opening = review.opening, opening != .match,
            let known = try book.read({ try $0.case(id) })
        else { return nil }
        return DraftSource(
            opened: id,
            at: known.first,
            incident: try incident(of: review, id),
            context: try context(of: review, known),
            saidAt: review.toldAt ?? known.first,
            report: configuration.settings.report,
            environment: configuration.settings.environment,
            program: configuration.program
        )
    }

    private func context(of review: Review, _ known: BookedCase) throws -> [UInt8]? {
        if let file = review.told?.file {
            try say(opening: ["attachment": "\(file.id)"], of: known.id)
            return try files.content(of: file)
        }
        guard let account = known.account else { return nil }
        var object: JSONObject = [:]
        object[Context.Member.uploaderRef.rawValue] = .string(account.ref)
        object[Context.Member.service.rawValue] = account.service.map { .string($0) }
        return JSONValue.object(object).canonical
    }

    /// What a person told. What supplements a report is of the same incident as that, unless somebody tells otherwise.
    private func incident(of review: Review, _ id: CaseID) throws -> IncidentTime? {
        if let at = review.told?.incidentAt { return IncidentTime(told: try ZonedTime(at)) }
        guard case .supplement(let other) = review.opening,
            let draft = try self.review(of: other).approval?.draft
        else { return nil }
        try say(opening: ["draft": draft], of: id)
        let json = try files.documents(of: draft, other).first { $0.name == "draft.json" }
        return json.flatMap { IncidentTime(ofReport: $0.bytes) }
    }
}

/// What a request tells of a case.
private struct Telling {
    let file: NamedFile?
    private let account: AccountKey?
    private let incidentAt: String?

    /// - Parameters:
    ///   - request: Its first file is the context where its member `context` says so.
    ///   - at: Nothing that is told of lies after it.
    /// - Throws: ``DeskRefused/unusable(_:)``.
    init(_ request: DeskRequest, at: Timestamp) throws {
        incidentAt = try request.textIfThere("at")
        if let incidentAt {
            guard let time = try? ZonedTime(incidentAt) else {
                throw DeskRefused.unusable(
                    "\"at\" is not a time with its zone, as 2026-11-21T20:00:00+01:00"
                )
            }
            guard !time.isAfter(at) else { throw DeskRefused.unusable("\"at\" lies in the future") }
        }
        file = try request.flag("context") ? request.files.first : nil
        guard let file else {
            account = nil
            return
        }
        guard file.bytes.count <= Context.largest else {
            throw DeskRefused.unusable("the context is larger than \(Context.largest) bytes")
        }
        if let problem = Context(reading: file.bytes).problems.first { throw DeskRefused.unusable(problem) }
        account = AccountKey(toldIn: file.bytes, at: at)
    }

    var files: [NamedFile] { [file].compactMap { $0 } }
    var isEmpty: Bool { file == nil && incidentAt == nil }

    func event(_ context: Attachment?) -> ToldContext { ToldContext(incidentAt: incidentAt, file: context) }

    /// The account of a case that has this one, with what is told of it.
    ///
    /// - Throws: ``DeskRefused/unusable(_:)`` where the context is about another one, or about nobody.
    func account(of known: AccountKey?) throws -> AccountKey? {
        guard let known, file != nil else { return known ?? account }
        guard account?.ref == known.ref, known.service == nil || account?.service == known.service else {
            throw DeskRefused.unusable(
                "\"uploader_ref\" and \"service\" of the context are not the case's account"
            )
        }
        return account
    }
}

extension BookedCase {
    fileprivate func named(_ account: AccountKey?) -> BookedCase {
        BookedCase(
            id: id,
            account: account,
            first: first,
            last: last,
            stage: stage,
            isUrgent: isUrgent,
            isOfMatch: isOfMatch
        )
    }
}

/// A flag that the reports which are set up here cannot carry.
struct MarkRefused: WayOut, Equatable {
    private let flag: ReportFlag
    private let profile: SchemaProfile

    /// - Returns: `nil` where every mark is one of the profile's.
    init?(_ marks: [CaseMark], _ profile: SchemaProfile) {
        for case .flag(let flag) in marks where flag.since > profile {
            (self.flag, self.profile) = (flag, profile)
            return
        }
        return nil
    }

    var description: String { "\(flag.rawValue) is no mark of a report of profile \(profile.rawValue)" }
    var hint: String { "report.profile in breakwater.toml; \"\(flag.since.rawValue)\" has it" }
    var exitCode: ExitCode { .calledWrongly }
}
