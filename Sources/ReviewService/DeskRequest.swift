package import JSONText
package import UploadModel

/// What a person asks of the desk: one line of JSON, `{"verb": ..., members}`, and the bytes of `files` after it.
package struct DeskRequest: Sendable {
    package let verb: Verb
    private let members: JSONValue
    /// What came after the line, in the order of `files`.
    package var files: [NamedFile] = []

    package enum Verb: String, CaseIterable, Sendable {
        case list = "case.list"
        case show = "case.show"
        case claim = "case.claim"
        case release = "case.release"
        case note = "case.note"
        case escalate = "case.escalate"
        case withdrawEscalation = "case.withdraw-escalation"
        case adopt = "case.adopt"
        case lookup = "case.lookup"
        case open = "case.open"
        case context = "case.context"
        case mark = "case.mark"
        case classify = "exhibit.classify"
        case annotate = "exhibit.annotate"
        case dispose = "exhibit.dispose"
        case attach = "exhibit.attach"
        case attachment = "exhibit.attachment"
        case detach = "exhibit.detach"
        case viewStart = "view.start"
        case viewComplete = "view.complete"
        case viewAbort = "view.abort"
        case exposure = "view.exposure"
        case allow = "view.allow"
        case draft = "report.draft"
        case lint = "report.lint"
        case showDraft = "report.show"
        case diff = "report.diff"
        case approve = "report.approve"
        case `return` = "report.return"
        case export = "report.export"
        case submitted = "report.mark-submitted"
        case receipt = "report.receipt"
        case supplement = "report.supplement"
        case figures = "report.figures"
        case restore = "exhibit.restore"
        case suppress = "exhibit.suppress"
        case lift = "exhibit.lift"
        case retentionList = "retention.list"
        case worklist = "retention.worklist"
        case extend = "retention.extend"
        case holdAdd = "hold.add"
        case holdRenew = "hold.renew"
        case holdRelease = "hold.release"
        case destroyRequest = "destroy.request"
        case destroyApprove = "destroy.approve"
        case destroyRefuse = "destroy.refuse"
        case certificate = "destroy.certificate"
        case exportEvidence = "evidence.export"
        case retireKey = "keys.retire"
        case shredHeaders = "keys.shred"
        case keyAnswer = "keys.answer"
        case custody = "custody.read"

        /// As a person types it after the program's name.
        var typed: String {
            let words = rawValue.split(separator: ".").joined(separator: " ")
            return switch self {
            case .holdAdd, .holdRenew, .holdRelease: "retention \(words)"
            case .custody: "custody --desk"
            default: words
            }
        }
    }

    /// Bytes of one line, all files together, and how many files.
    package static let longestLine = 1 << 20
    package static let largestFiles = 64 << 20
    package static let mostFiles = 64

    /// - Throws: ``DeskRefused/malformed(_:)``.
    package init(line: [UInt8]) throws(DeskRefused) {
        guard let json = try? JSONValue(parsing: line, limits: JSONLimits(bytes: Self.longestLine, depth: 8))
        else {
            throw .malformed("not one line of JSON")
        }
        guard let verb = json["verb"]?.stringValue.flatMap(Verb.init(rawValue:)) else {
            throw .malformed("no verb that this desk knows")
        }
        (self.verb, members) = (verb, json)
    }

    /// The names of the files that follow the line.
    package var fileNames: [String] {
        get throws(DeskRefused) {
            guard let names = members["files"] else { return [] }
            let texts = names.arrayValue?.compactMap(\.stringValue) ?? []
            guard let all = names.arrayValue, texts.count == all.count, texts.count <= Self.mostFiles else {
                throw .malformed("\"files\" is no list of at most \(Self.mostFiles) names")
            }
            return texts
        }
    }

    func text(_ member: String) throws(DeskRefused) -> String {
        guard let text = members[member]?.stringValue else { throw .malformed("\"\(member)\" is missing") }
        return text
    }

    func textIfThere(_ member: String) throws(DeskRefused) -> String? {
        try ifThere(member, "a text", \.stringValue)
    }

    func flag(_ member: String) throws(DeskRefused) -> Bool {
        try ifThere(member, "true or false", \.boolValue) ?? false
    }

    func list(_ member: String) throws(DeskRefused) -> [String] {
        let texts = try ifThere(member, "a list of texts") { value in
            value.arrayValue.flatMap { all in
                let texts = all.compactMap(\.stringValue)
                return texts.count == all.count ? texts : nil
            }
        }
        return texts ?? []
    }

    /// A member of another type is no member that was left out: its default would say what nobody said.
    private func ifThere<Value>(_ member: String, _ wanted: String, _ read: (JSONValue) -> Value?)
        throws(DeskRefused) -> Value?
    {
        guard let found = members[member], found != .null else { return nil }
        guard let value = read(found) else { throw .malformed("\"\(member)\" is not \(wanted)") }
        return value
    }

    /// - Throws: ``DeskRefused/unusable(_:)`` for what a person typed, or left out.
    func value<Value>(_ member: String, _ wanted: String, _ read: (String) -> Value?) throws(DeskRefused)
        -> Value
    {
        guard let value = try textIfThere(member).flatMap(read) else {
            let word = String(member.map { $0 == "_" ? "-" : $0 })
            throw .unusable("\"\(word)\" has to be \(wanted)")
        }
        return value
    }
}

/// A file on its way in or out.
package struct NamedFile: Equatable, Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
}

/// What the desk answers: a value for programs, lines for persons, and perhaps bytes.
package struct DeskAnswer: Sendable {
    package var code = ExitCode.done
    package var value: JSONValue
    package var lines: [String]
    package var payload = Payload.none

    package enum Payload: Sendable {
        case none
        case files([NamedFile])
        /// An exhibit's bytes, under this grant.
        case view(BundleID, grant: UploadID, case: CaseID)
        /// Files below a directory of the desk's, by their paths; gone once they were sent.
        case tree(String, [String])
        /// The desk's custody log: what changes with every entry as it was, and files that never change, by their paths.
        case log([NamedFile], String, [String])
    }

    init(_ value: JSONValue, _ lines: [String], code: ExitCode = .done, payload: Payload = .none) {
        (self.value, self.lines, self.code, self.payload) = (value, lines, code, payload)
    }

    /// The line that goes in front of the payload.
    package var line: [UInt8] {
        let names: [JSONValue] =
            switch payload {
            case .none: []
            case .files(let files): files.map { .string($0.name) }
            case .view(let bundle, _, _): [.string("\(bundle)")]
            case .tree(_, let paths): paths.map { .string($0) }
            case .log(let files, _, let paths): (files.map(\.name) + paths).map { .string($0) }
            }
        let object: JSONValue = [
            "code": .integer(code.rawValue), "answer": value, "lines": .array(lines.map { .string($0) }),
            "files": .array(names),
        ]
        return object.line
    }

    /// A refusal as the line that goes over the socket.
    package static func refusal(_ error: any Error) -> [UInt8] {
        let known = error as? any WayOut
        let object: JSONValue = [
            "code": .integer((known?.exitCode ?? .failed).rawValue), "error": .string("\(error)"),
            "hint": .optional(known?.hint),
        ]
        return object.line
    }
}

/// Why the desk does not do what it is asked, beside what ``ReviewRefused`` says of a case.
package enum DeskRefused: WayOut, Equatable {
    /// Who connects is nobody of the roster.
    case stranger(UInt32)
    case role(DeskRequest.Verb, needs: Set<StaffRole>)
    /// The request is none of ``DeskRequest``: another version's, or another program's.
    case malformed(String)
    /// What a person gave to a verb, and what it takes.
    case unusable(String)
    case noSuch(String)
    case ambiguous(String)
    /// A case where one exhibit is asked for, and how many it has.
    case exhibitsOf(String, Int)
    case nothingToReport
    /// Everything that the report would speak of is out of reach.
    case exhibitsUnreadable
    case alreadySeen(BundleID, by: StaffID)
    /// So many viewings of this person are being handed over.
    case tooManyViews(Int)
    /// What one person may look at within 24 hours is used up.
    case enoughForToday(Int)
    case oneself
    case demonstration
    case changed(BundleID)
    /// What an approval rested on is not so any more.
    case staleApproval
    case tooMuch
    case receiptEmpty
    /// The number or the receipt, and the case that has it.
    case submittedAs(String, CaseID)
    /// Who asks lost or changed their roles while the request came in.
    case rolesChanged(StaffID)
    case busy

    package var description: String {
        switch self {
        case .stranger(let user): "user \(user) is not in the roles file"
        case .role(let verb, _): "your roles do not allow \"\(verb.typed)\""
        case .malformed(let what): "the desk cannot read the request: \(what)"
        case .unusable(let what): what
        case .noSuch(let id): "there is no case or exhibit \(id)"
        case .ambiguous(let id): "\(id) begins more than one id"
        case .exhibitsOf(let id, let count):
            count == 0 ? "the case \(id) has no exhibit" : "the case \(id) has \(count) exhibits"
        case .nothingToReport: "no exhibit of the case makes a report by itself, and no person classified one"
        case .exhibitsUnreadable: "no exhibit that belongs in the report can be read"
        case .alreadySeen(let bundle, let person):
            "the bytes of \(bundle) were viewed by \(person) already"
        case .tooManyViews(let count): "\(count) viewings of yours are being handed over already"
        case .enoughForToday(let count):
            "you began \(count) viewings within 24 hours, and that is the limit here"
        case .oneself: "nobody lifts their own limit"
        case .demonstration: "the draft is a demonstration, and a demonstration is never exported"
        case .changed(let bundle): "\(bundle) does not have the digests that its record states"
        case .staleApproval:
            "what the approval rested on has changed, and the report would say something else now"
        case .tooMuch: "more than 64 files or 64 MiB at once"
        case .receiptEmpty: "the receipt is empty"
        case .submittedAs(let what, let id): "\(what) is that of \(id) already"
        case .rolesChanged(let person): "the roles of \(person) changed meanwhile, and nothing was done"
        case .busy: "the desk has too many connections, or too many of yours"
        }
    }

    package var hint: String {
        switch self {
        case .stranger: "the desk's roles file names users and their roles"
        case .role(_, let needs):
            "it needs the role \(needs.map(\.rawValue).sorted().joined(separator: " or "))"
        case .malformed: "use the \"breakwater\" of the desk's own version"
        case .unusable: "the verb's --help says what it takes"
        case .exhibitsOf: "name the exhibit that you mean; \"breakwater case show\" lists them"
        case .noSuch, .ambiguous: "\"breakwater case list\" shows ids; any beginning that is unique will do"
        case .nothingToReport:
            "\"breakwater exhibit classify\" makes an exhibit reportable, whatever its list says"
        case .exhibitsUnreadable: "\"breakwater case show\" names them, and what to do"
        case .alreadySeen: "give --again to see them once more"
        case .tooManyViews: "end one of them first"
        case .enoughForToday:
            "leave it to a colleague; an approver lifts it with \"breakwater view allow YOUR-ID --reason WHY\""
        case .oneself: "ask another approver"
        case .demonstration: "environment in breakwater.toml says for what it is"
        case .changed: "verify the bundle, and compare it with a backup"
        case .staleApproval:
            "\"breakwater report return\" takes the approval back; then draft it, look, and approve it again"
        case .tooMuch: "give fewer at a time"
        case .receiptEmpty: "give the service's answer as it came"
        case .submittedAs: "give this report's own number and receipt"
        case .rolesChanged: "ask again"
        case .busy: "try again shortly"
        }
    }

    package var exitCode: ExitCode {
        switch self {
        case .stranger, .role, .malformed, .unusable, .noSuch, .ambiguous, .exhibitsOf, .tooMuch,
            .receiptEmpty, .rolesChanged:
            .calledWrongly
        case .busy: .mayPass
        case .nothingToReport, .exhibitsUnreadable, .alreadySeen, .demonstration, .staleApproval,
            .tooManyViews,
            .enoughForToday, .submittedAs:
            .no
        case .oneself: .waitsForSecondPerson
        case .changed: .guaranteeBroken
        }
    }
}
