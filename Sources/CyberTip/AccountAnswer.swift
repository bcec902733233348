import JSONText
package import UploadModel

/// What the site's look-up service says of an account when it is asked, read as strictly as what came with an upload.
///
/// It adds to a report what nobody said at the upload, and changes nothing of what was said: the upload's context is the
/// older and the nearer witness.
package struct AccountAnswer: Equatable, Sendable {
    let bytes: [UInt8]
    let at: Timestamp
    private let context: Context
    private let strangers: Int

    static let document = "the look-up service's answer"
    /// The account's part of the context contract.
    private static let known: Set<String> = [
        Context.Member.uploaderRef.rawValue, Context.Member.email.rawValue,
        Context.Member.screenName.rawValue,
        Context.Member.service.rawValue, Context.Section.account.rawValue,
    ]

    /// - Parameters:
    ///   - bytes: The answer as it came, at most ``Context/largest``.
    ///   - account: The one that was asked about; an answer need not repeat it. Names are unique within a service only, so
    ///     one that names another service is of somebody else.
    ///   - at: When it came; nothing that it tells of lies after it.
    /// - Throws: ``AccountLookup/Failure/malformed`` for what is no JSON object; `.otherAccount`.
    package init(reading bytes: [UInt8], about account: AccountKey, at: Timestamp) throws(AccountLookup
        .Failure)
    {
        guard (try? JSONValue(parsing: bytes, limits: .context))?.objectValue != nil else { throw .malformed }
        let all = Context(reading: bytes)
        (self.bytes, self.at) = (bytes, at)
        context = all.only(Self.known)
        strangers = all.members.count - context.members.count
        guard isAbout(account) else { throw .otherAccount }
    }

    /// Whether nothing in it names another account, in either of the two places of a name.
    private func isAbout(_ asked: AccountKey) -> Bool {
        let account = context[.account].first
        let refs = [context[.uploaderRef], account?["espIdentifier"]?.stringValue]
        let services = [context[.service], account?["espService"]?.stringValue]
        return refs.allSatisfy { $0 == nil || $0 == asked.ref }
            && (asked.service == nil || services.allSatisfy { $0 == nil || $0 == asked.service })
    }

    /// Adds to the account what it does not say yet.
    func complete(_ user: inout ReportedUser?) -> AccountCompletion {
        var scribe = Scribe(reading: context, detectedAt: at, document: Self.document)
        for problem in context.problems { scribe.note(nil, .warning, Self.account, problem) }
        if strangers > 0 {
            let problem = "left out: members that an answer about an account does not have, \(strangers)"
            scribe.note(nil, .advice, Self.account, problem, remedy: Self.document)
        }
        var completion = AccountCompletion(answer: self)
        let answered = ReportedUser(nil, &scribe)
        if let known = user?.account.key, !isAbout(known) {
            let problem = "\(Self.document) is about another account than the report, and was left out"
            scribe.note(nil, .warning, Self.account, problem, remedy: Remedy.person)
        } else if let answered {
            completion.join(answered, into: &user, &scribe)
        }
        completion.findings = scribe.findings
        return completion
    }

    static let account = Field.report.child("personOrUserReported")
}

/// What an answer added to a report, and what it says otherwise.
struct AccountCompletion: Equatable, Sendable {
    private let answer: AccountAnswer
    /// Elements that stand in the report since the answer has them, in the report's order.
    private(set) var added: [Field] = []
    fileprivate(set) var findings: [Finding] = []

    init(answer: AccountAnswer) { self.answer = answer }

    fileprivate mutating func join(
        _ answered: ReportedUser,
        into user: inout ReportedUser?,
        _ scribe: inout Scribe
    ) {
        let shape = Shape.report["personOrUserReported"]
        let said = (user ?? ReportedUser()).element(shape)
        var differing: [Field] = []
        let whole = said.completed(by: answered.element(shape), shape, at: AccountAnswer.account) {
            field,
            meeting in
            switch meeting {
            case .added: added.append(field)
            case .differs: differing.append(field)
            }
        }
        for field in differing {
            let problem =
                "\(AccountAnswer.document) says otherwise than what came with the upload, which stands"
            scribe.note(nil, .warning, field, problem, remedy: Remedy.person)
        }
        guard !added.isEmpty else { return }
        // Two halves that are sound may be none together: then what came with the upload stands alone.
        guard Contract(shape, detectedAt: answer.at).violations(of: whole).isEmpty,
            var joined = try? ReportedUser.read(whole, shape)
        else {
            added = []
            let problem = "\(AccountAnswer.document) does not fit what came with the upload, and was left out"
            return scribe.note(nil, .warning, AccountAnswer.account, problem, remedy: Remedy.person)
        }
        joined.account.additionalInfo = [joined.account.additionalInfo, statement].lines
        user = joined
    }

    /// Where those values come from, for who reads the report.
    private var statement: String {
        let prefix = "\(AccountAnswer.account)/".count
        var names: [String] = []
        for field in added {
            let name = String(field.description.dropFirst(prefix))
            if !names.contains(name) { names.append(name) }
        }
        return "Not given with the upload, but by the provider's account records when they were asked at "
            + "\(answer.at.wholeSeconds): \(names.joined(separator: ", "))."
    }

    /// What `draft.json` keeps of it.
    var json: JSONValue {
        [
            "asked_at": .string("\(answer.at)"), "added": .array(added.map { .string("\($0)") }),
            "file": DraftSource.exact(answer.bytes),
        ]
    }
}

/// How a value of one element meets another.
enum Meeting { case added, differs }

extension Element {
    /// This element with what `other` says and it does not. What both say differently stays as it is here; each such
    /// place, and each that was added, is told.
    func completed(
        by other: Element,
        _ shape: Shape,
        at field: Field,
        _ tell: (Field, Meeting) -> Void
    ) -> Element {
        var whole = self
        for mark in other.attributes {
            switch self[attribute: mark.name] {
            case nil:
                whole.set(mark.name, mark.value)
                tell(field.child("@\(mark.name)"), .added)
            case mark.value: break
            default: tell(field.child("@\(mark.name)"), .differs)
            }
        }
        for place in shape.children {
            for theirs in other.all(place.name) {
                whole.take(theirs, place, at: field.child(place.name), tell)
            }
        }
        return whole.arranged(by: shape)
    }

    private mutating func take(
        _ theirs: Element,
        _ place: Shape,
        at field: Field,
        _ tell: (Field, Meeting) -> Void
    ) {
        let isValue = place.children.isEmpty
        let at = children.firstIndex { ours in
            guard ours.name == place.name else { return false }
            return !place.occurrence.isRepeated || (isValue ? ours.text == theirs.text : ours == theirs)
        }
        guard let at else {
            children.append(theirs)
            return tell(field, .added)
        }
        // A location of two halves would be no place at all: only a group of values is put together of both.
        if isValue ? children[at].text == theirs.text : place.kind == .group && place.attributes.isEmpty {
            children[at] = children[at].completed(by: theirs, place, at: field, tell)
        } else if children[at] != theirs {
            tell(field, .differs)
        }
    }
}
