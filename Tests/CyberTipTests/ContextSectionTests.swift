import JSONText
import Testing
import UploadModel

@testable import CyberTip

@Suite struct ContextSectionTests {
    private static func draft(_ text: String) -> DraftReport { DraftReport(from: source(text)) }

    @Test("an account's parts arrive where they belong")
    func account() throws {
        let account = try #require(DraftReport(from: .complete).report.user?.account)
        #expect(account.person?.emails.first?.verified.flag == true)
        #expect(account.person?.addresses.first?.type == .billing)
        #expect(account.captures.map(\.event) == [.upload, .registration, .login])
        #expect(account.permanentlyDisabled?.isUserNotified == false)
        #expect(account.devices.first?.value == "00123")
    }

    @Test("what an application says whole makes a draft without a blocking or warning finding")
    func complete() {
        let draft = DraftReport(from: .complete)
        #expect(draft.findings == [])
        #expect(draft.completeness.lacks == ["flags decided"])
    }

    @Test(
        "three applications that say all they know make drafts without a blocking or warning finding",
        arguments: ["photos", "chat", "files"]
    )
    func applications(_ name: String) throws {
        let complete = DraftSource.complete
        let source = source(
            bytes: try golden("context-\(name).json"),
            complete.path.bytes,
            complete.matches,
            complete.report,
            .production
        )
        let clock = ContinuousClock.now
        let draft = DraftReport(from: source)
        #expect(draft.findings.filter { $0.severity != .advice } == [])
        #expect(draft.completeness.score >= 91)
        #expect(ContinuousClock.now - clock < .seconds(5))
        #expect(
            ContextCheck(source.context ?? [], now: detection).findings.allSatisfy { $0.severity == .advice }
        )
    }

    @Test("recipients, victims, places and police are taken")
    func sections() throws {
        let report = Self.draft(
            #"""
            {"recipients":[{"espIdentifier":"r-1"},{"espIdentifier":"r-2"}],
            "victims":[{"victimPerson":{"age":11},"schoolName":"A school"},{"espIdentifier":"v-2"}],
            "places":[{"chatImIncident":{"chatClient":"Example Chat","content":"]]>"}}],
            "law_enforcement":{"agencyName":"Example Police","caseNumber":"00123"}}
            """#
        ).report
        #expect(report.recipients.map(\.account.identifier) == ["r-1", "r-2"])
        #expect(report.victims.map(\.person.age) == [11, nil])
        #expect(report.victims.map(\.account.identifier) == [nil, "v-2"])
        #expect(report.lawEnforcement?.caseNumber == "00123")
        guard case .chat(let chat) = report.places.first else { throw Defect("no chat") }
        #expect(chat.content == "]]>")
    }

    struct LeftOut: Sendable {
        let json: String
        let field: String
        let rule: String
    }

    static let leftOut = [
        LeftOut(json: #"{"espIdentifier":"a","shoeSize":7}"#, field: "shoeSize", rule: "RL38"),
        LeftOut(json: #"{"espIdentifier":"a","espService":["x","y"]}"#, field: "espService", rule: "RL38"),
        LeftOut(
            json: #"{"espIdentifier":"a","ipCaptureEvent":[{"ipAddress":"10.0.0.1:80"}]}"#,
            field: "ipCaptureEvent/ipAddress",
            rule: "RL14"
        ),
        LeftOut(
            json: #"{"espIdentifier":"a","deviceId":[{"idType":"IMEI"}]}"#,
            field: "deviceId",
            rule: "RL38"
        ),
        LeftOut(
            json: #"{"espIdentifier":"a","estimatedLocation":{"countryCode":"EU"}}"#,
            field: "estimatedLocation/countryCode",
            rule: "RL37"
        ),
        LeftOut(
            json:
                #"{"espIdentifier":"a","accountPermanentlyDisabled":{"value":true,"disabledDate":"2030-01-01T00:00:00Z"}}"#,
            field: "accountPermanentlyDisabled",
            rule: "RL37"
        ),
        LeftOut(
            json: #"{"espIdentifier":"a","associatedAccount":[{"espIdentifier":"b"}]}"#,
            field: "associatedAccount",
            rule: "RL38"
        ),
    ]

    @Test("what breaks a rule is left out with a word, and the rest stays", arguments: leftOut)
    func oneWrong(_ row: LeftOut) {
        let draft = Self.draft("{\"account\":\(row.json)}")
        #expect(draft.report.user?.account.identifier == "a")
        let field = Field("report/personOrUserReported/\(row.field)")
        #expect(
            draft.findings.contains {
                $0.rule == row.rule && $0.field == field && $0.problem.hasPrefix("left out")
            },
            "\(draft.findings)"
        )
        #expect(Contract(.report, detectedAt: detection).violations(of: draft.report.element) == [])
    }

    @Test("an application cannot say what only a person knows")
    func persons() {
        let draft = Self.draft(
            #"""
            {"file":{"fileViewedByEsp":true,"exifViewedByEsp":true,"industryClassification":"A1",
            "fileAnnotations":{"viral":true},"fileRelevance":"Supplemental Reported"}}
            """#
        )
        #expect(!draft.file.isViewed && draft.file.classification == nil && draft.file.flags.isEmpty)
        #expect(draft.file.relevance == .reported)
        #expect(draft.findings.count { $0.problem.contains("has no place") } == 5)
    }

    @Test("of a file's addresses one stays with it and the others go to its user")
    func addresses() {
        let draft = Self.draft(
            #"""
            {"file":{"ipCaptureEvent":[{"ipAddress":"2001:db8::1","eventName":"Login"},
            {"ipAddress":"2001:db8::2","eventName":"Upload"},{"ipAddress":"2001:db8::3"}]},
            "uploader_ref":"a"}
            """#
        )
        #expect(draft.file.capture?.address.text == "2001:db8::2")
        #expect(draft.report.user?.account.captures.map(\.address.text) == ["2001:db8::1", "2001:db8::3"])
        #expect(!draft.findings.contains { $0.rule == "RL17" })
    }

    @Test("a control character in a file's name is shown, and the file's rule says so")
    func fileName() {
        let draft = Self.draft(#"{"original_filename":"a\u0007\u202eb.jpg"}"#)
        #expect(draft.file.originalName == "a\\u{7}\u{202E}b.jpg")
        #expect(draft.findings.contains { $0.rule == "RL22" && $0.problem.contains("shown as") })
    }

    @Test("hostile text in a section comes back as it was", arguments: hostile + ["00123", "1e5"])
    func hostileText(_ text: String) throws {
        let json: JSONValue = ["account": ["profileBio": .string(text), "espIdentifier": "a"]]
        let draft = Self.draft(String(decoding: json.line, as: UTF8.self))
        let back = try TinyXML.read(draft.xml).text("report/personOrUserReported/profileBio")
        #expect(back?.utf8.elementsEqual(text.legalInXML.utf8) == true)
    }

    @Test("a member's name is shown only where it is plain")
    func names() {
        let draft = Self.draft(#"{"account":{"espIdentifier":"a","\u001b[2Jx":1,"shoe_size":2}}"#)
        let fields = draft.findings.filter { $0.problem.contains("has no place") }.map(\.field)
        let user = Field("report/personOrUserReported")
        #expect(Set(fields) == [user, Field("\(user)/shoe_size")])
    }

    @Test("half of a surrogate pair makes the context unreadable, and a draft all the same")
    func surrogate() throws {
        let draft = Self.draft(#"{"account":{"profileBio":"\ud800"}}"#)
        #expect(draft.findings.contains { $0.field == .context && $0.problem.contains("not JSON") })
        #expect(draft.report.user == nil)
        _ = try TinyXML.read(draft.xml)
    }

    @Test("a number keeps its spelling", arguments: ["1e5", "1.0", "12345678901234567890"])
    func spelling(_ number: String) throws {
        let draft = Self.draft("{\"account\":{\"espIdentifier\":\(number)}}")
        #expect(draft.report.user?.account.identifier == number)
    }

    @Test("any account, however odd, gives a document that keeps the contract", arguments: 0..<150)
    func anyAccount(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var models = LegalModels(.random, seed: seed)
        let report = models.reportModel()
        let element = report.element.json(.report)
        let account = (element["personOrUserReported"]?.arrayValue?.first ?? [:]).broken(&random)
        let json: JSONValue = ["account": account, "victims": element["victim"]?.broken(&random) ?? []]
        let draft = DraftReport(from: source(bytes: json.line))
        let found = Contract(.report, detectedAt: detection).violations(of: draft.report.element)
        #expect(found == [], "seed \(seed)")
        #expect(
            draft.findings.allSatisfy {
                $0.field.shape != nil || ["environment", "context"].contains("\($0.field)")
                    || $0.problem.contains("no place")
            }
        )
    }
}

extension JSONValue {
    /// The same with a few values replaced by others.
    fileprivate func broken(_ random: inout SplitMix64) -> JSONValue {
        if random.next() % 12 == 0 {
            return [.null, true, 7, "\u{1}", [], [:], "2026-11-21", ["value": "x"]][Int(random.next() % 8)]
        }
        switch self {
        case .array(let values): return .array(values.map { $0.broken(&random) })
        case .object(let object):
            return .object(object.reduce(into: JSONObject()) { $0[$1.key] = $1.value.broken(&random) })
        case .null, .bool, .number, .string: return self
        }
    }
}

@Suite struct ContextCheckTests {
    private static func check(_ text: String) -> [Finding] {
        ContextCheck(Array(text.utf8), now: detection).findings
    }

    @Test("an empty context hears what to add and how, in order")
    func empty() {
        let findings = Self.check("{}")
        #expect(findings.count == 15)
        #expect(findings.allSatisfy { $0.severity != .advice || $0.rule == "RL02" || $0.rule == "RL33" })
        #expect(findings.allSatisfy { $0.rule == "RL02" || $0.remedy?.contains("NAME.meta.json") == true })
    }

    @Test("what has another form is named", arguments: [#"{"account":7}"#, #"{"victims":{}}"#, "[]", "{"])
    func form(_ text: String) {
        #expect(Self.check(text).contains { $0.field == .context })
    }

    @Test("the schema names every member and section")
    func schema() {
        let names = ContextSchema.json["properties"]?.objectValue?.keys ?? []
        let known = Context.Member.allCases.map(\.rawValue) + Context.Section.allCases.map(\.rawValue)
        #expect(Set(names) == Set(known))
    }
}
