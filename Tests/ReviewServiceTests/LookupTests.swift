import CyberTip
import JSONText
import LinuxIO
import Synchronization
import Testing
import UploadModel

@testable import ReviewService

/// A site's own service, which says what a test tells it to.
private final class LookupService: Sendable {
    enum Manner: Sendable {
        case says(String)
        /// Takes the question and never answers.
        case hangs
        case closes
    }

    private let manner: Manner
    private let isEnding = Atomic(false)
    private let heard = Mutex<[String]>([])

    init(_ manner: Manner) { self.manner = manner }

    var questions: [String] { heard.withLock { $0 } }

    /// Listens while `body` runs.
    func serve<Result>(at path: String, _ body: () throws -> Result) throws -> Result {
        let listener = try LocalListener(at: path, mode: 0o600, group: nil)
        let thread = BlockingThread("lookup service") {
            while !self.isEnding.load(ordering: .relaxed) {
                if let peer = try? listener.next() { self.meet(peer) }
            }
        }
        defer {
            isEnding.store(true, ordering: .relaxed)
            thread.join()
        }
        return try body()
    }

    private func meet(_ peer: LocalPeer) {
        var channel = peer.channel()
        guard let line = try? channel.line(limit: 1 << 16) else { return }
        heard.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        switch manner {
        case .says(let text): try? channel.write(line: Array(text.utf8))
        case .closes: break
        case .hangs: ThisProcess.sleep(milliseconds: 1_500)
        }
    }
}

@Suite struct LookupTests {
    private static let answer = #"""
        {"uploader_ref":"account-4711","screen_name":"blue heron","email":"other@mail.example","service":"Example Photos","account":{"personOrUserReportedPerson":{"firstName":"Avery"},"ipCaptureEvent":[{"ipAddress":"2001:db8::9","eventName":"Registration","dateTime":"2026-01-02T08:58:00Z"}]},"favourite":"birds"}
        """#

    private func oneCase(context: String? = nil) throws -> (ScratchDesk, JSONObject, String) {
        let scratch = try ScratchDesk(asksAt: "lookup.sock")
        try scratch.preserve(minute: 0, context: context)
        try scratch.desk.adopt()
        let id: JSONObject = ["id": .string(scratch.id(of: try scratch.cases().first))]
        return (scratch, id, "\(scratch.path)/lookup.sock")
    }

    private func draft(_ scratch: ScratchDesk, _ id: JSONObject) throws -> JSONValue {
        _ = try scratch.ask("report.draft", id)
        let home = try #require(id["id"]?.stringValue.flatMap { CaseID($0) })
        let mark = try #require(try scratch.desk.review(of: home).draft)
        let documents = try scratch.desk.files.documents(of: mark.sha256, home)
        return try JSONValue(parsing: try #require(documents.first { $0.name == "draft.json" }).bytes)
    }

    @Test("the service is asked once with the account alone, and completes what the upload said nothing of")
    func completes() throws {
        let (scratch, id, socket) = try oneCase()
        let before = try scratch.ask("report.lint", id)
        #expect(before.lines.contains { $0.contains("look-up service was not asked yet") })
        let service = LookupService(.says(Self.answer))
        try service.serve(at: socket) { () throws -> Void in
            #expect(try scratch.desk.lookUpNews() == [])
            #expect(try scratch.desk.lookUpNews() == [])
        }
        #expect(
            service.questions == [
                #"{"schema":"breakwater-lookup-1","service":"Example Photos","uploader_ref":"account-4711"}"#
            ]
        )
        let draft = try draft(scratch, id)
        let user = draft["report"]?["personOrUserReported"]?.arrayValue?.first
        #expect(user?["screenName"]?.stringValue == "blue heron")
        #expect(user?["espService"]?.stringValue == "Example Photos", "what the upload said stands")
        let text = String(decoding: draft.canonical, as: UTF8.self)
        #expect(text.contains("2001:db8::9"))
        #expect(text.contains("Avery"))
        #expect(text.contains("Not given with the upload, but by the provider's account records"))
        let added = draft["lookup"]?["added"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(added.contains("report/personOrUserReported/screenName"))
        #expect(!added.contains("report/personOrUserReported/espService"))
        let findings = draft["findings"]?.arrayValue ?? []
        #expect(findings.contains { $0["problem"]?.stringValue?.contains("does not have, 1") == true })
    }

    private static let failures: [(LookupService.Manner, AccountLookup.Failure)] = [
        (.hangs, .timedOut), (.closes, .unreachable),
        (.says("{\"screen_name\":\"" + String(repeating: "x", count: 70_000) + "\"}"), .tooLarge),
        (.says("no JSON"), .malformed), (.says("[]"), .malformed), (.says(""), .malformed),
        (.says("{\"a\":1,\"a\":2}"), .malformed), (.says("{\"screen_name\":"), .malformed),
        (.says("{\"uploader_ref\":\"somebody else\"}"), .otherAccount),
        (.says("{\"account\":{\"espIdentifier\":\"somebody else\"}}"), .otherAccount),
        (.says("{\"uploader_ref\":\"account-4711\",\"service\":\"Beta Chat\"}"), .otherAccount),
        (.says("{\"account\":{\"espService\":\"Beta Chat\"},\"email\":\"bob@mail.example\"}"), .otherAccount),
    ]

    @Test(
        "whatever is wrong with the service is noted once and keeps no draft from being made",
        arguments: failures
    )
    fileprivate func failure(_ manner: LookupService.Manner, _ failure: AccountLookup.Failure) throws {
        let (scratch, id, socket) = try oneCase()
        let service = LookupService(manner)
        try service.serve(at: socket) { () throws -> Void in
            #expect(try scratch.desk.lookUpNews().count == 1)
            #expect(try scratch.desk.lookUpNews() == [])
        }
        #expect(service.questions.count == 1)
        let shown = try scratch.ask("case.show", id)
        #expect(shown.value["lookup"]?.stringValue == failure.rawValue)
        let draft = try draft(scratch, id)
        let findings = draft["findings"]?.arrayValue ?? []
        let told = findings.filter { $0["problem"]?.stringValue?.hasPrefix("the look-up service") == true }
        #expect(told.map { $0["severity"]?.stringValue } == ["warning"])
        #expect(told.first?["remedy"]?.stringValue?.contains("breakwater case lookup") == true)
        #expect(draft["lookup"] == nil)
        _ = try scratch.ask("report.approve", id, as: ScratchDesk.ben)
    }

    @Test("a service that is not there is noted; asked again on demand, its answer takes the failure's place")
    func onDemand() throws {
        let (scratch, id, socket) = try oneCase()
        #expect(try scratch.desk.lookUpNews().count == 1)
        #expect(try scratch.ask("case.show", id).value["lookup"]?.stringValue == "unreachable")
        let answered = try LookupService(.says(#"{"screen_name":"blue heron"}"#)).serve(at: socket) {
            try scratch.ask("case.lookup", id)
        }
        #expect(answered.code == .done)
        let user = try draft(scratch, id)["report"]?["personOrUserReported"]?.arrayValue?.first
        #expect(user?["screenName"]?.stringValue == "blue heron")
        #expect(try scratch.ask("case.lookup", id).code == .mayPass)
        #expect(try scratch.ask("case.show", id).value["lookup"]?.stringValue == "answered")
        #expect(throws: ReviewRefused.self) { try scratch.ask("case.lookup", id, as: ScratchDesk.cara) }
        let (other, known) = (try ScratchDesk(), id)
        #expect(throws: LookupRefused.noService) { try other.ask("case.lookup", known) }
    }

    @Test("of an account without a service any is taken, until the case learns of which one it is")
    func serviceLearned() throws {
        let scratch = try ScratchDesk(asksAt: "lookup.sock")
        let opened = try scratch.ask(
            "case.open",
            [
                "type": .string(IncidentType.enticement.rawValue), "reason": "told us",
                "account": "account-9",
            ]
        )
        let id = scratch.id(of: opened.value)
        let service = LookupService(.says(#"{"service":"Beta Chat","screen_name":"bob"}"#))
        try service.serve(at: "\(scratch.path)/lookup.sock") { _ = try scratch.desk.lookUpNews() }
        #expect(service.questions == [#"{"schema":"breakwater-lookup-1","uploader_ref":"account-9"}"#])
        let before = try draft(scratch, ["id": .string(id)])
        #expect(before["report"]?["personOrUserReported"]?.arrayValue?.first?["screenName"] == "bob")
        try scratch.tell(id, context: #"{"uploader_ref":"account-9","service":"Example Chat"}"#)
        let after = try draft(scratch, ["id": .string(id)])
        let user = after["report"]?["personOrUserReported"]?.arrayValue?.first
        #expect(user?["espService"] == "Example Chat")
        #expect(user?["screenName"] == nil)
        let problems = (after["findings"]?.arrayValue ?? []).compactMap { $0["problem"]?.stringValue }
        #expect(
            problems.contains("the look-up service answered about another account than it was asked about")
        )
    }

    @Test("nobody is asked for a case without an account, or one that is approved")
    func nobodyToAsk() throws {
        let scratch = try ScratchDesk(asksAt: "lookup.sock")
        try scratch.preserve(minute: 0, account: nil)
        try scratch.desk.adopt()
        let id: JSONObject = ["id": .string(scratch.id(of: try scratch.cases().first))]
        #expect(try scratch.desk.lookUpNews() == [])
        #expect(throws: LookupRefused.self) { try scratch.ask("case.lookup", id) }
        let (second, approved, _) = try oneCase()
        try second.approve(try #require(approved["id"]?.stringValue))
        #expect(try second.desk.lookUpNews() == [])
    }

    @Test("the custody log has that it was asked and the answer's digest, and the answer lies sealed")
    func logged() throws {
        let (scratch, id, socket) = try oneCase()
        try LookupService(.says(Self.answer)).serve(at: socket) { _ = try scratch.desk.lookUpNews() }
        let home = try #require(id["id"]?.stringValue.flatMap { CaseID($0) })
        let lookup = try #require(try scratch.desk.review(of: home).lookup)
        guard case .answered(let sha256) = lookup.outcome else { return #expect(Bool(false), "\(lookup)") }
        let bytes = try scratch.desk.files.answer(lookup.id, sha256: sha256)
        #expect(bytes == Array(Self.answer.utf8))
        let entry = try Descriptor.directory("\(scratch.path)/desk/lookups/\(lookup.id)")
        let body = try entry.open(Array("answer.age.body".utf8)).readAll(limit: 1 << 20)
        #expect(!String(decoding: body, as: UTF8.self).contains("blue heron"))
        #expect(ReviewEvent.lookedUp(lookup).json["sha256"]?.stringValue == sha256)
        #expect(try ReviewEvent(name: "looked-up", ReviewEvent.lookedUp(lookup).json) == .lookedUp(lookup))
    }
}
