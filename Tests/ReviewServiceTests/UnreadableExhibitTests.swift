import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// What does not open, said to the person who asked, and keys that the desk does not take.
@Suite struct UnreadableExhibitTests {
    @Test("who asks to see an exhibit without headers, or a damaged one, is told, and no viewing begins")
    func damaged() throws {
        let scratch = try ScratchDesk()
        let bundle = try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let request: JSONObject = ["id": .string("\(bundle)"), "purpose": "triage"]
        let keys = try Descriptor.directory("\(scratch.state)/vault/keys")
        let name = Array("\(bundle)".utf8)
        try keys.rename(name, to: keys, Array("aside".utf8))
        #expect(throws: UnreadableExhibit.self) { try scratch.ask("view.start", request) }
        let id = try #require(CaseID(scratch.id(of: try scratch.cases().first)))
        #expect(try scratch.desk.review(of: id)[bundle]?.views.isEmpty != false)
        try keys.rename(Array("aside".utf8), to: keys, name)
        #expect(try scratch.ask("view.start", request).code == .done)
    }

    @Test("a review key that others may read, or that is not evidence.review's, is refused")
    func unfitKey() throws {
        let scratch = try ScratchDesk()
        var settings = scratch.configuration.settings
        let desk = try Descriptor.directory(settings.desk.root)
        let keys = try desk.ensureDirectory(Array("keys".utf8), mode: 0o700, subject: "keys")
        let roster = try Roster(
            [ScratchDesk.ana, .init(id: StaffID("bo")!, user: "1002", roles: [.approver])],
            isSmallTeam: false
        )
        func open(mode: UInt32) throws {
            try keys.writeDurably(
                Array("\(scratch.identity.secretText)\n".utf8),
                as: Array("review.key".utf8),
                mode: mode,
                subject: "review.key"
            )
            _ = try DeskConfiguration(settings, roster, program: "breakwater-review 0.1.0")
        }
        try open(mode: 0o400)
        #expect(throws: DeskUnusable.self) { try open(mode: 0o440) }
        settings.evidence.review = AgeIdentity.generate().recipient.text
        #expect(throws: DeskUnusable.self) { try open(mode: 0o400) }
        settings.evidence.review = scratch.identity.recipient.text
        try open(mode: 0o400)
    }
}
