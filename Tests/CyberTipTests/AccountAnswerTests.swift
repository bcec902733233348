import JSONText
import Testing
import UploadModel

@testable import CyberTip

/// What the look-up service says, laid over what came with an upload.
@Suite struct AccountAnswerTests {
    private static let at = Timestamp(seconds: 1_795_300_000, nanoseconds: 0)

    /// The account of a context, completed by an answer, as a report writes it.
    private func completed(_ context: String, by answer: String) throws -> (
        user: JSONValue, AccountCompletion
    ) {
        var scribe = Scribe(reading: Context(reading: Array(context.utf8)), detectedAt: Self.at)
        var user = ReportedUser(nil, &scribe)
        let answer = try AccountAnswer(
            reading: Array(answer.utf8),
            about: AccountKey("account-1"),
            at: Self.at
        )
        let completion = answer.complete(&user)
        let shape = Shape.report["personOrUserReported"]
        return ((user ?? ReportedUser()).element(shape).json(shape), completion)
    }

    private func fields(_ completion: AccountCompletion) -> [String] {
        let prefix = "report/personOrUserReported/".count
        return completion.json["added"]?.arrayValue?.compactMap(\.stringValue).map {
            String($0.dropFirst(prefix))
        } ?? []
    }

    @Test("what stands once is taken where nothing was said, and stays where something was")
    func once() throws {
        let context = #"{"uploader_ref":"account-1","screen_name":"heron"}"#
        let (user, completion) = try completed(context, by: #"{"screen_name":"kestrel","service":"Photos"}"#)
        #expect(user["screenName"] == "heron")
        #expect(user["espService"] == "Photos")
        #expect(fields(completion) == ["espService"])
        #expect(completion.findings.map { "\($0.field)" } == ["report/personOrUserReported/screenName"])
        #expect(user["additionalInfo"]?.stringValue?.hasSuffix(": espService.") == true)
    }

    @Test("what may stand several times stands beside, the same value once, with the marks that it lacked")
    func several() throws {
        let context = #"{"uploader_ref":"account-1","email":"heron@mail.example"}"#
        let answer = #"""
            {"account":{"personOrUserReportedPerson":{"email":[
                {"value":"heron@mail.example","verified":true,"verificationDate":"2026-01-02T09:00:00Z"},
                {"value":"other@mail.example"}]}}}
            """#
        let (user, completion) = try completed(context, by: answer)
        let emails = user["personOrUserReportedPerson"]?["email"]?.arrayValue ?? []
        #expect(emails.count == 2)
        #expect(emails.first?["verified"]?.boolValue == true)
        #expect(completion.findings.isEmpty)
        #expect(fields(completion).contains("personOrUserReportedPerson/email/@verified"))
    }

    @Test("an answer that says nothing, or the same, changes nothing")
    func nothing() throws {
        let context = #"{"uploader_ref":"account-1","screen_name":"heron"}"#
        for answer in ["{}", context] {
            let (user, completion) = try completed(context, by: answer)
            #expect(user["additionalInfo"] == nil)
            #expect(fields(completion).isEmpty)
            #expect(completion.findings.isEmpty)
        }
    }

    @Test("what breaks a rule is left out of an answer as of a context, and named as the answer's")
    func rules() throws {
        let context = #"{"uploader_ref":"account-1"}"#
        let answer =
            #"{"email":"no address","ip":"192.0.2.1","account":{"espIdentifier":"account-1","wings":2}}"#
        let (user, completion) = try completed(context, by: answer)
        #expect(user["ipCaptureEvent"] == nil)
        #expect(user["personOrUserReportedPerson"] == nil)
        #expect(completion.findings.count == 3)
        #expect(
            completion.findings.allSatisfy { $0.remedy?.contains("the look-up service's answer") == true }
        )
    }

    @Test("nothing that an answer tells of lies after it")
    func later() throws {
        let answer = #"""
            {"account":{"ipCaptureEvent":[
                {"ipAddress":"192.0.2.1","eventName":"Login","dateTime":"2027-01-02T09:00:00Z"}]}}
            """#
        let (user, completion) = try completed(#"{"uploader_ref":"account-1"}"#, by: answer)
        #expect(!String(decoding: user.canonical, as: UTF8.self).contains("2027"))
        #expect(!completion.findings.isEmpty)
    }

    @Test(
        "an answer that names another service is of another person, in either place of the name",
        arguments: [#"{"service":"Beta Chat"}"#, #"{"account":{"espService":"Beta Chat"}}"#]
    )
    func otherService(_ answer: String) throws {
        let (known, bytes) = (AccountKey("account-1", of: "Example Chat"), Array(answer.utf8))
        #expect(throws: AccountLookup.Failure.otherAccount) {
            try AccountAnswer(reading: bytes, about: known, at: Self.at)
        }
        #expect(throws: Never.self) {
            try AccountAnswer(reading: bytes, about: AccountKey("account-1"), at: Self.at)
        }
        // A case of an older desk does not know the service that its upload named.
        let context = #"{"uploader_ref":"account-1","service":"Example Chat"}"#
        let beside = answer.dropLast() + #","email":"bob@mail.example"}"#
        let (user, completion) = try completed(context, by: String(beside))
        #expect(user["personOrUserReportedPerson"] == nil)
        #expect(user["espService"] == "Example Chat")
        #expect(completion.findings.map(\.severity) == [.warning])
    }
}
