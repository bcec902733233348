import JSONText
import Testing
import UploadModel

@testable import CyberTip

@Suite struct DecisionTests {
    @Test("a person's classification stands over the list's class", arguments: ListClass.allCases)
    func overrides(_ listClass: ListClass) {
        let one = match(exactMatch, listClass: listClass)
        let alone = DraftReport(from: source(matches: [one]))
        #expect(alone.findings.contains { $0.rule == "RL39" } == (listClass != .csam))
        var decided = Decisions()
        decided.files[upload] = FileDecision()
        decided.files[upload]?.classification = .b1
        let draft = DraftReport(from: [source(matches: [one])], decided: decided)
        #expect(!draft.findings.contains { $0.rule == "RL39" || $0.rule == "RL40" })
        #expect(draft.file.additionalInfo.contains { $0.contains("classified the file as B1") })
        #expect(draft.file.additionalInfo.contains { $0.contains("equals an entry of list") })
    }

    @Test("a class is written only for a provider that signed the agreement", arguments: [true, false])
    func agreement(hasAgreement: Bool) {
        var decided = Decisions()
        decided.hasIndustryAgreement = hasAgreement
        decided.files[upload] = FileDecision()
        decided.files[upload]?.classification = .a2
        let draft = DraftReport(from: [source()], decided: decided)
        #expect(draft.file.classification == (hasAgreement ? .a2 : nil))
        #expect(!draft.findings.contains { $0.rule == "RL26" })
    }

    @Test("a file that a person viewed says so, and no sentence says the opposite")
    func viewed() {
        var decided = Decisions()
        decided.files[upload] = FileDecision()
        decided.files[upload]?.isViewed = true
        let draft = DraftReport(from: [source()], decided: decided)
        #expect(draft.file.isViewed && !draft.file.isExifViewed)
        let text = String(decoding: draft.xml, as: UTF8.self)
        #expect(text.contains("has viewed the entire contents") && !text.contains("No complete viewing"))
    }

    @Test("uploads of one account make one report with a file each")
    func several() throws {
        let second = #"{"uploader_ref":"account-4711","ip":"2001:db8::44","original_filename":"b.jpg"}"#
        var decided = Decisions()
        decided.books.priorReports = [ReportID(7)]
        decided.supplements = [Supplement(name: "chat\u{1}.csv", digests: contents)]
        let draft = DraftReport(from: [source(), source(second)], decided: decided)
        #expect(draft.findings.contains { $0.rule == "RL22" && $0.problem.contains("shown as") })
        #expect(!draft.findings.contains { $0.rule == "RL29" })
        #expect(draft.files.map(\.relevance) == [.reported, .reported, .supplemental])
        #expect(draft.files.map(\.originalName) == [#"holiday "one".jpg"#, "b.jpg", "chat\\u{1}.csv"])
        #expect(draft.report.user?.account.captures.map(\.address.text) == ["2001:db8::17", "2001:db8::44"])
        #expect(draft.report.user?.account.priorReports == [ReportID(7)])
        #expect(draft.report.users.count == 1)
        #expect(draft.report.additionalInfo?.contains("2 of 2 uploaded files each equal") == true)
        let root = try TinyXML.read(draft.xml)
        #expect(root.children.map(\.name) == ["report", "fileDetails", "fileDetails", "fileDetails"])
        for child in root.children { child.walk(visit: followsContract) }
        #expect(try JSONValue(parsing: draft.json)["furtherFiles"]?.arrayValue?.count == 2)
    }

    @Test("what two uploads say differently stays as the first says it, and is not mixed")
    func joined() {
        func account(_ location: String) -> String {
            #"{"uploader_ref":"a","account":{"estimatedLocation":\#(location)}}"#
        }
        let first = source(account(#"{"countryCode":"NL"}"#))
        let second = source(account(#"{"city":"Dover","region":"DE","countryCode":"US"}"#))
        let location = DraftReport(from: [first, second], decided: Decisions()).report.user?.account.location
        #expect(location == EstimatedLocation(country: "NL"))
    }

    @Test("what uploads say differently of one account, each value of it, is said")
    func differing() {
        let sources = ["blue", "green"].map { source(context(["uploader_ref": "a", "screen_name": $0])) }
        let draft = DraftReport(from: sources, decided: Decisions())
        #expect(draft.report.user?.account.screenName == "blue")
        let said = draft.findings.filter { $0.problem.contains("say it differently") }
        #expect(said.map { "\($0.field)" } == ["report/personOrUserReported/screenName"])
        #expect(
            DraftReport(from: [sources[0], sources[0]], decided: Decisions()).findings.allSatisfy {
                !$0.problem.contains("say it differently")
            }
        )
    }

    @Test("one number at two services is two accounts")
    func twoServices() {
        let sources = ["Alpha Photos", "Beta Chat"].map {
            source(context(["uploader_ref": "42", "service": $0]))
        }
        #expect(sources[0].account == AccountKey("42", of: "Alpha Photos"))
        #expect(sources[0].account != sources[1].account)
        let draft = DraftReport(from: sources, decided: Decisions())
        #expect(draft.findings.contains { $0.rule == "RL29" })
    }

    @Test("a demonstration among the exhibits blocks, wherever it stands", arguments: [true, false])
    func mixedEnvironments(isFirst: Bool) {
        let both = [source(environment: .demonstration), source(environment: .test)]
        let draft = DraftReport(from: isFirst ? both : both.reversed(), decided: Decisions())
        let blocking = draft.findings.filter { $0.rule == "RL42" && $0.severity == .blocking }
        #expect(blocking.contains { $0.problem == "a demonstration must not be sent" })
        #expect(String(decoding: draft.json, as: UTF8.self).contains(#""environment":"demonstration""#))
    }

    @Test("an invented entry that a classified file met blocks for production, and is a rehearsal in a test")
    func inventedEntry() {
        var decided = Decisions()
        decided.files[upload] = FileDecision()
        decided.files[upload]?.classification = .a1
        func isBlocked(_ environment: Environment) -> Bool {
            let invented = match(exactMatch, listClass: .exploitative)
            return DraftReport(
                from: [source(matches: [invented], environment: environment)],
                decided: decided
            )
            .findings.contains { $0.rule == "RL42" }
        }
        #expect(isBlocked(.production))
        #expect(!isBlocked(.test))
    }

    @Test("a match that makes no report lends none of its strength to a weak one")
    func borrowedStrength() {
        let weak = match(exactMatch, grade: .g3)
        let watched = match(exactMatch, listClass: .watch)
        #expect(DraftReport(from: source(matches: [weak, watched])).findings.contains { $0.rule == "RL40" })
        let strong = DraftReport(from: source(matches: [weak, exactMatch]))
        #expect(!strong.findings.contains { $0.rule == "RL40" })
        #expect(![weak, watched].isStrong && [weak, exactMatch].isStrong && [watched].isStrong)
    }

    private func openedByPerson(_ context: String?, at incident: String?, _ type: IncidentType?)
        -> DraftReport
    {
        var decided = Decisions()
        decided.openedBecause = "A user told us."
        decided.type = type
        let source = DraftSource(
            opened: CaseID(upload),
            at: claim,
            incident: incident.map { IncidentTime(told: try! ZonedTime($0)) },
            context: context.map { Array($0.utf8) },
            saidAt: detection,
            report: fullSettings(),
            environment: .test,
            program: "breakwater-review 0.1.0"
        )
        return DraftReport(from: [source], decided: decided)
    }

    @Test("a case without an upload says nothing of uploads and of who looked at one")
    func nothingLookedAt() {
        let text = openedByPerson(nil, at: nil, .enticement).report.additionalInfo ?? ""
        #expect(text.contains("No upload was compared") && !text.contains("viewing"))
    }

    @Test("that a case was opened is no time of the incident, and no type is assumed for it")
    func nothingAssumed() {
        let draft = openedByPerson(nil, at: nil, nil)
        #expect(draft.report.incident.dateTime == nil && draft.report.incident.type == nil)
        #expect(draft.report.incident.dateTimeDescription == nil)
        let blocking = draft.findings.filter { $0.severity == .blocking }.compactMap(\.rule)
        #expect(Set(["RL01", "RL02"]).isSubset(of: blocking))
        #expect(!draft.findings.contains { $0.problem.contains("time of the claim") })
    }

    @Test("what a person tells of a case without an upload is in its report")
    func toldByPerson() {
        let context = #"""
            {"uploader_ref":"a","places":[{"chatImIncident":{"chatClient":"Example Chat"}}],
            "recipients":[{"espIdentifier":"b"}],"victims":[{"espIdentifier":"c"}]}
            """#
        let draft = openedByPerson(context, at: "2026-11-20T10:00:00+01:00", .enticement)
        #expect(draft.report.incident.dateTime?.text == "2026-11-20T10:00:00+01:00")
        #expect(draft.report.incident.dateTimeDescription?.contains("given by a person") == true)
        #expect(draft.report.places.count == 1 && draft.report.recipients.count == 1)
        #expect(draft.report.victims.count == 1)
        #expect(!draft.findings.contains { ["RL01", "RL02", "RL03", "RL35", "RL36"].contains($0.rule) })
    }

    @Test("a supplement has the time that stands in the report before it")
    func inheritedTime() throws {
        let first = openedByPerson(nil, at: "2026-11-20T10:00:00+01:00", .enticement)
        let inherited = try #require(IncidentTime(ofReport: first.json))
        #expect(inherited == IncidentTime(told: try ZonedTime("2026-11-20T10:00:00+01:00")))
        #expect(IncidentTime(ofReport: openedByPerson(nil, at: nil, .enticement).json) == nil)
    }

    @Test("two accounts in one report are said")
    func twoAccounts() {
        let sources = ["a", "b"].map { source(context(["uploader_ref": $0])) }
        let draft = DraftReport(from: sources, decided: Decisions())
        #expect(draft.findings.contains { $0.rule == "RL29" })
        #expect(draft.report.user?.account.identifier == "a")
    }

    @Test("a case that a person opened needs no match")
    func opened() {
        var decided = Decisions()
        decided.openedBecause = "A user told us."
        decided.type = .enticement
        let draft = DraftReport(from: [source(matches: [])], decided: decided)
        #expect(!draft.findings.contains { $0.rule == "RL39" })
        #expect(draft.report.incident.type == .enticement)
        #expect(draft.report.additionalInfo?.contains("A user told us.") == true)
    }

    @Test("a similar picture is said to be similar, with its distance")
    func similar() {
        let near = match(exactMatch, grade: .g4)
        var decided = Decisions()
        decided.files[upload] = FileDecision()
        decided.files[upload]?.classification = .b2
        let draft = DraftReport(from: [source(matches: [near])], decided: decided)
        #expect(draft.file.additionalInfo[0].contains("is similar to an entry"))
        #expect(draft.file.additionalInfo[0].contains("distance 12"))
        #expect(!draft.file.additionalInfo[0].contains("equals"))
    }
}
