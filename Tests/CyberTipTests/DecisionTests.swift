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
        #expect(text.contains("has viewed the entire contents") && !text.contains("not recorded that any"))
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
