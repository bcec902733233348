import JSONText
import UploadModel

/// Where a value of a report comes from.
enum Origin {
    case member(Context.Member)
    case setting(String, value: String)

    func text(in context: Context?) -> String? {
        switch self {
        case .member(let member): context?[member]
        case .setting(_, let value): value
        }
    }

    /// - Parameter document: Where members stand.
    func remedy(in document: String) -> String {
        switch self {
        case .member(let member): "\"\(member.rawValue)\" in \(document)"
        case .setting(let key, _): "report.\(key) in breakwater.toml"
        }
    }
}

/// Lets through into a report what keeps its rules, and notes a finding for all that it had to leave out. What is
/// missing altogether is for the readiness rules to say.
struct Scribe {
    let context: Context?
    /// Nothing that happened lies after it.
    let detectedAt: Timestamp
    /// What findings call the context.
    let document: String
    /// Whether a scanner took in what it is about, whose claim stands where no time was said.
    let isOfUpload: Bool
    private(set) var findings: [Finding] = []

    init(
        reading context: Context?,
        detectedAt: Timestamp,
        document: String = "NAME.meta.json",
        isOfUpload: Bool = true
    ) {
        self.context = context
        self.detectedAt = detectedAt
        self.document = document
        self.isOfUpload = isOfUpload
    }

    mutating func note(
        _ rule: String?,
        _ severity: Finding.Severity,
        _ field: Field,
        _ problem: String,
        remedy: String? = nil
    ) {
        findings.append(
            Finding(rule: rule, severity: severity, field: field, problem: problem, remedy: remedy)
        )
    }

    /// A value with rules of its own.
    mutating func read<Value>(
        _ origin: Origin,
        for field: Field,
        _ make: (String) throws(Defect) -> Value
    ) -> Value? {
        guard let text = origin.text(in: context), !text.isBlank else { return nil }
        do {
            return try make(text)
        } catch {
            note(
                error.rule.readiness,
                .warning,
                field,
                "left out: \(error)",
                remedy: origin.remedy(in: document)
            )
            return nil
        }
    }

    /// Free text: as long as the table allows, with characters that XML forbids shown as escapes.
    mutating func text(_ origin: Origin, for field: Field) -> String? {
        let found = read(origin, for: field) { raw throws(Defect) in
            let legal = field == .fileName ? raw.withoutControls : raw.legalInXML
            if let longest = field.shape?.longest, legal.utf16.count > longest {
                throw Defect("longer than \(longest) characters", .length)
            }
            return (text: legal, isChanged: legal.utf8.count != raw.utf8.count)
        }
        guard let found else { return nil }
        if found.isChanged { noteEscape(field, remedy: origin.remedy(in: document)) }
        return found.text
    }

    /// Whether there is a context at all, and one that reads.
    mutating func judgeContext() {
        guard let context else {
            let remedy =
                isOfUpload
                ? "NAME.meta.json, renamed into incoming/ before NAME" : "\"breakwater case context\""
            let problem = isOfUpload ? "nothing came with the upload" : "nothing was told of the account"
            return note(nil, .warning, .context, problem, remedy: remedy)
        }
        for problem in context.problems { note(nil, .warning, .context, problem, remedy: document) }
    }

    mutating func noteEscape(_ field: Field, remedy: String?) {
        let rule = field == .fileName ? "RL22" : "RL38"
        note(rule, .warning, field, Finding.escaped, remedy: remedy)
    }
}

extension ContractRule {
    /// The readiness rule that a broken value falls under.
    var readiness: String {
        switch self {
        case .ipAddress: "RL14"
        case .characters, .order, .count, .choice, .presence, .unknownElement, .unknownAttribute,
            .missingAttribute, .annotationForms, .oneSuspect, .batchForbids, .batchIdentifier:
            "RL38"
        case .supplementalClass, .supplementalMeme: "RL24"
        case .exifWithoutView: "RL20"
        case .reporterEmail: "RL04"
        case .form, .length, .enumeration, .boolean, .number, .email, .url, .callingCode, .time, .date, .past,
            .timeZone, .verifiedDate, .repeatedCallingCode, .ageOrBirth, .notifiedBeforeDisabled,
            .reenabledBeforeDisabled, .region, .blankEscalation, .incidentAddress:
            "RL37"
        }
    }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
