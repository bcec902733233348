package import JSONText

/// What the application said of an upload in the file beside it, `NAME.meta.json`.
///
/// The bytes are evidence and are kept as they came; this is our reading of them. Nothing in here is ever used
/// as a path, and a reading that fails takes nothing away from the upload.
package struct Context: Equatable, Sendable {
    /// Largest file that is taken as context, bytes; a larger one is an upload of its own.
    package static let largest = 64 * 1_024

    /// The members that we know. All are optional.
    package enum Member: String, CaseIterable, Sendable {
        case uploaderRef = "uploader_ref"
        case email
        case screenName = "screen_name"
        case ip
        case port
        case uploadedAt = "uploaded_at"
        case originalFilename = "original_filename"
        case declaredMediaType = "declared_media_type"
        case sessionRef = "session_ref"
        case pageURL = "page_url"
        case service
        case correlationID = "correlation_id"
    }

    /// The members that hold more than text, each in the form of the report's own elements. All are optional.
    package enum Section: String, CaseIterable, Sendable {
        /// The account that uploaded, as `personOrUserReported`.
        case account
        /// Lists of `intendedRecipient`, `victim` and `internetDetails`.
        case recipients, victims, places
        /// What the application knows of the file, as a part of `fileDetails`.
        case file
        case lawEnforcement = "law_enforcement"

        package var isList: Bool {
            switch self {
            case .recipients, .victims, .places: true
            case .account, .file, .lawEnforcement: false
            }
        }
    }

    /// Every member as it came, those that we do not know included.
    package let members: JSONObject
    /// What is wrong with it, for the draft's findings; empty when it reads well.
    package let problems: [String]

    package init(reading bytes: [UInt8]) {
        do {
            let value = try JSONValue(parsing: bytes, limits: .context)
            members = value.objectValue ?? JSONObject()
            problems =
                value.objectValue == nil ? ["the context is not a JSON object"] : Self.problems(in: members)
        } catch {
            members = JSONObject()
            problems = ["the context is not JSON: \(error)"]
        }
    }

    /// The same without the members of all other names.
    package func only(_ names: Set<String>) -> Context {
        Context(
            members: members.members.reduce(into: JSONObject()) { kept, member in
                if names.contains(member.key) { kept[member.key] = member.value }
            }
        )
    }

    private init(members: JSONObject) {
        self.members = members
        problems = Self.problems(in: members)
    }

    /// The text of a member; a number is given as it was spelled.
    package subscript(member: Member) -> String? {
        switch members[member.rawValue] {
        case .string(let text): text
        case .number(let number): number.spelling
        default: nil
        }
    }

    /// The values of a section; none when it is not there or has another form.
    package subscript(section: Section) -> [JSONValue] {
        let value = members[section.rawValue]
        if section.isList { return value?.arrayValue ?? [] }
        return [value].compactMap { $0?.objectValue == nil ? nil : $0 }
    }

    private static func problems(in members: JSONObject) -> [String] {
        problemsOfText(in: members) + problemsOfSections(in: members)
    }

    private static func problemsOfSections(in members: JSONObject) -> [String] {
        Section.allCases.compactMap { section in
            switch members[section.rawValue] {
            case nil, .null: nil
            case .object where !section.isList: nil
            case .array where section.isList: nil
            default: "\(section.rawValue) in the context is not \(section.isList ? "a list" : "an object")"
            }
        }
    }

    private static func problemsOfText(in members: JSONObject) -> [String] {
        Member.allCases.compactMap { member in
            switch members[member.rawValue] {
            case nil, .null, .string: nil
            case .number where member == .port: nil
            default: "\(member.rawValue) in the context is not text"
            }
        }
    }
}
